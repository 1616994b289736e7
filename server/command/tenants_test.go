package command

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A listed tenant is an item of GET /_mock/tenants.
type listedTenant struct {
	Name, URL, Domain, Issuer string
	TLSURL                    string `json:"tls_url"`
	Port                      int
}

func tenantsAt(t *testing.T, url string) (items []listedTenant) {
	t.Helper()
	status, body := get(t, url+"/_mock/tenants")
	var list struct{ Items []listedTenant }
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	return list.Items
}

func makeTenant(t *testing.T, url, body string) (status int, made listedTenant) {
	t.Helper()
	res, err := client(t).Post(url+"/_mock/tenants", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body)
	if err := json.Unmarshal(data, &made); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, made
}

func endTenant(t *testing.T, url, name string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, url+"/_mock/tenants/"+name, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client(t).Do(request)
	if err != nil || res.StatusCode != http.StatusNoContent {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
}

// base is a port behind from with others behind it that are free.
func base(t *testing.T, from, n int) int {
	t.Helper()
	for range 100 {
		from += 10
		free := true
		for i := range n {
			ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(from+i)))
			if err != nil {
				free = false
				break
			}
			_ = ln.Close()
		}
		if free {
			return from
		}
	}
	t.Fatal("no ports are free")
	return 0
}

// With --tenants 4 the first tenant is at the port of --addr, and w1, w2 and w3 at those
// behind it, over http and https. Each has an API and a control API of its own.
func TestTenantsAtThePortsBehind(t *testing.T) {
	t.Parallel()
	first := base(t, 21_000, 4)
	s := startServer(t, environ(), "--addr", fmt.Sprintf("127.0.0.1:%d", first), "--tenants", "4")
	items := tenantsAt(t, "http://127.0.0.1:"+strconv.Itoa(first))
	if len(items) != 4 {
		t.Fatalf("the tenants are %+v", items)
	}
	for i, item := range items {
		name := "default"
		if i > 0 {
			name = fmt.Sprintf("w%d", i)
		}
		if domain := fmt.Sprintf("127.0.0.1:%d", first+i); item.Name != name || item.Domain != domain {
			t.Errorf("tenant %d is %+v", i, item)
		}
		res, err := client(t).Post(item.URL+"/_mock/users", "application/json", strings.NewReader(`{"email":"`+name+`@example.com"}`))
		if err != nil || res.StatusCode != http.StatusCreated {
			t.Fatal(res, err)
		}
		_ = res.Body.Close()
		if _, body := get(t, item.TLSURL+"/.well-known/openid-configuration"); !strings.Contains(body, `"issuer":"`+item.TLSURL+`/"`) {
			t.Errorf("%s: %s", item.TLSURL, body)
		}
	}
	for i, item := range items {
		_, users := get(t, item.URL+"/_mock/users")
		for j, other := range items {
			if strings.Contains(users, other.Name+"@example.com") != (i == j) {
				t.Errorf("the users of %s: %s", item.Name, users)
			}
		}
	}
	if status := s.stop(); status != 0 {
		t.Errorf("status %d\n%s", status, s.log)
	}
}

// A tenant that is made at run time gets a free port, which its end frees, even if the
// request for that came by this port.
func TestATenantsPortIsFreed(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ())
	status, made := makeTenant(t, s.url, `{"name":"w3"}`)
	if status != http.StatusCreated || made.Port == 0 || made.URL != fmt.Sprintf("http://localhost:%d", made.Port) {
		t.Fatalf("%d %+v", status, made)
	}
	res, err := client(t).Post(s.url+"/_mock/tenants", "application/json", strings.NewReader(fmt.Sprintf(`{"name":"w4","port":%d}`, made.Port)))
	if err != nil {
		t.Fatal(err)
	}
	if status, text := answer(t, res); status != http.StatusConflict || !strings.Contains(text, "the tenant w3 is at port") {
		t.Errorf("the same port again: %d %s", status, text)
	}
	endTenant(t, made.URL, "w3")
	status, again := makeTenant(t, s.url, fmt.Sprintf(`{"name":"w4","port":%d}`, made.Port))
	if status != http.StatusCreated || again.Port != made.Port {
		t.Errorf("%d %+v", status, again)
	}
	if n := len(tenantsAt(t, s.url)); n != 2 {
		t.Errorf("%d tenants", n)
	}
}

func TestTenantsThatCannotBe(t *testing.T) {
	t.Parallel()
	first := base(t, 23_000, 3)
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(first+2)))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	addr := fmt.Sprintf("127.0.0.1:%d", first)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--addr", addr, "--tenants", "3"}, fmt.Sprintf(`--tenants 3: each needs a port behind that of the first, and 127.0.0.1:%d is in use`, first+2)},
		{[]string{"--addr", addr, "--tenants", "many"}, `--tenants many: write a number from 1 to 1000`},
		{[]string{"--addr", addr, "--tenants", "0"}, "write a number from 1 to 1000"},
		{[]string{"--addr", addr, "--tenant-host", "http://x"}, "write a host name alone"},
	} {
		if r := run(t, environ(), append([]string{"serve"}, tt.args...)...); r.status != 1 || !strings.Contains(r.errout, tt.want) {
			t.Errorf("%q: %+v", tt.args, r)
		}
	}
	free, err := net.Listen("tcp", addr) // nothing of the attempt is left
	if err != nil {
		t.Fatal(err)
	}
	_ = free.Close()
}

// A file of --state has all tenants: those of --tenants and those that were made at run
// time, each with its users, its fixture and its seed.
func TestTheStateHasAllTenants(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	start := func() *served {
		return startServer(t, environ(), "--state", file, "--tenants", "2")
	}
	first := start()
	makeTenant(t, first.url, `{"name":"own","seed":"another","fixture":{"version":1,"extends":"minimal","tenant":{"friendly_name":"Own"}}}`)
	makeTenant(t, first.url, `{"name":"heir"}`)
	makeTenant(t, first.url, `{"name":"gone"}`)
	tokens := map[string]string{}
	for _, item := range tenantsAt(t, first.url) {
		tokens[item.Name] = signUp(t, &served{t: t, url: item.URL}, item.Name+"@example.com")
	}
	endTenant(t, first.url, "gone")
	if status := first.stop(); status != 0 {
		t.Fatal(status, first.log)
	}
	second := start()
	items := tenantsAt(t, second.url)
	var names []string
	for _, item := range items {
		names = append(names, item.Name)
		refreshToken(t, &served{t: t, url: item.URL}, map[string]any{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": tokens[item.Name]})
		_, users := get(t, item.URL+"/_mock/users")
		for _, other := range []string{"default", "w1", "own", "heir"} {
			if strings.Contains(users, other+"@example.com") != (other == item.Name) {
				t.Errorf("the users of %s are %s", item.Name, users)
			}
		}
		_, tenant := get(t, item.URL+"/_mock/tenant")
		if strings.Contains(tenant, `"friendly_name":"Own"`) != (item.Name == "own") {
			t.Errorf("%s is %s", item.Name, tenant)
		}
	}
	if !slices.Equal(names, []string{"default", "w1", "own", "heir"}) {
		t.Errorf("the tenants are %v", names)
	}
	if got := run(t, environ(), "validate", file); got.status != 0 {
		t.Errorf("the state is no fixture: %+v", got)
	}
}

// What an application sends by SMTP or by Twilio's API goes to the first tenant, unless
// only another one knows the recipient.
func TestMailAndTextMessagesFindTheirTenant(t *testing.T) {
	t.Parallel()
	ports := base(t, 25_000, 2)
	mail, sms := fmt.Sprintf("127.0.0.1:%d", ports), fmt.Sprintf("127.0.0.1:%d", ports+1)
	s := startServer(t, environ(), "--tenants", "3", "--smtp", mail, "--twilio", sms)
	items := tenantsAt(t, s.url)
	// Eve is a user of w1. The number has asked w2 for a code. Ada is a user of all.
	post(t, items[1].URL+"/_mock/users", map[string]any{"email": "eve@example.com"})
	post(t, items[2].URL+"/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "sms", "phone_number": "+14155550199"})
	to := []string{"eve@example.com", "Ada@example.com", "nobody@example.com"}
	if err := smtp.SendMail(mail, nil, "app@acme.test", to, []byte("Subject: Hello\r\n\r\nHello.\r\n")); err != nil {
		t.Fatal(err)
	}
	var sids []string
	for _, number := range []string{"+14155550199", "+14155550100"} {
		body := url.Values{"To": {number}, "From": {"+15005550006"}, "Body": {"Hello."}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+sms+"/2010-04-01/Accounts/AC1/Messages.json", strings.NewReader(body.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth("AC1", "x")
		res, err := client(t).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		status, text := answer(t, res)
		var created struct{ SID string }
		if err := json.Unmarshal([]byte(text), &created); err != nil || status != http.StatusCreated {
			t.Fatal(status, text)
		}
		sids = append(sids, created.SID)
	}
	for i, want := range []string{
		"smtp Ada@example.com nobody@example.com, twilio +14155550100", "smtp eve@example.com", "twilio +14155550199",
	} {
		_, body := get(t, items[i].URL+"/_mock/outbox")
		var list struct {
			Items []struct {
				Kind       string
				Recipients []string
			}
		}
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range list.Items {
			if m.Kind != "sms" {
				got = append(got, m.Kind+" "+strings.Join(m.Recipients, " "))
			}
		}
		if got := strings.Join(got, ", "); !strings.EqualFold(got, want) {
			t.Errorf("%s has %q, want %q", items[i].Name, got, want)
		}
	}
	for i, number := range []string{"+14155550199", "+14155550100"} { // an application asks for its message by the sid
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+sms+"/2010-04-01/Accounts/AC1/Messages/"+sids[i]+".json", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth("AC1", "x")
		res, err := client(t).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if status, text := answer(t, res); status != http.StatusOK || !strings.Contains(text, `"to":"`+number+`"`) {
			t.Errorf("%s: %d %s", number, status, text)
		}
	}
}

// The certificate of a tenant is for the name by which it is called, below localhost and
// below a name of --tenant-host.
func TestTheCertificateIsForTheNamesOfTenants(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ(), "--tls-dir", t.TempDir(), "--tenant-host", "auth.example.com")
	makeTenant(t, s.url, `{"name":"w3"}`)
	_, pem := get(t, s.url+"/_mock/ca.pem")
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(pem)) {
		t.Fatal(pem)
	}
	port := s.url[strings.LastIndex(s.url, ":")+1:]
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
		},
	}
	defer transport.CloseIdleConnections()
	for _, host := range []string{"w3.localhost", "w3.auth.example.com"} {
		res, err := (&http.Client{Transport: transport}).Get("https://" + host + ":" + port + "/_mock/tenant")
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		if _, text := answer(t, res); !strings.Contains(text, `"domain":"`+host+":"+port+`"`) {
			t.Errorf("%s: %s", host, text)
		}
	}
}

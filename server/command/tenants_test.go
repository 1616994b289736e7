package command

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
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

// base is a port with others behind it that are free.
func base(t *testing.T, n int) int {
	t.Helper()
	for try := range 100 {
		from := 20_000 + try*97
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
	first := base(t, 4)
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
	if status != http.StatusCreated || made.Port == 0 || made.URL != fmt.Sprintf("http://127.0.0.1:%d", made.Port) {
		t.Fatalf("%d %+v", status, made)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, made.URL+"/_mock/tenants/w3", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client(t).Do(request)
	if err != nil || res.StatusCode != http.StatusNoContent {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
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
	first := base(t, 3)
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

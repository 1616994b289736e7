package server_test

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func addTenant(t testing.TB, s *server.Server, name string, c server.Config) *server.Server {
	t.Helper()
	added, err := s.AddTenant(name, c)
	if err != nil {
		t.Fatalf("tenant %s: %v", name, err)
	}
	return added
}

// suiteTenants is how many tenants run the conversations at once.
func suiteTenants(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("MOCKAUTH0_TEST_TENANTS"))
	switch {
	case err == nil:
		return n
	case testing.Short():
		return 2
	}
	return 3
}

// Several tenants of one server run all conversations at once, each in an order of its
// own. Each answers byte for byte as a server that has one tenant, and the first tenant
// of the server notices nothing. MOCKAUTH0_TEST_TENANTS=50 says how many; 3 is usual.
func TestTenantsDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	shared := servertest.New(t, server.Config{At: servertest.At2030})
	before := servertest.StateText(t, shared)
	all := conversations(t)
	delete(all, "testdata/conversations/tenants.http") // it is about the list that they share
	files := slices.Sorted(maps.Keys(all))
	var running sync.WaitGroup
	for n := range suiteTenants(t) {
		name := fmt.Sprintf("w%d", n+1)
		running.Go(func() {
			for i := range files {
				if testing.Short() && i%4 > 0 {
					continue
				}
				file := files[(i+n*7)%len(files)]
				t.Run(name+"/"+strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { replayIn(t, shared, name, file, all[file]) })
				})
			}
		})
	}
	running.Wait()
	if after := servertest.StateText(t, shared); after != before {
		t.Errorf("the state of the first tenant has changed:\n%s", diff(before, after))
	}
	messages, _ := shared.Outbox().Counts()
	if n := len(shared.Requests()); n > 0 || messages > 0 || len(shared.Scenarios()) > 0 {
		t.Errorf("the first tenant has %d requests, %d messages and the scenarios %v", n, messages, shared.Scenarios())
	}
	if n := len(shared.Tenants()); n != 1 {
		t.Errorf("%d tenants are left", n)
	}
}

// replayIn replays a conversation in a tenant that is made for it.
func replayIn(t *testing.T, shared *server.Server, name, file, want string) {
	t.Helper()
	got := servertest.ReplayIn(t, want, func(c server.Config) *server.Server {
		added := addTenant(t, shared, name, c)
		t.Cleanup(func() {
			if err := shared.RemoveTenant(name); err != nil {
				t.Error(err)
			}
		})
		return added
	})
	got = strings.ReplaceAll(got, "~"+name, "") // only a cookie's value tells which tenant it is
	if got != want {
		t.Errorf("%s differs in a tenant beside others:\n%s", file, diff(want, got))
	}
}

// calling is the configuration of a tenant that says its name.
func calling(t testing.TB, name string) server.Config {
	t.Helper()
	f, err := fixtures.Parse("", []byte("{version: 1, extends: default, tenant: {friendly_name: "+name+"}}"))
	if err != nil {
		t.Fatal(err)
	}
	return server.Config{Fixture: f}
}

func TestTenantsAreFoundByTheirHost(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{TenantHosts: []string{"auth.example.com", "*.Acme.dev."}, TrustProxy: true})
	addTenant(t, s, "w3", calling(t, "w3"))
	for _, tt := range []struct{ host, want string }{
		{"localhost:2884", "acme"},
		{"w3.localhost", "w3"},
		{"W3.localhost.:2884", "w3"},
		{"w3.auth.example.com", "w3"},
		{"w3.acme.dev:80", "w3"},
		{"auth.example.com", "acme"},
		{"default.auth.example.com", "acme"},
		{"w4.localhost", "acme"},
		{"w3.w3.localhost", "acme"},
		{"w3", "acme"},
		{"127.0.0.1:2884", "acme"},
		{"proxy.internal w3.auth.example.com", "w3"}, // what X-Forwarded-Host says
		{"w4.auth.example.com", "no_tenant"},
		{"w3.example.com", "forbidden"},
		{"w3.auth.example.com.example.com", "forbidden"},
	} {
		called, forwarded, _ := strings.Cut(tt.host, " ")
		w := servertest.Call(t, s, "GET", "/_mock/tenant", nil, servertest.Host(called), servertest.Header("X-Forwarded-Host", forwarded))
		var got string
		if w.Code >= 400 {
			got = servertest.DecodeError(t, w).Error
		} else {
			got = strings.ToLower(servertest.DecodeAnswer[struct {
				FriendlyName string `json:"friendly_name"`
			}](t, w).FriendlyName)
		}
		if got != tt.want {
			t.Errorf("Host %s: %s, want %s", tt.host, got, tt.want)
		}
	}
	if _, err := server.New(server.Config{TenantHosts: []string{"https://auth.example.com"}}); err == nil {
		t.Error("a URL is taken for a host name")
	}
}

func TestAPinnedIssuerGetsTheNameOfTheTenant(t *testing.T) {
	t.Parallel()
	for pinned, want := range map[string]string{
		"":                             "",
		"https://auth.example.com":     "https://w3.auth.example.com/",
		"https://localhost:2884/":      "https://w3.localhost:2884/",
		"http://auth.example.com/acme": "http://w3.auth.example.com/acme/",
		"https://127.0.0.1:2884/":      "", // an address has no names below it
	} {
		s := servertest.New(t, server.Config{Issuer: pinned})
		if got := addTenant(t, s, "w3", server.Config{}).Issuer(); got != want {
			t.Errorf("issuer %q: the tenant's is %q, want %q", pinned, got, want)
		}
		if got := addTenant(t, s, "w4", server.Config{Issuer: "https://own.test"}).Issuer(); got != "https://own.test/" {
			t.Errorf("the issuer of its own is %q", got)
		}
	}
}

// The seed is that of the first tenant, unless the tenant names one.
func TestTheSeedOfATenant(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Seed: "dev"})
	parse := func(text string) *fixtures.Fixture {
		f, err := fixtures.Parse("", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for name, tt := range map[string]struct {
		config server.Config
		want   string
	}{
		"inherits":  {server.Config{}, "dev"},
		"fixture":   {server.Config{Fixture: parse("{version: 1, extends: default}")}, "dev"},
		"otp-seed":  {server.Config{Fixture: parse("{version: 1, extends: default, otp: {seed: own}}")}, "own"},
		"given":     {server.Config{Fixture: parse("{version: 1, extends: default, otp: {seed: own}}"), Seed: "given"}, "given"},
		"only-seed": {server.Config{Seed: "given"}, "given"},
	} {
		if got := addTenant(t, s, name, tt.config).Fixture().Seed(); got != tt.want {
			t.Errorf("%s: the seed is %q, want %q", name, got, tt.want)
		}
	}
}

// What the server was started with, its flags included, is what a tenant without a
// fixture has. A tenant with one has only that.
func TestWhatATenantHas(t *testing.T) {
	t.Parallel()
	more := []fixtures.Client{{ClientID: "my-app"}}
	s := servertest.New(t, server.Config{Clients: more, Scenarios: []string{"unavailable"}, At: servertest.At2030})
	heir := addTenant(t, s, "heir", server.Config{Scenarios: []string{"slow"}, Users: []fixtures.User{{Email: "eve@example.com"}}})
	own := addTenant(t, s, "own", calling(t, "own"))
	for _, tt := range []struct {
		s         *server.Server
		client    bool
		scenarios int
		eve       bool
	}{{s, true, 1, false}, {heir, true, 2, true}, {own, false, 0, false}} {
		client := slices.ContainsFunc(tt.s.Fixture().Clients, func(c fixtures.Client) bool { return c.ClientID == "my-app" })
		_, eve := tt.s.UserByAddress("eve@example.com")
		if on := len(tt.s.Scenarios()); client != tt.client || on != tt.scenarios || eve != tt.eve {
			t.Errorf("%s: the client %v, %d scenarios, eve %v", tt.s.Name(), client, on, eve)
		}
	}
	if now := heir.Clock().Now(); !now.Equal(servertest.At2030) {
		t.Errorf("the clock of an heir says %v", now)
	}
	if err := heir.Clock().Advance(time.Hour); err != nil || !s.Clock().Now().Equal(servertest.At2030) {
		t.Errorf("the clock of the first tenant says %v, %v", s.Clock().Now(), err)
	}
}

// Cookies ignore ports. So a browser may send the cookies of one tenant to another,
// where they are worth nothing, even if both have sessions of the same ids.
func TestASessionOfAnotherTenantIsIgnored(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	tenants := []*server.Server{s, addTenant(t, s, "w1", server.Config{}), addTenant(t, s, "w2", server.Config{})}
	silent := servertest.ToAuthorize("") + "&prompt=none"
	signedIn := func(b *servertest.Browser) bool {
		w := b.Send("GET", silent, nil)
		return strings.Contains(w.Header().Get("Location"), "code=")
	}
	for _, one := range tenants { // in each, dora has a session
		b := servertest.NewBrowser(t, one)
		b.Call("GET", servertest.ToAuthorize(servertest.PasswordTicket(t, one)), nil, servertest.Header("Origin", servertest.AppOrigin))
		for _, other := range tenants {
			if got, want := signedIn(b.At(other)), one == other; got != want {
				t.Errorf("with the session of %s, %s answers as if dora was signed in: %v", one.Name(), other.Name(), got)
			}
		}
	}
}

// Whatever the body is, a tenant is made or refused, and the first tenant notices nothing.
// The end of a tenant leaves nothing.
func FuzzTenants(f *testing.F) {
	for _, body := range []string{
		`{"name":"w3"}`, `{"name":"w3","fixture":"strict","seed":"s","port":1}`, `{"name":"default"}`, `{"name":"W3"}`, `{"name":"w3","fixture":"/etc/passwd"}`, `{"name":"w3","fixture":{}}`,
		`{"name":"w3","fixture":{"version":1,"extends":"default","actions":[{"name":"a","code":"./a.js","triggers":["post-login"]}],"scenarios":["slow","./x.yaml"]}}`,
		`{"name":"w3","fixture":{"version":1,"clients":[{"client_id":"a"}],"state":{"tenants":[{"name":"x"}]}}}`, "name: w3\nfixture: {version: 1, users: [{email: ada@example.com}], clock: {start: 2030-01-01T00:00:00Z}}\n", `{"name":"w3","port":65536}`, `[]`, ``,
	} {
		f.Add(body)
	}
	s := servertest.New(f, server.Config{At: servertest.At2030})
	before := servertest.StateText(f, s)
	f.Fuzz(func(t *testing.T, body string) {
		w := servertest.Call(t, s, "POST", "/_mock/tenants", body)
		switch w.Code {
		case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge:
			if servertest.DecodeError(t, w).Error == "" {
				t.Errorf("%q: %s", body, w.Body)
			}
		case http.StatusCreated:
			name := servertest.DecodeAnswer[struct{ Name, Issuer string }](t, w).Name
			if h := servertest.Call(t, s, "GET", "/_mock/tenant", nil, servertest.Host(name+".localhost:2884")); h.Code != http.StatusOK {
				t.Errorf("%q: the tenant %s answers %d %s", body, name, h.Code, h.Body)
			}
			if err := s.RemoveTenant(name); err != nil {
				t.Errorf("%q: %v", body, err)
			}
		default:
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
		if n := len(s.Tenants()); n != 1 {
			t.Fatalf("%q: there are %d tenants", body, n)
		}
		if after := servertest.StateText(t, s); after != before {
			t.Errorf("%q: the first tenant has changed: %s", body, diff(before, after))
		}
	})
}

// The end of a tenant ends what waits there, and frees the name.
func TestTheEndOfATenant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		w3 := addTenant(t, s, "w3", server.Config{})
		ended := make(chan time.Duration)
		for _, path := range []string{"/_mock/outbox/code?to=ada@example.com&wait=60s", "/_mock/outbox/stream"} {
			go func() {
				began := time.Now()
				r, err := http.NewRequest(http.MethodGet, path, http.NoBody)
				if err != nil {
					t.Error(err)
				}
				r.Host = "w3.localhost:2884"
				servertest.ServeBroken(s, httptest.NewRecorder(), r)
				ended <- time.Since(began)
			}()
		}
		synctest.Wait()
		if err := s.RemoveTenant("w3"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if took := <-ended; took != 0 {
				t.Errorf("a request waited for %v", took)
			}
		}
		if err := s.RemoveTenant("w3"); !errors.Is(err, server.ErrNoTenant) {
			t.Errorf("the second end: %v", err)
		}
		if err := s.RemoveTenant(server.DefaultTenant); !errors.Is(err, server.ErrTenantName) {
			t.Errorf("the end of the first: %v", err)
		}
		if again := addTenant(t, s, "w3", server.Config{}); again == w3 {
			t.Error("the tenant is the old one")
		}
	})
}

func TestNamesOfTenants(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	for name, want := range map[string]error{
		"w1": nil, "1": nil, "a-b": nil, strings.Repeat("x", 63): nil,
		"": server.ErrTenantName, "W1": server.ErrTenantName, "a.b": server.ErrTenantName, "-a": server.ErrTenantName, "a-": server.ErrTenantName,
		"ä": server.ErrTenantName, strings.Repeat("x", 64): server.ErrTenantName, "default": server.ErrTenantExists,
	} {
		if _, err := s.AddTenant(name, server.Config{}); !errors.Is(err, want) {
			t.Errorf("AddTenant(%q): %v, want %v", name, err, want)
		}
	}
	if _, err := s.AddTenant("w1", server.Config{}); !errors.Is(err, server.ErrTenantExists) {
		t.Errorf("a second w1: %v", err)
	}
}

// A changed fixture file reaches the tenants that have no fixture of their own,
// whichever tenant is called next. What they have done since stays.
func TestAChangedFileReachesItsTenants(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		scenario := fileIn(t, dir, "down.yaml", oneRule("down", 503))
		fixture := fileIn(t, dir, "tenant.yaml", "{version: 1, extends: default, tenant: {friendly_name: before}}")
		s := servertest.New(t, server.Config{FixtureFile: fixture.path, Scenarios: []string{scenario.path}})
		heir, own := addTenant(t, s, "heir", server.Config{Seed: "own"}), addTenant(t, s, "own", calling(t, "own"))
		status := func(s *server.Server) int { return servertest.PostStart(t, s, "ada@example.com", nil).Code }
		user, err := heir.AddUser(fixtures.User{Email: "eve@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		if got := []int{status(s), status(heir), status(own)}; !slices.Equal(got, []int{503, 503, 200}) {
			t.Errorf("before: %d", got)
		}
		fixture.write("{version: 1, extends: default, tenant: {friendly_name: after}}")
		scenario.write(oneRule("down", 502))
		<-time.After(time.Second)
		if got := []int{status(heir), status(s), status(own)}; !slices.Equal(got, []int{502, 502, 200}) {
			t.Errorf("after: %d", got)
		}
		for _, tt := range []struct {
			s    *server.Server
			want string
		}{{s, "after"}, {heir, "after"}, {own, "own"}} {
			if got := tt.s.Fixture().Tenant.FriendlyName; got != tt.want {
				t.Errorf("%s is called %s", tt.s.Name(), got)
			}
		}
		if _, ok := heir.User(user.UserID); !ok || heir.Fixture().Seed() != "own" {
			t.Errorf("eve is there: %v; the seed is %q", ok, heir.Fixture().Seed())
		}
		fixture.write("{version: 1, extends: nothing}")
		<-time.After(time.Second)
		if w := servertest.Call(t, heir, "GET", "/_mock/health", nil); !strings.Contains(w.Body.String(), `"fixture_error":`) {
			t.Errorf("the health of an heir is %s", w.Body)
		}
		if name := addTenant(t, s, "late", server.Config{}).Fixture().Tenant.FriendlyName; name != "after" {
			t.Errorf("a tenant that was made later is called %s", name)
		}
	})
}

// A reset of one tenant touches no other.
func TestAResetTouchesNoOtherTenant(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	tenants := []*server.Server{s, addTenant(t, s, "w1", server.Config{}), addTenant(t, s, "w2", server.Config{})}
	use := func() {
		for _, one := range tenants {
			servertest.PostStart(t, one, "eve@example.com", nil)
			one.RotateKey()
			if err := one.Clock().Advance(time.Minute); err != nil {
				t.Fatal(err)
			}
			if _, err := one.Inject("slow", scenarios.Narrowing{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	untouched := func(s *server.Server) string {
		messages, _ := s.Outbox().Counts()
		return fmt.Sprint(messages, len(s.Requests()), len(s.Scenarios()), s.Clock().Now().Equal(servertest.At2030))
	}
	for _, one := range tenants {
		use()
		before := map[*server.Server]string{}
		for _, other := range tenants {
			before[other] = untouched(other)
		}
		if w := servertest.Call(t, one, "POST", "/_mock/reset", nil); w.Code != http.StatusNoContent {
			t.Fatal(w.Body)
		}
		for _, other := range tenants {
			switch now := untouched(other); {
			case other == one && now != "0 0 0 true":
				t.Errorf("%s after its reset: %s", one.Name(), now)
			case other != one && now != before[other]:
				t.Errorf("the reset of %s has changed %s from %s to %s", one.Name(), other.Name(), before[other], now)
			}
		}
	}
}

// somePorts gives out ports from 2890 on, if no number is asked for.
type somePorts struct{ open map[int]bool }

type somePort struct {
	ports  *somePorts
	number int
}

func (p *somePorts) Base() int { return 2884 }

func (p *somePorts) Open(_ http.Handler, number int) (server.Port, error) {
	if number == 0 {
		number = 2890 + len(p.open)
	}
	if p.open[number] {
		return nil, &net.OpError{Op: "listen", Err: syscall.EADDRINUSE}
	}
	p.open[number] = true
	return somePort{p, number}, nil
}

func (p somePort) Number() int { return p.number }
func (p somePort) Close()      { delete(p.ports.open, p.number) }

// The URL of a tenant is its port where the caller can reach that, else its host name.
func TestWhereATenantIs(t *testing.T) {
	t.Parallel()
	ports := &somePorts{map[int]bool{}}
	s := servertest.New(t, server.Config{Ports: ports, TenantHosts: []string{"auth.example.com"}, CA: func() []byte { return nil }})
	addTenant(t, s, "w1", server.Config{Port: 2885})
	addTenant(t, s, "late", server.Config{})
	type entry struct {
		Name, URL, Domain, Issuer string
		TLSURL                    string `json:"tls_url"`
		Port                      int
	}
	for _, tt := range []struct{ at, host, from, first, w1, late string }{
		{"default", "localhost:2884", "127.0.0.1", "localhost:2884", "localhost:2885", "localhost:2891"},
		{"default", "127.0.0.1:2884", "127.0.0.1", "127.0.0.1:2884", "127.0.0.1:2885", "127.0.0.1:2891"},
		{"default", "[::1]:2884", "::1", "[::1]:2884", "[::1]:2885", "[::1]:2891"},
		{"w1", "localhost:2885", "127.0.0.1", "localhost:2884", "localhost:2885", "localhost:2891"},
		{"w1", "w1.localhost:2884", "127.0.0.1", "localhost:2884", "localhost:2885", "localhost:2891"},
		// A container that publishes the ports that were chosen, with the same numbers.
		{"default", "localhost:2884", "172.17.0.1", "localhost:2884", "localhost:2885", "late.localhost:2884"},
		// One that publishes them with others.
		{"default", "localhost:49153", "172.17.0.1", "localhost:49153", "w1.localhost:49153", "late.localhost:49153"},
		{"w1", "w1.localhost:49153", "172.17.0.1", "localhost:49153", "w1.localhost:49153", "late.localhost:49153"},
		// From another container of its network.
		{"default", "mockauth0:2884", "172.18.0.5", "mockauth0:2884", "mockauth0:2885", "mockauth0:2891"},
		// A host that the user gave for that.
		{"default", "auth.example.com:2884", "172.18.0.5", "auth.example.com:2884", "w1.auth.example.com:2884", "late.auth.example.com:2884"},
		{"w1", "w1.auth.example.com", "127.0.0.1", "auth.example.com", "w1.auth.example.com", "late.auth.example.com"},
		{"default", "10.1.2.3", "10.0.0.1", "10.1.2.3", "w1.auth.example.com", "late.auth.example.com"},
	} {
		one, _ := s.Tenant(tt.at)
		w := servertest.Call(t, one, "GET", "/_mock/tenants", nil, servertest.Host(tt.host), func(r *http.Request) { r.RemoteAddr = net.JoinHostPort(tt.from, "1234") })
		list := servertest.DecodeAnswer[struct{ Items []entry }](t, w).Items
		for i, want := range []entry{
			{"default", "http://" + tt.first, tt.first, "http://" + tt.first + "/", "https://" + tt.first, 0},
			{"w1", "http://" + tt.w1, tt.w1, "http://" + tt.w1 + "/", "https://" + tt.w1, 2885},
			{"late", "http://" + tt.late, tt.late, "http://" + tt.late + "/", "https://" + tt.late, 2891},
		} {
			if list[i] != want {
				t.Errorf("%s from %s: %+v, want %+v", tt.host, tt.from, list[i], want)
			}
		}
	}
	taken := servertest.Call(t, s, "POST", "/_mock/tenants", `{"name":"w2","port":2885}`)
	if e := servertest.DecodeError(t, taken); taken.Code != http.StatusConflict || e.Error != "no_port" {
		t.Errorf("a port that is taken: %d %+v", taken.Code, e)
	}
	if w := servertest.Call(t, s, "DELETE", "/_mock/tenants/w1", nil); w.Code != http.StatusNoContent || ports.open[2885] {
		t.Errorf("the end of w1: %d, its port is open: %v", w.Code, ports.open[2885])
	}
	if w := servertest.Call(t, s, "POST", "/_mock/tenants", `{"name":"w2","port":2885}`); w.Code != http.StatusCreated {
		t.Errorf("a port that is free again: %d %s", w.Code, w.Body)
	}
	if s.Close(); len(ports.open) > 0 {
		t.Errorf("after the end %v are open", ports.open)
	}
}

// oneRule is a scenario file that answers every request with a status.
func oneRule(name string, status int) string {
	return fmt.Sprintf("version: 1\nname: %s\nrules: [{id: a, then: {respond: {status: %d}}}]\n", name, status)
}

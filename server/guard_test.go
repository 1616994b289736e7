package server_test

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestTheControlAPIAnswersOnlyLocalNames(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Hosts: []string{"Mock.Example.Org"}, Issuer: "https://login.example.net:8443/"})
	for _, host := range []string{
		"localhost:2884", "localhost", "127.0.0.1:2884", "[::1]:2884", "[::1]",
		"192.168.1.7:2884",        // an address in the network
		"10.0.2.2:2884",           // the host of the Android emulator
		"mockauth0:2884",          // a service of compose
		"mock.default.svc:2884",   // a service of Kubernetes
		"host.docker.internal:80", // the host of docker
		"acme.localhost:2884", "acme.localhost.:2884", "ACME.LocalHost", "login.acme.test", "mac.local:2884",
		"mock.example.org:2884", "login.example.net", // of the configuration
	} {
		if w := servertest.Call(t, s, "GET", "/_mock/users", nil, servertest.Host(host)); w.Code != http.StatusOK {
			t.Errorf("host %q: %d %s", host, w.Code, w.Body)
		}
	}
	for _, host := range []string{
		"example.com", "rebound.attacker.example:2884", "localhost.attacker.example", "127.0.0.1.attacker.example", "www.evillocal", "x.mock.example.org", "",
	} {
		w := servertest.Call(t, s, "GET", "/_mock/users", nil, servertest.Host(host))
		if w.Code != http.StatusForbidden || !strings.Contains(servertest.DecodeError(t, w).Description, "--tls-host") {
			t.Errorf("host %q: %d %s", host, w.Code, w.Body)
		}
		// A tenant answers by any name.
		if w := servertest.Call(t, s, "GET", "/.well-known/jwks.json", nil, servertest.Host(host)); w.Code != http.StatusOK {
			t.Errorf("the key set by host %q: %d %s", host, w.Code, w.Body)
		}
	}
}

// named is a fixture whose clients name origins in each way.
const named = `
clients:
  - client_id: acme-native
    app_type: native
    token_endpoint_auth_method: none
    grant_types: ["http://auth0.com/oauth/grant-type/passwordless/otp"]
    allowed_origins: ["https://app.acme.test", "capacitor://localhost"]
    web_origins: ["http://spa:5173"]
    callbacks: ["http://web:3000/callback", "https://*.pages.example.net/", "com.acme.app://*"]
    allowed_logout_urls: ["http://out:8080/bye"]
`

// The origin of a page must be known. Known are this machine, the host that is
// called if it is an IP address, names that the user gave, and what a client names.
func TestTheControlAPIAnswersOnlyKnownOrigins(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{
		Hosts: []string{"Mock.Example.Org", "10.1.2.3"}, Issuer: "https://login.example.net:8443/", Fixture: servertest.ParseFixture(t, named),
	})
	const everyHost, noHost = "*", ""
	for host, origins := range map[string][]string{
		everyHost: {
			"http://localhost:5173", "https://localhost", "http://LocalHost:3000", "http://acme.localhost:3000", "http://acme.localhost.:3000",
			"https://127.0.0.1", "http://127.9.9.9:3000", "http://[::1]", "http://[::1]:3000", "http://[::ffff:127.0.0.1]:3000",
			"https://mock.example.org", "http://mock.example.org:3000", "http://10.1.2.3:3000", "https://login.example.net",
			"https://app.acme.test", "http://spa:5173", "http://web:3000", "https://x.pages.example.net", "http://out:8080",
		},
		"192.168.1.66:2884": {"http://192.168.1.66", "https://192.168.1.66:3000", "http://192.168.1.66:2884"},
		"[fd00::1]:2884":    {"http://[fd00::1]:3000"},
		noHost: {
			"http://10.0.0.9", "http://169.254.169.254", "http://0.0.0.0:3000", "http://[::]:3000", "http://8.8.8.8", "http://[::ffff:8.8.8.8]", "http://[fe80::1]",
			"http://evil.local", "http://mac.local:2884", "http://wiki", "http://mockauth0:2884", "http://app.internal", "http://app.svc", "http://other.acme.test", "http://host.docker.internal:3000",
			"http://app.acme.test", "https://app.acme.test:8443", "http://web:3001", "http://web", "https://x.y.pages.example.net", "https://pages.example.net", "com.acme.app://x",
			"https://example.com", "https://localhost.example.com", "https://notlocalhost", "https://localhost@example.com", "http://127.0.0.1.example.com", "http://x.mock.example.org",
			"chrome-extension://abcdefgh", "capacitor://localhost", "app://localhost", "file://", "//localhost", "localhost", "://", "http://",
			"null", // a sandboxed page, or a file
		},
	} {
		for _, origin := range origins {
			for _, called := range []string{"localhost:2884", "127.0.0.1:2884", "192.168.1.66:2884", "[fd00::1]:2884", "mockauth0:2884", "mac.local:2884", "mock.example.org"} {
				for _, method := range []string{"GET", "POST", "OPTIONS"} {
					w := servertest.Call(t, s, method, "/_mock/clock", map[string]any{"advance": "1s"}, servertest.Host(called), servertest.Header("Origin", origin), servertest.Header("Access-Control-Request-Method", "GET"))
					may, want := "", http.StatusForbidden
					if host == everyHost || host == called {
						may, want = origin, http.StatusOK
						if method == "OPTIONS" {
							want = http.StatusNoContent
						}
					}
					if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != want || got != may {
						t.Errorf("%s at %s from %s: %d, want %d, and %q may read it", method, called, origin, w.Code, want, got)
					}
				}
			}
		}
	}
}

// What changes nothing, or nothing that a link would not change.
var anyPage = []string{"/userinfo", "/authorize", "/oidc/logout"}

// A form can be posted to every endpoint without asking. All refuse it from a page
// whose origin is not known. Where there is no page, they answer as they do.
func TestAPageOfAnUnknownOriginPostsNothing(t *testing.T) {
	t.Parallel()
	log := &servertest.LogBuffer{}
	s := servertest.New(t, server.Config{
		Hosts: []string{"mock.example.org"}, Fixture: servertest.ParseFixture(t, named), Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	for _, e := range servertest.Table(t, s) {
		if e.Method != "POST" || strings.HasPrefix(e.Path, "/_mock") {
			continue
		}
		for _, c := range []struct {
			host, origin string
			refused      bool
		}{
			{"localhost:2884", "https://evil.example.com", true},
			{"localhost:2884", "http://192.168.1.66", true},
			{"localhost:2884", "http://169.254.169.254", true},
			{"localhost:2884", "http://evil.local", true},
			{"localhost:2884", "http://wiki", true},
			{"localhost:2884", "http://{.evil.example.com", true}, // a host that browsers take and url.Parse does not
			{"localhost:2884", "http://a`b.evil.example.com:8080", true},
			{"localhost:2884", "http://localhost@evil.example.com", true},
			{"mockauth0:2884", "http://mockauth0:3000", true}, // another port is another app
			{"mockauth0:2884", "http://mockauth0:2884", false},
			{"mockauth0:2884", "https://mockauth0:2884", false}, // a proxy took the TLS away
			{"login.lan", "http://login.lan", false},
			{"192.168.1.66:2884", "http://192.168.1.66:3000", false},
			{"localhost:2884", "http://localhost:3000", false},
			{"localhost:2884", "http://mock.example.org:3000", false},
			{"localhost:2884", "http://web:3000", false},
			{"localhost:2884", "https://app.acme.test", false},
			{"localhost:2884", "null", false},
			{"localhost:2884", "capacitor://localhost", false},
			{"localhost:2884", "ionic://localhost", false},
			{"localhost:2884", "app://x", false},
			{"localhost:2884", "chrome-extension://abcdefgh", false},
			{"localhost:2884", "", false},
		} {
			log.Take()
			w := servertest.Call(t, s, "POST", e.Path, url.Values{"client_id": {"acme-native"}}, servertest.Host(c.host), servertest.Header("Origin", c.origin))
			refused := w.Code == http.StatusForbidden && w.Body.String() == "Origin "+c.origin+" is not allowed."
			if want := c.refused && !slices.Contains(anyPage, e.Path); refused != want && e.Path != "/co/authenticate" {
				t.Errorf("%s at %s from %s: %d %s", e.Path, c.host, c.origin, w.Code, w.Body)
			} else if refused && !want {
				continue // embedded login asks for an allowed origin itself
			} else if !refused {
				continue
			}
			last := s.Requests()[len(s.Requests())-1]
			hint := `add allowed_origins: ["` + c.origin + `"] to client acme-native in the fixture, or start with --callback ` + c.origin
			if !strings.Contains(last.Hint, hint) || last.Error != "access_denied" || !strings.Contains(log.Take(), "is not of this machine") {
				t.Errorf("%s from %s: the journal says %+v", e.Path, c.origin, last)
			}
		}
		// A proxy may hide the name that the browser calls.
		w := servertest.Call(t, s, "POST", e.Path, url.Values{}, servertest.Header("Origin", "https://login.example.com"), servertest.Header("Sec-Fetch-Site", "same-origin"))
		if strings.HasPrefix(w.Body.String(), "Origin ") && e.Path != "/co/authenticate" {
			t.Errorf("%s from the tenant's own page: %d %s", e.Path, w.Code, w.Body)
		}
	}
}

// A login goes on, whatever pages of other sites post meanwhile: its code is not
// replaced and not locked, nobody is signed up, and no limit or scenario is used up.
func TestAPageOfAnUnknownOriginDisturbsNoLogin(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.NamedFixture(t, "strict")})
	users := len(s.Users())
	otp := servertest.Start(t, s, "ada@example.com")
	servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited", "times": 1})
	page := servertest.NewBrowser(t, s).Begin("x")
	for range 60 { // more than each limit allows
		for _, form := range []struct {
			path string
			body url.Values
		}{
			{"/passwordless/start", url.Values{"client_id": {"acme-native"}, "connection": {"email"}, "email": {"ada@example.com"}, "send": {"code"}}},
			{"/oauth/token", url.Values{"client_id": {"acme-native"}, "grant_type": {servertest.GrantOTP}, "realm": {"email"}, "username": {"ada@example.com"}, "otp": {"000000"}}},
			{"/passwordless/verify", url.Values{"client_id": {"acme-native"}, "connection": {"email"}, "email": {"ada@example.com"}, "verification_code": {"000000"}}},
			{"/dbconnections/signup", url.Values{"client_id": {"acme-native"}, "connection": {"Username-Password-Authentication"}, "email": {"eve@example.com"}, "password": {"x"}}},
			{"/oauth/token", url.Values{"client_id": {"acme-native"}, "grant_type": {"password"}, "username": {"dora@example.com"}, "password": {"wrong"}}},
			{"/u/login/identifier?" + page, url.Values{"username": {"ada@example.com"}}},
		} {
			if w := servertest.Call(t, s, "POST", form.path, form.body, servertest.Header("Origin", "http://evil.local")); w.Code != http.StatusForbidden || !strings.HasPrefix(w.Body.String(), "Origin ") {
				t.Fatalf("%s: %d %s", form.path, w.Code, w.Body)
			}
		}
	}
	if n := len(s.Outbox().All()); n != 1 || len(s.Users()) != users {
		t.Errorf("there are %d messages and %d users, before %d", n, len(s.Users()), users)
	}
	if w := servertest.Redeem(t, s, "ada@example.com", otp, nil); w.Code != http.StatusTooManyRequests || w.Header().Get("X-Mock-Scenario") == "" {
		t.Errorf("the scenario is used up: %d %s", w.Code, w.Body)
	}
	if w := servertest.Redeem(t, s, "ada@example.com", otp, nil); w.Code != http.StatusOK {
		t.Errorf("the code is worth nothing: %d %s", w.Code, w.Body)
	}
}

// Health and the certificate authority answer anyone, but pages of other sites
// may not read the answer.
func TestHealthAndTheAuthorityAnswerAnyone(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{CA: func() []byte { return []byte("a certificate\n") }})
	for _, path := range []string{"/_mock/health", "/health", "/healthz", "/readyz", "/_mock/ca.pem"} {
		for _, c := range []struct{ host, origin, may string }{
			{"lb.example.com", "https://example.com", ""},
			{"localhost:2884", "https://example.com", ""},
			{"localhost:2884", "http://localhost:3000", "http://localhost:3000"},
		} {
			w := servertest.Call(t, s, "GET", path, nil, servertest.Host(c.host), servertest.Header("Origin", c.origin))
			if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != http.StatusOK || got != c.may {
				t.Errorf("%s at %s from %s: %d, and %q may read it", path, c.host, c.origin, w.Code, got)
			}
		}
	}
	if w := servertest.Call(t, s, "GET", "/_mock/ca.pem", nil); w.Body.String() != "a certificate\n" || w.Header().Get("Content-Type") != "application/x-pem-file" {
		t.Errorf("ca.pem: %q %v", w.Body, w.Header())
	}
	for _, path := range []string{"/", "/_mock", "/_mock/"} {
		if w := servertest.Call(t, s, "GET", path, nil, servertest.Host("lb.example.com")); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// Guard protects the handler of another listener in the same way.
func TestGuardProtectsAnotherHandler(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	guarded := s.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	for _, c := range []struct {
		host, origin string
		want         int
	}{
		{"localhost:8025", "", http.StatusTeapot},
		{"mockauth0:8025", "http://localhost:3000", http.StatusTeapot},
		{"rebound.example.com:8025", "", http.StatusForbidden},
		{"localhost:8025", "https://example.com", http.StatusForbidden},
	} {
		if w := servertest.Call(t, guarded, "GET", "/api/v2/messages", nil, servertest.Host(c.host), servertest.Header("Origin", c.origin)); w.Code != c.want {
			t.Errorf("%s from %q: %d %s, want %d", c.host, c.origin, w.Code, w.Body, c.want)
		}
	}
}

// Wherever the control API leads a browser, it is to the tenant or to a known page.
func FuzzEnterLeadsNowhereElse(f *testing.F) {
	for _, to := range []string{
		"/", "/authorize?x=1", "//evil.example", "/\\evil.example", "\\\\evil.example", "http://localhost:3000/a", "https://app.localhost/", "http://evil.example/", "HTTP://LOCALHOST",
		"http:evil.example", "http:/evil.example", "http:///evil.example", "http://localhost@evil.example", "http://[::1]:1/", "\thttp://evil.example", "/\t/evil.example", "javascript:alert(1)",
	} {
		f.Add(to)
	}
	s := servertest.New(f, server.Config{At: servertest.At2030})
	f.Fuzz(func(t *testing.T, to string) {
		w := servertest.Call(t, s, "GET", "/_mock/sessions/enter?user=ada@example.com&to="+url.PathEscape(to), nil)
		location := w.Header().Get("Location")
		switch {
		case w.Code == http.StatusBadRequest && location == "":
		case w.Code != http.StatusFound:
			t.Errorf("%q: %d", to, w.Code)
		case strings.ContainsAny(location, "\\\t\r\n") || strings.HasPrefix(location, "//"):
			t.Errorf("%q leads to %q", to, location)
		case strings.HasPrefix(location, "/"):
		default:
			u, err := url.Parse(location)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" {
				t.Fatalf("%q leads to %q", to, location)
			}
			host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
			if ip := net.ParseIP(host); host != "localhost" && !strings.HasSuffix(host, ".localhost") && (ip == nil || !ip.IsLoopback()) {
				t.Errorf("%q leads to %q", to, location)
			}
		}
	})
}

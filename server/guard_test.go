package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestTheControlAPIAnswersOnlyLocalNames(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Hosts: []string{"Mock.Example.Org"}, Issuer: "https://login.example.net:8443/"})
	for _, tt := range []struct {
		name string
		host string
		ok   bool
	}{
		{"localhost", "localhost:2884", true},
		{"without a port", "localhost", true},
		{"IPv4 loopback", "127.0.0.1:2884", true},
		{"IPv6 loopback", "[::1]:2884", true},
		{"IPv6 without a port", "[::1]", true},
		{"an address in the network", "192.168.1.7:2884", true},
		{"the Android emulator's host", "10.0.2.2:2884", true},
		{"a service of compose", "mockauth0:2884", true},
		{"a name below localhost", "acme.localhost:2884", true},
		{"with a dot at the end", "acme.localhost.:2884", true},
		{"in capitals", "ACME.LocalHost", true},
		{"a test name", "login.acme.test", true},
		{"docker's host", "host.docker.internal:2884", true},
		{"a name on the local network", "mac.local:2884", true},
		{"a name that was given", "mock.example.org:2884", true},
		{"the pinned issuer's name", "login.example.net", true},
		{"a name of Kubernetes", "mock.default.svc:2884", true},
		{"a name of the internet", "example.com", false},
		{"a name that was rebound", "rebound.attacker.example:2884", false},
		{"a local name as a label of another", "localhost.attacker.example", false},
		{"an address as a label of another", "127.0.0.1.attacker.example", false},
		{"a suffix that is no label", "www.evillocal", false},
		{"below a name that was given", "x.mock.example.org", false},
		{"no name", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := servertest.Call(t, s, "GET", "/_mock/users", nil, servertest.Host(tt.host))
			if ok := w.Code == http.StatusOK; ok != tt.ok {
				t.Fatalf("host %q: %d %s", tt.host, w.Code, w.Body)
			}
			if !tt.ok && (w.Code != http.StatusForbidden || !strings.Contains(servertest.DecodeError(t, w).Description, "--tls-host")) {
				t.Errorf("the refusal does not name the flag: %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestTheControlAPIAnswersOnlyLocalPages(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Hosts: []string{"mock.example.org"}})
	for _, tt := range []struct {
		name   string
		origin string
		ok     bool
	}{
		{"no page", "", true},
		{"a page on this machine", "http://localhost:5173", true},
		{"another port and scheme", "https://127.0.0.1", true},
		{"IPv6", "http://[::1]:3000", true},
		{"a test name", "https://app.acme.test", true},
		{"a name that was given", "https://mock.example.org", true},
		{"a page of the internet", "https://example.com", false},
		{"one that looks local", "https://localhost.example.com", false},
		{"one with a local user", "https://localhost@example.com", false},
		{"a sandboxed page or a file", "null", false},
		{"no URL", "://", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, method := range []string{"GET", "OPTIONS"} {
				var changes []servertest.Change
				if tt.origin != "" {
					changes = []servertest.Change{servertest.Header("Origin", tt.origin), servertest.Header("Access-Control-Request-Method", "GET")}
				}
				w := servertest.Call(t, s, method, "/_mock/users", nil, changes...)
				if ok := w.Code/100 == 2; ok != tt.ok {
					t.Fatalf("%s by origin %q: %d %s", method, tt.origin, w.Code, w.Body)
				}
				want := tt.origin
				if !tt.ok {
					want = ""
				}
				if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
					t.Errorf("%s by origin %q: Access-Control-Allow-Origin is %q, want %q", method, tt.origin, got, want)
				}
			}
		})
	}
}

func TestHealthAndTheAuthorityAnswerAnyone(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{CA: func() []byte { return []byte("a certificate\n") }})
	for _, path := range []string{"/_mock/health", "/health", "/healthz", "/readyz", "/_mock/ca.pem"} {
		if w := servertest.Call(t, s, "GET", path, nil, servertest.Host("lb.example.com"), servertest.Header("Origin", "https://example.com")); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
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

// Auth0's own endpoints answer by any name: that is what a tenant is for.
func TestAuth0sEndpointsAnswerByAnyName(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	if w := servertest.Call(t, s, "GET", "/.well-known/jwks.json", nil, servertest.Host("auth.example.com")); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Health and the certificate authority answer anyone, but a page of another
// site does not get to read them.
func TestOpenEndpointsAreNotForPagesOfOtherSites(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{CA: func() []byte { return []byte("pem") }})
	for _, path := range []string{"/_mock/health", "/healthz", "/_mock/ca.pem"} {
		for origin, want := range map[string]string{"https://evil.example.com": "", "http://localhost:3000": "http://localhost:3000"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = "localhost:2884"
			r.Header.Set("Origin", origin)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != http.StatusOK || got != want {
				t.Errorf("%s from %s: %d, Access-Control-Allow-Origin %q, want %q", path, origin, w.Code, got, want)
			}
		}
	}
}

func TestPagesElsewhere(t *testing.T) {
	s := servertest.New(t, server.Config{})
	for _, origin := range []string{"http://8.8.8.8", "http://[::ffff:8.8.8.8]", "chrome-extension://abcdefgh", "//localhost"} {
		if w := servertest.Call(t, s, "GET", "/_mock/outbox", nil, servertest.Header("Origin", origin)); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", origin, w.Code)
		}
	}
	for _, origin := range []string{"http://127.0.0.1:3000", "http://192.168.1.7:3000", "http://[::1]"} {
		if w := servertest.Call(t, s, "GET", "/_mock/outbox", nil, servertest.Header("Origin", origin)); w.Code != http.StatusOK {
			t.Errorf("%s: %d", origin, w.Code)
		}
	}
	w := servertest.Call(t, s, "GET", "/_mock/health", nil, servertest.Header("Origin", "https://evil.example"))
	if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != http.StatusOK || got != "" {
		t.Errorf("health: %d, and %q may read it", w.Code, got)
	}
}

// A door beside this one is guarded the same way.
func TestGuardOfAnotherDoor(t *testing.T) {
	t.Parallel()
	s, err := server.New(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	door := s.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	for _, c := range []struct {
		host, origin string
		want         int
	}{
		{"localhost:8025", "", http.StatusTeapot},
		{"mockauth0:8025", "http://localhost:3000", http.StatusTeapot},
		{"rebound.example.com:8025", "", http.StatusForbidden},
		{"localhost:8025", "https://example.com", http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://"+c.host+"/api/v2/messages", nil)
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s from %q: %d %s, want %d", c.host, c.origin, w.Code, w.Body, c.want)
		}
	}
}

package server_test

import (
	"net/http"
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

func TestTheControlAPIAnswersOnlyLocalPages(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Hosts: []string{"mock.example.org"}})
	for status, origins := range map[int][]string{
		http.StatusOK: {
			"http://localhost:5173", "https://127.0.0.1", "http://127.0.0.1:3000", "http://192.168.1.7:3000", "http://[::1]", "http://[::1]:3000",
			"https://app.acme.test", "https://mock.example.org",
		},
		http.StatusForbidden: {
			"https://example.com", "https://localhost.example.com", "https://localhost@example.com", "http://8.8.8.8", "http://[::ffff:8.8.8.8]",
			"chrome-extension://abcdefgh", "//localhost", "://",
			"null", // a sandboxed page, or a file
		},
	} {
		for _, origin := range origins {
			for _, method := range []string{"GET", "OPTIONS"} {
				w := servertest.Call(t, s, method, "/_mock/users", nil, servertest.Header("Origin", origin), servertest.Header("Access-Control-Request-Method", "GET"))
				may, want := "", status
				if status == http.StatusOK {
					may = origin
					if method == "OPTIONS" {
						want = http.StatusNoContent
					}
				}
				if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != want || got != may {
					t.Errorf("%s from %s: %d, and %q may read it", method, origin, w.Code, got)
				}
			}
		}
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

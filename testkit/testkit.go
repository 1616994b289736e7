// Package testkit is a local Auth0 tenant inside a Go test: one line, nothing
// to tear down, and each test has a tenant of its own.
//
//	func TestLogin(t *testing.T) {
//		auth := testkit.Start(t)
//		app := newApp(auth.URL(), auth.ClientID())
//		app.RequestCode("ada@example.com")
//		app.Login("ada@example.com", auth.OTP(t, "ada@example.com"))
//	}
//
// Nothing is read from the working directory and nothing is written to disk.
package testkit

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/localtls"
)

// An Auth0 is a tenant that runs until its test ends. It is safe for use by
// many goroutines.
type Auth0 struct {
	server *server.Server
	domain string // host:port, or the domain of an in-memory tenant
	memory bool
	issuer string
	// clientID is the first client of the options, if there is one.
	clientID string

	distrusted atomic.Int64 // handshakes that clients broke off

	mu     sync.Mutex   // guards client
	client *http.Client // nil until Client is called
}

// Start makes a tenant and lets it answer http and https on one free port of
// 127.0.0.1, or in memory only (see InMemory). It stops when t ends. If t has
// failed by then, what was called, what was sent and the clock are printed.
//
// A fixture with mistakes fails t, with all of them.
func Start(t testing.TB, opts ...Option) *Auth0 {
	t.Helper()
	var s settings
	for _, opt := range opts {
		if err := opt(&s); err != nil {
			t.Fatalf("testkit: %v", err)
		}
	}
	a := &Auth0{memory: s.memory != "", domain: s.memory}
	if len(s.config.Clients) > 0 {
		a.clientID = s.config.Clients[0].ClientID
	}
	var d *door
	if !a.memory {
		var err error
		if d, err = openDoor(); err != nil {
			t.Fatalf("testkit: %v", err)
		}
		a.domain = d.Addr().String()
	}
	if s.pinTLS {
		s.config.Issuer = a.TLSURL() + "/"
	}
	if a.memory {
		s.config.Hosts = append(s.config.Hosts, hostOf(a.domain))
	} else {
		s.config.CA = authorityPEM
	}
	var err error
	if a.server, err = server.New(s.config); err != nil {
		if d != nil {
			_ = d.TCPListener.Close()
		}
		t.Fatalf("testkit: %v", err)
	}
	if a.issuer = a.server.Issuer(); a.issuer == "" {
		a.issuer = a.URL() + "/"
	}
	if !a.memory {
		a.listen(t, d)
	}
	t.Cleanup(func() {
		t.Helper()
		if t.Failed() {
			t.Log(a.report())
		}
	})
	return a
}

// report is what a test that failed shows.
func (a *Auth0) report() string {
	text := "mockauth0 at " + a.URL() + "\n"
	if n := a.distrusted.Load(); n > 0 {
		text += fmt.Sprintf("https: handshakes that failed: %d: %s; use auth.Client(), or auth.TLSConfig() in a client of your own\n", n, localtls.Distrust)
	}
	return text + strings.TrimSuffix(a.server.Report(), "\n")
}

func hostOf(domain string) string {
	if host, _, err := net.SplitHostPort(domain); err == nil {
		return host
	}
	return domain
}

// Package testkit runs a local Auth0 tenant inside a Go test. It takes one line,
// needs no teardown, and gives each test a tenant of its own.
//
//	func TestLogin(t *testing.T) {
//		auth := testkit.Start(t)
//		app := newApp(auth.URL(), auth.ClientID())
//		app.RequestCode("ada@example.com")
//		app.Login("ada@example.com", auth.OTP(t, "ada@example.com"))
//	}
//
// [Auth0.SignIn] signs a user in to an app that uses the login pages, and
// [Auth0.Tokens] gets tokens for the test of an API.
//
// The package reads nothing from the working directory and writes nothing to
// disk, except for files that a test names.
package testkit

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/localtls"
)

// An Auth0 is a running tenant. Many goroutines may use it at the same time.
type Auth0 struct {
	server *server.Server
	domain string // host:port, or the domain of a tenant in memory
	issuer string
	// clientID and audience are the first ones of the options, "" if none.
	clientID, audience string

	port  *port  // nil in memory
	pipes *pipes // nil on a port
	http  *http.Server
	end   context.CancelFunc // ends all requests
	ended chan struct{}      // closed when http has ended

	distrusted atomic.Int64  // TLS handshakes that clients broke off
	signingIn  chan struct{} // holds one element while a user signs in

	mu     sync.Mutex   // guards client
	client *http.Client // nil until Client is called
}

// Start runs a tenant until t ends. It answers http and https on one free port
// of 127.0.0.1, or only in memory (see [InMemory]).
//
// Start fails t if an option is wrong. A fixture with several mistakes fails it
// with all of them. If t fails, the tenant's requests, its messages and its
// clock are printed.
func Start(t testing.TB, opts ...Option) *Auth0 {
	t.Helper()
	a, err := Open(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		t.Helper()
		if t.Failed() {
			t.Log(a.report())
		}
		_ = a.Close() // of no interest to a test that is over
	})
	return a
}

// Open is Start where there is no test, such as in TestMain or in an Example.
// Call Close at the end.
func Open(opts ...Option) (*Auth0, error) {
	var s settings
	for _, opt := range opts {
		if err := opt(&s); err != nil {
			return nil, fmt.Errorf("testkit: %w", err)
		}
	}
	a := &Auth0{ended: make(chan struct{}), signingIn: make(chan struct{}, 1)}
	if len(s.config.Clients) > 0 {
		a.clientID = s.config.Clients[0].ClientID
	}
	if len(s.config.ResourceServers) > 0 {
		a.audience = s.config.ResourceServers[0].Identifier
	}
	var ln net.Listener
	var err error
	if s.domain != "" {
		a.domain = s.domain
		a.pipes = newPipes(a.domain)
		ln = a.pipes
		s.config.Hosts = append(s.config.Hosts, hostOf(a.domain))
	} else {
		if a.port, err = openPort(); err != nil {
			return nil, fmt.Errorf("testkit: %w", err)
		}
		a.domain = a.port.Addr().String()
		ln = a.port
		s.config.CA = authorityPEM
	}
	if s.pinTLS {
		s.config.Issuer = a.TLSURL() + "/"
	}
	if a.server, err = server.New(s.config); err != nil {
		_ = ln.Close()
		return nil, fmt.Errorf("testkit: %w", err)
	}
	if a.issuer = a.server.Issuer(); a.issuer == "" {
		a.issuer = a.URL() + "/"
	}
	a.serve(ln)
	return a, nil
}

// serve answers requests until Close.
func (a *Auth0) serve(ln net.Listener) {
	base, end := context.WithCancel(context.Background())
	a.end = end
	a.http = &http.Server{
		Handler:           markTLS(a.server),
		ReadHeaderTimeout: time.Minute,
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnContext:       noteTLS,
		ErrorLog:          localtls.ErrorLog(func() { a.distrusted.Add(1) }),
	}
	go func() {
		defer close(a.ended)
		if a.pipes != nil {
			_ = a.http.Serve(ln) // it ends with http.ErrServerClosed
		} else {
			_ = localtls.Serve(a.http, overTLS, ln)
		}
	}()
}

// Close ends the tenant. A tenant of Start needs no Close.
func (a *Auth0) Close() error {
	if a.port != nil {
		a.port.closing.Store(true)
	}
	a.end()
	err := a.http.Close()
	<-a.ended
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != nil {
		a.client.CloseIdleConnections()
	}
	return err
}

// report is what a failed test shows.
func (a *Auth0) report() string {
	text := "mockauth0 at " + a.URL() + "\n"
	if n := a.distrusted.Load(); n > 0 {
		text += fmt.Sprintf("https: handshakes that failed: %d: %s; use auth.Client(), or auth.TLSConfig() in a client of your own\n", n, localtls.Distrust)
	}
	if a.pipes != nil && !a.pipes.used.Load() {
		text += "no request reached the tenant: it is in memory, and only auth.Client() reaches it\n"
	}
	return text + strings.TrimSuffix(a.server.Report(), "\n")
}

func hostOf(domain string) string {
	if host, _, err := net.SplitHostPort(domain); err == nil {
		return host
	}
	return domain
}

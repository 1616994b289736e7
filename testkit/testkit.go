// Package testkit runs a local Auth0 tenant inside a Go test. One line starts it,
// it ends with the test, and each test has a tenant of its own.
//
//	func TestLogin(t *testing.T) {
//		auth := testkit.Start(t)
//		app := newApp(auth.URL(), auth.ClientID())
//		app.RequestCode("ada@example.com")
//		app.Login("ada@example.com", auth.OTP(t, "ada@example.com"))
//	}
//
// [Auth0.OTP] is for apps that ask for the code themselves. [Auth0.SignIn] is for
// apps that redirect the browser to Auth0's login pages. [Auth0.Tokens] is for
// the test of an API.
//
// The package writes no files, and it reads only those that a test names.
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
	first  *Auth0 // of a tenant beside it; else nil
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

// Start runs a tenant until t ends. The tenant answers http and https on one
// free port of 127.0.0.1, or of ::1 where there is no 127.0.0.1. With the option
// [InMemory] it has no port.
//
// Start fails t if an option is wrong, and lists all mistakes of a fixture. If t
// fails later, Start prints the tenant's requests, messages, scenarios and clock.
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

// Open starts a tenant where there is no t, such as in TestMain or in an Example.
// The tenant runs until Close is called. When a test fails, nothing is printed;
// [server.Server.Report] returns the text.
func Open(opts ...Option) (*Auth0, error) {
	s, err := settle(opts)
	if err != nil {
		return nil, err
	}
	a := &Auth0{ended: make(chan struct{}), signingIn: make(chan struct{}, 1)}
	a.note(s)
	var ln net.Listener
	if s.domain != "" {
		a.domain = s.domain
		a.pipes = newPipes(a.domain)
		ln = a.pipes
		s.config.Hosts = append(s.config.Hosts, hostOf(a.domain))
		if suffix, err := server.TenantHost(hostOf(a.domain)); err == nil {
			s.config.TenantHosts = append(s.config.TenantHosts, suffix)
		}
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

// note keeps what the options say of the first client and the first API.
func (a *Auth0) note(s settings) {
	if len(s.config.Clients) > 0 {
		a.clientID = s.config.Clients[0].ClientID
	}
	if len(s.config.ResourceServers) > 0 {
		a.audience = s.config.ResourceServers[0].Identifier
	}
}

// writeTimeout is for what net/http writes by itself, and for a connection with HTTP/2
// from which nothing is read. Handlers set the deadlines of their own writes.
const writeTimeout = 30 * time.Second

// serve answers requests until Close.
func (a *Auth0) serve(ln net.Listener) {
	base, end := context.WithCancel(context.Background())
	a.end = end
	a.http = &http.Server{
		Handler:           markTLS(a.server),
		ReadHeaderTimeout: time.Minute,
		WriteTimeout:      writeTimeout,
		HTTP2:             &http.HTTP2Config{WriteByteTimeout: writeTimeout},
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

// Close ends a tenant of Open, with the tenants beside it. A tenant of Start or Tenant
// ends by itself.
func (a *Auth0) Close() error {
	if a.first != nil {
		return a.closeTenant()
	}
	if a.port != nil {
		a.port.closing.Store(true)
	}
	a.end()
	err := a.http.Close()
	<-a.ended
	a.server.Close()
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

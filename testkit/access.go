package testkit

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
)

// URL is the tenant's address without a slash at the end: http://127.0.0.1:port
// (see [Start]), or https://domain in memory.
func (a *Auth0) URL() string {
	if a.pipes != nil {
		return a.TLSURL()
	}
	return "http://" + a.domain
}

// TLSURL is the tenant's address over https, on the same port as URL. Client
// trusts the certificate.
func (a *Auth0) TLSURL() string { return "https://" + a.domain }

// Domain is what Auth0's SDKs call domain: 127.0.0.1:port, or the domain given
// to [InMemory].
func (a *Auth0) Domain() string { return a.domain }

// Issuer is the iss of tokens that an app gets at URL. It ends with a slash.
func (a *Auth0) Issuer() string { return a.issuer }

// TLSIssuer is the iss of tokens that an app gets at TLSURL. With [PinIssuer] or
// [PinTLS] it equals Issuer.
func (a *Auth0) TLSIssuer() string {
	if a.issuer != a.URL()+"/" {
		return a.issuer
	}
	return a.TLSURL() + "/"
}

// ClientID is the client_id of the first client of the option [Clients], or of
// the fixture if there is no such option. In the default fixture it is a native
// app, which has no secret.
func (a *Auth0) ClientID() string {
	if a.clientID != "" {
		return a.clientID
	}
	if clients := a.server.Fixture().Clients; len(clients) > 0 {
		return clients[0].ClientID
	}
	return ""
}

// ClientSecret is the client_secret of the client that ClientID names. It is ""
// if that client has none.
func (a *Auth0) ClientSecret() string { return a.secretOf(a.ClientID()) }

func (a *Auth0) secretOf(clientID string) string {
	for _, c := range a.server.Fixture().Clients {
		if c.ClientID == clientID {
			return c.ClientSecret
		}
	}
	return ""
}

// Client is an HTTP client that trusts the tenant's certificate, ignores proxies
// and follows redirects. Every call returns the same client.
func (a *Auth0) Client() *http.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.client != nil:
	case a.pipes != nil:
		a.client = a.pipes.client()
	default:
		a.client = a.port.client()
	}
	return a.client
}

// NoRedirect is a Client that returns redirects instead of following them.
func (a *Auth0) NoRedirect() *http.Client {
	c := *a.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// TLSConfig trusts the tenant's certificate. It is for apps that make an HTTP
// client of their own.
func (a *Auth0) TLSConfig() *tls.Config { return trustAuthority() }

// Server is the tenant itself. Its methods do everything else: Outbox, Clock,
// Requests, Users, AddUser, RotateKey, Reset and more.
func (a *Auth0) Server() *server.Server { return a.server }

// Advance moves the tenant's clock forward. When it returns, every code that
// expires in between has expired, and every message that is due has arrived.
// It fails t if d is negative.
func (a *Auth0) Advance(t testing.TB, d time.Duration) {
	t.Helper()
	if err := a.server.Clock().Advance(d); err != nil {
		t.Fatalf("testkit: %v", err)
	}
}

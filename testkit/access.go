package testkit

import (
	"context"
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// patience is how long the waiting methods wait: real time, or synctest's.
const patience = 5 * time.Second

// URL is the tenant's address without a slash at the end: http://127.0.0.1:port,
// or https://domain in memory.
func (a *Auth0) URL() string {
	if a.memory {
		return a.TLSURL()
	}
	return "http://" + a.domain
}

// TLSURL is the address over https, on the same port. Client trusts it.
func (a *Auth0) TLSURL() string { return "https://" + a.domain }

// Domain is what SDKs call domain: 127.0.0.1:port.
func (a *Auth0) Domain() string { return a.domain }

// Issuer is the iss of tokens that are got at URL, with the slash at the end.
func (a *Auth0) Issuer() string { return a.issuer }

// TLSIssuer is the iss of tokens that are got at TLSURL, unless one is pinned:
// then it is that one.
func (a *Auth0) TLSIssuer() string {
	if a.issuer != a.URL()+"/" {
		return a.issuer
	}
	return a.TLSURL() + "/"
}

// ClientID is the client_id of the first client of the option Clients, else of
// the fixture: in the default fixture a native app without a secret.
func (a *Auth0) ClientID() string {
	if a.clientID != "" {
		return a.clientID
	}
	if clients := a.server.Fixture().Clients; len(clients) > 0 {
		return clients[0].ClientID
	}
	return ""
}

// Client is an HTTP client that trusts the tenant's certificates, ignores
// proxies, and follows redirects. It is the same one at each call.
func (a *Auth0) Client() *http.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.client != nil:
	case a.memory:
		a.client = &http.Client{Transport: &transport{a.domain, a.server}}
	default:
		a.client = a.dial()
	}
	return a.client
}

// NoRedirect is Client, but for redirects, which it returns.
func (a *Auth0) NoRedirect() *http.Client {
	c := *a.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// TLSConfig trusts the tenant's certificates, for apps that make a client of
// their own.
func (a *Auth0) TLSConfig() *tls.Config { return &tls.Config{RootCAs: authority().CertPool()} }

// Server is everything else: Outbox, Clock, Requests, Users, AddUser,
// RotateKey, Reset.
func (a *Auth0) Server() *server.Server { return a.server }

// OTP is the live code of a recipient. It waits up to 5 seconds for it, and
// fails t with what did arrive.
func (a *Auth0) OTP(t testing.TB, to string) string {
	t.Helper()
	return a.WaitFor(t, recipient(to), outbox.Live(), outbox.WithCode()).Code
}

// MagicLink is the live magic link of a recipient. It waits as OTP does.
func (a *Auth0) MagicLink(t testing.TB, to string) string {
	t.Helper()
	return a.WaitFor(t, recipient(to), outbox.Live(), outbox.WithLink()).Link
}

// Expire makes the live code or link of a recipient lapse, without moving the
// clock. It waits for one as OTP does.
func (a *Auth0) Expire(t testing.TB, to string) {
	t.Helper()
	a.server.ExpireMessage(a.WaitFor(t, recipient(to), outbox.Live()).ID)
}

// recipient is the filter of an address or number as people write them.
func recipient(to string) outbox.Filter { return outbox.To(fixtures.NormalizeRecipient(to)) }

// Advance moves the tenant's clock forward. All that falls due on the way has
// happened when it returns. It fails t if d is negative.
func (a *Auth0) Advance(t testing.TB, d time.Duration) {
	t.Helper()
	if err := a.server.Clock().Advance(d); err != nil {
		t.Fatalf("testkit: %v", err)
	}
}

// WaitFor is the newest message that all filters match. It waits up to 5
// seconds for one, and fails t with what did arrive.
func (a *Auth0) WaitFor(t testing.TB, f ...outbox.Filter) outbox.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	m, err := a.server.Outbox().Wait(ctx, f...)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return m
}

// MintToken is a token of any claims, signed with the tenant's key. iss, iat
// and exp are filled in if absent.
func (a *Auth0) MintToken(t testing.TB, claims map[string]any) string {
	t.Helper()
	token, err := a.server.MintToken(a.issuer, claims)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return token
}

// ForgeToken is MintToken with a signature that no published key verifies.
func (a *Auth0) ForgeToken(t testing.TB, claims map[string]any) string {
	t.Helper()
	token, err := a.server.ForgeToken(a.issuer, claims)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return token
}

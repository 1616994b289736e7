package testkit

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
)

// A SessionRequest says how [Auth0.Session] signs a user in.
type SessionRequest struct {
	// Organization is the name or the id of the organization through which the user signs
	// in, "" for none. A user who is not a member becomes one.
	Organization string
	// MFA tells that the user has given a second factor, too.
	MFA bool
	// TTL is how long the session lasts, used or not. If it is 0, that is Auth0's
	// lifetime: 7 days, and 3 days without use.
	TTL time.Duration
}

// Session signs a user in without the login pages, and returns the cookies of a browser
// in which that has happened. Give them to the [http.Client] that opens your app: the
// app's redirect to the tenant comes back at once.
//
// The user is a user_id, an e-mail address, a phone number or a username. A new address
// signs up. Session fails t if the user is blocked, or if the organization does not have
// the user's connection.
func (a *Auth0) Session(t testing.TB, user string, r ...SessionRequest) http.CookieJar {
	t.Helper()
	if len(r) > 1 {
		t.Fatalf("testkit: Session takes one SessionRequest, not %d", len(r))
	}
	want := server.SessionRequest{Create: true}
	if len(r) == 1 {
		want.Organization, want.MFA, want.TTL = r[0].Organization, r[0].MFA, r[0].TTL
	}
	cookies, err := a.server.StartSession(user, want)
	if err != nil {
		t.Fatalf("testkit: Session of %s: %v", user, err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	addresses := []string{a.URL()}
	if a.port != nil {
		addresses = append(addresses, "http://localhost") // cookies ignore ports
	}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatalf("testkit: %v", err)
		}
		jar.SetCookies(u, cookies)
	}
	return jar
}

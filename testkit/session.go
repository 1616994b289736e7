package testkit

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

// Session signs a user in without the login pages, and returns the cookies of a browser
// in which that has happened. Give them to the [http.Client] that opens your app: the
// app's redirect to the tenant comes back at once.
//
// The user is a user_id, an e-mail address, a phone number or a username. A new address
// signs up. Session fails t if the user is blocked. For a session that has passed a
// second factor, or has another lifetime, use the method StartSession of Server.
func (a *Auth0) Session(t testing.TB, user string) http.CookieJar {
	t.Helper()
	cookies, err := a.server.StartSession(user, server.SessionRequest{Create: true})
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

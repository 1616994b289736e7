package server_test

import (
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
)

// A signature is a function of the claims (RFC 8017 §8.2.1), and of Auth0's
// tokens from the passwordless grant none has a claim that only tells logins
// apart: no jti, no sid, no auth_time. So two logins of one user have the same
// access token for an API if they are of the same second, and the same ID token
// if they are of the same millisecond, which updated_at is the time of. Anything
// else has an identifier of its own.
func TestTokensOfTwoLoginsAreEqualOnlyIfAllClaimsAre(t *testing.T) {
	t.Parallel()
	const api = "https://api.acme.test/"
	for name, c := range map[string]struct {
		config     server.Config
		audience   string
		later      time.Duration
		access, id bool // equal
	}{
		"stopped, for an API":                     {server.Config{At: at2030}, api, 0, true, true},
		"stopped, for no API":                     {server.Config{At: at2030}, "", 0, false, true},
		"a millisecond later, for an API":         {server.Config{At: at2030}, api, time.Millisecond, true, false},
		"a millisecond later, for no API":         {server.Config{At: at2030}, "", time.Millisecond, false, false},
		"a second later, for an API":              {server.Config{At: at2030}, api, time.Second, false, false},
		"a second later, for no API":              {server.Config{At: at2030}, "", time.Second, false, false},
		"a second later by a running clock":       {server.Config{}, api, time.Second, false, false},
		"a second later, running, and for no API": {server.Config{}, "", time.Second, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, c.config)
			in := func() tokens {
				return login(t, s, "ada@example.com", object{"audience": c.audience, "scope": "openid profile offline_access"})
			}
			first := in()
			if err := s.Clock().Advance(c.later); err != nil {
				t.Fatal(err)
			}
			second := in()
			if equal := first.AccessToken == second.AccessToken; equal != c.access {
				t.Errorf("the access tokens are equal: %t, want %t", equal, c.access)
			}
			if equal := first.IDToken == second.IDToken; equal != c.id {
				t.Errorf("the ID tokens are equal: %t, want %t", equal, c.id)
			}
			if first.RefreshToken == second.RefreshToken {
				t.Error("the refresh tokens are equal")
			}
			compare := func(kind, a, b string) {
				t.Helper()
				said, again := claims(t, s, a), claims(t, s, b)
				if equal := reflect.DeepEqual(said, again); equal != (a == b) {
					t.Errorf("%s: the claims are equal: %t, the tokens: %t", kind, equal, a == b)
				}
				for _, identifier := range []string{"jti", "sid", "auth_time"} {
					if said[identifier] != nil {
						t.Errorf("%s: %s is %v; Auth0 has none", kind, identifier, said[identifier])
					}
				}
			}
			compare("ID token", first.IDToken, second.IDToken)
			if c.audience != "" {
				compare("access token", first.AccessToken, second.AccessToken)
			}
		})
	}
}

// A login in a browser begins a session, whose sid is in the ID token.
func TestTokensOfTwoSessionsDifferWhileTheClockStands(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	in := func() tokens {
		b := newBrowser(t, s)
		query := b.begin("x")
		b.call("POST", b.identify(query, "dora@example.com"), url.Values{"password": {"Passw0rd!"}})
		return decodeAnswer[tokens](t, call(t, s, "POST", "/oauth/token", object{
			"grant_type": "authorization_code", "client_id": "acme-web", "client_secret": "acme-web-secret", "redirect_uri": "http://localhost:3000/cb",
			"code": codeAnswered(t, b.call("GET", "/authorize/resume?"+query, nil)),
		}))
	}
	first, second := in(), in()
	if first.AccessToken == second.AccessToken || first.IDToken == second.IDToken {
		t.Errorf("equal tokens: access %t, ID %t", first.AccessToken == second.AccessToken, first.IDToken == second.IDToken)
	}
	if a, b := claims(t, s, first.IDToken)["sid"], claims(t, s, second.IDToken)["sid"]; a == nil || a == b {
		t.Errorf("sid is %v, then %v", a, b)
	}
}

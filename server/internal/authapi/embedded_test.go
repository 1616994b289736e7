package authapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// codeOf is the code of a redirect to the app, or its error.
func codeOf(t testing.TB, location string) (code, problem string) {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("code"), u.Query().Get("error_description")
}

// Of many pages that take one ticket to /authorize, one signs in.
func TestATicketIsGoodOnce(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	ticket := servertest.TicketFor(t, s, servertest.WithPassword("acme-spa"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes, refused := 0, 0
	for range 20 {
		wg.Go(func() {
			code, problem := codeOf(t, servertest.Call(t, s, "GET", servertest.ToAuthorize(ticket), nil).Header().Get("Location"))
			mu.Lock()
			defer mu.Unlock()
			if code != "" {
				codes++
			}
			if problem == "Unknown or invalid login ticket." {
				refused++
			}
		})
	}
	wg.Wait()
	if codes != 1 || refused != 19 {
		t.Errorf("%d codes and %d refusals", codes, refused)
	}
}

// A client takes part in embedded login only if it says so, and only from pages
// of its own.
func TestCrossOriginSwitchAndOrigins(t *testing.T) {
	t.Parallel()
	f, err := fixtures.Parse("origins.yaml", []byte(`version: 1
extends: default
clients:
  - {client_id: off, grant_types: [authorization_code], allowed_origins: ["https://off.acme.test"]}
  - {client_id: "on", grant_types: [authorization_code], cross_origin_authentication: true, web_origins: ["https://on.acme.test"]}
`))
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: f})
	for _, tt := range []struct {
		client, origin string
		code           int
		body           string // "" is a ticket
	}{
		{"on", "https://on.acme.test", http.StatusOK, ""},
		{"on", "https://off.acme.test", http.StatusForbidden, "Origin https://off.acme.test is not allowed."},
		{"on", "https://evil.example.com", http.StatusForbidden, "Origin https://evil.example.com is not allowed."},
		{"on", "null", http.StatusForbidden, "Origin null is not allowed."},
		{"off", "https://off.acme.test", http.StatusUnauthorized, `{"error":"unauthorized_client","error_description":"Cross origin login not allowed."}`},
	} {
		w := servertest.Call(t, s, "POST", "/co/authenticate", servertest.Object{
			"client_id": tt.client, "credential_type": "http://auth0.com/oauth/grant-type/password-realm",
			"username": "dora@example.com", "password": "Passw0rd!", "realm": "Username-Password-Authentication",
		}, servertest.Header("Origin", tt.origin))
		if w.Code != tt.code || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("%s from %s: %d %s", tt.client, tt.origin, w.Code, w.Body)
		}
		if allowed := w.Header().Get("Access-Control-Allow-Credentials"); (allowed == "true") != strings.HasSuffix(tt.origin, ".acme.test") {
			t.Errorf("%s from %s: credentials %q", tt.client, tt.origin, allowed)
		}
	}
}

// Who has lost the account between the ticket and /authorize gets nothing.
func TestATicketOfABlockedUser(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	ticket := servertest.TicketFor(t, s, servertest.WithPassword("acme-spa"))
	for _, u := range s.Users() {
		if u.Email == "dora@example.com" {
			if w := servertest.Call(t, s, "PATCH", "/_mock/users/"+url.PathEscape(u.UserID), servertest.Object{"blocked": true}); w.Code != http.StatusOK {
				t.Fatal(w.Body)
			}
		}
	}
	w := servertest.Call(t, s, "GET", servertest.ToAuthorize(ticket), nil)
	if code, problem := codeOf(t, w.Header().Get("Location")); code != "" || problem != "user is blocked" {
		t.Errorf("code %q, %q", code, problem)
	}
	if cookies := w.Header()["Set-Cookie"]; cookies != nil {
		t.Errorf("the browser is signed in: %q", cookies)
	}
}

// Whoever signed up with a password has it after a restart with the state.
func TestASignupIsInTheState(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	sign := servertest.Call(t, s, "POST", "/dbconnections/signup", servertest.Object{
		"client_id": "acme-native", "connection": "Username-Password-Authentication", "email": "Eve@example.com", "password": "s3cret", "user_metadata": servertest.Object{"plan": "gold"},
	})
	if sign.Code != http.StatusOK {
		t.Fatal(sign.Body)
	}
	state := servertest.Call(t, s, "GET", "/_mock/state", nil).Body.String()
	other := servertest.New(t, server.Config{At: servertest.At2030})
	if w := servertest.Call(t, other, "PUT", "/_mock/state", state); w.Code/100 != 2 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	grant := servertest.Object{"grant_type": "password", "client_id": "acme-native", "username": "eve@example.com", "password": "s3cret"}
	here, there := servertest.Call(t, s, "POST", "/oauth/token", grant), servertest.Call(t, other, "POST", "/oauth/token", grant)
	if here.Code != http.StatusOK || here.Body.String() != there.Body.String() {
		t.Errorf("%d %s\n%d %s", here.Code, here.Body, there.Code, there.Body)
	}
	// The control API and the journal show it to nobody.
	for _, path := range []string{"/_mock/users", "/_mock/requests"} {
		if w := servertest.Call(t, s, "GET", path, nil); strings.Contains(w.Body.String(), "s3cret") {
			t.Errorf("%s shows the password: %s", path, w.Body)
		}
	}
}

// With limits enforced, ten wrong passwords in an hour lock the user out, on the
// right one as well.
func TestWrongPasswordsAreCounted(t *testing.T) {
	t.Parallel()
	f, err := fixtures.Load("strict")
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: f})
	grant := func(password string) int {
		return servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": "password", "client_id": "acme-native", "username": "dora@example.com", "password": password}).Code
	}
	for n := range 10 {
		if code := grant("wrong"); code != http.StatusForbidden {
			t.Fatalf("try %d: %d", n+1, code)
		}
	}
	if code := grant("Passw0rd!"); code != http.StatusTooManyRequests {
		t.Errorf("after ten: %d", code)
	}
}

package authapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// A client takes part in embedded login only if it says so, and only from pages
// of its own.
func TestEmbeddedLoginIsForPagesOfTheClient(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `
clients:
  - {client_id: off, grant_types: [authorization_code], allowed_origins: ["https://off.acme.test"]}
  - {client_id: "on", grant_types: [authorization_code], cross_origin_authentication: true, web_origins: ["https://on.acme.test"]}
`)})
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

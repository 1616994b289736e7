package server_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
)

const hsSecret = "0123456789abcdef0123456789abcdef"

// withHS256 is a tenant whose client shared signs its ID tokens with a secret.
func withHS256(t testing.TB) *server.Server {
	t.Helper()
	f, err := fixtures.Parse("hs256.yaml", []byte(`version: 1
extends: default
clients:
  - client_id: shared
    client_secret: `+hsSecret+`
    app_type: native
    grant_types: ["http://auth0.com/oauth/grant-type/passwordless/otp", refresh_token, implicit]
    callbacks: ["http://localhost:*"]
    allowed_logout_urls: ["http://localhost:*"]
    allowed_origins: ["http://localhost:*"]
    cross_origin_authentication: true
    jwt_configuration: {alg: HS256}
`))
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, server.Config{Fixture: f, At: at2030})
}

// signedBySecret tells whether a token has the header of HS256 and its
// signature.
func signedBySecret(t testing.TB, compact, secret string) bool {
	t.Helper()
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %s", compact)
	}
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	return string(header) == `{"alg":"HS256","typ":"JWT"}` && base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) == parts[2]
}

// The ID token is signed with the secret wherever it comes from; the access
// token never is.
func TestHS256(t *testing.T) {
	t.Parallel()
	s := withHS256(t)
	redeemed := func(more object) tokens {
		body := object{"grant_type": otpGrant, "client_id": "shared", "username": "ada@example.com", "otp": startAs(t, s, "shared", "ada@example.com"), "realm": "email"}
		maps.Copy(body, more)
		return decodeAnswer[tokens](t, call(t, s, "POST", "/oauth/token", body))
	}
	opaque := redeemed(object{"scope": "openid offline_access"})
	withAPI := redeemed(object{"audience": "https://api.acme.test/"})
	refreshed := decodeAnswer[tokens](t, refreshAs(t, s, "shared", opaque.RefreshToken))
	for name, got := range map[string]tokens{"opaque": opaque, "with an API": withAPI, "refreshed": refreshed} {
		if !signedBySecret(t, got.IDToken, hsSecret) {
			t.Errorf("%s: %s", name, got.IDToken)
		}
	}
	verify(t, jwks(t, s), withAPI.AccessToken)

	w := call(t, s, "POST", "/co/authenticate", object{
		"client_id": "shared", "credential_type": otpGrant, "username": "ada@example.com", "otp": startAs(t, s, "shared", "ada@example.com"), "realm": "email",
	}, header("Origin", "http://localhost:3000"))
	ticket := decodeAnswer[struct {
		LoginTicket string `json:"login_ticket"`
	}](t, w).LoginTicket
	w = call(t, s, "GET", "/authorize?client_id=shared&response_type=id_token&nonce=n&scope=openid&redirect_uri=http%3A%2F%2Flocalhost%3A3000&login_ticket="+ticket, nil)
	_, fragment, _ := strings.Cut(w.Header().Get("Location"), "#")
	front, err := url.ParseQuery(fragment)
	if err != nil || !signedBySecret(t, front.Get("id_token"), hsSecret) {
		t.Fatalf("/authorize: %d %v", w.Code, w.Header())
	}

	// It is a hint of whom to log out, and a forged one is not.
	logout := func(hint string) int {
		return call(t, s, "GET", "/oidc/logout?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000&id_token_hint="+hint, nil).Code
	}
	forged := front.Get("id_token")[:len(front.Get("id_token"))-4] + "AAAA"
	if good, bad := logout(front.Get("id_token")), logout(forged); good != http.StatusFound || bad != http.StatusBadRequest {
		t.Errorf("logout with the token: %d, with a forged one: %d", good, bad)
	}
}

// Scenarios make such a token wrong as well.
func TestHS256InScenarios(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wrong scenarios.Token
		right bool
	}{
		"claims":      {scenarios.Token{Iss: "https://other.example.com/"}, true},
		"signature":   {scenarios.Token{Signature: "bad"}, false},
		"alg none":    {scenarios.Token{Alg: "none"}, false},
		"unknown key": {scenarios.Token{KID: "unknown"}, false},
	} {
		s := withHS256(t)
		code := startAs(t, s, "shared", "ada@example.com")
		on, err := s.InjectScenario(scenarios.Scenario{Name: "wrong", Rules: []scenarios.Rule{{ID: "wrong", Then: scenarios.Then{Token: &tt.wrong}}}}, scenarios.Narrowing{})
		if err != nil {
			t.Fatal(err)
		}
		w := call(t, s, "POST", "/oauth/token", object{"grant_type": otpGrant, "client_id": "shared", "username": "ada@example.com", "otp": code, "realm": "email"})
		on.Off()
		if got := decodeAnswer[tokens](t, w).IDToken; signedBySecret(t, got, hsSecret) != tt.right {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A token of HS256 opens no door: /userinfo takes access tokens alone.
func TestHS256OpensNoDoor(t *testing.T) {
	t.Parallel()
	s := withHS256(t)
	payload := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"http://localhost:2884/","aud":"http://localhost:2884/userinfo","sub":"email|x","scope":"openid","exp":99999999999}`))
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + payload
	mac := hmac.New(sha256.New, []byte(hsSecret))
	mac.Write([]byte(signed))
	w := call(t, s, "GET", "/userinfo", nil, header("Authorization", "Bearer "+signed+"."+base64.RawURLEncoding.EncodeToString(mac.Sum(nil))))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

package tenant_test

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
	"github.com/mockauth0/mockauth0/server/internal/servertest"
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
	return servertest.New(t, server.Config{Fixture: f, At: servertest.At2030})
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
	redeemed := func(more servertest.Object) servertest.Tokens {
		body := servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "shared", "username": "ada@example.com", "otp": servertest.StartAs(t, s, "shared", "ada@example.com"), "realm": "email"}
		maps.Copy(body, more)
		return servertest.DecodeAnswer[servertest.Tokens](t, servertest.Call(t, s, "POST", "/oauth/token", body))
	}
	opaque := redeemed(servertest.Object{"scope": "openid offline_access"})
	withAPI := redeemed(servertest.Object{"audience": "https://api.acme.test/"})
	refreshed := servertest.DecodeAnswer[servertest.Tokens](t, servertest.RefreshAs(t, s, "shared", opaque.RefreshToken))
	for name, got := range map[string]servertest.Tokens{"opaque": opaque, "with an API": withAPI, "refreshed": refreshed} {
		if !signedBySecret(t, got.IDToken, hsSecret) {
			t.Errorf("%s: %s", name, got.IDToken)
		}
	}
	servertest.Verify(t, servertest.JWKS(t, s), withAPI.AccessToken)

	w := servertest.Call(t, s, "POST", "/co/authenticate", servertest.Object{
		"client_id": "shared", "credential_type": servertest.GrantOTP, "username": "ada@example.com", "otp": servertest.StartAs(t, s, "shared", "ada@example.com"), "realm": "email",
	}, servertest.Header("Origin", "http://localhost:3000"))
	ticket := servertest.DecodeAnswer[struct {
		LoginTicket string `json:"login_ticket"`
	}](t, w).LoginTicket
	w = servertest.Call(t, s, "GET", "/authorize?client_id=shared&response_type=id_token&nonce=n&scope=openid&redirect_uri=http%3A%2F%2Flocalhost%3A3000&login_ticket="+ticket, nil)
	_, fragment, _ := strings.Cut(w.Header().Get("Location"), "#")
	front, err := url.ParseQuery(fragment)
	if err != nil || !signedBySecret(t, front.Get("id_token"), hsSecret) {
		t.Fatalf("/authorize: %d %v", w.Code, w.Header())
	}

	// It is a hint of whom to log out, and a forged one is not.
	logout := func(hint string) int {
		return servertest.Call(t, s, "GET", "/oidc/logout?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000&id_token_hint="+hint, nil).Code
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
		code := servertest.StartAs(t, s, "shared", "ada@example.com")
		on, err := s.InjectScenario(scenarios.Scenario{Name: "wrong", Rules: []scenarios.Rule{{ID: "wrong", Then: scenarios.Then{Token: &tt.wrong}}}}, scenarios.Narrowing{})
		if err != nil {
			t.Fatal(err)
		}
		w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "shared", "username": "ada@example.com", "otp": code, "realm": "email"})
		on.Off()
		if got := servertest.DecodeAnswer[servertest.Tokens](t, w).IDToken; signedBySecret(t, got, hsSecret) != tt.right {
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
	w := servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+signed+"."+base64.RawURLEncoding.EncodeToString(mac.Sum(nil))))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

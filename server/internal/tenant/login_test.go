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

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

const hsSecret = "0123456789abcdef0123456789abcdef"

func signBySecret(signed string) string {
	mac := hmac.New(sha256.New, []byte(hsSecret))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// A client that signs its ID tokens by HS256 gets them signed with its secret,
// wherever they come from. Access tokens never are.
func TestAClientsIDTokensCanBeSignedByHS256(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `
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
`)})
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "."
	expect := func(name string, right bool, compact string) {
		t.Helper()
		signed := compact[:max(0, strings.LastIndex(compact, "."))]
		if got := strings.HasPrefix(compact, header) && compact == signBySecret(signed); got != right {
			t.Errorf("%s: signed with the secret: %t: %s", name, got, compact)
		}
	}
	redeem := func(more servertest.Object) servertest.Tokens {
		body := servertest.Object{"client_id": "shared"}
		maps.Copy(body, more)
		return servertest.DecodeAnswer[servertest.Tokens](t, servertest.Redeem(t, s, "ada@example.com", servertest.StartAs(t, s, "shared", "ada@example.com"), body))
	}
	opaque := redeem(servertest.Object{"scope": "openid offline_access"})
	withAPI := redeem(servertest.Object{"audience": "https://api.acme.test/"})
	expect("with an opaque access token", true, opaque.IDToken)
	expect("with an API", true, withAPI.IDToken)
	servertest.Claims(t, s, withAPI.AccessToken)
	expect("refreshed", true, servertest.DecodeAnswer[servertest.Tokens](t, servertest.RefreshAs(t, s, "shared", opaque.RefreshToken)).IDToken)

	w := servertest.Call(t, s, "POST", "/co/authenticate", servertest.Object{
		"client_id": "shared", "credential_type": servertest.GrantOTP, "username": "ada@example.com", "otp": servertest.StartAs(t, s, "shared", "ada@example.com"), "realm": "email",
	}, servertest.Header("Origin", servertest.AppOrigin))
	w = servertest.Call(t, s, "GET", "/authorize?client_id=shared&response_type=id_token&nonce=n&scope=openid&redirect_uri=http%3A%2F%2Flocalhost%3A3000&login_ticket="+
		servertest.DecodeAnswer[map[string]string](t, w)["login_ticket"], nil)
	_, fragment, _ := strings.Cut(w.Header().Get("Location"), "#")
	front, _ := url.ParseQuery(fragment)
	hint := front.Get("id_token")
	expect("of /authorize", true, hint)

	// It says whom to log out. A forged one does not.
	for token, want := range map[string]int{hint: http.StatusFound, hint[:max(0, len(hint)-4)] + "AAAA": http.StatusBadRequest} {
		if w := servertest.Call(t, s, "GET", "/oidc/logout?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000&id_token_hint="+token, nil); w.Code != want {
			t.Errorf("logout with %s: %d", token, w.Code)
		}
	}
	// It is no access token.
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"http://localhost:2884/","aud":"http://localhost:2884/userinfo","sub":"email|x","scope":"openid","exp":99999999999}`))
	if w := servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+signBySecret(header+claims))); w.Code != http.StatusUnauthorized {
		t.Errorf("/userinfo: %d %s", w.Code, w.Body)
	}
	// Scenarios make such tokens wrong, too.
	for name, tt := range map[string]struct {
		wrong scenarios.Token
		right bool
	}{
		"claims":      {scenarios.Token{Iss: "https://other.example.com/"}, true},
		"signature":   {scenarios.Token{Signature: "bad"}, false},
		"alg none":    {scenarios.Token{Alg: "none"}, false},
		"unknown key": {scenarios.Token{KID: "unknown"}, false},
	} {
		on, err := s.InjectScenario(scenarios.Scenario{Name: "wrong", Rules: []scenarios.Rule{{ID: "wrong", Then: scenarios.Then{Token: &tt.wrong}}}}, scenarios.Narrowing{})
		if err != nil {
			t.Fatal(err)
		}
		expect(name, tt.right, redeem(nil).IDToken)
		on.Off()
	}
}

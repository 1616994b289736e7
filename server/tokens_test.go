package server_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

func TestMintedTokensVerifyAndForgedOnesDoNot(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	mint := func(body object) string {
		t.Helper()
		return decodeAnswer[struct{ Token string }](t, call(t, s, "POST", "/_mock/tokens", body)).Token
	}
	filled := claims(t, s, mint(object{"claims": object{"sub": "x"}}))
	if want := (object{"iss": "http://localhost:2884/", "sub": "x", "iat": 1893456000.0, "exp": 1893542400.0}); !reflect.DeepEqual(filled, want) {
		t.Errorf("filled in: %v, want %v", filled, want)
	}
	own := object{"iss": "https://other/", "sub": "x", "aud": []any{"a", "b"}, "iat": 1.0, "exp": 2.5, "n": 1e21, "deep": object{"a": []any{nil, true}}}
	if got := claims(t, s, mint(object{"claims": own})); !reflect.DeepEqual(got, own) {
		t.Errorf("one's own claims: %v, want %v", got, own)
	}
	forged := mint(object{"claims": object{"sub": "x"}, "key": "rogue"})
	if _, err := verifyErr(jwks(t, s), forged); err == nil {
		t.Error("a forged token verifies")
	}
	inGo, err := s.MintToken("https://tenant.test/", object{"sub": "y"})
	if got := claims(t, s, inGo); err != nil || got["iss"] != "https://tenant.test/" {
		t.Errorf("minted in Go: %v %v", got, err)
	}
	pinned := newServer(t, server.Config{Issuer: "https://pinned.test"})
	token := decodeAnswer[struct{ Token string }](t, call(t, pinned, "POST", "/_mock/tokens", object{"claims": object{"sub": "x"}})).Token
	if got := claims(t, pinned, token)["iss"]; got != "https://pinned.test/" {
		t.Errorf("with a pinned issuer iss is %v", got)
	}
}

func TestAfterARotationOldTokensVerifyAndNewOnesHaveTheNextKey(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	kids := func() (list []string) {
		t.Helper()
		var set struct{ Keys []struct{ Kid string } }
		if err := json.Unmarshal(jwks(t, s), &set); err != nil {
			t.Fatal(err)
		}
		for _, k := range set.Keys {
			list = append(list, k.Kid)
		}
		return list
	}
	old := login(t, s, "ada@example.com", nil).IDToken
	first := kids()
	if len(first) != 2 {
		t.Fatalf("the key set holds %q, want the current and the next key", first)
	}
	rotated := decodeAnswer[struct{ Kid string }](t, call(t, s, "POST", "/_mock/keys/rotate", nil))
	if second := kids(); rotated.Kid != first[1] || second[0] != first[1] || second[2] != first[0] || len(second) != 3 {
		t.Errorf("after the rotation to %s the key set holds %q, before %q", rotated.Kid, second, first)
	}
	verify(t, jwks(t, s), old)
	verify(t, jwks(t, s), login(t, s, "ada@example.com", nil).IDToken)
	s.RotateKey()
	if _, err := verifyErr(jwks(t, s), old); err == nil {
		t.Error("two rotations later the old token still verifies")
	}
	s.Reset()
	if got := kids(); !reflect.DeepEqual(got, first) {
		t.Errorf("after a reset the key set holds %q, want %q", got, first)
	}
}

func TestABlankScopeAsksForNothingInParticular(t *testing.T) {
	s := newServer(t, server.Config{})
	in := signIn(t, s, "ada@example.com")
	out := decodeAnswer[tokens](t, call(t, s, "POST", "/oauth/token", object{
		"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": in.RefreshToken, "scope": " ",
	}))
	if out.Scope != in.Scope {
		t.Errorf("scope %q, want %q", out.Scope, in.Scope)
	}
}

func userinfoOf(t *testing.T, s *server.Server, accessToken string) (status int, profile object) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/userinfo", nil)
	r.Header.Set("Authorization", "Bearer "+accessToken)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code == http.StatusOK {
		profile = decodeAnswer[object](t, w)
	}
	return w.Code, profile
}

// All tenants sign with the same embedded keys, so that a pinned issuer is
// what tells their tokens apart.
func TestATenantWithAPinnedIssuerOpensOnlyForItsOwnTokens(t *testing.T) {
	a := newServer(t, server.Config{Issuer: "https://a.test/"})
	b := newServer(t, server.Config{Issuer: "https://b.test/"})
	token := signIn(t, a, "ada@example.com").AccessToken
	if status, _ := userinfoOf(t, a, token); status != http.StatusOK {
		t.Errorf("its own token: %d", status)
	}
	if status, _ := userinfoOf(t, b, token); status != http.StatusUnauthorized {
		t.Errorf("the other tenant's token: %d", status)
	}
	ada := userOf(t, b, "ada@example.com").UserID
	for issuer, want := range map[string]int{"https://b.test/": 200, "https://a.test/": 401} {
		minted, err := b.MintToken(issuer, map[string]any{"sub": ada, "aud": issuer + "userinfo", "scope": "openid"})
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := userinfoOf(t, b, minted); status != want {
			t.Errorf("a token of %s at https://b.test/: %d, want %d", issuer, status, want)
		}
	}
}

func TestATokenDoesNotDependOnWhoElseSignedIn(t *testing.T) {
	config := server.Config{Seed: "dev", At: at2030, Issuer: "https://a.test/"}
	alone, together := newServer(t, config), newServer(t, config)
	signIn(t, together, "bob@example.com")
	want, got := signIn(t, alone, "ada@example.com"), signIn(t, together, "ada@example.com")
	if want.AccessToken != got.AccessToken || want.IDToken != got.IDToken || want.RefreshToken != got.RefreshToken {
		t.Error("ada's tokens are others after bob has signed in")
	}
	if again := signIn(t, alone, "ada@example.com"); again.AccessToken == want.AccessToken {
		t.Error("two logins have the same opaque access token")
	}
}

func TestCustomClaimsAreAlikeInTokensAndAtUserinfo(t *testing.T) {
	s := newServer(t, server.Config{Users: []fixtures.User{{
		Email: "ada@example.com", Name: "Ada",
		Claims: map[string]any{"email": "other@example.com", "https://acme.test/plan": "pro", "sub": "x", "org_id": "x", "iss": "x"},
	}}})
	got := signIn(t, s, "ada@example.com")
	status, profile := userinfoOf(t, s, got.AccessToken)
	if status != http.StatusOK {
		t.Fatal(status)
	}
	for where, c := range map[string]object{"ID token": claims(t, s, got.IDToken), "/userinfo": profile} {
		if c["email"] != "other@example.com" || c["https://acme.test/plan"] != "pro" || c["name"] != "Ada" {
			t.Errorf("%s: %v", where, c)
		}
		if c["sub"] == "x" || c["iss"] == "x" || c["org_id"] != nil {
			t.Errorf("%s: a restricted claim was replaced: %v", where, c)
		}
	}
}

func TestARefreshTokenHasOneSpelling(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	token := signIn(t, s, "ada@example.com").RefreshToken
	for _, bent := range []string{token + "\n", token[:20] + "\r\n" + token[20:], token + "=", token[3:], "v2." + token[3:]} {
		if w := refresh(t, s, bent); w.Code != http.StatusForbidden {
			t.Errorf("%q: %d %s", bent, w.Code, w.Body)
		}
	}
	if w := refresh(t, s, token); w.Code != http.StatusOK {
		t.Errorf("as it was given: %d %s", w.Code, w.Body)
	}
}

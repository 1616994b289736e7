package authapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// signatures is how many tokens the server has signed.
func signatures(t *testing.T, s *server.Server) int64 {
	t.Helper()
	return servertest.DecodeAnswer[struct {
		Signatures int64 `json:"signatures"`
	}](t, servertest.Call(t, s, "GET", "/_mock/health", nil)).Signatures
}

// Signatures are what a login costs: there are as many as there are signed
// tokens in the answer, and none is made that nobody gets.
func TestEachSignatureIsGivenToSomebody(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	const api = "https://api.acme.test/"
	kept := servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": api, "scope": "openid offline_access"})
	signIn := func(more servertest.Object) func() {
		return func() { servertest.Login(t, s, "ada@example.com", more) }
	}
	for _, c := range []struct {
		name string
		do   func()
		want int64
	}{
		{"a login for an API", signIn(servertest.Object{"audience": api}), 2},
		{"a login for an API, without openid", signIn(servertest.Object{"audience": api, "scope": "read:orders"}), 1},
		{"a login for no API", signIn(nil), 1},
		{"a login for no API, without openid", signIn(servertest.Object{"scope": "profile"}), 0},
		{"a refresh", func() { servertest.Refresh(t, s, kept.RefreshToken) }, 2},
		{"a client's own token", func() {
			servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "audience": api})
		}, 1},
		{"a start and a wrong code", func() {
			servertest.Start(t, s, "grace@example.com")
			if w := servertest.Redeem(t, s, "grace@example.com", "000000", servertest.Object{"audience": api}); w.Code != http.StatusForbidden {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}, 0},
		{"a profile", func() {
			servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+kept.AccessToken))
		}, 0},
		{"the key set", func() { servertest.JWKS(t, s) }, 0},
	} {
		before := signatures(t, s)
		c.do()
		if got := signatures(t, s) - before; got != c.want {
			t.Errorf("%s: %d signatures, want %d", c.name, got, c.want)
		}
	}
}

func TestMintedTokensVerifyAndForgedOnesDoNot(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	mint := func(body servertest.Object) string {
		t.Helper()
		return servertest.DecodeAnswer[struct{ Token string }](t, servertest.Call(t, s, "POST", "/_mock/tokens", body)).Token
	}
	filled := servertest.Claims(t, s, mint(servertest.Object{"claims": servertest.Object{"sub": "x"}}))
	if want := (servertest.Object{"iss": "http://localhost:2884/", "sub": "x", "iat": 1893456000.0, "exp": 1893542400.0}); !reflect.DeepEqual(filled, want) {
		t.Errorf("filled in: %v, want %v", filled, want)
	}
	own := servertest.Object{"iss": "https://other/", "sub": "x", "aud": []any{"a", "b"}, "iat": 1.0, "exp": 2.5, "n": 1e21, "deep": servertest.Object{"a": []any{nil, true}}}
	if got := servertest.Claims(t, s, mint(servertest.Object{"claims": own})); !reflect.DeepEqual(got, own) {
		t.Errorf("one's own claims: %v, want %v", got, own)
	}
	forged := mint(servertest.Object{"claims": servertest.Object{"sub": "x"}, "key": "rogue"})
	if _, err := servertest.VerifyErr(servertest.JWKS(t, s), forged); err == nil {
		t.Error("a forged token verifies")
	}
	inGo, err := s.MintToken("https://tenant.test/", servertest.Object{"sub": "y"})
	if got := servertest.Claims(t, s, inGo); err != nil || got["iss"] != "https://tenant.test/" {
		t.Errorf("minted in Go: %v %v", got, err)
	}
	pinned := servertest.New(t, server.Config{Issuer: "https://pinned.test"})
	token := servertest.DecodeAnswer[struct{ Token string }](t, servertest.Call(t, pinned, "POST", "/_mock/tokens", servertest.Object{"claims": servertest.Object{"sub": "x"}})).Token
	if got := servertest.Claims(t, pinned, token)["iss"]; got != "https://pinned.test/" {
		t.Errorf("with a pinned issuer iss is %v", got)
	}
}

func TestAfterARotationOldTokensVerifyAndNewOnesHaveTheNextKey(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	kids := func() (list []string) {
		t.Helper()
		var set struct{ Keys []struct{ Kid string } }
		if err := json.Unmarshal(servertest.JWKS(t, s), &set); err != nil {
			t.Fatal(err)
		}
		for _, k := range set.Keys {
			list = append(list, k.Kid)
		}
		return list
	}
	old := servertest.Login(t, s, "ada@example.com", nil).IDToken
	first := kids()
	if len(first) != 2 {
		t.Fatalf("the key set holds %q, want the current and the next key", first)
	}
	rotated := servertest.DecodeAnswer[struct{ Kid string }](t, servertest.Call(t, s, "POST", "/_mock/keys/rotate", nil))
	if second := kids(); rotated.Kid != first[1] || second[0] != first[1] || second[2] != first[0] || len(second) != 3 {
		t.Errorf("after the rotation to %s the key set holds %q, before %q", rotated.Kid, second, first)
	}
	servertest.Verify(t, servertest.JWKS(t, s), old)
	servertest.Verify(t, servertest.JWKS(t, s), servertest.Login(t, s, "ada@example.com", nil).IDToken)
	s.RotateKey()
	if _, err := servertest.VerifyErr(servertest.JWKS(t, s), old); err == nil {
		t.Error("two rotations later the old token still verifies")
	}
	s.Reset()
	if got := kids(); !reflect.DeepEqual(got, first) {
		t.Errorf("after a reset the key set holds %q, want %q", got, first)
	}
}

func TestABlankScopeAsksForNothingInParticular(t *testing.T) {
	s := servertest.New(t, server.Config{})
	in := servertest.SignIn(t, s, "ada@example.com")
	out := servertest.DecodeAnswer[servertest.Tokens](t, servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{
		"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": in.RefreshToken, "scope": " ",
	}))
	if out.Scope != in.Scope {
		t.Errorf("scope %q, want %q", out.Scope, in.Scope)
	}
}

func userinfoOf(t *testing.T, s *server.Server, accessToken string) (status int, profile servertest.Object) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/userinfo", nil)
	r.Header.Set("Authorization", "Bearer "+accessToken)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code == http.StatusOK {
		profile = servertest.DecodeAnswer[servertest.Object](t, w)
	}
	return w.Code, profile
}

// All tenants sign with the same embedded keys, so that a pinned issuer is
// what tells their tokens apart.
func TestATenantWithAPinnedIssuerOpensOnlyForItsOwnTokens(t *testing.T) {
	a := servertest.New(t, server.Config{Issuer: "https://a.test/"})
	b := servertest.New(t, server.Config{Issuer: "https://b.test/"})
	token := servertest.SignIn(t, a, "ada@example.com").AccessToken
	if status, _ := userinfoOf(t, a, token); status != http.StatusOK {
		t.Errorf("its own token: %d", status)
	}
	if status, _ := userinfoOf(t, b, token); status != http.StatusUnauthorized {
		t.Errorf("the other tenant's token: %d", status)
	}
	ada := servertest.UserOf(t, b, "ada@example.com").UserID
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
	config := server.Config{Seed: "dev", At: servertest.At2030, Issuer: "https://a.test/"}
	alone, together := servertest.New(t, config), servertest.New(t, config)
	servertest.SignIn(t, together, "bob@example.com")
	want, got := servertest.SignIn(t, alone, "ada@example.com"), servertest.SignIn(t, together, "ada@example.com")
	if want.AccessToken != got.AccessToken || want.IDToken != got.IDToken || want.RefreshToken != got.RefreshToken {
		t.Error("ada's tokens are others after bob has signed in")
	}
	if again := servertest.SignIn(t, alone, "ada@example.com"); again.AccessToken == want.AccessToken {
		t.Error("two logins have the same opaque access token")
	}
}

func TestCustomClaimsAreAlikeInTokensAndAtUserinfo(t *testing.T) {
	s := servertest.New(t, server.Config{Users: []fixtures.User{{
		Email: "ada@example.com", Name: "Ada",
		Claims: map[string]any{"email": "other@example.com", "https://acme.test/plan": "pro", "sub": "x", "org_id": "x", "iss": "x"},
	}}})
	got := servertest.SignIn(t, s, "ada@example.com")
	status, profile := userinfoOf(t, s, got.AccessToken)
	if status != http.StatusOK {
		t.Fatal(status)
	}
	for where, c := range map[string]servertest.Object{"ID token": servertest.Claims(t, s, got.IDToken), "/userinfo": profile} {
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
	s := servertest.New(t, server.Config{})
	token := servertest.SignIn(t, s, "ada@example.com").RefreshToken
	for _, bent := range []string{token + "\n", token[:20] + "\r\n" + token[20:], token + "=", token[3:], "v2." + token[3:]} {
		if w := servertest.Refresh(t, s, bent); w.Code != http.StatusForbidden {
			t.Errorf("%q: %d %s", bent, w.Code, w.Body)
		}
	}
	if w := servertest.Refresh(t, s, token); w.Code != http.StatusOK {
		t.Errorf("as it was given: %d %s", w.Code, w.Body)
	}
}

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
		"stopped, for an API":                     {server.Config{At: servertest.At2030}, api, 0, true, true},
		"stopped, for no API":                     {server.Config{At: servertest.At2030}, "", 0, false, true},
		"a millisecond later, for an API":         {server.Config{At: servertest.At2030}, api, time.Millisecond, true, false},
		"a millisecond later, for no API":         {server.Config{At: servertest.At2030}, "", time.Millisecond, false, false},
		"a second later, for an API":              {server.Config{At: servertest.At2030}, api, time.Second, false, false},
		"a second later, for no API":              {server.Config{At: servertest.At2030}, "", time.Second, false, false},
		"a second later by a running clock":       {server.Config{}, api, time.Second, false, false},
		"a second later, running, and for no API": {server.Config{}, "", time.Second, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t, c.config)
			in := func() servertest.Tokens {
				return servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": c.audience, "scope": "openid profile offline_access"})
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
				said, again := servertest.Claims(t, s, a), servertest.Claims(t, s, b)
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

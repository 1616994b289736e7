package authapi_test

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Signatures are what a login costs. There are as many as there are signed
// tokens in the answer, and none is made in vain.
func TestEachSignatureIsGivenToSomebody(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	signatures := func() any {
		return servertest.DecodeAnswer[servertest.Object](t, servertest.Call(t, s, "GET", "/_mock/health", nil))["signatures"]
	}
	const api = "https://api.acme.test/"
	kept := servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": api, "scope": "openid offline_access"})
	signIn := func(audience, scope string) func() {
		return func() {
			servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": audience, "scope": scope})
		}
	}
	for _, c := range []struct {
		name string
		do   func()
		want float64
	}{
		{"a login for an API", signIn(api, ""), 2},
		{"a login for an API, without openid", signIn(api, "read:orders"), 1},
		{"a login for no API", signIn("", ""), 1},
		{"a login for no API, without openid", signIn("", "profile"), 0},
		{"a refresh", func() { servertest.Refresh(t, s, kept.RefreshToken) }, 2},
		{"a client's own token", func() {
			servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "audience": api})
		}, 1},
		{"a start and a wrong code", func() {
			servertest.Start(t, s, "grace@example.com")
			servertest.Redeem(t, s, "grace@example.com", "000000", servertest.Object{"audience": api})
		}, 0},
		{"a profile", func() {
			servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+kept.AccessToken))
		}, 0},
		{"the key set", func() { servertest.JWKS(t, s) }, 0},
	} {
		before := signatures().(float64)
		c.do()
		if got := signatures().(float64) - before; got != c.want {
			t.Errorf("%s: %v signatures, want %v", c.name, got, c.want)
		}
	}
}

// A test can mint tokens. What it does not say is filled in.
func TestMintedTokensHaveTheClaimsOfTheTest(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	pinned := servertest.New(t, server.Config{At: servertest.At2030, Issuer: "https://pinned.test"})
	whole := servertest.Object{"iss": "https://other/", "sub": "x", "aud": []any{"a", "b"}, "iat": 1.0, "exp": 2.5, "n": 1e21, "deep": servertest.Object{"a": []any{nil, true}}}
	for _, tt := range []struct {
		at           *server.Server
		claims, want servertest.Object
	}{
		{s, servertest.Object{"sub": "x"}, servertest.Object{"iss": "http://localhost:2884/", "sub": "x", "iat": 1893456000.0, "exp": 1893542400.0}},
		{pinned, servertest.Object{"sub": "x"}, servertest.Object{"iss": "https://pinned.test/", "sub": "x", "iat": 1893456000.0, "exp": 1893542400.0}},
		{s, whole, whole},
	} {
		w := servertest.Call(t, tt.at, "POST", "/_mock/tokens", servertest.Object{"claims": tt.claims})
		if got := servertest.Claims(t, tt.at, servertest.DecodeAnswer[map[string]string](t, w)["token"]); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v became %v", tt.claims, got)
		}
	}
	inGo, err := s.MintToken("https://tenant.test/", servertest.Object{"sub": "y"})
	if got := servertest.Claims(t, s, inGo); err != nil || got["iss"] != "https://tenant.test/" || got["sub"] != "y" {
		t.Errorf("minted in Go: %v %v", got, err)
	}
}

// All tenants sign with the same embedded keys, so that a pinned issuer is
// what tells their tokens apart.
func TestATenantWithAPinnedIssuerOpensOnlyForItsOwnTokens(t *testing.T) {
	t.Parallel()
	a := servertest.New(t, server.Config{Issuer: "https://a.test/"})
	b := servertest.New(t, server.Config{Issuer: "https://b.test/"})
	mint := func(issuer string) string {
		minted, err := b.MintToken(issuer, servertest.Object{"sub": servertest.UserOf(t, b, "ada@example.com").UserID, "aud": issuer + "userinfo", "scope": "openid"})
		if err != nil {
			t.Fatal(err)
		}
		return minted
	}
	given := servertest.Login(t, a, "ada@example.com", nil).AccessToken
	for name, tt := range map[string]struct {
		at    *server.Server
		token string
		want  int
	}{
		"its own token":           {a, given, http.StatusOK},
		"the other tenant's":      {b, given, http.StatusUnauthorized},
		"minted with its issuer":  {b, mint("https://b.test/"), http.StatusOK},
		"minted with the other's": {b, mint("https://a.test/"), http.StatusUnauthorized},
	} {
		if w := servertest.Call(t, tt.at, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+tt.token)); w.Code != tt.want {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// A signature is a function of the claims (RFC 8017 §8.2.1), and Auth0's tokens
// from the passwordless grant have no jti, sid or auth_time, which would tell
// logins apart. So two logins of one user have the same access token for an API
// within one second, and the same ID token within one millisecond, which
// updated_at tells. Opaque access tokens and refresh tokens always differ.
func TestTokensOfTwoLoginsAreEqualOnlyIfAllClaimsAre(t *testing.T) {
	t.Parallel()
	const api = "https://api.acme.test/"
	for name, c := range map[string]struct {
		config     server.Config
		audience   string
		later      time.Duration
		access, id bool // equal
	}{
		"at once, for an API":               {server.Config{At: servertest.At2030}, api, 0, true, true},
		"at once, for no API":               {server.Config{At: servertest.At2030}, "", 0, false, true},
		"a millisecond later, for an API":   {server.Config{At: servertest.At2030}, api, time.Millisecond, true, false},
		"a second later, for an API":        {server.Config{At: servertest.At2030}, api, time.Second, false, false},
		"a second later by a running clock": {server.Config{}, api, time.Second, false, false},
	} {
		s := servertest.New(t, c.config)
		in := func() servertest.Tokens {
			return servertest.Login(t, s, "ada@example.com", servertest.Object{"audience": c.audience, "scope": "openid profile offline_access"})
		}
		first := in()
		if err := s.Clock().Advance(c.later); err != nil {
			t.Fatal(err)
		}
		second := in()
		if access, id := first.AccessToken == second.AccessToken, first.IDToken == second.IDToken; access != c.access || id != c.id || first.RefreshToken == second.RefreshToken {
			t.Errorf("%s: equal access tokens: %t, ID tokens: %t, refresh tokens: %t", name, access, id, first.RefreshToken == second.RefreshToken)
		}
		pairs := [][2]string{{first.IDToken, second.IDToken}}
		if c.audience != "" {
			pairs = append(pairs, [2]string{first.AccessToken, second.AccessToken})
		}
		for _, pair := range pairs {
			a, b := servertest.Claims(t, s, pair[0]), servertest.Claims(t, s, pair[1])
			if reflect.DeepEqual(a, b) != (pair[0] == pair[1]) || a["jti"] != nil || a["sid"] != nil || a["auth_time"] != nil {
				t.Errorf("%s: the claims are\n%v\n%v", name, a, b)
			}
		}
	}
}

// The recipient of a call with a token is the user of the token: by the e-mail address,
// also of a user who has other names besides.
func TestTheUserOfATokenIsKnownByOneAddress(t *testing.T) {
	t.Parallel()
	const connection = "connections: [{name: all, strategy: auth0, enabled_clients: [\"*\"], options: {attributes: {username: {signup: {status: optional}}, email: {signup: {status: optional}}, phone_number: {signup: {status: optional}}}}}]"
	s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, "tenant: {default_directory: all}\n"+connection+"\nusers: "+
		`[{username: grace, email: grace@example.com, phone_number: "+12025550102", password: x}, {username: alan, password: x}]`+"\n")})
	for name, address := range map[string]string{"grace": "grace@example.com", "alan": "/^alan$/"} {
		w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": "password", "client_id": "acme-native", "username": name, "password": "x", "scope": "openid offline_access"})
		tokens := servertest.DecodeAnswer[servertest.Tokens](t, w)
		servertest.SwitchOn(t, s, servertest.Object{"name": "user-blocked", "when": servertest.Object{"recipient": address}})
		blocked := servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+tokens.AccessToken))
		refresh := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": tokens.RefreshToken})
		if blocked.Code != http.StatusUnauthorized || refresh.Code != http.StatusForbidden {
			t.Errorf("the scenario for %s does not act: %d %d %s", address, blocked.Code, refresh.Code, refresh.Body)
		}
	}
}

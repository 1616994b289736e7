package testkit_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

// payload reads the claims of a token without verifying it.
func payload(token string, into any) error {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	return parsed.UnsafeClaimsWithoutVerification(into)
}

// claim reads one claim of a token without verifying it.
func claim(t testing.TB, token, name string) any {
	t.Helper()
	var claims map[string]any
	if err := payload(token, &claims); err != nil {
		t.Fatalf("%q is no JWT: %v", token, err)
	}
	return claims[name]
}

// An api is an API under test. It fetches the tenant's keys once, and answers
// those who have a token for it and a scope.
type api struct {
	issuer, audience, scope string
	keys                    func() (jose.JSONWebKeySet, error)
}

func newAPI(issuer, audience, scope string, client *http.Client) *api {
	return &api{issuer, audience, scope, sync.OnceValues(func() (set jose.JSONWebKeySet, err error) {
		res, err := client.Get(issuer + ".well-known/jwks.json")
		if err != nil {
			return set, err
		}
		defer res.Body.Close()
		err = json.NewDecoder(res.Body).Decode(&set)
		return set, err
	})}
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sub, scope, err := a.verify(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusUnauthorized)
	case !slices.Contains(strings.Fields(scope), a.scope):
		http.Error(w, "the scope "+a.scope+" is missing", http.StatusForbidden)
	default:
		fmt.Fprint(w, "orders of ", sub)
	}
}

func (a *api) verify(token string) (sub, scope string, err error) {
	keys, err := a.keys()
	if err != nil {
		return "", "", err
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return "", "", err
	}
	var claims struct {
		jwt.Claims
		Scope string `json:"scope"`
	}
	if err := parsed.Claims(keys, &claims); err != nil {
		return "", "", err
	}
	return claims.Subject, claims.Scope, claims.Validate(jwt.Expected{Issuer: a.issuer, AnyAudience: jwt.Audience{a.audience}})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	const (
		acme = "https://api.acme.test/"
		mine = "https://api.mine.test"
	)
	confidential := testkit.Clients(fixtures.Client{
		ClientID: "mine", ClientSecret: "secret", AppType: "regular_web", GrantTypes: []string{fixtures.GrantPasswordlessOTP},
	})
	for name, tt := range map[string]struct {
		opts     []testkit.Option
		user     string
		request  []testkit.TokenRequest
		subject  string // how it begins
		audience string
		scopes   string
	}{
		"by e-mail": {
			user: "Ada@example.com", subject: "email|", audience: acme,
			scopes: "openid profile email offline_access read:orders write:orders",
		},
		"by text message": {
			user: "+1 (202) 555-0101", subject: "sms|", audience: acme,
			scopes: "openid profile email offline_access read:orders write:orders",
		},
		"of somebody new": {
			user: "new@example.com", subject: "email|", audience: acme,
			scopes: "openid profile email offline_access read:orders write:orders",
		},
		"by password": {
			user: "dora@example.com", subject: "auth0|", audience: acme,
			scopes: "openid profile email offline_access read:orders write:orders",
		},
		"with a secret, and no refresh tokens": {
			opts: []testkit.Option{confidential}, user: "ada@example.com", subject: "email|", audience: acme,
			scopes: "openid profile email read:orders write:orders",
		},
		"for an API of the options": {
			opts: []testkit.Option{testkit.Audience(mine, "a", "b")}, user: "ada@example.com", subject: "email|", audience: mine,
			scopes: "openid profile email offline_access a b",
		},
		"with permissions only": {
			opts: []testkit.Option{testkit.Fixture("strict")}, user: "ada@example.com", subject: "email|", audience: acme,
			scopes: "openid profile email offline_access read:orders",
		},
		"as asked for": {
			opts: []testkit.Option{testkit.Audience(mine, "a", "b"), testkit.InMemory("login.acme.test")}, user: "ada@example.com",
			request: []testkit.TokenRequest{{ClientID: "acme-web", Audience: acme, Scopes: []string{"openid", "write:orders"}}},
			subject: "email|", audience: acme, scopes: "openid write:orders",
		},
		"without an API": {
			opts: []testkit.Option{testkit.FixtureYAML("version: 1\nextends: default\nresource_servers: []\n")},
			user: "ada@example.com", subject: "email|", scopes: "openid profile email offline_access",
		},
		"by a connection of the client's own": {
			opts: []testkit.Option{testkit.FixtureYAML(`version: 1
extends: default
connections:
  - {name: others, strategy: email, enabled_clients: [acme-web]}
  - {name: mails, strategy: email, enabled_clients: [acme-native]}
`)}, user: "new@example.com", subject: "email|", audience: acme,
			scopes: "openid profile email offline_access read:orders write:orders",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t, tt.opts...)
			got := auth.Tokens(t, tt.user, tt.request...)
			sub, _ := got.Claims["sub"].(string)
			if !strings.HasPrefix(sub, tt.subject) || claim(t, got.IDToken, "sub") != sub || got.Claims["iss"] != auth.Issuer() {
				t.Errorf("claims %v", got.Claims)
			}
			if strings.Join(got.Scopes, " ") != tt.scopes || (got.RefreshToken != "") != slices.Contains(got.Scopes, "offline_access") {
				t.Errorf("scopes %v, refresh token %q", got.Scopes, got.RefreshToken)
			}
			if got.TokenType != "Bearer" || got.ExpiresIn != 24*time.Hour {
				t.Errorf("%s token for %s", got.TokenType, got.ExpiresIn)
			}
			if tt.audience == "" {
				return // the access token is opaque
			}
			subject, _, err := newAPI(auth.Issuer(), tt.audience, "", auth.Client()).verify(got.AccessToken)
			if err != nil || subject != sub {
				t.Errorf("the access token is of %s, %v", subject, err)
			}
		})
	}
}

func TestTokensTellsWhatWentWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		user    string // ada@example.com if ""
		request []testkit.TokenRequest
		inject  string
		want    string
	}{
		"no user":      {user: "ada", want: `Tokens: "ada" is neither an e-mail address nor a phone number such as +12025550101`},
		"two requests": {request: make([]testkit.TokenRequest, 2), want: "Tokens takes one TokenRequest, not 2"},
		"an unknown client": {
			request: []testkit.TokenRequest{{ClientID: "abc"}},
			want:    `POST /passwordless/start for ada@example.com was refused: 403 unauthorized_client: invalid client (client "abc" is not in the fixture`,
		},
		"a client without the grant": {
			request: []testkit.TokenRequest{{ClientID: "acme-spa"}},
			want:    "POST /oauth/token for ada@example.com was refused: 403 unauthorized_client: Grant type 'http://auth0.com/oauth/grant-type/passwordless/otp' not allowed for the client.",
		},
		"an unknown API": {
			request: []testkit.TokenRequest{{Audience: "https://nobody"}},
			want:    `(audience "https://nobody" is not in the fixture; add --audience https://nobody (in Go, testkit.Audience))`,
		},
		"the MFA API at another address": {
			request: []testkit.TokenRequest{{Audience: "https://localhost/mfa/"}},
			want:    `(audience "https://localhost/mfa/" is not in the fixture; the tenant's own audience here is http://`,
		},
		"a user who is blocked": {user: "alan@example.com", want: "POST /passwordless/start for alan@example.com sent nothing: the user is blocked"},
		"no sign-ups":           {user: "new@example.com", inject: "signup-disabled", want: "POST /passwordless/start for new@example.com was refused: 400 bad.connection: Public signup is disabled"},
		"no answer":             {inject: "connection-reset", want: "connection reset by peer"},
		"half an answer":        {inject: "truncated-json", want: "Tokens for ada@example.com:"},
		"a token that is none":  {want: `the ID token "none": it has 1 parts, not 3`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t)
			if tt.inject != "" {
				auth.Inject(t, tt.inject)
			}
			if name == "a token that is none" {
				auth.InjectScenario(t, scenarios.Scenario{Name: "none", Rules: []scenarios.Rule{{
					ID: "token", When: scenarios.When{Endpoint: scenarios.AnyOf{"oauth.token"}}, Then: scenarios.Then{Patch: map[string]any{"id_token": "none"}},
				}}})
			}
			if tt.user == "" {
				tt.user = "ada@example.com"
			}
			if got := failureOf(t, func(r *recorder) { auth.Tokens(r, tt.user, tt.request...) }); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

// A television is a device under test.
type television struct {
	auth     *testkit.Auth0
	UserCode string `json:"user_code"`
	Code     string `json:"device_code"`
	Complete string `json:"verification_uri_complete"`
}

func startTelevision(t *testing.T, auth *testkit.Auth0) *television {
	t.Helper()
	tv := &television{auth: auth}
	tv.post(t, "/oauth/device/code", url.Values{"scope": {"openid email"}}, tv)
	return tv
}

func (tv *television) post(t *testing.T, path string, form url.Values, into any) {
	t.Helper()
	form.Set("client_id", tv.auth.ClientID())
	res, err := tv.auth.Client().PostForm(tv.auth.URL()+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// poll returns the address of the user, or else the error.
func (tv *television) poll(t *testing.T) string {
	t.Helper()
	var answer struct {
		Error   string `json:"error"`
		IDToken string `json:"id_token"`
	}
	tv.post(t, "/oauth/token", url.Values{"grant_type": {fixtures.GrantDeviceCode}, "device_code": {tv.Code}}, &answer)
	if answer.Error != "" {
		return answer.Error
	}
	return fmt.Sprint(claim(t, answer.IDToken, "email"))
}

func TestDevices(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer func(*testkit.Auth0, *television)
		want   string
	}{
		"nobody answers": {func(*testkit.Auth0, *television) {}, "authorization_pending"},
		"approved":       {func(a *testkit.Auth0, tv *television) { a.ApproveDevice(t, tv.UserCode, "Ada@example.com") }, "ada@example.com"},
		"approved by user_id": {func(a *testkit.Auth0, tv *television) {
			u, _ := a.Server().UserByAddress("ada@example.com")
			a.ApproveDevice(t, tv.UserCode, u.UserID)
		}, "ada@example.com"},
		"denied": {func(a *testkit.Auth0, tv *television) { a.DenyDevice(t, tv.UserCode) }, "access_denied"},
		"signed in": {func(a *testkit.Auth0, tv *television) {
			if got := text(t, a.SignIn(t, nil, tv.Complete, "ada@example.com")); !strings.Contains(got, "Your device is now connected.") {
				t.Errorf("the last page says %s", got)
			}
		}, "ada@example.com"},
		"an unknown user": {func(a *testkit.Auth0, tv *television) {
			const want = `no user "nobody@example.com"`
			if got := failureOf(t, func(r *recorder) { a.ApproveDevice(r, tv.UserCode, "nobody@example.com") }); !strings.Contains(got, want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}, "authorization_pending"},
		"another device": {func(a *testkit.Auth0, tv *television) {
			const want = `no device has the user code "BBBB-BBBB"`
			if got := failureOf(t, func(r *recorder) { a.DenyDevice(r, "BBBB-BBBB") }); !strings.Contains(got, want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}, "authorization_pending"},
		"refused": {func(a *testkit.Auth0, tv *television) {
			a.Inject(t, "user-blocked")
			const want = "/device/failure"
			if got := failureOf(t, func(r *recorder) { a.SignIn(r, nil, tv.Complete, "ada@example.com") }); !strings.Contains(got, want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}, "access_denied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth := testkit.Start(t)
			tv := startTelevision(t, auth)
			tt.answer(auth, tv)
			if got := tv.poll(t); got != tt.want {
				t.Errorf("the device gets %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMintAndForge(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	good := auth.MintToken(t, map[string]any{"sub": "email|1", "aud": auth.Issuer() + "userinfo", "scope": "openid"})
	if got := claim(t, good, "iss"); got != auth.Issuer() {
		t.Errorf("iss %v, want %s", got, auth.Issuer())
	}
	ada, ok := auth.Server().UserByAddress("ada@example.com")
	if !ok {
		t.Fatal("ada is in the default fixture")
	}
	claims := map[string]any{"sub": ada.UserID, "aud": auth.Issuer() + "userinfo", "scope": "openid email"}
	if status, profile := userinfo(t, auth, auth.URL(), auth.MintToken(t, claims)); status != 200 || profile["email"] != "ada@example.com" {
		t.Errorf("a minted token opens %d %v", status, profile)
	}
	if status, _ := userinfo(t, auth, auth.URL(), auth.ForgeToken(t, claims)); status != 401 {
		t.Errorf("a forged token: %d, want 401", status)
	}
	for _, make := range []func(testing.TB, map[string]any) string{auth.MintToken, auth.ForgeToken} {
		if got := failureOf(t, func(r *recorder) { make(r, map[string]any{"sub": func() {}}) }); !strings.Contains(got, "testkit: ") {
			t.Errorf("a claim that is no JSON: %q", got)
		}
	}
}

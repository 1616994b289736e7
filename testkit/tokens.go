package testkit

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/journal"
)

// A TokenRequest says which tokens [Auth0.Tokens] asks for.
type TokenRequest struct {
	// ClientID is the client that signs the user in. If it is "", that is the
	// client that Auth0.ClientID names.
	ClientID string
	// Audience is the API that the access token is for. If it is "", that is the
	// first API of the option Audience, or of the fixture without that option.
	Audience string
	// Scopes are the scopes to ask for. If there are none, Tokens asks for
	// openid, profile, email, offline_access and all scopes of the API.
	Scopes []string
	// Organization is the name or the id of the organization through which the user signs
	// in, "" for none. The client must allow organizations, with the grant
	// authorization_code and a callback on any loopback port.
	Organization string
}

// Tokens are what a client gets when a user signs in.
type Tokens struct {
	AccessToken  string
	RefreshToken string // "" without the scope offline_access
	IDToken      string // "" without the scope openid
	TokenType    string // Bearer
	// Scopes are those that the tenant granted.
	Scopes    []string
	ExpiresIn time.Duration
	// Claims are those of the ID token.
	Claims map[string]any
}

// Tokens signs a user in without an app and returns the tokens. The user is an
// e-mail address or a phone number, and signs in with a code. A user of a
// database connection signs in with the password instead. Tokens fails t if the
// tenant refuses.
//
// With an Organization, which those grants do not take, the user signs in on the login
// pages, as SignIn does.
//
// Without a TokenRequest the tokens are for the client that ClientID names and
// for the first API. Their iss is Issuer. For an API that expects TLSIssuer, start
// the tenant with [PinTLS].
func (a *Auth0) Tokens(t testing.TB, user string, r ...TokenRequest) Tokens {
	t.Helper()
	if len(r) > 1 {
		t.Fatalf("testkit: Tokens takes one TokenRequest, not %d", len(r))
	}
	var want TokenRequest
	if len(r) == 1 {
		want = r[0]
	}
	a.complete(&want)
	user = fixtures.NormalizeRecipient(user)
	if _, ok := fixtures.NormalizeEmail(user); !ok && !isPhone(user) {
		t.Fatalf("testkit: Tokens: %q is neither an e-mail address nor a phone number such as +12025550101", user)
	}
	if want.Organization != "" {
		return a.tokensThrough(t, user, want)
	}
	defer a.oneSignIn()()

	// 1. Prove who the user is.
	conn := a.connectionOf(user, want.ClientID)
	form := url.Values{"realm": {conn.Name}, "username": {user}, "scope": {strings.Join(want.Scopes, " ")}}
	if conn.Strategy == database {
		form.Set("grant_type", fixtures.GrantPasswordRealm)
		form.Set("password", a.passwordOf(user))
	} else {
		address := "email"
		if isPhone(user) {
			address = "phone_number"
		}
		start := url.Values{"connection": {conn.Name}, address: {user}, "send": {"code"}}
		if a.server.Fixture().NeedsCaptcha(fixtures.FlowPasswordless) {
			a.post(t, user, "/passwordless/challenge", want.ClientID, url.Values{"state": {user}})
			start.Set("state", user)
			start.Set("captcha", a.Captcha(t, user))
		}
		a.post(t, user, "/passwordless/start", want.ClientID, start)
		form.Set("grant_type", fixtures.GrantPasswordlessOTP)
		form.Set("otp", a.OTP(t, user))
	}
	// 2. Get the tokens.
	if want.Audience != "" {
		form.Set("audience", want.Audience)
	}
	return a.exchange(t, user, want.ClientID, form)
}

// exchange gets tokens from /oauth/token.
func (a *Auth0) exchange(t testing.TB, user, clientID string, form url.Values) Tokens {
	t.Helper()
	var answer struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		IDToken      string `json:"id_token"`
		TokenType    string `json:"token_type"`
		Scope        string `json:"scope"`
		ExpiresIn    int64  `json:"expires_in"`
	}
	body := a.post(t, user, "/oauth/token", clientID, form)
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("testkit: Tokens for %s: POST /oauth/token answered %q: %v", user, body, err)
	}
	tokens := Tokens{
		AccessToken: answer.AccessToken, RefreshToken: answer.RefreshToken, IDToken: answer.IDToken, TokenType: answer.TokenType,
		Scopes: strings.Fields(answer.Scope), ExpiresIn: time.Duration(answer.ExpiresIn) * time.Second,
	}
	if tokens.IDToken != "" {
		var err error
		if tokens.Claims, err = claimsOf(tokens.IDToken); err != nil {
			t.Fatalf("testkit: Tokens for %s: the ID token %q: %v", user, tokens.IDToken, err)
		}
	}
	return tokens
}

// complete fills in what a request leaves out.
func (a *Auth0) complete(r *TokenRequest) {
	f := a.server.Fixture()
	if r.ClientID == "" {
		r.ClientID = a.ClientID()
	}
	if r.Audience == "" {
		r.Audience = a.audience
	}
	if r.Audience == "" && len(f.ResourceServers) > 0 {
		r.Audience = f.ResourceServers[0].Identifier
	}
	if len(r.Scopes) > 0 {
		return
	}
	r.Scopes = []string{"openid", "profile", "email", "offline_access"}
	for _, api := range f.ResourceServers {
		if api.Identifier == r.Audience {
			for _, s := range api.Scopes {
				r.Scopes = append(r.Scopes, s.Value)
			}
		}
	}
}

// database is the strategy of a connection whose users have passwords.
const database = "auth0"

func isPhone(user string) bool {
	_, ok := fixtures.NormalizePhone(user)
	return ok
}

// connectionOf is the connection that a user is in, or else the first one that
// the client may use for such an address.
func (a *Auth0) connectionOf(user, clientID string) fixtures.Connection {
	strategy := "email"
	if isPhone(user) {
		strategy = "sms"
	}
	known, ok := a.server.UserByAddress(user)
	for _, c := range a.server.Fixture().Connections {
		enabled := slices.Contains(c.EnabledClients, clientID) || slices.Contains(c.EnabledClients, "*")
		if c.Name == known.Connection || !ok && c.Strategy == strategy && enabled {
			return c
		}
	}
	return fixtures.Connection{Name: strategy, Strategy: strategy} // the tenant says what is wrong with it
}

// oneSignIn waits until no other user signs in, and returns the function that
// ends this. A second code for the same user would make the first one useless.
func (a *Auth0) oneSignIn() (end func()) {
	a.signingIn <- struct{}{}
	return func() { <-a.signingIn }
}

// post sends a form in the name of a client, and fails t unless it succeeds.
func (a *Auth0) post(t testing.TB, user, path, clientID string, form url.Values) (body []byte) {
	t.Helper()
	form.Set("client_id", clientID)
	if secret := a.secretOf(clientID); secret != "" {
		form.Set("client_secret", secret)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatalf("testkit: Tokens for %s: %v", user, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := a.Client().Do(req)
	if err != nil {
		t.Fatalf("testkit: Tokens for %s: %v", user, err)
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err != nil {
		t.Fatalf("testkit: Tokens for %s: %v", user, err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("testkit: Tokens: %s", refusal(a.requestOf(res), user))
	}
	return body
}

// requestOf is what the journal says of a request that the tenant answered.
func (a *Auth0) requestOf(res *http.Response) journal.Request {
	id := res.Header.Get("X-Auth0-Requestid")
	for _, r := range slices.Backward(a.server.Requests()) {
		if r.ID == id {
			return r
		}
	}
	return journal.Request{Method: res.Request.Method, Path: res.Request.URL.Path, Status: res.StatusCode}
}

// claimsOf reads the claims of a token without verifying it.
func claimsOf(token string) (claims map[string]any, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("it has %d parts, not 3", len(parts))
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(data, &claims)
	return claims, err
}

// ApproveDevice answers for the user of a device, as if the user had entered the code
// that the device shows and signed in. The user is an e-mail address, a phone number
// or a user_id, and must exist.
func (a *Auth0) ApproveDevice(t testing.TB, userCode, user string) {
	t.Helper()
	if _, err := a.server.ApproveDevice(userCode, user); err != nil {
		t.Fatalf("testkit: ApproveDevice of %q for %s: %v", userCode, user, err)
	}
}

// DenyDevice denies a device its tokens, as if its user had cancelled.
func (a *Auth0) DenyDevice(t testing.TB, userCode string) {
	t.Helper()
	if _, err := a.server.DenyDevice(userCode); err != nil {
		t.Fatalf("testkit: DenyDevice of %q: %v", userCode, err)
	}
}

// MintToken makes a token with any claims, signed with the tenant's key. If aud is an
// API or a client with HS256, its secret signs. If iss, iat or exp is absent, it is
// filled in.
func (a *Auth0) MintToken(t testing.TB, claims map[string]any) string {
	t.Helper()
	token, err := a.server.MintToken(a.issuer, claims)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return token
}

// ManagementToken makes an access token for the Management API with these scopes, such
// as read:users. Without scopes it has all that the mock knows.
func (a *Auth0) ManagementToken(t testing.TB, scopes ...string) string {
	t.Helper()
	token, err := a.server.ManagementToken(a.issuer, scopes...)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return token
}

// ForgeToken makes a token as MintToken does, but with a signature that no
// published key, and no secret of an API, verifies.
func (a *Auth0) ForgeToken(t testing.TB, claims map[string]any) string {
	t.Helper()
	token, err := a.server.ForgeToken(a.issuer, claims)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return token
}

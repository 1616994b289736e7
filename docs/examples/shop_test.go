package shop

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

// A shop is an app that signs users in by e-mail.
type shop struct{ auth0, clientID string }

func newShop(auth0, clientID string) shop { return shop{auth0, clientID} }

func (s shop) RequestCode(email string) {
	_, _ = s.post("/passwordless/start", url.Values{"connection": {"email"}, "email": {email}, "send": {"code"}})
}

// Login returns the address in the ID token, or Auth0's sentence as an error.
func (s shop) Login(email, otp string) (string, error) {
	return s.post("/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/passwordless/otp"},
		"realm":      {"email"}, "username": {email}, "otp": {otp}, "scope": {"openid email"},
	})
}

func (s shop) post(path string, form url.Values) (email string, err error) {
	form.Set("client_id", s.clientID)
	res, err := http.PostForm(s.auth0+path, form)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var answer struct {
		IDToken     string `json:"id_token"`
		Description string `json:"error_description"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusOK {
		return "", errors.New(answer.Description)
	}
	return emailOf(answer.IDToken), nil
}

// emailOf is the claim email of an ID token, or "".
func emailOf(idToken string) string {
	var claims struct{ Email string }
	if parts := strings.Split(idToken, "."); len(parts) == 3 {
		payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
		_ = json.Unmarshal(payload, &claims)
	}
	return claims.Email
}

func TestSignIn(t *testing.T) {
	auth := testkit.Start(t)                    // a tenant for this test alone
	app := newShop(auth.URL(), auth.ClientID()) // the code under test

	app.RequestCode("ada@example.com")
	otp := auth.OTP(t, "ada@example.com") // what the e-mail says
	email, err := app.Login("ada@example.com", otp)
	if err != nil || email != "ada@example.com" {
		t.Errorf("signed in as %q, %v", email, err)
	}
}

func TestALateCode(t *testing.T) {
	auth := testkit.Start(t)
	app := newShop(auth.URL(), auth.ClientID())

	app.RequestCode("ada@example.com")
	otp := auth.OTP(t, "ada@example.com")
	auth.Expire(t, "ada@example.com") // or auth.Advance(t, 3*time.Minute)
	_, err := app.Login("ada@example.com", otp)
	if err == nil || err.Error() != "The verification code has expired. Please try to login again." {
		t.Errorf("got %v", err)
	}
}

func TestABuiltInFailure(t *testing.T) {
	auth := testkit.Start(t)
	app := newShop(auth.URL(), auth.ClientID())

	auth.Inject(t, scenarios.OTPExpired)
	app.RequestCode("ada@example.com")
	_, err := app.Login("ada@example.com", auth.OTP(t, "ada@example.com"))
	if err == nil || err.Error() != "The verification code has expired. Please try to login again." {
		t.Errorf("got %v", err)
	}
}

func TestTheSecondTokenIsUnavailable(t *testing.T) {
	auth := testkit.Start(t)
	app := newShop(auth.URL(), auth.ClientID())

	down := auth.InjectScenario(t, scenarios.Scenario{Name: "second-token", Rules: []scenarios.Rule{{
		ID:   "down",
		When: scenarios.When{Endpoint: scenarios.AnyOf{"oauth.token"}, Call: scenarios.Calls{"2"}},
		Then: scenarios.Then{Respond: &scenarios.Respond{Preset: "unavailable"}},
	}}})
	app.RequestCode("ada@example.com")
	otp := auth.OTP(t, "ada@example.com")
	if _, err := app.Login("ada@example.com", "000000"); err == nil || err.Error() != "Wrong email or verification code." {
		t.Errorf("the first call: %v", err)
	}
	if _, err := app.Login("ada@example.com", otp); err == nil {
		t.Error("the second call succeeded")
	}
	down.MustFire(t, 1)
	if email, err := app.Login("ada@example.com", otp); err != nil || email != "ada@example.com" {
		t.Errorf("the third call: %q, %v", email, err)
	}
}

func TestOptions(t *testing.T) {
	auth := testkit.Start(t,
		testkit.Users(fixtures.User{Email: "grace@example.com", EmailVerified: true, Claims: map[string]any{"https://acme.test/plan": "pro"}}),
		testkit.Clients(fixtures.Client{ClientID: "my-app"}),
		testkit.Audience("https://api.my-app.test/", "read:orders"),
	)
	if auth.ClientID() != "my-app" {
		t.Errorf("the client is %s", auth.ClientID())
	}
	if user, ok := auth.Server().UserByAddress("grace@example.com"); !ok || !user.EmailVerified {
		t.Errorf("the user is %+v", user)
	}
}

func TestACustomClaim(t *testing.T) {
	auth := testkit.Start(t, testkit.Users(fixtures.User{
		Email:  "ada@example.com",
		Claims: map[string]any{"https://acme.test/plan": "pro"},
	}))
	tokens := auth.Tokens(t, "ada@example.com")
	if tokens.Claims["https://acme.test/plan"] != "pro" {
		t.Errorf("the ID token says %v", tokens.Claims)
	}
}

package testkit_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

// A shop is the app of the README: it knows where its tenant is, and signs
// users in by e-mail.
type shop struct{ auth0, clientID string }

func newShop(auth0, clientID string) shop { return shop{auth0, clientID} }

func (s shop) RequestCode(email string) {
	_, _ = s.post("/passwordless/start", url.Values{"connection": {"email"}, "email": {email}, "send": {"code"}})
}

// Login returns the e-mail address that the ID token was issued for, or Auth0's
// sentence.
func (s shop) Login(email, otp string) (string, error) {
	return s.post("/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/passwordless/otp"},
		"realm":      {"email"}, "username": {email}, "otp": {otp}, "scope": {"openid email"},
	})
}

type refused string

func (r refused) Error() string { return string(r) }

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
		return "", refused(answer.Description)
	}
	var claims struct{ Email string }
	err = payload(answer.IDToken, &claims)
	return claims.Email, err
}

func TestLogin(t *testing.T) {
	auth := testkit.Start(t)                    // a tenant of this test's own
	app := newShop(auth.URL(), auth.ClientID()) // the code under test

	app.RequestCode("ada@example.com")
	otp := auth.OTP(t, "ada@example.com") // what the e-mail says
	email, err := app.Login("ada@example.com", otp)
	if err != nil || email != "ada@example.com" {
		t.Errorf("signed in as %q, %v", email, err)
	}
}

func TestLateLogin(t *testing.T) {
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

func TestExpiredCode(t *testing.T) {
	auth := testkit.Start(t)
	app := newShop(auth.URL(), auth.ClientID())

	auth.Inject(t, "otp-expired")
	app.RequestCode("ada@example.com")
	_, err := app.Login("ada@example.com", auth.OTP(t, "ada@example.com"))
	if err == nil || err.Error() != "The verification code has expired. Please try to login again." {
		t.Errorf("got %v", err)
	}
}

func TestSecondTokenIsUnavailable(t *testing.T) {
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

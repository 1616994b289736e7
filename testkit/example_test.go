package testkit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

// A shop is an app that signs users in by itself, with a code by e-mail. It
// knows where its tenant is, and its client.
type shop struct{ auth0, clientID string }

func newShop(auth0, clientID string) shop { return shop{auth0, clientID} }

func (s shop) RequestCode(email string) {
	_, _ = s.post("/passwordless/start", url.Values{"connection": {"email"}, "email": {email}, "send": {"code"}})
}

// Login returns the e-mail address that the ID token was issued for. Its error
// is Auth0's sentence.
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
	var claims struct {
		Email string `json:"email"`
	}
	if answer.IDToken != "" {
		err = payload(answer.IDToken, &claims)
	}
	return claims.Email, err
}

func TestLogin(t *testing.T) {
	auth := testkit.Start(t)                    // a tenant for this test alone
	app := newShop(auth.URL(), auth.ClientID()) // the code under test

	app.RequestCode("ada@example.com")
	otp := auth.OTP(t, "ada@example.com") // what the e-mail says
	email, err := app.Login("ada@example.com", otp)
	if err != nil || email != "ada@example.com" {
		t.Errorf("signed in as %q, %v", email, err)
	}
}

func TestTelevision(t *testing.T) {
	auth := testkit.Start(t)
	tv := startTelevision(t, auth) // the code under test
	auth.ApproveDevice(t, tv.UserCode, "ada@example.com")
	if got := tv.poll(t); got != "ada@example.com" {
		t.Errorf("the television is signed in as %q", got)
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

	auth.Inject(t, scenarios.OTPExpired)
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

// newTest stands in for the t of a test, which an Example does not have.
func newTest() (t testing.TB, end func()) {
	r := &recorder{}
	return r, func() { r.run(func() {}) }
}

func ExampleStart() {
	t, end := newTest() // a test of yours has a t
	defer end()

	auth := testkit.Start(t)
	app := newShop(auth.URL(), auth.ClientID()) // the code under test
	app.RequestCode("ada@example.com")
	email, err := app.Login("ada@example.com", auth.OTP(t, "ada@example.com"))
	fmt.Println(email, err)
	// Output: ada@example.com <nil>
}

func ExampleAuth0_TOTP() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t, testkit.At(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)), testkit.Users(fixtures.User{
		Email: "dora@example.com", Password: "Passw0rd!", MFARequired: true,
		MFA: []fixtures.Authenticator{{Type: fixtures.FactorOTP, Secret: "JBSWY3DPEHPK3PXP"}},
	}))
	fmt.Println(auth.TOTP(t, "dora@example.com"))
	// Output: 098407
}

// One tenant for all tests of a package, in TestMain.
func ExampleOpen() {
	m := packageTests{} // TestMain gets it

	auth, err := testkit.Open(testkit.Fixture("strict"))
	if err != nil {
		panic(err)
	}
	code := m.Run()
	_ = auth.Close()
	fmt.Println("exit", code) // os.Exit(code)
	// Output:
	// all tests of the package
	// exit 0
}

type packageTests struct{}

func (packageTests) Run() int {
	fmt.Println("all tests of the package")
	return 0
}

// A login in which the app redirects the browser to the tenant's pages.
func ExampleAuth0_SignIn() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t)
	app := httptest.NewServer(newWebApp(auth)) // the code under test
	defer app.Close()

	res := auth.SignIn(t, nil, app.URL+"/login", "ada@example.com")
	fmt.Println(res.Request.URL.Path, res.StatusCode, text(t, res))
	// Output: / 200 Welcome, Ada Lovelace!
}

// A token for a request to an API.
func ExampleAuth0_Tokens() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t)
	api := newAPI(auth.Issuer(), "https://api.acme.test/", "read:orders", auth.Client()) // the code under test

	tokens := auth.Tokens(t, "ada@example.com", testkit.TokenRequest{Scopes: []string{"openid", "read:orders"}})
	req := httptest.NewRequest("GET", "/orders", nil)
	req.Header.Set("Authorization", "Bearer "+tokens.AccessToken)
	res := httptest.NewRecorder()
	api.ServeHTTP(res, req)
	fmt.Println(res.Code, res.Body)
	// Output: 200 orders of email|1cce6cf6de44decdc7fb465a
}

// A token with a signature that no published key verifies.
func ExampleAuth0_ForgeToken() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t)
	api := newAPI(auth.Issuer(), "https://api.acme.test/", "read:orders", auth.Client()) // the code under test

	claims := map[string]any{"sub": "email|ada", "aud": "https://api.acme.test/", "scope": "read:orders"}
	good, forged := auth.MintToken(t, claims), auth.ForgeToken(t, claims)
	for _, token := range []string{good, forged} {
		_, _, err := api.verify(token)
		fmt.Println(err == nil)
	}
	// Output:
	// true
	// false
}

// Users, clients and APIs of your own.
func ExampleStart_options() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t,
		testkit.Users(fixtures.User{Email: "grace@example.com", Name: "Grace Hopper"}),
		testkit.Clients(fixtures.Client{ClientID: "my-app"}),
		testkit.Audience("https://api.my-app.test/", "read:orders"),
	)
	tokens := auth.Tokens(t, "grace@example.com")
	fmt.Println(tokens.Claims["aud"], tokens.Claims["name"], tokens.Scopes)
	// Output: my-app Grace Hopper [openid profile email offline_access read:orders]
}

// A user with a custom claim, as an Action would add it.
func ExampleUsers() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t, testkit.Users(fixtures.User{
		Email:  "grace@example.com",
		Claims: map[string]any{"https://acme.test/plan": "pro"},
	}))
	fmt.Println(auth.Tokens(t, "grace@example.com").Claims["https://acme.test/plan"])
	// Output: pro
}

func ExampleAuth0_Expire() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t)
	app := newShop(auth.URL(), auth.ClientID())
	app.RequestCode("ada@example.com")
	otp := auth.OTP(t, "ada@example.com")
	auth.Expire(t, "ada@example.com")
	_, err := app.Login("ada@example.com", otp)
	fmt.Println(err)
	// Output: The verification code has expired. Please try to login again.
}

func ExampleAuth0_Inject() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t)
	app := newShop(auth.URL(), auth.ClientID())
	locked := auth.Inject(t, scenarios.OTPLocked)
	app.RequestCode("ada@example.com")
	_, err := app.Login("ada@example.com", auth.OTP(t, "ada@example.com"))
	fmt.Println(err)
	fmt.Println(locked.Fired())
	// Output:
	// You've reached the maximum number of attempts. Please try to login again.
	// 1
}

func ExampleAuth0_InjectScenario() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t)
	auth.InjectScenario(t, scenarios.Scenario{Name: "short-lived", Rules: []scenarios.Rule{{
		ID:   "token",
		When: scenarios.When{Recipient: scenarios.AnyOf{"ada@*"}},
		Then: scenarios.Then{Patch: map[string]any{"expires_in": 5, "id_token": nil}},
	}}})
	tokens := auth.Tokens(t, "ada@example.com")
	fmt.Printf("%s %q\n", tokens.ExpiresIn, tokens.IDToken)
	// Output: 5s ""
}

func ExampleAuth0_Server() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t, testkit.At(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)))
	app := newShop(auth.URL(), auth.ClientID())
	app.RequestCode("ada@example.com")
	otp := auth.OTP(t, "ada@example.com")
	auth.Advance(t, 3*time.Minute)
	_, _ = app.Login("ada@example.com", otp)
	fmt.Println(auth.Server().Clock().Now().Format(time.TimeOnly))
	for _, r := range auth.Server().Requests() {
		fmt.Println(r.Method, r.Path, r.Status)
	}
	// Output:
	// 00:03:00
	// POST /passwordless/start 200
	// POST /oauth/token 403
}

func ExampleInMemory() {
	t, end := newTest()
	defer end()

	auth := testkit.Start(t, testkit.InMemory("login.acme.test"))
	res, err := auth.Client().Get(auth.URL() + "/.well-known/jwks.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	fmt.Println(auth.Issuer(), res.StatusCode == http.StatusOK)
	// Output: https://login.acme.test/ true
}

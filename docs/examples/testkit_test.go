package shop

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

// The page docs/reference/testkit.md shows for each option and method the first line here
// that uses it.

func TestEachOption(t *testing.T) {
	gold := func(_ *actions.Event, api *actions.API) { api.IDToken.SetCustomClaim("plan", "gold") }
	deny := func(_ *actions.Event, api *actions.API) { api.Access.Deny("not today") }
	note := func(event *actions.Event, api *actions.API) { api.Log(event.Notification) }
	for _, option := range []testkit.Option{
		testkit.Fixture("strict"),
		testkit.FixtureYAML("{version: 1, extends: default, users: [{email: grace@example.com}]}"),
		testkit.Keywords(fixtures.Keywords{"ENV": "dev"}),
		testkit.Users(fixtures.User{Email: "grace@example.com", Name: "Grace Hopper"}),
		testkit.Clients(fixtures.Client{ClientID: "my-app"}),
		testkit.Audience("https://api.my-app.test/", "read:orders"),
		testkit.Scenario(scenarios.Slow),
		testkit.Seed("shop"),
		testkit.At(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)),
		testkit.OTPMode("fixed:000000"),
		testkit.PinIssuer("https://auth.example.com/"),
		testkit.PinTLS(),
		testkit.InMemory("auth.example.com"),
		testkit.PostLogin(gold),
		testkit.ContinuePostLogin(gold, gold),
		testkit.CredentialsExchange(deny),
		testkit.PreUserRegistration(deny),
		testkit.PostUserRegistration(note),
		testkit.PostChangePassword(note),
		testkit.CustomEmailProvider(note),
		testkit.CustomPhoneProvider(note),
		testkit.CustomTokenExchange("urn:acme:legacy-token", note),
	} {
		auth := testkit.Start(t, option)
		if !strings.HasPrefix(auth.URL(), "http") {
			t.Errorf("the tenant is at %q", auth.URL())
		}
	}
}

func TestWhereTheTenantIs(t *testing.T) {
	auth := testkit.Start(t)
	app := map[string]string{
		"AUTH0_URL":           auth.URL(),
		"AUTH0_TLS_URL":       auth.TLSURL(),
		"AUTH0_DOMAIN":        auth.Domain(),
		"AUTH0_ISSUER":        auth.Issuer(),
		"AUTH0_TLS_ISSUER":    auth.TLSIssuer(),
		"AUTH0_CLIENT_ID":     auth.ClientID(),
		"AUTH0_CLIENT_SECRET": auth.ClientSecret(),
	}
	if app["AUTH0_TLS_URL"] != "https://"+app["AUTH0_DOMAIN"] {
		t.Errorf("%v", app)
	}
	res, err := auth.Client().Get(auth.TLSURL() + "/.well-known/jwks.json")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	res, err = auth.NoRedirect().Get(auth.URL() + "/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost:3000/cb")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	transport := &http.Transport{TLSClientConfig: auth.TLSConfig()}
	if requests := auth.Server().Requests(); len(requests) != 2 || transport.TLSClientConfig == nil {
		t.Errorf("%v", requests)
	}
}

func TestASecondTenantBesideTheFirst(t *testing.T) {
	auth, err := testkit.Open(testkit.InMemory("auth.example.com"))
	if err != nil {
		t.Fatal(err)
	}
	defer auth.Close()
	second := auth.Tenant(t, "w3", testkit.Users(fixtures.User{Email: "grace@example.com"}))
	if second.Issuer() != "https://w3.auth.example.com/" {
		t.Error(second.Issuer())
	}
}

// requestCode is what an app does that asks for a code or a link.
func requestCode(t *testing.T, auth *testkit.Auth0, send string) {
	t.Helper()
	res, err := auth.Client().PostForm(auth.URL()+"/passwordless/start", url.Values{
		"client_id": {auth.ClientID()}, "connection": {"email"}, "email": {"ada@example.com"}, "send": {send},
	})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
}

func TestWhatWasSent(t *testing.T) {
	auth := testkit.Start(t)
	requestCode(t, auth, "code")
	otp := auth.OTP(t, "ada@example.com")
	message := auth.WaitFor(t, outbox.To("ada@example.com"), outbox.Kind("email"))
	auth.Expire(t, "ada@example.com")
	requestCode(t, auth, "link")
	link := auth.MagicLink(t, "ada@example.com")
	auth.Advance(t, 3*time.Minute)
	if message.Code != otp || link == "" {
		t.Errorf("%+v, %s", message, link)
	}
}

func TestTokensOfAnyKind(t *testing.T) {
	auth := testkit.Start(t)
	tokens := auth.Tokens(t, "ada@example.com", testkit.TokenRequest{Scopes: []string{"openid", "read:orders"}})
	good := auth.MintToken(t, map[string]any{"sub": "email|ada", "aud": "https://api.acme.test/"})
	forged := auth.ForgeToken(t, map[string]any{"sub": "email|ada", "aud": "https://api.acme.test/"})
	back := auth.ManagementToken(t, "read:users")
	for _, token := range []string{tokens.AccessToken, good, forged, back} {
		if token == "" {
			t.Error("there is no token")
		}
	}
}

func TestAFailureIsSwitchedOnAndOff(t *testing.T) {
	auth := testkit.Start(t)
	failure := auth.Inject(t, scenarios.RateLimited)
	requestCode(t, auth, "code")
	failure.MustFire(t, 1)
	failure.Off()
	if n := failure.Fired(); n != 1 {
		t.Errorf("it has acted %d times", n)
	}
	auth.Inject(t, scenarios.Slow).Optional()
	mine := auth.InjectScenario(t, scenarios.Scenario{Name: "mine", Rules: []scenarios.Rule{{ID: "down", Then: scenarios.Then{Respond: &scenarios.Respond{Status: 503}}}}})
	requestCode(t, auth, "code")
	mine.MustFire(t, 1)
}

const secondFactors = `
version: 1
extends: default
users:
  - {email: ada@example.com, password: "Passw0rd!", mfa_required: true, mfa: [{type: otp}]}
  - {email: bob@example.com, password: "Passw0rd!", mfa_required: true, mfa: [{type: push-notification}]}
`

func TestSecondFactors(t *testing.T) {
	auth := testkit.Start(t, testkit.FixtureYAML(secondFactors))
	code := auth.TOTP(t, "ada@example.com")
	if len(code) != 6 {
		t.Errorf("the code is %q", code)
	}
	post := func(path string, form url.Values) (answer map[string]any) {
		form.Set("client_id", auth.ClientID())
		res, err := auth.Client().PostForm(auth.URL()+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	ask := func() {
		login := post("/oauth/token", url.Values{"grant_type": {"password"}, "username": {"bob@example.com"}, "password": {"Passw0rd!"}})
		token, _ := login["mfa_token"].(string)
		post("/mfa/challenge", url.Values{"mfa_token": {token}})
	}
	ask()
	auth.AcceptPush(t, "bob@example.com")
	ask()
	auth.RejectPush(t, "bob@example.com")
}

func TestDevices(t *testing.T) {
	auth := testkit.Start(t)
	var device struct {
		UserCode string `json:"user_code"`
	}
	show := func() {
		res, err := auth.Client().PostForm(auth.URL()+"/oauth/device/code", url.Values{"client_id": {auth.ClientID()}, "scope": {"openid"}})
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&device); err != nil {
			t.Fatal(err)
		}
	}
	show()
	auth.ApproveDevice(t, device.UserCode, "ada@example.com")
	show()
	auth.DenyDevice(t, device.UserCode)
}

func TestAnApp(t *testing.T) {
	auth := testkit.Start(t, testkit.FixtureYAML(organizations))
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // the code under test
		if r.URL.Path == "/login" {
			query := url.Values{"client_id": {"shop"}, "response_type": {"code"}, "redirect_uri": {"http://" + r.Host + "/"}, "organization": {"acme"}}
			http.Redirect(w, r, auth.URL()+"/authorize?"+query.Encode(), http.StatusFound)
		}
	}))
	defer app.Close()
	res := auth.SignIn(t, nil, app.URL+"/login", "ada@example.com")
	browser := &http.Client{Jar: auth.Session(t, "grace@example.com", testkit.SessionRequest{Organization: "acme"})}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, app.URL+"/login", nil)
	if err != nil {
		t.Fatal(err)
	}
	silent, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	silent.Body.Close()
	for _, at := range []*url.URL{res.Request.URL, silent.Request.URL} {
		if at.Query().Get("code") == "" {
			t.Errorf("the browser is at %s", at)
		}
	}
	link := auth.Invite(t, "acme", "zoe@example.com", "admin")
	if !strings.HasPrefix(link, "http://localhost:3000/login?invitation=") {
		t.Errorf("the invitation leads to %s", link)
	}
}

func TestAnActionAlone(t *testing.T) {
	needsNode(t)
	auth := testkit.Start(t, testkit.Fixture("mockauth0.yaml"))
	run := auth.RunAction(t, "add-plan", &actions.Event{User: &actions.User{AppMetadata: map[string]any{"plan": "gold"}}})
	if run.Claim("idToken", "https://acme.test/plan") != "gold" {
		t.Errorf("%+v", run)
	}
}

func TestACaptcha(t *testing.T) {
	auth := testkit.Start(t, testkit.FixtureYAML("{version: 1, extends: default, attack_protection: {captcha: {policy: always}}}"))
	res, err := auth.Client().PostForm(auth.URL()+"/passwordless/challenge", url.Values{"state": {"mine"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if answer := auth.Captcha(t, "mine"); answer == "" {
		t.Error("there is no answer")
	}
}

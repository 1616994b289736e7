package browser

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

// secondFactors is a tenant that asks every user for a second factor. ada has one of
// each, and dora has none.
var secondFactors = testkit.FixtureYAML(`version: 1
extends: default
guardian:
  policies: [all-applications]
  factors: {otp: true, sms: true, email: true, recovery-code: true, push-notification: true}
  phone: {message_types: [sms, voice]}
users:
  - email: ada@example.com
    email_verified: true
    mfa:
      - {type: push-notification, id: dev_AAAAAAAAAAAAAAAA}
      - {type: push-notification, id: dev_BBBBBBBBBBBBBBBB}
      - {type: phone, phone_number: "+12025550101"}
      - {type: phone, phone_number: "+12025550102"}
      - {type: email, email: averylongnameaverylongname@averylongnameaverylongname.example}
      - {type: recovery-code, code: MZCRK3YX5V3AKNNYY6JEBQCL}
  - {email: dora@example.com, connection: Username-Password-Authentication, password: "Passw0rd!"}
`)

const multiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// totp is the code that the authenticator app of a user shows.
func (s *sdk) totp(who string) string {
	s.t.Helper()
	code, _, err := s.auth.Server().TOTP(who)
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

// answer answers the push notification of a user.
func (s *sdk) answer(who string, accept bool) {
	s.t.Helper()
	if err := s.auth.Server().AnswerPush(who, accept); err != nil {
		s.t.Fatal(err)
	}
}

// choose presses a button of a list, or any other that sends an action.
func (s *sdk) choose(action string) {
	s.t.Helper()
	s.next(func() { s.click(`button[name=action][value="` + action + `"]`) })
}

// saves ticks the box that says that the recovery code is written down.
func (s *sdk) saves() (code string) {
	s.t.Helper()
	code = s.text("#text_code")
	s.click("#saved")
	s.next(func() { s.press("main", "Continue") })
	return code
}

// withPassword signs in with a password, as the first factor.
func (s *sdk) withPassword(who string) {
	s.t.Helper()
	s.continues("#username", who)
	s.at("/u/login/password")
	s.continues("#password", "Passw0rd!")
}

// eachMFAPage opens one page of a second factor after the other, with and without
// mistakes.
func (s *sdk) eachMFAPage(look func(name string)) {
	s.t.Helper()
	s.mayBeRefused()
	s.authorize(map[string]string{"connection": "Username-Password-Authentication"})
	s.withPassword("dora@example.com")
	s.at("/u/mfa-enroll-options")
	look("mfa-enroll-options")
	s.choose("otp")
	s.at("/u/mfa-otp-enrollment")
	look("mfa-otp-enrollment-qr")
	s.choose("toggle-view")
	look("mfa-otp-enrollment-code")
	s.continues("#code", "000000")
	s.problem("The code you entered is invalid")
	look("mfa-otp-enrollment-problem")
	s.choose("pick-authenticator")
	s.choose("push-notification")
	s.at("/u/mfa-guardian-welcome")
	look("mfa-guardian-welcome")
	s.next(func() { s.press("main", "Continue") })
	s.at("/u/mfa-push-enrollment")
	look("mfa-push-enrollment")
	s.next(func() { s.press("main", "Continue") })
	s.problem("You must scan the QR code")
	look("mfa-push-enrollment-problem")
	s.choose("pick-authenticator")
	s.choose("phone")
	s.at("/u/mfa-phone-enrollment")
	look("mfa-phone-enrollment")
	s.continues("#phone", "12")
	s.problem("It seems that your phone number is not valid")
	look("mfa-phone-enrollment-problem")
	for _, channel := range []string{"sms", "voice"} {
		s.run(chromedp.Navigate(value[string](s.tab, `location.href.replace("-phone-", "-`+channel+`-")`)))
		look("mfa-" + channel + "-enrollment")
		s.run(chromedp.Navigate(value[string](s.tab, `location.href.replace("-`+channel+`-", "-phone-")`)))
	}
	s.continues("#phone", "202 555 0133")
	s.at("/u/mfa-sms-enrollment-verify")
	look("mfa-sms-enrollment-verify")
	s.continues("#code", s.auth.OTP(s.t, "+12025550133"))
	s.at("/u/mfa-recovery-code-enrollment")
	look("mfa-recovery-code-enrollment")
	s.next(func() { s.press("main", "Continue") })
	s.problem("Please confirm you have recorded the code")
	look("mfa-recovery-code-enrollment-problem")
	s.saves()
	s.gotCode()

	s.run(chromedp.Navigate(s.tenant + "/v2/logout?client_id=acme-web"))
	s.authorize(map[string]string{"connection": "email"})
	s.continues("#username", ada)
	s.at(emailChallenge)
	s.continues("#code", s.auth.OTP(s.t, ada))
	s.at("/u/mfa-push-challenge")
	look("mfa-push-challenge")
	s.next(func() { s.press("main", "I've responded on my device") })
	s.problem("You must accept the notification")
	look("mfa-push-challenge-problem")
	s.choose("pick-device")
	look("mfa-guardian-list")
	s.choose("back-action")
	s.choose("enter-otp-code")
	look("mfa-otp-challenge")
	s.continues("#code", "12")
	s.problem("OTP Code must have 6 numeric characters")
	look("mfa-otp-challenge-problem")
	s.choose("pick-authenticator")
	look("mfa-login-options")
	s.choose("phone::1")
	look("mfa-phone-challenge")
	s.choose("pick-phone")
	look("mfa-sms-list")
	s.choose("selection-action::0")
	s.next(func() { s.press("main", "Continue") })
	s.at("/u/mfa-sms-challenge")
	look("mfa-sms-challenge")
	s.choose("switch-to-voice")
	s.at("/u/mfa-voice-challenge")
	look("mfa-voice-challenge")
	s.choose("pick-authenticator")
	s.choose("email::0")
	s.at("/u/mfa-email-challenge")
	look("mfa-email-challenge")
	s.choose("pick-email")
	look("mfa-email-list")
	s.choose("back-action")
	s.choose("pick-authenticator")
	s.choose("recovery-code")
	look("mfa-recovery-code-challenge")
	s.continues("#code", "x")
	s.problem("24 alphanumeric characters")
	look("mfa-recovery-code-challenge-problem")
}

// An app whose user enrolls an authenticator app and gives its code at the next login:
// the ID token tells of it. The browser is then remembered.
func TestMFAWithAnAuthenticatorApp(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop, secondFactors)
	s.mayBeRefused()
	s.visit("/spa.html", map[string]any{"authorizationParams": map[string]any{"connection": "Username-Password-Authentication"}})
	const dora = "dora@example.com"
	tellsOfIt := func() bool {
		t.Helper()
		s.status("signed in as " + dora)
		claims := value[struct {
			AMR []string
			ACR string
		}](s.tab, `client.getIdTokenClaims()`)
		return slices.Equal(claims.AMR, []string{"mfa"}) && claims.ACR == multiFactor
	}
	again := func() {
		t.Helper()
		s.run(chromedp.Evaluate[chromedp.Void](`client.logout({logoutParams: {returnTo: location.origin + "/spa.html?bye"}}); void 0`))
		s.until(`location.search === "?bye"`)
		s.status("signed out")
		s.leave(`client.loginWithRedirect()`)
		s.withPassword(dora)
	}
	s.status("signed out")
	s.leave(`client.loginWithRedirect()`)
	s.withPassword(dora)
	s.at("/u/mfa-enroll-options")
	s.choose("otp")
	if size := value[int](s.tab, `document.querySelector("#qr-code").decode().then(() => document.querySelector("#qr-code").naturalWidth)`); size < 100 {
		t.Errorf("the QR code has %d pixels", size)
	}
	s.choose("toggle-view")
	u, _ := s.auth.Server().User(s.userID(dora))
	if secret := s.text("#text_code"); len(u.MFA) == 0 || secret != u.MFA[0].Secret {
		t.Errorf("the secret is %q; the user has %+v", secret, u.MFA)
	}
	s.continues("#code", s.totp(dora))
	s.at("/u/mfa-recovery-code-enrollment")
	if code := s.saves(); len(code) != 24 {
		t.Errorf("the recovery code is %q", code)
	}
	if !tellsOfIt() {
		t.Error("the ID token does not tell of the second factor after the enrolment")
	}
	again()
	s.at("/u/mfa-otp-challenge")
	s.continues("#code", "000000")
	s.problem("The code you entered is invalid")
	if err := s.auth.Server().Clock().Advance(30e9); err != nil { // a code works once
		t.Fatal(err)
	}
	s.click("#rememberBrowser")
	s.continues("#code", s.totp(dora))
	if !tellsOfIt() {
		t.Error("the ID token does not tell of the second factor")
	}
	again()
	if tellsOfIt() {
		t.Error("the ID token tells of a second factor, but the browser is remembered")
	}
}

// A push notification, whose page goes on by itself, then a text message and a recovery
// code. An app asks for each by acr_values.
func TestMFAWithAPhone(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, map[string]string{"connection": "email"}, secondFactors)
	s.mayBeRefused()
	stepUp := func(factor string) {
		t.Helper()
		s.authorize(map[string]string{"acr_values": multiFactor})
		s.at("/u/mfa-push-challenge")
		s.choose("pick-authenticator")
		s.choose(factor)
	}
	s.continues("#username", ada)
	s.at(emailChallenge)
	s.continues("#code", s.auth.OTP(t, ada))
	s.at("/u/mfa-push-challenge")
	s.next(func() { s.press("main", "I've responded on my device") })
	s.problem("You must accept the notification")
	s.answer(ada, false)
	s.next(func() { s.press("main", "I've responded on my device") })
	s.problem("Notification rejected")
	s.choose("resend")
	s.until(`document.querySelector("[data-poll]") && document.readyState === "complete"`)
	s.answer(ada, true)
	s.gotCode() // nobody has pressed a button

	stepUp("phone::0")
	s.click("#type-sms")
	s.next(func() { s.press("main", "Continue") })
	s.at("/u/mfa-sms-challenge")
	s.continues("#code", s.auth.OTP(t, "+12025550101"))
	s.gotCode()

	stepUp("recovery-code")
	s.continues("#code", "MZCRK3YX5V3AKNNYY6JEBQCL")
	s.at("/u/mfa-recovery-code-challenge-new-code")
	if code := s.saves(); len(code) != 24 || code == "MZCRK3YX5V3AKNNYY6JEBQCL" {
		t.Errorf("the new recovery code is %q", code)
	}
	s.gotCode()
}

// auth0-spa-js asks for tokens by a refresh token, is told that the user has to give a
// second factor, and lets the user give it without a page. It calls the MFA API over
// https alone.
func TestMFAOfAnSPA(t *testing.T) {
	t.Parallel()
	needHTTPS(t)
	s := startSDK(t, "https", desktop)
	s.visit("/spa.html", map[string]any{"domain": strings.TrimPrefix(s.tenant, "https://"), "clientId": "acme-native", "useRefreshTokens": true, "useRefreshTokensFallback": false})
	s.status("signed out")
	s.leave(`client.loginWithRedirect()`)
	s.signIn(ada)
	s.status("signed in as " + ada)
	if _, err := s.auth.Server().UpdateUser(s.userID(ada), func(u *fixtures.User) error {
		u.MFARequired = true
		u.MFA = []fixtures.Authenticator{{Type: fixtures.FactorOTP}, {Type: fixtures.FactorPhone, PhoneNumber: "+12025550101"}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.expect("403 (Forbidden)")
	s.expect("status of 403")
	got := value[struct{ Name, Kinds string }](s.tab, `client.getTokenSilently({cacheMode: "off"}).catch(async (error) => {
		window.mfaToken = error.mfa_token;
		window.all = await client.mfa.getAuthenticators(mfaToken);
		return {Name: error.constructor === auth0.MfaRequiredError ? error.error : String(error), Kinds: all.map((each) => each.id.split("|")[0]).sort().join(" ")};
	})`)
	if got.Name != "mfa_required" || got.Kinds != "email sms totp voice" {
		t.Errorf("getTokenSilently: %+v", got)
	}
	wrong := value[string](s.tab, `client.mfa.verify({mfaToken, otp: "000000"}).then(() => "no error", (error) => error.error)`)
	if wrong != "invalid_grant" {
		t.Errorf("a wrong code: %s", wrong)
	}
	value[any](s.tab, `client.mfa.challenge({mfaToken, challengeType: "oob", authenticatorId: all.find((each) => each.id.startsWith("sms|")).id}).then((answer) => { window.oobCode = answer.oobCode; })`)
	token := value[string](s.tab, `client.mfa.verify({mfaToken, oobCode, bindingCode: `+quoted(s.auth.OTP(t, "+12025550101"))+`}).then((tokens) => tokens.access_token)`)
	if token == "" || value[string](s.tab, `client.getTokenSilently()`) != token {
		t.Errorf("the app has not kept the token %q", token)
	}
}

// A page of nextjs-auth0 lets the user give the second factor by the routes of the
// app's server, which asks for tokens by a refresh token. They are bound by DPoP, too.
func TestMFAOfNextJS(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop)
	s.startNextJS()
	// The SDK does not refresh what it has, so it gets fewer scopes than it wants later.
	s.run(chromedp.Navigate(s.app + "/auth/login?scope=openid+email+offline_access"))
	s.signIn(ada)
	s.status("signed in as " + ada)
	const phone = "+12025550101"
	id := s.userID(ada)
	if _, err := s.auth.Server().UpdateUser(id, func(u *fixtures.User) error {
		u.MFARequired = true
		u.MFA = []fixtures.Authenticator{{Type: fixtures.FactorOTP}, {Type: fixtures.FactorPhone, PhoneNumber: phone}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	const (
		refresh = `fetch("/orders").then((answer) => answer.json())`
		stored  = `auth0.getAccessToken({audience: "https://api.acme.test/"})`
	)
	// refused is the error of the SDK. There must be one.
	refused := func(call string) string {
		t.Helper()
		return value[string](s.tab, call+`.then(() => "no error", (error) => [error.name, error.error, error.error_description].join(": "))`)
	}
	challenge := func(mfaToken, kind, authenticator string) string {
		return `auth0.mfa.challenge({mfaToken: ` + mfaToken + `, challengeType: "` + kind + `", authenticatorId: all.find((each) => each.id.startsWith("` + authenticator + `|")).id})`
	}

	// 1. The server and the page learn that a second factor is due, and which there are.
	s.expect("403 (Forbidden)")
	got := value[struct{ Error, Kinds string }](s.tab, refresh+`.then(async (error) => {
		window.mfaToken = error.mfa_token;
		window.all = await auth0.mfa.getAuthenticators({mfaToken});
		return {Error: error.error + ": " + error.error_description, Kinds: all.map((each) => each.id.split("|")[0]).sort().join(" ")};
	})`)
	if got.Error != "mfa_required: Multifactor authentication required" || got.Kinds != "email sms totp voice" {
		t.Errorf("a refresh: %+v", got)
	}
	if got := refused(stored); got != "MfaRequiredError: mfa_required: Multifactor authentication required" {
		t.Errorf("the page asks for a token: %s", got)
	}

	// 2. A message. The SDK looks for "oob" among the factors of mfa_requirements, so it
	// sends one where these are absent.
	s.expect("400 (Bad Request)")
	if got := refused(challenge("mfaToken", "oob", "sms")); !strings.HasSuffix(got, "not allowed by mfa_requirements. Allowed: otp, phone, email") {
		t.Errorf("a message, with mfa_requirements: %s", got)
	}
	s.auth.InjectScenario(t, scenarios.Scenario{Name: "no-requirements", Rules: []scenarios.Rule{{
		ID: "absent", When: scenarios.When{Endpoint: scenarios.AnyOf{"oauth.token"}}, Then: scenarios.Then{Patch: map[string]any{"mfa_requirements": nil}},
	}}})
	value[any](s.tab, refresh+`.then(async (error) => {
		window.message = {mfaToken: error.mfa_token, oobCode: (await `+challenge("error.mfa_token", "oob", "sms")+`).oobCode};
	})`)

	// 3. The code of the authenticator app, a wrong one first, then that of the message.
	if kind := value[string](s.tab, challenge("mfaToken", "otp", "totp")+`.then((answer) => answer.challengeType)`); kind != "otp" {
		t.Errorf("the challenge is %q", kind)
	}
	if got := refused(`auth0.mfa.verify({mfaToken, otp: "000000"})`); got != "MfaVerifyError: invalid_grant: Invalid otp_code." {
		t.Errorf("a wrong code: %s", got)
	}
	before := ""
	for _, proof := range []string{`{mfaToken, otp: ` + quoted(s.totp(ada)) + `}`, `{...message, bindingCode: ` + quoted(s.auth.OTP(t, phone)) + `}`} {
		s.auth.Advance(t, time.Second) // tokens of one second are alike
		token := value[string](s.tab, `auth0.mfa.verify(`+proof+`).then((answer) => answer.success && `+stored+`)`)
		if sub := value[string](s.tab, `JSON.parse(atob(`+quoted(token)+`.split(".")[1])).sub`); sub != id || token == before {
			t.Errorf("%s: the token is of %q and new: %t", proof, sub, token != before)
		}
		before = token
	}

	// 4. The API takes the token, and a further refresh needs no second factor.
	s.run(chromedp.Navigate(s.app + "/orders"))
	s.status("200 43")
}

func (s *sdk) userID(who string) string {
	u, _ := s.auth.Server().UserByAddress(who)
	return u.UserID
}

package browser

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

// openLogin opens /authorize in a tab: an app whose callback only shows what
// came.
func openLogin(t *testing.T, how look, params map[string]string, opts ...testkit.Option) *sdk {
	t.Helper()
	s := startSDK(t, "http", how, opts...)
	s.authorize(params)
	return s
}

// authorize sends the browser to /authorize.
func (s *sdk) authorize(params map[string]string) {
	s.t.Helper()
	s.run(chromedp.Navigate(s.authorizeURL(params)))
}

func (s *sdk) authorizeURL(params map[string]string) string {
	query := url.Values{"client_id": {"acme-web"}, "response_type": {"code"}, "scope": {"openid email"}, "state": {"kept"}, "redirect_uri": {s.app + "/callback.html"}}
	for name, text := range params {
		query.Set(name, text)
	}
	return s.tenant + "/authorize?" + query.Encode()
}

// came waits until the browser is back at the app, and returns what came.
func (s *sdk) came() url.Values {
	s.t.Helper()
	s.back()
	query, err := url.ParseQuery(value[string](s.tab, `location.search.slice(1)`))
	if err != nil || query.Get("state") != "kept" {
		s.t.Errorf("the app got %v %v", query, err)
	}
	return query
}

// got fails the test unless a code came.
func (s *sdk) gotCode() {
	s.t.Helper()
	if got := s.came(); got.Get("code") == "" || got.Has("error") {
		s.t.Errorf("the app got %v", got)
	}
}

// at waits for a page of the tenant.
func (s *sdk) at(path string) {
	s.t.Helper()
	s.until(`document.readyState === "complete" && location.pathname === ` + quoted(path))
}

const (
	emailChallenge = "/u/login/passwordless-email-challenge"
	smsChallenge   = "/u/login/passwordless-sms-challenge"
)

// problem waits for what the page says is wrong.
func (s *sdk) problem(words string) {
	s.t.Helper()
	s.untilText("[role=alert]", words)
}

// shown shows what is in the field of a password, and hides it.
func (s *sdk) shown(field string) {
	s.t.Helper()
	for _, to := range [][]string{{"Show password", "text"}, {"Hide password", "password"}} {
		s.click(field + " ~ [aria-label='" + to[0] + "']")
		s.until(`document.querySelector(` + quoted(field) + `).type === ` + quoted(to[1]))
	}
}

// Pages with a mistake have status 400, which the browser's console tells.
func (s *sdk) mayBeRefused() { s.expect("400 (Bad Request)") }

func TestPhoneLogin(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, map[string]string{"connection": "sms"})
	s.mayBeRefused()
	s.continues("#username", "202-555-01")
	s.problem("Enter a valid phone number")
	s.continues("#username", "+1 (202) 555-0101")
	s.at(smsChallenge)
	s.untilText("main", "+12025550101")
	s.continues("#code", s.auth.OTP(t, "+12025550101"))
	s.gotCode()
}

func TestResend(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, nil)
	s.mayBeRefused()
	s.continues("#username", ada)
	s.at(emailChallenge)
	first := s.auth.OTP(t, ada)
	s.press("main", "Resend")
	s.untilText("[role=status]", "new code")
	second := s.auth.OTP(t, ada)
	s.continues("#code", first) // only the newest counts
	s.problem("invalid")
	s.continues("#code", second)
	s.gotCode()
}

func TestThreeWrongCodes(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, nil)
	s.mayBeRefused()
	s.expect("403 (Forbidden)")
	s.continues("#username", ada)
	s.at(emailChallenge)
	code := s.auth.OTP(t, ada)
	for range 2 {
		s.continues("#code", "x"+code)
		s.problem("Code is invalid")
	}
	s.continues("#code", "x"+code)
	s.problem("You've reached the maximum number of attempts.")
	s.continues("#code", code) // the right one comes too late
	s.problem("You've reached the maximum number of attempts.")
	s.press("main", "Resend")
	s.untilText("[role=status]", "new code")
	s.continues("#code", s.auth.OTP(t, ada))
	s.gotCode()
}

func TestCodeExpires(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, nil)
	s.mayBeRefused()
	s.continues("#username", ada)
	s.at(emailChallenge)
	code := s.auth.OTP(t, ada)
	if err := s.auth.Server().Clock().Advance(3 * time.Minute); err != nil {
		t.Fatal(err)
	}
	s.continues("#code", code)
	s.problem("The verification code has expired.")
	s.next(func() { s.press("main", "Resend") })
	s.continues("#code", s.auth.OTP(t, ada))
	s.gotCode()
}

// Only keys, as who does not see the page uses it: what is needed first has
// the focus, Enter sends, Tab goes on to the rest.
func TestLoginByKeyboard(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, nil)
	typed := func(text string) {
		t.Helper()
		s.until(`document.activeElement.matches("input")`)
		s.next(func() { s.keys(text + enter) })
	}
	typed(ada)
	s.at(emailChallenge)
	s.until(`document.activeElement.matches("input")`)
	var stops []string
	for range 4 {
		s.keys("\t")
		stops = append(stops, value[string](s.tab, `document.activeElement.innerText`))
	}
	if got := strings.Join(stops, ", "); got != "Continue, Resend, Use another email address, inbox" {
		t.Errorf("Tab goes to %s", got)
	}
	s.run(chromedp.Focus(chromedp.CSS(".resend button")))
	s.next(func() { s.keys(enter) })
	s.untilText("[role=status]", "new code")
	typed(s.auth.OTP(t, ada))
	s.gotCode()
}

// The back button after a login: Auth0's page, and the app's way on is open.
func TestBackAfterLogin(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, nil)
	s.mayBeRefused()
	s.continues("#username", ada)
	s.continues("#code", s.auth.OTP(t, ada))
	s.gotCode()
	s.next(func() { s.run(chromedp.NavigateBack()) })
	if value[string](s.tab, `location.pathname`) == emailChallenge && value[bool](s.tab, `!!document.querySelector("#code")`) {
		s.continues("#code", "123456") // the page came out of the browser's memory
	}
	s.untilText("h1", "Oops!, something went wrong")
	s.untilText("main", "You may have pressed the back button")
	s.authorize(nil)
	s.gotCode()
}

// A user who is signed in with one app is signed in with the next, and each app says what it
// wants of that.
func TestOneSessionForAllApps(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, map[string]string{"prompt": "none"})
	if got := s.came(); got.Get("error") != "login_required" {
		t.Errorf("nobody is signed in: %v", got)
	}
	s.authorize(nil)
	s.signIn(ada)
	s.gotCode()
	for _, params := range []map[string]string{{"client_id": "acme-spa"}, {"client_id": "acme-spa", "prompt": "none"}, {"prompt": "none", "connection": "email"}, {"max_age": "3600"}} {
		s.authorize(params)
		s.gotCode()
	}
	for _, params := range []map[string]string{{"connection": "email"}, {"connection": "sms"}, {"prompt": "login"}, {"prompt": "select_account"}} {
		s.authorize(params)
		s.at("/u/login/identifier")
	}
	if err := s.auth.Server().Clock().Advance(2 * time.Hour); err != nil {
		t.Fatal(err)
	}
	s.authorize(map[string]string{"max_age": "3600"})
	s.at("/u/login/identifier")
}

func TestPasswordLogin(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, map[string]string{"connection": "Username-Password-Authentication", "login_hint": "dora@example.com"})
	s.mayBeRefused()
	s.next(func() { s.click("button[value=default]") }) // the hint stands in the field
	s.at("/u/login/password")
	s.continues("#password", "wrong")
	s.problem("Wrong email or password")
	s.shown("#password")
	s.press("main", "Edit\nemail address")
	s.continues("#username", "dora@example.com")
	s.continues("#password", "Passw0rd!")
	s.gotCode()
}

// One page asks for both, as suites of nextjs-auth0 and auth0-react fill it.
func TestLoginOnOnePage(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, nil, withoutIdentifierFirst)
	s.mayBeRefused()
	s.at("/u/login")
	s.write("#username", "dora@example.com")
	s.continues("#password", "wrong")
	s.problem("Wrong email or password")
	if got := value[string](s.tab, `document.querySelector("#username").value + " " + document.activeElement.id`); got != "dora@example.com password" {
		t.Errorf("the address, and where the user goes on: %q", got)
	}
	s.continues("#password", "Passw0rd!")
	s.gotCode()
	s.authorize(map[string]string{"connection": "email"})
	s.at("/u/login/identifier")
	s.authorize(map[string]string{"screen_hint": "signup", "prompt": "login"})
	s.at("/u/signup")
	s.write("#email", "new@example.com")
	s.continues("#password", "S3cret-Loaf")
	s.gotCode()
	s.authorize(map[string]string{"prompt": "login"})
	s.at("/u/login")
	s.write("#username", "new@example.com")
	s.continues("#password", "S3cret-Loaf")
	s.gotCode()
}

// A new address in a database gets a password, and not a page that refuses each.
func TestSignupWithAPassword(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, map[string]string{"connection": "Username-Password-Authentication"})
	s.mayBeRefused()
	s.continues("#username", "new@example.com")
	s.at("/u/login/password")
	s.next(func() { s.press("main", "Sign up") })
	s.continues("#email", "new@example.com")
	s.at("/u/signup/password")
	s.continues("#password", "")
	s.problem("Password is required")
	s.shown("#password")
	s.continues("#password", "S3cret-Loaf")
	s.gotCode()
	if u, known := s.auth.Server().UserByAddress("new@example.com"); !known || u.Password != "S3cret-Loaf" || u.EmailVerified || u.LoginsCount != 1 {
		t.Errorf("the user is %+v", u)
	}
}

const resetRequest = "/u/reset-password/request/Username-Password-Authentication"

// resetLink is the link in the last mail to dora.
func (s *sdk) resetLink() string {
	s.t.Helper()
	m, ok := s.auth.Server().Outbox().Latest(outbox.To("dora@example.com"))
	if !ok || len(m.Links) != 1 {
		s.t.Fatalf("the mail is %+v", m)
	}
	return m.Links[0]
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, map[string]string{"connection": "Username-Password-Authentication"})
	s.mayBeRefused()
	s.continues("#username", "dora@example.com")
	s.next(func() { s.press("main", "Forgot password?") })
	s.at(resetRequest)
	s.next(func() { s.click("button[value=default]") }) // the address stands in the field
	s.untilText("main", "Please check the email address dora@example.com")
	first := s.resetLink()
	s.next(func() { s.press("main", "Resend email") })
	if second := s.resetLink(); second == first {
		t.Error("Resend email sends the same link")
	}
	s.run(chromedp.Navigate(first))
	s.at("/u/reset-password/change")
	s.shown("#re-enter-password")
	s.write("#password-reset", "N3w-Passw0rd")
	s.continues("#re-enter-password", "new")
	s.problem("Passwords don't match")
	s.write("#password-reset", "N3w-Passw0rd")
	s.write("#re-enter-password", "N3w-Passw0rd")
	s.next(func() { s.press("main", "Reset password") })
	s.untilText("h1", "Password Changed!")
	s.authorize(map[string]string{"connection": "Username-Password-Authentication"})
	s.continues("#username", "dora@example.com")
	s.continues("#password", "Passw0rd!")
	s.problem("Wrong email or password")
	s.continues("#password", "N3w-Passw0rd")
	s.gotCode()
}

func TestSignupPage(t *testing.T) {
	t.Parallel()
	s := openLogin(t, desktop, map[string]string{"screen_hint": "signup"})
	s.at("/u/signup/identifier")
	s.next(func() { s.press("main", "Log in") })
	s.at("/u/login/identifier")
	s.next(func() { s.press("main", "Sign up") })
	s.continues("#email", "new@example.com")
	s.at(emailChallenge)
	s.next(func() { s.press("main", "Use another email address") })
	s.continues("#username", "newer@example.com")
	s.continues("#code", s.auth.OTP(t, "newer@example.com"))
	s.gotCode()
	if _, known := s.auth.Server().UserByAddress("new@example.com"); known {
		t.Error("an address that never gave its code is a user")
	}
}

// An app's callback may lead on to where it likes: nothing on the pages holds
// the browser back.
func TestCallbackLeadsElsewhere(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop)
	elsewhere := "http://" + serveBoth(t, http.RedirectHandler("http://127.0.0.1:"+port(s.app)+"/callback.html?state=kept&code=passed-on", http.StatusFound))
	s.authorize(map[string]string{"redirect_uri": elsewhere + "/cb"})
	s.app = "http://127.0.0.1:" + port(s.app)
	s.signIn(ada)
	s.gotCode()
}

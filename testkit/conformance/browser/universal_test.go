package browser

import (
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

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

// Pages with a mistake have status 400, which the browser's console tells.
func (s *sdk) mayBeRefused() { s.expect("400 (Bad Request)") }

func TestPhoneLogin(t *testing.T) {
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
	s := openLogin(t, desktop, nil)
	s.mayBeRefused()
	s.continues("#username", ada)
	s.at(emailChallenge)
	code := s.auth.OTP(t, ada)
	if err := s.auth.Server().Clock().Advance(3 * time.Minute); err != nil {
		t.Fatal(err)
	}
	s.continues("#code", code)
	s.problem("")
	t.Log(s.text("main"))
}

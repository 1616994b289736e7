package browser

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

// openWebAuth opens the app of auth0-js. Over http the SDK has to be told its
// issuer, since it puts https:// in front of a domain.
func openWebAuth(t *testing.T, scheme, client string, opts ...testkit.Option) *sdk {
	t.Helper()
	s := startSDK(t, scheme, desktop, opts...)
	settings := map[string]any{"clientID": client, "domain": byName(s.auth.Domain())}
	if scheme == "http" {
		settings["domain"] = s.tenant
		settings["overrides"] = map[string]string{"__tenant": "acme", "__token_issuer": s.tenant + "/"}
	}
	s.visit("/webauth.html", settings)
	s.status("signed out")
	return s
}

// A click on the link of an e-mail leads to an app that had asked for it, with
// tokens that it checks: nonce, state, signature and at_hash.
func TestMagicLink(t *testing.T) {
	t.Parallel()
	schemes(t, func(t *testing.T, scheme string) { //nolint:thelper // it is the test: its lines are to be told
		s := openWebAuth(t, scheme, "acme-spa")
		value[any](s.tab, `call("passwordlessStart", {connection: "email", send: "link", email: "`+ada+`"})`)
		s.run(chromedp.Navigate(s.auth.MagicLink(t, ada)))
		s.back()
		s.status("signed in as " + ada)
		if got := value[string](s.tab, `call("parseHash", {hash: location.hash}).then(() => "again", (e) => e.error)`); got != "invalid_token" {
			t.Errorf("the same answer once more: %s", got) // its state was used up
		}
	})
}

// auth0-js by redirect, and silently by web_message.
func TestCheckSession(t *testing.T) {
	t.Parallel()
	schemes(t, func(t *testing.T, scheme string) { //nolint:thelper // it is the test: its lines are to be told
		s := openWebAuth(t, scheme, "acme-spa")
		if got := s.refused(`call("checkSession", {}).catch((e) => { throw {error: e.code, error_description: e.description}; })`); got != "login_required: Login required" {
			t.Errorf("before the login: %s", got)
		}
		s.leave(`webAuth.authorize()`)
		s.signIn(ada)
		s.status("signed in as " + ada)
		if got := value[string](s.tab, `call("checkSession", {}).then((answer) => answer.idTokenPayload.email)`); got != ada {
			t.Errorf("silently signed in as %s", got)
		}
		s.run(chromedp.Evaluate[chromedp.Void](`webAuth.logout({returnTo: location.origin + "/webauth.html?bye"}); void 0`))
		s.until(`location.search === "?bye"`)
		s.status("signed out")
		if got := s.refused(`call("checkSession", {}).catch((e) => { throw {error: e.code, error_description: e.description}; })`); got != "login_required: Login required" {
			t.Errorf("after the logout: %s", got)
		}
	})
}

// The app's own form: a code is asked for and given by the SDK, and no page of
// the tenant is seen.
func TestEmbeddedLogin(t *testing.T) {
	t.Parallel()
	schemes(t, func(t *testing.T, scheme string) {
		t.Helper()
		local := []string{"http://localhost:*", "https://localhost:*"}
		s := openWebAuth(t, scheme, "embedded", testkit.Clients(fixtures.Client{
			ClientID: "embedded", AppType: "native", CrossOriginAuthentication: true,
			GrantTypes: []string{fixtures.GrantPasswordlessOTP, "implicit"},
			Callbacks:  local, AllowedOrigins: local, WebOrigins: local,
		}))
		login := func(connection, field, to, code string) string {
			return `call("passwordlessLogin", {connection: "` + connection + `", ` + field + `: "` + to + `", verificationCode: "` + code + `"})`
		}
		start := func(connection, field, to string) string {
			value[any](s.tab, `call("passwordlessStart", {connection: "`+connection+`", send: "code", `+field+`: "`+to+`"})`)
			return s.auth.OTP(t, to)
		}
		code := start("email", "email", ada)
		s.expect("403 (Forbidden)")
		s.expect("status of 403")
		if got := value[string](s.tab, login("email", "email", ada, "x"+code)+`.then(() => "no error", (e) => e.code + ": " + e.description)`); got != "access_denied: Wrong email or verification code." {
			t.Errorf("a wrong code: %s", got)
		}
		s.run(chromedp.Evaluate[chromedp.Void](login("email", "email", ada, code) + `; void 0`))
		s.status("signed in as " + ada)
		if got := value[string](s.tab, `call("checkSession", {}).then((answer) => answer.idTokenPayload.email)`); got != ada {
			t.Errorf("silently signed in as %s", got)
		}

		code = start("sms", "phoneNumber", "+12025550101")
		s.next(func() {
			s.run(chromedp.Evaluate[chromedp.Void](login("sms", "phoneNumber", "+12025550101", code) + `; void 0`))
		})
		s.status("signed in as undefined") // a phone has no e-mail address
	})
}

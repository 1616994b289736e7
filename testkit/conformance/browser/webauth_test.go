package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// openWebAuth opens the app of auth0-js. Over http the SDK has to be told its
// issuer, since it puts https:// in front of a domain.
func openWebAuth(t *testing.T, scheme string) *sdk {
	t.Helper()
	s := startSDK(t, scheme, desktop)
	settings := map[string]any{"domain": byName(s.auth.Domain())}
	if scheme == "http" {
		settings = map[string]any{"domain": s.tenant, "overrides": map[string]string{"__tenant": "acme", "__token_issuer": s.tenant + "/"}}
	}
	s.visit("/webauth.html", settings)
	s.status("signed out")
	return s
}

// A click on the link of an e-mail leads to an app that had asked for it, with
// tokens that it checks: nonce, state, signature and at_hash.
func TestMagicLink(t *testing.T) {
	schemes(t, func(t *testing.T, scheme string) {
		s := openWebAuth(t, scheme)
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
	schemes(t, func(t *testing.T, scheme string) {
		s := openWebAuth(t, scheme)
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

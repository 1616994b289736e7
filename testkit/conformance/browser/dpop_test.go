package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/scenarios"
)

// An app that binds its tokens to a key of the browser: the login, a refresh, and calls
// of /userinfo and of an API that takes no other tokens. Ten minutes later the nonce
// that the SDK remembers is over, and it tries again with the one that it is told.
func TestDPoP(t *testing.T) {
	t.Parallel()
	const forAPI = `, {}, {audience: "https://api.acme.test/"})`
	for name, app := range map[string]struct {
		page     string
		settings map[string]any
	}{
		"auth0-spa-js": {"/spa.html", map[string]any{"cacheLocation": "localstorage"}},
		// In memory, the SDK's worker forgets the refresh token when a nonce is asked
		// for. So the SDK falls back on a login in a frame.
		"auth0-react": {"/react.html", map[string]any{"useRefreshTokensFallback": true}},
	} {
		t.Run(name, func(t *testing.T) {
			s := startSDK(t, "http", desktop)
			s.expect("status of 400") // a nonce is asked for
			api := s.node("api.cjs", "ISSUER="+s.tenant+"/")
			app.settings["useDpop"], app.settings["useRefreshTokens"] = true, true
			app.settings["authorizationParams"] = map[string]any{"audience": "https://api.acme.test/", "scope": "openid profile email read:orders"}
			s.visit(app.page, app.settings)
			s.status("signed out")
			s.leave(`client.loginWithRedirect()`)
			s.signIn(ada)
			s.status("signed in as " + ada)
			if got := s.nonces(); got != 1 {
				t.Errorf("the login was asked for a nonce %d times", got)
			}

			token := value[string](s.tab, `client.getTokenSilently({cacheMode: "off"})`)
			if got := s.nonces(); got != 1 || s.requests("/oauth/token") != 3 {
				t.Errorf("after a refresh: asked for a nonce %d times in %d requests", got, s.requests("/oauth/token"))
			}
			email := value[string](s.tab, `client.createFetcher({dpopNonceId: "tenant"}).fetchWithAuth(`+quoted(s.tenant+"/userinfo")+forAPI+`.then((answer) => answer.json()).then((user) => user.email)`)
			if email != ada {
				t.Errorf("/userinfo says %q", email)
			}
			by := value[string](s.tab, `client.createFetcher({dpopNonceId: "api", baseUrl: `+quoted(api)+`}).fetchWithAuth("/orders"`+forAPI+`.then((answer) => answer.json()).then((orders) => orders.by)`)
			if !strings.HasPrefix(by, "email|") {
				t.Errorf("the API knows %q", by)
			}
			s.expect("status of 401")
			for _, resource := range []string{s.tenant + "/userinfo", api + "/orders"} {
				status := value[int](s.tab, `fetch(`+quoted(resource)+`, {headers: {authorization: `+quoted("Bearer "+token)+`}}).then((answer) => answer.status)`)
				if status != 401 && status != 400 {
					t.Errorf("%s without a proof: %d", resource, status)
				}
			}

			s.auth.Advance(t, 10*time.Minute) // the browser does not know, and its proofs have its own time
			again := value[string](s.tab, `client.getTokenSilently({cacheMode: "off"})`)
			if again == token || s.nonces() != 2 {
				t.Errorf("after ten minutes: asked for a nonce %d times, the same token: %t", s.nonces(), again == token)
			}
			s.run(chromedp.Reload())
			s.status("signed in as " + ada)
		})
	}
}

// A server does the same with a key of its own. Its client is confidential, so the tenant
// asks it for a nonce only where a scenario says so.
func TestDPoPOfNextJS(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop)
	s.startNextJS()
	stale := s.auth.Inject(t, scenarios.DPoPNonceStale)
	s.run(chromedp.Navigate(s.app + "/auth/login"))
	s.signIn(ada)
	s.status("signed in as " + ada)
	s.run(chromedp.Navigate(s.app + "/orders"))
	s.status("200 43")
	stale.MustFire(t, 1)
}

// nonces counts how often the tenant has asked for a nonce.
func (s *sdk) nonces() (n int) {
	for _, r := range s.auth.Server().Requests() {
		if r.Error == "use_dpop_nonce" {
			n++
		}
	}
	return n
}

package browser

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const ada = "ada@example.com"

// openSPA opens the app of auth0-spa-js with settings for its client.
func openSPA(t *testing.T, scheme string, settings map[string]any) *sdk {
	t.Helper()
	s := startSDK(t, scheme, desktop)
	s.visit("/spa.html", settings)
	s.status("signed out")
	return s
}

// visit opens an app, which keeps its settings over the login.
func (s *sdk) visit(page string, settings map[string]any) {
	s.t.Helper()
	if settings["domain"] == nil {
		settings["domain"] = s.tenant
	}
	data, err := json.Marshal(settings)
	if err != nil {
		s.t.Fatal(err)
	}
	s.run(chromedp.Navigate(s.app + page))
	value[any](s.tab, `localStorage.settings = `+quoted(string(data)))
	s.run(chromedp.Reload())
}

// status waits until the app says how things are.
func (s *sdk) status(words string) {
	s.t.Helper()
	s.until(`document.readyState === "complete" && document.querySelector("#status")?.innerText === ` + quoted(words))
}

// leave runs what sends the browser away from the app.
func (s *sdk) leave(call string) {
	s.t.Helper()
	s.run(chromedp.Evaluate[chromedp.Void](call + `; void 0`))
	s.until(`location.origin !== ` + quoted(s.app))
}

// refused is what the app gets to know of a call that is refused.
func (s *sdk) refused(call string) string {
	s.t.Helper()
	return value[string](s.tab, call+`.then(() => "no error", (e) => e.error + ": " + e.error_description)`)
}

// A login by redirect and PKCE, then the same browser without a page: as the
// SDK does it, by a frame and web_message.
func TestSPASilently(t *testing.T) {
	t.Parallel()
	schemes(t, func(t *testing.T, scheme string) {
		t.Helper()
		s := openSPA(t, scheme, map[string]any{"authorizationParams": map[string]any{"audience": "https://api.acme.test/", "scope": "openid profile email read:orders"}})
		if got := s.refused(`client.getTokenSilently()`); got != "login_required: Login required" {
			t.Errorf("before the login: %s", got)
		}
		s.leave(`client.loginWithRedirect({appState: {target: "/orders"}})`)
		s.signIn(ada)
		s.status("signed in as " + ada)
		if got := value[string](s.tab, `appState.target`); got != "/orders" {
			t.Errorf("appState is %q", got)
		}
		claims := value[struct{ Iss, Aud, Sub, Name, Email, Nonce string }](s.tab, `client.getIdTokenClaims()`)
		if claims.Iss != s.tenant+"/" || claims.Aud != "acme-spa" || claims.Name != "Ada Lovelace" || claims.Email != ada || claims.Nonce == "" {
			t.Errorf("ID token: %+v", claims)
		}
		before := s.requests("/authorize")
		again := value[struct {
			AccessToken string `json:"access_token"`
			Scope       string
		}](s.tab, `client.getTokenSilently({cacheMode: "off", detailedResponse: true})`)
		if strings.Count(again.AccessToken, ".") != 2 || again.Scope != "openid profile email read:orders" || s.requests("/authorize") != before+1 {
			t.Errorf("a silent login gave %+v by %d requests", again, s.requests("/authorize")-before)
		}
		// A page that is loaded anew has forgotten its tokens, and signs in by the session.
		s.run(chromedp.Reload())
		s.status("signed in as " + ada)

		s.run(chromedp.Evaluate[chromedp.Void](`client.logout({logoutParams: {returnTo: location.origin + "/spa.html?bye"}}); void 0`))
		s.until(`location.search === "?bye"`)
		s.status("signed out")
		if got := s.refused(`client.getTokenSilently()`); got != "login_required: Login required" {
			t.Errorf("after the logout: %s", got)
		}
	})
}

// Refresh tokens rotate, in the worker and in localStorage: the second refresh
// has what the first one gave.
func TestSPARefresh(t *testing.T) {
	t.Parallel()
	schemes(t, func(t *testing.T, scheme string) {
		t.Helper()
		for name, settings := range map[string]map[string]any{
			"worker":       {"useRefreshTokens": true},
			"localStorage": {"useRefreshTokens": true, "cacheLocation": "localstorage"},
			// The SDK wants auth_time in the ID token of a refresh, too.
			"max_age": {"useRefreshTokens": true, "authorizationParams": map[string]any{"max_age": 3600}},
		} {
			t.Run(name, func(t *testing.T) {
				s := openSPA(t, scheme, settings)
				s.leave(`client.loginWithRedirect()`)
				s.signIn(ada)
				s.status("signed in as " + ada)
				authorized := s.requests("/authorize")
				seen := map[string]bool{value[string](s.tab, `client.getTokenSilently()`): true}
				for range 3 {
					seen[value[string](s.tab, `client.getTokenSilently({cacheMode: "off"})`)] = true
				}
				if len(seen) != 4 || s.requests("/authorize") != authorized || s.requests("/oauth/token") != 4 {
					t.Errorf("%d access tokens by %d requests at /oauth/token and %d at /authorize", len(seen), s.requests("/oauth/token"), s.requests("/authorize")-authorized)
				}
				// What a worker asks for does not show among what its page asked for.
				if by := value[int](s.tab, `performance.getEntriesByType("resource").filter((each) => each.name.endsWith("/oauth/token")).length`); (by > 0) != (name == "localStorage") {
					t.Errorf("the page itself asked %d times", by)
				}
				if name == "localStorage" {
					s.run(chromedp.Reload())
					s.status("signed in as " + ada)
					value[string](s.tab, `client.getTokenSilently({cacheMode: "off"})`)
					if s.requests("/authorize") != authorized {
						t.Error("a page loaded anew did not find its refresh token")
					}
				}

				// A refresh token that is over: without a frame to fall back on the
				// app learns it, in words that the SDK knows.
				s.auth.Server().Reset()
				s.expect("403 (Forbidden)")
				s.expect("status of 403")
				if got := s.refused(`client.getTokenSilently({cacheMode: "off"})`); got != "invalid_grant: Unknown or invalid refresh token." {
					t.Errorf("a refresh token that is over: %s", got)
				}
			})
		}
	})
}

// In a window of its own, which posts to the one that opened it and is closed.
func TestSPAPopup(t *testing.T) {
	t.Parallel()
	s := openSPA(t, "http", map[string]any{})
	window := &sdk{s.opens(func() { s.press("body", "Log in in a window") }), s.app, s.tenant, s.auth}
	window.continues("#username", ada)
	window.until(`location.pathname.endsWith("-challenge")`)
	window.write("input[name=code]", s.auth.OTP(t, ada))
	_ = window.try(chromedp.Click(chromedp.CSS(`button[value=default]`), chromedp.NodeVisible)) // it may be gone before it answers
	s.status("signed in as " + ada)
}

// A user who is blocked learns it from the app.
func TestSPABlocked(t *testing.T) {
	t.Parallel()
	s := openSPA(t, "http", map[string]any{})
	s.leave(`client.loginWithRedirect()`)
	s.continues("#username", "alan@example.com")
	s.until(`location.pathname.endsWith("-challenge")`)
	s.continues("input[name=code]", "123456") // no code is sent to him
	s.back()
	s.status("error unauthorized: user is blocked")
}

// An app and a tenant by different names are two sites: no cookie comes in a
// frame, as README tells, and refresh tokens do not care.
func TestSPAOnAnotherSite(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]any{"frame": {}, "refresh token": {"useRefreshTokens": true, "useRefreshTokensFallback": false}} {
		t.Run(name, func(t *testing.T) {
			s := startSDK(t, "http", desktop)
			s.app = "http://127.0.0.1:" + port(s.app)
			s.visit("/spa.html", settings)
			s.status("signed out")
			s.leave(`client.loginWithRedirect()`)
			s.signIn(ada)
			s.status("signed in as " + ada)
			want := "login_required: Login required"
			if name != "frame" {
				want = "no error"
			}
			if got := s.refused(`client.getTokenSilently({cacheMode: "off"})`); got != want {
				t.Errorf("silently: %s, want %s", got, want)
			}
		})
	}
}

package browser

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
)

// openSPA opens the app of auth0-spa-js with settings for its client.
func openSPA(t *testing.T, scheme string, settings map[string]any) *sdk {
	t.Helper()
	s := startSDK(t, scheme, desktop)
	settings["domain"] = s.tenant
	data, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	s.run(chromedp.Navigate(s.app + "/spa.html"))
	value[any](s.tab, `localStorage.settings = `+quoted(string(data)))
	s.run(chromedp.Reload())
	s.status("signed out")
	return s
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

func TestSPA(t *testing.T) {
	schemes(t, func(t *testing.T, scheme string) {
		s := openSPA(t, scheme, map[string]any{"authorizationParams": map[string]any{"audience": "https://api.acme.test/", "scope": "openid profile email read:orders"}})
		s.leave(`client.loginWithRedirect({appState: {target: "/orders"}})`)
		s.signIn("ada@example.com")
		s.status("signed in as ada@example.com")
	})
}

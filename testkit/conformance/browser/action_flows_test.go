package browser

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/testkit"
)

// terms is a page of the team, to which an Action sends the browser. It sends the answer
// of the user back to /continue.
func terms(t *testing.T) *httptest.Server {
	t.Helper()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<form method="post" action="%s/continue"><input type="hidden" name="state" value="%s"><button name="accepted" value="no">No</button><button name="accepted" value="yes">Yes</button></form>`,
			html.EscapeString(r.FormValue("tenant")), html.EscapeString(r.FormValue("state")))
	}))
	t.Cleanup(page.Close)
	return page
}

// An Action sends the user to a page of the team, and goes on with the answer. A user who refuses
// learns so at the app.
func TestSPARedirectOfAnAction(t *testing.T) {
	t.Parallel()
	page, tenant := terms(t), ""
	s := startSDK(t, "http", desktop, testkit.ContinuePostLogin(func(event *actions.Event, api *actions.API) {
		if event.User.AppMetadata["terms"] == nil && api.Redirect.CanRedirect() {
			api.Redirect.SendUserTo(page.URL+"/terms?lang=en", url.Values{"tenant": {tenant}})
		}
	}, func(event *actions.Event, api *actions.API) {
		if event.Request.Body["accepted"] != "yes" {
			api.Access.Deny("The terms were not accepted.")
			return
		}
		api.User.SetAppMetadata("terms", "accepted")
		api.IDToken.SetCustomClaim("https://acme.test/terms", "accepted")
	}))
	tenant = s.tenant
	s.visit("/spa.html", map[string]any{})
	s.status("signed out")
	s.leave(`client.loginWithRedirect()`)
	s.continues("#username", ada)
	s.until(`location.pathname.endsWith("-challenge")`)
	s.continues("input[name=code]", s.auth.OTP(t, ada))
	s.at("/terms")
	s.click("button[value=no]")
	s.back()
	s.status("error access_denied: The terms were not accepted.")

	s.visit("/spa.html", map[string]any{})
	s.status("signed out")
	s.leave(`client.loginWithRedirect()`) // the browser's session is there: no page of the tenant comes
	s.at("/terms")
	s.click("button[value=yes]")
	s.back()
	s.status("signed in as " + ada)
	if got := value[string](s.tab, `client.getIdTokenClaims().then((claims) => claims["https://acme.test/terms"])`); got != "accepted" {
		t.Errorf("the claim is %q", got)
	}
	s.again(`client.loginWithRedirect()`) // the metadata is there: no page at all comes
	s.status("signed in as " + ada)
}

// sundays denies every login of ada, and each refresh of others.
var sundays = testkit.PostLogin(func(event *actions.Event, api *actions.API) {
	if event.User.Email == ada || event.RefreshToken != nil {
		api.Access.Deny("Not on Sundays")
	}
})

// auth0-spa-js shows the reason of a denial at its callback, and throws it at a refresh.
func TestSPADenialOfAnAction(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop, sundays)
	settings := map[string]any{"useRefreshTokens": true, "cacheLocation": "localstorage"}
	s.visit("/spa.html", settings)
	s.status("signed out")
	s.leave(`client.loginWithRedirect()`)
	s.signIn(ada)
	s.status("error access_denied: Not on Sundays")

	s.visit("/spa.html", settings)
	s.status("signed out")
	s.leave(`client.loginWithRedirect({authorizationParams: {prompt: "login"}})`)
	s.signIn("bob@example.com")
	s.status("signed in as bob@example.com")
	s.expect("status of 500")
	if got := value[string](s.tab, `client.getTokenSilently({cacheMode: "off"}).then(() => "a token", (error) => error.error + ": " + error.message)`); got != "access_denied: Not on Sundays" {
		t.Errorf("a refresh gives %q", got)
	}
}

// nextjs-auth0 hands the reason to onCallback.
func TestNextJSDenialOfAnAction(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop, sundays)
	s.startNextJS()
	s.run(chromedp.Navigate(s.app + "/auth/login"))
	s.signIn(ada)
	s.status("error access_denied: Not on Sundays")
}

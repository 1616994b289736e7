package browser

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/testkit"
)

const organizations = `
version: 1
extends: default
tenant: {allow_organization_name_in_authentication_api: true}
clients:
  - {client_id: acme-spa, app_type: spa, grant_types: [authorization_code, refresh_token], callbacks: ["http://localhost:*"], web_origins: ["http://localhost:*"], allowed_logout_urls: ["http://localhost:*"], organization_usage: allow, initiate_login_uri: "http://localhost:3000/login", refresh_token: {rotation_type: rotating, expiration_type: expiring}}
  - {client_id: asks, name: Asks, app_type: spa, grant_types: [authorization_code], callbacks: ["http://localhost:*"], web_origins: ["http://localhost:*"], organization_usage: require, organization_require_behavior: pre_login_prompt, organization_discovery_methods: [organization_name]}
  - {client_id: picks, name: Picks, app_type: spa, grant_types: [authorization_code], callbacks: ["http://localhost:*"], web_origins: ["http://localhost:*"], organization_usage: require, organization_require_behavior: post_login_prompt}
  - {client_id: acme-web, name: Acme Web, client_secret: acme-web-secret, grant_types: [authorization_code, implicit, refresh_token], callbacks: ["http://localhost:*"], allowed_logout_urls: ["http://localhost:*"], organization_usage: require}
roles: [{name: admin}]
users: [{email: ada@example.com, name: Ada}]
organizations:
  - {id: org_acme000000000000, name: acme, display_name: Acme Inc, branding: {colors: {primary: "#0a7d33", page_background: "#eef4ff"}}, members: [{user: ada@example.com}], enabled_connections: [{connection: email}]}
  - {id: org_globex0000000000, name: globex, display_name: Globex, members: [{user: ada@example.com}], enabled_connections: [{connection: email}]}
  - {id: org_closed0000000000, name: closed, enabled_connections: [{connection: email}]}
`

func openOrganizations(t *testing.T, settings map[string]any) *sdk {
	t.Helper()
	s := startSDK(t, "http", desktop, testkit.FixtureYAML(organizations))
	s.visit("/spa.html", settings)
	s.status("signed out")
	return s
}

// through checks that the app is signed in through an organization.
func (s *sdk) through(id, name string) {
	s.t.Helper()
	s.status("signed in as " + ada)
	got := value[struct {
		ID   string `json:"org_id"`
		Name string `json:"org_name"`
	}](s.tab, `client.getIdTokenClaims()`)
	if got.ID != id || got.Name != name {
		s.t.Errorf("the ID token is of %+v", got)
	}
}

// again runs what sends the browser to the tenant, which sends it back at once.
func (s *sdk) again(call string) {
	s.t.Helper()
	s.next(func() { s.run(chromedp.Evaluate[chromedp.Void](call + `; void 0`)) })
}

// auth0-spa-js signs in by id, silently, by a refresh token, by name, into another
// organization without a page, and learns that the user is no member of a third one. It
// compares the claims by itself.
func TestSPAThroughOrganizations(t *testing.T) {
	t.Parallel()
	s := openOrganizations(t, map[string]any{"useRefreshTokens": true, "cacheLocation": "localstorage"})
	s.leave(`client.loginWithRedirect({authorizationParams: {organization: "org_acme000000000000"}})`)
	s.until(`document.querySelector(".tenant")?.innerText === "Acme Inc"`)
	if got := value[string](s.tab, `getComputedStyle(document.querySelector("[data-action-button-primary]")).backgroundColor + getComputedStyle(document.body).backgroundColor`); got != "rgb(10, 125, 51)rgb(238, 244, 255)" {
		t.Errorf("the page has the colors %s", got)
	}
	s.signIn(ada)
	s.through("org_acme000000000000", "acme")
	value[string](s.tab, `client.getTokenSilently({cacheMode: "off", authorizationParams: {organization: "org_acme000000000000"}})`)
	s.through("org_acme000000000000", "acme")

	// Another organization, by its name in any case, without a page.
	s.again(`client.loginWithRedirect({authorizationParams: {organization: "Globex"}})`)
	s.through("org_globex0000000000", "globex")
	if n := s.requests("/u/login"); n != 4 {
		t.Errorf("the browser saw login pages by %d requests", n)
	}

	s.again(`client.loginWithRedirect({authorizationParams: {organization: "org_closed0000000000"}})`)
	s.until(`document.querySelector("#status")?.innerText.startsWith("error access_denied: user email|") && document.querySelector("#status").innerText.endsWith(" is not part of the org_closed0000000000 organization")`)
}

// A user names the organization before the login, and picks one after it.
func TestSPAOrganizationPages(t *testing.T) {
	t.Parallel()
	s := openOrganizations(t, map[string]any{"clientId": "asks"})
	s.leave(`client.loginWithRedirect()`)
	s.at("/u/organization")
	s.continues("#organizationName", "acme")
	s.signIn(ada)
	s.through("org_acme000000000000", "acme")

	s.visit("/spa.html", map[string]any{"clientId": "picks"})
	s.status("signed out")
	s.leave(`client.loginWithRedirect()`)
	s.at("/u/organization-picker")
	s.press(".choices", "Globex")
	s.back()
	s.through("org_globex0000000000", "globex")
	// The browser's session remembers what was picked: a page that is loaded anew has it.
	s.run(chromedp.Reload())
	s.through("org_globex0000000000", "globex")
}

// The app passes on what the e-mail's URL has.
func TestSPAInvitation(t *testing.T) {
	t.Parallel()
	s := openOrganizations(t, map[string]any{})
	invited, err := url.Parse(s.auth.Invite(t, "closed", ada, "admin"))
	if err != nil {
		t.Fatal(err)
	}
	parameters, err := json.Marshal(map[string]string{"organization": invited.Query().Get("organization"), "invitation": invited.Query().Get("invitation")})
	if err != nil {
		t.Fatal(err)
	}
	s.leave(`client.loginWithRedirect({authorizationParams: ` + string(parameters) + `})`)
	s.at("/u/accept-invitation")
	s.untilText("main", `"mockauth0" has invited you ("ada@example.com") to join "closed" on "acme-spa".`)
	s.click("[data-action-button-primary]")
	s.until(`document.querySelector("#username")?.readOnly && document.querySelector("#username").value === "ada@example.com"`)
	s.click("[data-action-button-primary]")
	s.until(`location.pathname.endsWith("-challenge")`)
	s.continues("input[name=code]", s.auth.OTP(t, ada))
	s.back()
	s.through("org_closed0000000000", "closed")
	s.again(`client.loginWithRedirect({authorizationParams: ` + string(parameters) + `})`)
	s.status("error invalid_request: invitation not found or already used")
}

// express-openid-connect names its organization by a setting.
func TestExpressThroughAnOrganization(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop, testkit.FixtureYAML(organizations))
	s.startNode("express-openid-connect.cjs", "ISSUER="+s.tenant, `SETTINGS={"clientSecret":"acme-web-secret","authorizationParams":{"response_type":"code","scope":"openid profile email","organization":"org_acme000000000000"}}`)
	s.run(chromedp.Navigate(s.app + "/login"))
	s.untilText(".tenant", "Acme Inc")
	s.signIn(ada)
	s.status("signed in as " + ada)
	s.run(chromedp.Navigate(s.app + "/userinfo"))
	s.status(ada)
}

// nextjs-auth0 passes on what its login route gets.
func TestNextJSThroughAnOrganization(t *testing.T) {
	t.Parallel()
	s := startSDK(t, "http", desktop, testkit.FixtureYAML(organizations))
	s.startNextJS()
	s.run(chromedp.Navigate(s.app + "/auth/login?organization=org_acme000000000000"))
	s.untilText(".tenant", "Acme Inc")
	s.signIn(ada)
	s.status("signed in as " + ada)
	if r := s.auth.Server().Requests(); !strings.Contains(r[len(r)-1].Organization+r[len(r)-2].Organization+r[len(r)-3].Organization, "org_acme000000000000") {
		t.Errorf("the journal has %+v", r[len(r)-3:])
	}
}

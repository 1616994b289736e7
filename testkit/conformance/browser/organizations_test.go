package browser

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

const organizations = `
version: 1
extends: default
tenant: {allow_organization_name_in_authentication_api: true}
clients:
  - {client_id: acme-spa, app_type: spa, grant_types: [authorization_code, refresh_token], callbacks: ["http://localhost:*"], web_origins: ["http://localhost:*"], allowed_logout_urls: ["http://localhost:*"], organization_usage: allow, initiate_login_uri: "http://localhost:3000/login", refresh_token: {rotation_type: rotating, expiration_type: expiring}}
  - {client_id: b2b, app_type: spa, grant_types: [authorization_code, refresh_token], callbacks: ["http://localhost:*"], web_origins: ["http://localhost:*"], organization_usage: require, initiate_login_uri: "http://localhost:3000/login", refresh_token: {rotation_type: rotating, expiration_type: expiring}}
  - {client_id: asks, name: Asks, app_type: spa, grant_types: [authorization_code], callbacks: ["http://localhost:*"], web_origins: ["http://localhost:*"], organization_usage: require, organization_require_behavior: pre_login_prompt, organization_discovery_methods: [organization_name]}
  - {client_id: picks, name: Picks, app_type: spa, grant_types: [authorization_code], callbacks: ["http://localhost:*"], web_origins: ["http://localhost:*"], organization_usage: require, organization_require_behavior: post_login_prompt}
  - {client_id: acme-web, name: Acme Web, client_secret: acme-web-secret, grant_types: [authorization_code, implicit, refresh_token], callbacks: ["http://localhost:*"], allowed_logout_urls: ["http://localhost:*"], organization_usage: require, initiate_login_uri: "http://localhost:3000/login"}
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

// The organizations of the journeys.
const (
	acme   = "org_acme000000000000"
	globex = "org_globex0000000000"
	closed = "org_closed0000000000" // ada is no member
)

// A businessApp is an app whose users sign in through organizations.
type businessApp struct {
	*sdk
	client string
	// login begins a login, to which the app passes these parameters on.
	login func(url.Values)
	// refresh gets new tokens by the refresh token.
	refresh func()
	// isThrough waits until the app is signed in through an organization, as its tokens say.
	isThrough func(id, name string)
	// isRefused waits until the app says why a login was refused.
	isRefused func(code, description string)
}

// Each SDK signs in by id and by name, refreshes, goes on to another organization without
// a page, learns that the user is no member, lets the user name and pick an organization,
// and accepts an invitation. The SDKs compare the claims themselves, but for
// express-openid-connect.
func TestSDKsThroughOrganizations(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) *businessApp{
		"auth0-spa-js":  startBusinessSPA,
		"auth0-react":   startBusinessReact,
		"nextjs-auth0":  startBusinessNextJS,
		"express":       startBusinessExpress,
		"server-python": startBusinessPython,
	} {
		t.Run(name, func(t *testing.T) { start(t).journey() })
	}
}

func startBusinessSPA(t *testing.T) *businessApp {
	t.Helper()
	return startBusinessPage(t, "/spa.html")
}

func startBusinessReact(t *testing.T) *businessApp {
	t.Helper()
	return startBusinessPage(t, "/react.html")
}

// startBusinessPage is an app without a server.
func startBusinessPage(t *testing.T, page string) *businessApp {
	t.Helper()
	s := startSDK(t, "http", desktop, testkit.FixtureYAML(organizations))
	s.visit(page, map[string]any{"clientId": "b2b", "useRefreshTokens": true, "cacheLocation": "localstorage"})
	s.status("signed out")
	return &businessApp{
		sdk: s, client: "b2b", isThrough: s.through,
		login: func(query url.Values) {
			parameters := map[string]string{}
			for name := range query {
				parameters[name] = query.Get(name)
			}
			data, err := json.Marshal(parameters)
			if err != nil {
				t.Fatal(err)
			}
			s.again(`client.loginWithRedirect({authorizationParams: ` + string(data) + `})`)
		},
		refresh: func() { value[string](s.tab, `client.getTokenSilently({cacheMode: "off"})`) },
		isRefused: func(code, description string) {
			if page == "/spa.html" {
				description = code + ": " + description
			}
			s.status("error " + description)
		},
	}
}

func startBusinessExpress(t *testing.T) *businessApp {
	t.Helper()
	s := startSDK(t, "http", desktop, testkit.FixtureYAML(organizations))
	s.startNode("express-openid-connect.cjs", "ISSUER="+s.tenant, `SETTINGS={"clientSecret":"acme-web-secret","authorizationParams":{"response_type":"code","scope":"openid profile email offline_access"}}`)
	return s.businessSite("/login")
}

func startBusinessNextJS(t *testing.T) *businessApp {
	t.Helper()
	s := startSDK(t, "http", desktop, testkit.FixtureYAML(organizations))
	s.startNextJS()
	return s.businessSite("/auth/login")
}

// auth0-server-python speaks https alone.
func startBusinessPython(t *testing.T) *businessApp {
	t.Helper()
	needHTTPS(t)
	s := startSDK(t, "https", desktop, testkit.FixtureYAML(organizations))
	s.startPython("auth0-server-python.py", "DOMAIN="+strings.TrimPrefix(s.tenant, "https://"))
	return s.businessSite("/auth/login")
}

// businessSite is an app with a server, whose route begins a login.
func (s *sdk) businessSite(route string) *businessApp {
	s.t.Helper()
	return &businessApp{
		sdk: s, client: "acme-web",
		login:   func(query url.Values) { s.run(chromedp.Navigate(s.app + route + "?" + query.Encode())) },
		refresh: func() { s.run(chromedp.Navigate(s.app + "/refresh")) },
		isThrough: func(id, name string) {
			s.t.Helper()
			s.status("signed in as " + ada)
			// nextjs-auth0 keeps no org_name of an ID token.
			s.until(`[` + quoted(id) + `, ` + quoted(id+" "+name) + `].includes(document.querySelector("#organization").innerText.trim())`)
		},
		isRefused: func(code, description string) {
			s.t.Helper()
			s.status("error " + code + ": " + description)
		},
	}
}

// behave changes how the client behaves if the app names no organization.
func (b *businessApp) behave(behavior string) {
	b.t.Helper()
	b.manage(http.MethodPatch, "/clients/"+b.client, map[string]any{"organization_require_behavior": behavior, "organization_discovery_methods": []string{"organization_name"}})
}

// manage changes the tenant by its Management API.
func (s *sdk) manage(method, path string, body any) {
	s.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.auth.URL()+"/api/v2"+path, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.auth.ManagementToken(s.t, "update:clients", "update:organizations"))
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	if text, _ := io.ReadAll(got.Body); got.StatusCode/100 != 2 {
		s.t.Fatalf("%s %s: %d %s", method, path, got.StatusCode, text)
	}
}

func (b *businessApp) journey() {
	t := b.t
	t.Helper()
	b.login(url.Values{"organization": {acme}})
	b.untilText(".tenant", "Acme Inc")
	b.signIn(ada)
	b.isThrough(acme, "acme")
	exchanges := b.requests("/oauth/token")
	b.refresh()
	b.isThrough(acme, "acme")
	if n := b.requests("/oauth/token") - exchanges; n != 1 {
		t.Errorf("the app refreshes by %d requests", n)
	}

	// Another organization, by its name in any case, without a page.
	pages := b.requests("/u/")
	b.login(url.Values{"organization": {"Globex"}})
	b.isThrough(globex, "globex")
	if n := b.requests("/u/") - pages; n != 0 {
		t.Errorf("the browser saw login pages by %d requests", n)
	}
	user, _ := b.auth.Server().UserByAddress(ada)
	b.login(url.Values{"organization": {closed}})
	b.isRefused("access_denied", "user "+user.UserID+" is not part of the "+closed+" organization")
	b.login(nil)
	b.isRefused("invalid_request", "parameter organization is required for this client")

	b.behave("pre_login_prompt")
	b.login(nil)
	b.at("/u/organization")
	b.continues("#organizationName", "acme")
	b.isThrough(acme, "acme")
	b.behave("post_login_prompt")
	b.login(nil)
	b.at("/u/organization-picker")
	b.press(".choices", "Globex")
	b.back()
	b.isThrough(globex, "globex")

	made, _, err := b.auth.Server().Invite("closed", fixtures.Invitation{ClientID: b.client, Invitee: fixtures.InvitationInvitee{Email: ada}, Roles: []string{"admin"}})
	if err != nil {
		t.Fatal(err)
	}
	passed := url.Values{"organization": {closed}, "invitation": {made.TicketID}}
	b.login(passed)
	b.at("/u/accept-invitation")
	b.next(func() { b.click("[data-action-button-primary]") })
	b.isThrough(closed, "closed")
	if m := b.auth.Server().Organizations()[2].Members; len(m) != 1 || m[0].User != user.UserID || len(m[0].Roles) != 1 {
		t.Errorf("the members are %+v", m)
	}
	b.login(passed)
	b.isRefused("invalid_request", "invitation not found or already used")
}

const organizationLook = `
version: 1
extends: default
tenant: {friendly_name: Shop}
branding: {colors: {primary: "#112233", page_background: "#445566"}}
clients:
  - {client_id: acme-web, name: Acme Web, client_secret: acme-web-secret, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: require, initiate_login_uri: "http://localhost:3000/login"}
guardian: {factors: {otp: true, recovery-code: true}}
users:
  - {email: ada@example.com}
  - {email: dora@example.com, password: "Passw0rd!", mfa_required: true}
organizations:
  - id: org_acme000000000000
    name: acme
    display_name: Acme Inc
    branding: {logo_url: LOGO, colors: {primary: "#0a7d33", page_background: "#eef4ff"}}
    members: [{user: ada@example.com}, {user: dora@example.com}]
    enabled_connections: [{connection: email}, {connection: Username-Password-Authentication, assign_membership_on_login: true, is_signup_enabled: true}]
`

// Every page of a login through an organization has its name, its colors, and its logo,
// which the browser loads: the policy of the page allows it.
func TestEachPageHasTheLookOfTheOrganization(t *testing.T) {
	t.Parallel()
	logo := "http://" + serveBoth(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = io.WriteString(w, `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"/>`)
	})) + "/logo.svg"
	s := openLogin(t, desktop, map[string]string{"organization": acme}, testkit.FixtureYAML(strings.Replace(organizationLook, "LOGO", quoted(logo), 1)))
	s.mayBeRefused()
	looks := func(page string) {
		t.Helper()
		s.at(page)
		s.until(`document.querySelector("#prompt-logo-center").naturalWidth === 64`)
		got := value[string](s.tab, `[document.querySelector("#prompt-logo-center").alt, document.querySelector(".tenant").innerText,
			getComputedStyle(document.body).backgroundColor, ...[...document.querySelectorAll("[data-action-button-primary]")].map((each) => getComputedStyle(each).backgroundColor)].join(" | ")`)
		if want := "Acme Inc | Acme Inc | rgb(238, 244, 255)"; got != want && got != want+" | rgb(10, 125, 51)" {
			t.Errorf("%s looks like this: %s", page, got)
		}
	}
	const database = "Username-Password-Authentication"
	looks("/u/login/identifier")
	s.next(func() { s.press("main", "Sign up") })
	looks("/u/signup/identifier")
	s.authorize(map[string]string{"organization": acme, "connection": database, "screen_hint": "signup"})
	s.continues("#email", "new@example.com")
	looks("/u/signup/password")
	s.authorize(map[string]string{"organization": acme})
	s.continues("#username", ada)
	looks("/u/login/passwordless-email-challenge")
	s.continues("#code", "x")
	s.problem("invalid")
	looks("/u/login/passwordless-email-challenge")

	s.authorize(map[string]string{"organization": acme})
	s.continues("#username", "dora@example.com")
	looks("/u/login/password")
	s.next(func() { s.press("main", "Forgot password?") })
	looks("/u/reset-password/request/" + database)
	s.continues("#email", "dora@example.com")
	s.untilText("h1", "Check Your Email")
	looks("/u/reset-password/request/" + database)
	m, _ := s.auth.Server().Outbox().Latest()
	s.run(chromedp.Navigate(m.Links[0]))
	looks("/u/reset-password/change")
	s.write("#password-reset", "Secret123!")
	s.continues("#re-enter-password", "Secret123!")
	s.untilText("h1", "Password Changed!")
	looks("/u/reset-password/change")

	s.authorize(map[string]string{"organization": acme})
	s.continues("#username", "dora@example.com")
	s.continues("#password", "Secret123!")
	looks("/u/mfa-otp-enrollment")
	dora, _ := s.auth.Server().UserByAddress("dora@example.com")
	s.continues("#code", s.auth.TOTP(t, dora.UserID))
	looks("/u/mfa-recovery-code-enrollment")

	invited, err := url.Parse(s.auth.Invite(t, "acme", "zoe@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	s.authorize(map[string]string{"organization": acme, "invitation": invited.Query().Get("invitation")})
	looks("/u/accept-invitation")
	s.next(func() { s.click("[data-action-button-primary]") })
	looks("/u/signup/identifier")

	// Before the user has named an organization the pages are the tenant's.
	s.manage(http.MethodPatch, "/clients/acme-web", map[string]any{"organization_require_behavior": "pre_login_prompt", "organization_discovery_methods": []string{"organization_name"}})
	s.authorize(nil)
	s.at("/u/organization")
	if got := value[string](s.tab, `document.querySelector(".tenant").innerText + " " + getComputedStyle(document.body).backgroundColor`); got != "Shop rgb(68, 85, 102)" {
		t.Errorf("the page that asks for the organization looks like this: %s", got)
	}
}

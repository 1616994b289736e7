package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/testkit"
)

// auth0js is the Auth0-Client header of auth0.js 9.28.0.
const auth0js = "eyJuYW1lIjoiYXV0aDAuanMiLCJ2ZXJzaW9uIjoiOS4yOC4wIn0"

// A failure is switched on, shows what it did, and is switched off; the journal
// tells who was hit by it.
func TestAScenarioIsSwitchedOnAndCounts(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Scenarios")
	i.untilText("#panel", "No scenario is on")
	i.untilText("#panel .switches", "Every request for a code, a token or a challenge is one too many.")
	i.write("#only", "ada@*")
	i.press("#panel", "rate-limited")
	i.untilText("#panel .on", "recipient ada@*")
	i.untilText("#panel .on", "fired 0")
	i.until(`[...document.querySelectorAll("#panel .switch")].find((each) => each.innerText === "rate-limited").getAttribute("aria-checked") === "true"`)

	start := map[string]any{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"}
	if got := i.app("/passwordless/start", start, auth0js); got.status != http.StatusTooManyRequests {
		t.Fatalf("the scenario is not on: %d %s", got.status, got.body)
	}
	i.start("bob@example.com") // not meant
	i.untilText("#panel .on", "fired 1")
	i.untilText("#panel .on", "matched 1")

	i.press("#nav", "Requests")
	i.untilText("#panel li:nth-child(2)", "429")
	for _, words := range []string{"POST /passwordless/start", "auth0.js 9.28.0", "acme-native", "rate-limited/limit"} {
		i.untilText("#panel li:nth-child(2)", words)
	}
	i.click("#panel li:nth-child(2) summary")
	i.untilText("#panel li:nth-child(2) details[open] pre", `"email": "ada@example.com"`)
	// What comes later leaves open what is open.
	i.start("carl@example.com")
	i.untilText("#panel li:nth-child(3) details[open] pre", `"email": "ada@example.com"`)
	// A refusal is told in Auth0's words, with what caused it.
	i.redeem("carl@example.com", "000000")
	i.untilText("#panel li:nth-child(1)", "403")
	i.untilText("#panel li:nth-child(1)", "Wrong email or verification code.")
	i.click("#panel li:nth-child(1) summary")
	i.untilText("#panel li:nth-child(1) details[open]", "the live code is")
	// Beside the request stands what it wrote to the tenant's log.
	i.untilText("#panel li:nth-child(1) summary", "fepotpft")
	i.untilText("#panel li:nth-child(1) .log-entries", "fp Wrong email or verification code.")
	i.until(`document.querySelector("#panel li:nth-child(1) .exchange pre")`) // else it would be read when it is gone
	i.untilText("#panel", "4 requests")
	i.press("#panel", "Clear")
	i.press("#panel", "Clear 4 requests?")
	i.untilText("#panel", "No requests yet.")
	if n := len(i.server.Requests()); n != 0 {
		t.Errorf("the journal holds %d requests", n)
	}

	i.press("#nav", "Scenarios")
	i.press("#panel", "rate-limited")
	i.untilText("#panel", "No scenario is on")
	if got := i.app("/passwordless/start", start, ""); got.status != http.StatusOK {
		t.Errorf("the scenario is still on: %d %s", got.status, got.body)
	}
	i.press("#panel", "slow")
	i.untilText("#nav [data-panel=scenarios]", "1 on") // the header counts it, whether the panel is open or not
	i.press("#panel", "Switch slow off")
	i.untilText("#panel", "No scenario is on")

	// What one request asked for is no switch that is on.
	start["email"] = "ada+mock-rate-limited@example.com"
	i.app("/passwordless/start", start, "")
	i.untilText("#panel [aria-label='Scenarios that requests asked for'] .on", "from a magic recipient")
	i.untilText("#panel", "No scenario is on")
	if text := i.text("#nav [data-panel=scenarios] .nav-on"); text != "" {
		t.Errorf("the header says %q", text)
	}
	if value[bool](i.tab, `Boolean(document.querySelector("#panel .switch[aria-checked=true], #panel .on button"))`) {
		t.Error("a scenario of one request looks as if it were on")
	}
}

// A refusal is told in the control API's own words, beside what was pressed.
func TestARefusalIsTold(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Scenarios")
	i.expect("400 (Bad Request)")
	i.write("#only", "/[/")
	i.press("#panel", "otp-expired")
	i.untilText("#panel .switches .complaint:not([hidden])", "recipient")
}

func TestUsersAreAddedBlockedAndDeleted(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Users")
	i.untilText("#panel", "4 users")
	i.write("#add-address", "Grace@Example.com")
	i.write("#add-name", "Grace Hopper")
	i.keys(enter)
	i.untilText("#panel", "5 users")
	i.untilText("#panel .users", "grace@example.com")
	u, ok := i.server.UserByAddress("grace@example.com")
	if !ok || u.Name != "Grace Hopper" {
		t.Fatalf("the user is %+v", u)
	}
	i.write("#add-address", "+1 202 555 0123")
	i.press("#panel", "Add user")
	i.untilText("#panel .users", "+12025550123")

	i.expect("409 (Conflict)")
	i.write("#add-address", "grace@example.com")
	i.press("#panel", "Add user")
	i.untilText("#panel form .complaint", "the user grace@example.com exists already on connection email")

	i.press("#panel", "Block grace@example.com")
	i.until(`[...document.querySelectorAll("#panel .users li")].some((each) => each.innerText.includes("grace@") && each.innerText.includes("blocked"))`)
	if u, _ = i.server.UserByAddress("grace@example.com"); !u.Blocked {
		t.Error("she is not blocked")
	}
	i.press("#panel", "Unblock grace@example.com")
	i.until(`[...document.querySelectorAll("#panel .users button")].some((each) => each.getAttribute("aria-label") === "Block grace@example.com")`)
	i.press("#panel", "Delete grace@example.com")
	i.press("#panel", "Delete grace@example.com?")
	i.untilText("#panel", "5 users")
	if _, ok := i.server.UserByAddress("grace@example.com"); ok {
		t.Error("she is still there")
	}
	i.write("#find-user", "alan")
	i.untilText("#panel", "1 user")
	i.write("#find-user", "zoe")
	i.untilText("#panel", "No user matches “zoe”.")

	// A user who signs up elsewhere is listed, too.
	i.write("#find-user", "new")
	i.redeem("new@example.com", i.start("new@example.com"))
	i.untilText("#panel .users", "new@example.com")
}

// A browser that signs in by the inbox page sees no page of its app's login.
func TestSignInAsAUser(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Users")
	i.press("#panel", "Sign in as ada@example.com")
	i.untilText("#panel", "This browser is signed in as ada@example.com")
	i.untilText("#panel", "4 users")
	i.until(`![...document.querySelectorAll("#panel .users button")].some((each) => each.getAttribute("aria-label") === "Sign in as alan@example.com")`)
	i.expect("400 (Bad Request)") // of the page that stands in for the app: it takes no code
	i.run(chromedp.Navigate(i.url + "/authorize?client_id=acme-web&response_type=code&scope=openid&state=x&redirect_uri=" + url.QueryEscape(i.url+"/_mock/health")))
	i.until(`location.search.includes("code=") && location.search.includes("state=x")`)
}

func TestKeysAreRotated(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Keys")
	i.untilText("#panel", "Current")
	ids := func() []string {
		return value[[]string](i.tab, `[...document.querySelectorAll("#panel .key-id code")].map((each) => each.textContent)`)
	}
	before := ids()
	if len(before) != 2 {
		t.Fatalf("the keys are %q", before)
	}
	i.press("#panel", "Rotate")
	i.untilText("#panel", "Previous")
	after := ids()
	if len(after) != 3 || after[0] != before[1] || after[2] != before[0] {
		t.Errorf("before %q, after %q", before, after)
	}
	got, err := http.Get(i.url + "/.well-known/jwks.json")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	var set struct{ Keys []struct{ Kid string } }
	if err := json.NewDecoder(got.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	for n, key := range set.Keys {
		if key.Kid != after[n] {
			t.Errorf("the page shows %q, the key set has %+v", after, set)
		}
	}
}

// The names an app asks for, and the lines to paste, are those of this tenant.
func TestPointYourAppHere(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#empty", "point your app here")
	i.untilText("#panel-title", "Point your app here")
	domain := strings.TrimPrefix(i.url, "http://")
	for _, words := range []string{domain, i.url + "/", "https://api.acme.test/", "acme-native", "acme-web-secret", "Username-Password-Authentication", "this certificate authority"} {
		i.untilText("#panel", words)
	}
	if got := i.copied("issuer", func() { i.press("#panel dl div:nth-child(2)", "Copy issuer") }); got != i.url+"/" {
		t.Errorf("copied: %q", got)
	}
	sdks := value[[]string](i.tab, `[...document.querySelectorAll("#sdk option")].map((each) => each.textContent)`)
	if len(sdks) < 15 {
		t.Fatalf("there are snippets for %q only", sdks)
	}
	for n, sdk := range sdks {
		i.run(chromedp.Evaluate[chromedp.Void](`document.querySelector("#sdk").selectedIndex = `+strconv.Itoa(n)), dispatch("#sdk", "change"))
		snippet := value[string](i.tab, `document.querySelector("#panel .snippet pre").textContent`)
		_, port, _ := strings.Cut(domain, ":")
		if !strings.Contains(snippet, ":"+port) || strings.Contains(snippet, "undefined") {
			t.Errorf("%s: the snippet does not name this tenant:\n%s", sdk, snippet)
		}
	}
}

// The page asks only for what is seen: a panel that is shut is not asked for,
// and nothing while the tab is hidden.
func TestNothingIsAskedForThatIsNotSeen(t *testing.T) {
	t.Parallel()
	asked := &counter{}
	i := openServed(t, asked)
	i.press("#nav", "Requests")
	i.untilText("#panel", "No requests yet")
	asked.until(t, "/_mock/requests", 2)
	i.press("#panel", "Close the panel")
	i.until(`document.querySelector("#panel").hidden`)
	asked.until(t, "/_mock/clock", asked.count("/_mock/clock")+2) // whatever was under way
	before := asked.count("/_mock/requests")
	asked.until(t, "/_mock/clock", asked.count("/_mock/clock")+3)
	if after := asked.count("/_mock/requests"); after != before {
		t.Errorf("the shut panel was asked for %d times", after-before)
	}
	// The organizations need the names of their members, and not all users again and again.
	i.press("#nav", "Organizations")
	asked.until(t, "/_mock/organizations", 2)
	if n := asked.count("/_mock/users"); n != 0 {
		t.Errorf("the organizations asked for users %d times", n)
	}
	i.press("#panel", "Close the panel")
	i.hide(true)
	value[any](i.tab, `new Promise((wake) => setTimeout(wake, 2500))`) // whatever was under way
	hidden := asked.total()
	value[any](i.tab, `new Promise((wake) => setTimeout(wake, 5000))`)
	if after := asked.total(); after != hidden {
		t.Errorf("the hidden page asked %d times", after-hidden)
	}
	i.hide(false)
	asked.until(t, "/_mock/clock", asked.count("/_mock/clock")+1)
}

// Factors are added and removed, an authenticator app shows its code, and a push
// notification that waits is answered.
func TestSecondFactorsOfAUser(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Users")
	i.write("#find-user", ada)
	i.untilText("#panel", "1 user")
	i.press("#panel .users", "Second factors (0)")
	add := func(factor, to string, count int) {
		t.Helper()
		value[any](i.tab, `(() => { const list = document.querySelector("#panel .factors select"); list.value = `+quoted(factor)+`; list.dispatchEvent(new Event("change")); })()`)
		if to != "" {
			i.write("#panel .factors input", to)
		}
		i.press("#panel .factors", "Add a factor to "+ada)
		i.untilText("#panel .factors summary", fmt.Sprintf("Second factors (%d)", count))
	}
	add("otp", "", 1)
	i.press("#panel .factors", "Show code of "+ada)
	i.until(`/^[0-9]{6}$/.test(document.querySelector("#panel .factors code").innerText)`)
	i.press("#panel .factors", "Remove Authenticator app of "+ada)
	i.press("#panel .factors", "Remove Authenticator app?")
	i.untilText("#panel .factors summary", "Second factors (0)")
	add("phone", "+1 202 555 0101", 1)
	i.untilText("#panel .factors", "+12025550101")
	add("push-notification", "", 2)
	i.expect("404 (Not Found)")
	i.press("#panel .factors", "Accept the notification of "+ada)
	i.untilText("#panel .factors .complaint:not([hidden])", "notification")
	i.press("#panel .factors", "Ask always for a second factor of "+ada)
	i.untilText("#panel .factors", "Do not ask always")

	type answers struct {
		Token string `json:"mfa_token"`
		Code  string `json:"oob_code"`
	}
	told := func(got answer) (all answers) {
		t.Helper()
		if err := json.Unmarshal(got.body, &all); err != nil {
			t.Fatalf("%d %s: %v", got.status, got.body, err)
		}
		return all
	}
	token := told(i.redeem(ada, i.start(ada))).Token
	u, _ := i.server.UserByAddress(ada)
	device := u.MFA[slices.IndexFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.Type == fixtures.FactorPush })].ID
	code := told(i.app("/mfa/challenge", map[string]any{"client_id": "acme-native", "mfa_token": token, "challenge_type": "oob", "authenticator_id": "push|" + device}, "")).Code
	i.press("#panel .factors", "Accept the notification of "+ada)
	i.until(`!document.querySelector("#panel .factors [aria-busy=true]") && document.querySelector("#panel .factors > .complaint").hidden`)
	if got := i.app("/oauth/token", map[string]any{"grant_type": fixtures.GrantMFAOOB, "client_id": "acme-native", "mfa_token": token, "oob_code": code}, ""); got.status != http.StatusOK {
		t.Errorf("after the answer: %d %s", got.status, got.body)
	}
}

// The page lists the tenants as soon as there are several, and leads to each one's page.
func TestThePageLeadsToTheOtherTenants(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	w3, err := i.server.AddTenant("w3", server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w3.AddUser(fixtures.User{Email: "eve@example.com"}); err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(i.url, "http://"), ":")
	i.until(`!document.querySelector('#nav [data-panel="tenants"]').hidden`)
	i.press("#nav", "Tenants")
	i.untilText("#panel li:nth-child(1)", "this page")
	i.untilText("#panel li:nth-child(2)", "w3.localhost:"+port)
	i.click("#panel li:nth-child(2) a")
	i.untilText("#domain code", "w3.localhost:"+port)
	i.live()
	i.press("#nav", "Users")
	i.untilText("#panel", "eve@example.com")
	// The way back.
	i.until(`!document.querySelector('#nav [data-panel="tenants"]').hidden`)
	i.press("#nav", "Tenants")
	i.untilText("#panel li:nth-child(2)", "this page")
	i.click("#panel li:nth-child(1) a")
	i.until(`document.querySelector("#domain code")?.innerText === "localhost:` + port + `"`)
}

// inboxOrganizations has organizations, with long names, too.
const inboxOrganizations = `
version: 1
extends: default
clients:
  - {client_id: acme-native, name: Acme Native, app_type: native, grant_types: ["http://auth0.com/oauth/grant-type/passwordless/otp", refresh_token, authorization_code], callbacks: ["http://localhost:*"]}
  - {client_id: shop, name: Shop, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: require, initiate_login_uri: "http://localhost:3000/login"}
roles: [{name: admin}, {name: a-role-with-a-name-that-is-longer-than-the-panel-is-wide-on-a-phone}]
organizations:
  - {id: org_acme000000000000, name: acme, display_name: Acme Inc, members: [{user: ada@example.com, roles: [admin]}], enabled_connections: [{connection: email}, {connection: Username-Password-Authentication}]}
  - {id: org_globex0000000000, name: a_name_of_fifty_characters_without_a_gap_012345678, display_name: AnOrganizationWhoseNameIsLongerThanThePanelIsWideOnAPhone0123456789, invitations: [{client_id: shop, invitee: {email: somebody-with-a-long-address@a-long-domain.example.com}, roles: [admin]}]}
`

// Organizations, their members and invitations: one makes a user a member, changes the
// roles, ends the membership, and invites somebody, whose e-mail is a click away.
func TestOrganizationsChangeInTheInbox(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop, testkit.FixtureYAML(inboxOrganizations))
	i.press("#nav", "Organizations")
	i.untilText("#panel", "2 organizations")
	const first = "#panel .organizations > li:nth-child(1)"
	i.untilText(first, "Acme Inc")
	i.untilText(first, "org_acme000000000000 · email, Username-Password-Authentication")
	i.untilText("#panel .organizations > li:nth-child(2)", "no enabled_connections, so nobody can sign in")
	i.untilText(first+" [aria-label='Members of Acme Inc']", "ada@example.com\nadmin")

	role := func(n int) { i.click(first + ` .boxes label:nth-of-type(` + strconv.Itoa(n) + `) input`) }
	member := func(user string) (roles []string, ok bool) {
		u, _ := i.server.UserByAddress(user)
		for _, m := range i.server.Organizations()[0].Members {
			if m.User == u.UserID {
				return m.Roles, true
			}
		}
		return nil, false
	}
	i.write(first+" input[type=text]", "dora@example.com")
	role(1)
	i.press(first, "Make a member of Acme Inc")
	i.untilText(first, "dora@example.com is a member of Acme Inc.")
	i.untilText(first, "Members (2)")
	if roles, ok := member("dora@example.com"); !ok || len(roles) != 1 {
		t.Errorf("she is a member: %v, with the roles %q", ok, roles)
	}
	// Change fills in the form.
	i.press(first, "Change dora@example.com in Acme Inc")
	i.until(`document.activeElement.value === "dora@example.com"`)
	role(1)
	i.press(first, "Make a member of Acme Inc")
	i.untilText(first+" [aria-label='Members of Acme Inc'] li:nth-child(2)", "dora@example.com\nno roles")
	i.press(first, "Remove dora@example.com from Acme Inc")
	i.press(first, "Remove dora@example.com?")
	i.untilText(first, "dora@example.com is no member of Acme Inc any more.")
	i.untilText(first, "Members (1)")
	if _, ok := member("dora@example.com"); ok {
		t.Error("she is still a member")
	}

	// What is wrong is said, and what was written stays.
	i.press(first, "Invite to Acme Inc")
	i.untilText(first+" .complaint:not([hidden])", "Write an address.")
	i.expect("404 (Not Found)")
	i.write(first+" input[type=text]", "nobody@example.com")
	i.press(first, "Make a member of Acme Inc")
	i.untilText(first+" .complaint:not([hidden])", `there is no user "nobody@example.com"`)

	role(1)
	i.press(first, "Invite to Acme Inc")
	i.untilText(first, "nobody@example.com is invited to Acme Inc.")
	i.press(first, "Invitations (1)")
	i.untilText(first+" [aria-label='Invitations of Acme Inc']", "nobody@example.com\nadmin · into shop")
	i.start("carl@example.com") // a newer message is shown
	i.untilText("#reader", "carl@example.com")
	i.press(first, "Read the e-mail to nobody@example.com")
	i.untilText("#reader", "You've been invited to join Acme Inc")
	i.untilText("#reader", "http://localhost:3000/login?invitation=")
	i.untilText("#panel", "2 organizations")

	// Users who come and go elsewhere are shown, too, and what one writes meanwhile stays.
	i.write(first+" input[type=text]", "half an addr")
	if err := i.server.SetMember("acme", "dora@example.com"); err != nil {
		t.Fatal(err)
	}
	i.untilText(first, "Members (2)")
	if got := value[string](i.tab, `document.querySelector(`+quoted(first+" input[type=text]")+`).value`); got != "half an addr" {
		t.Errorf("the form now has %q", got)
	}
}

// Without organizations the panel says where they come from.
func TestNoOrganizationsYet(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Organizations")
	i.untilText("#panel", "No organizations yet. Add some to organizations of the fixture, or by the Management API.")
}

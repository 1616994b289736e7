package browser

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

// A request is shown as it went over the wire, opens on its hint, hides its secrets, and is
// sent again.
func TestARequestIsShownWholeAndSentAgain(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.start("ada@example.com")
	i.app("/oauth/token", map[string]any{"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "audience": "https://api.acme.test/"}, auth0js)
	i.app("/oauth/token", map[string]any{"grant_type": "client_credentials", "client_id": "acme-m2m", "client_secret": "wrong-secret"}, auth0js)
	i.press("#nav", "Requests")
	i.untilText("#panel", "3 requests")

	i.pick("[aria-label='SDK of the requests']", "auth0.js")
	i.untilText("#panel", "2 of them shown")
	i.pick("[aria-label='SDK of the requests']", "")
	i.pick("[aria-label='Status of the requests']", "2xx")
	i.untilText("#panel", "2 of them shown")
	i.pick("[aria-label='Client of the requests']", "acme-m2m")
	i.untilText("#panel", "1 of them shown")
	const granted = "#panel .requests > li:nth-child(2)"
	i.press(granted, "200")
	i.untilText(granted+" [aria-label='Body of the request']", `"client_secret": "[redacted]"`)
	i.untilText(granted+" [aria-label='Body of the answer']", `"access_token": "[redacted]"`)
	i.press(granted, "Show secrets")
	i.untilText(granted+" [aria-label='Body of the request']", `"client_secret": "acme-m2m-secret"`)
	i.untilText(granted+" [aria-label='Body of the answer']", `"access_token": "ey`)
	value[any](i.tab, `document.querySelectorAll("#panel .exchange details").forEach((each) => { each.open = true; })`)
	i.untilText(granted+" .headers", "Auth0-Client")
	i.press(granted, "Hide secrets")
	i.untilText(granted+" [aria-label='Body of the request']", "[redacted]")

	// Sent again with its secret, which is still hidden here, and without the browser's cookies; the
	// new answer opens.
	value[any](i.tab, `document.cookie = "strange=1; path=/"`)
	i.press(granted, "Send again")
	i.untilText("#announce", "Sent again: 200")
	i.until(`document.querySelectorAll("#panel .requests > li").length === 4 && document.querySelector("#panel .requests > li:first-child details").open`)
	if all := i.server.Requests(); all[3].Status != http.StatusOK || all[3].SDK.Name != "auth0.js" || all[3].Params["client_secret"] != "[redacted]" {
		t.Errorf("sent again: %+v", all[3])
	} else if value[bool](i.tab, `fetch("requests/`+all[3].ID+`?secrets=1").then((answer) => answer.json()).then(({ sent }) => "Cookie" in sent.headers)`) {
		t.Error("the browser's cookies were sent")
	}

	i.pick("[aria-label='Client of the requests']", "")
	i.pick("[aria-label='Status of the requests']", "4xx")
	i.untilText("#panel", "1 of them shown")
	const refused = "#panel .requests > li:nth-child(2)"
	i.press(refused, "401")
	i.until(`document.querySelector("` + refused + ` details > summary + *").className === "hint"`)
	// What is no text cannot be sent again, and is not sent as something else.
	binary, err := http.Post(i.url+"/passwordless/start", "application/json", strings.NewReader("{\"email\":\"\xff\"}"))
	if err != nil {
		t.Fatal(err)
	}
	_ = binary.Body.Close()
	i.pick("[aria-label='Client of the requests']", "")
	i.pick("[aria-label='Status of the requests']", "")
	const strange = "#panel .requests > li:nth-child(1)"
	i.press(strange, "400")
	i.press(strange, "Send again")
	i.untilText(strange+" .complaint", "The body is no text")

	// An address leads to a request.
	id := i.server.Requests()[0].ID
	i.run(chromedp.Evaluate[chromedp.Void](`location.hash = "#/requests/` + id + `"`))
	i.until(`document.activeElement.closest("li")?.innerText.includes("/passwordless/start")`)
}

// A failure that is on for everybody is said on the inbox page and on the login pages.
func TestAFailureForEverybodyIsSaidOnEveryPage(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	login := i.url + "/authorize?client_id=acme-web&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb"
	says := func(words string, want bool) {
		t.Helper()
		got, err := http.Get(login)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		text, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), words) != want {
			t.Errorf("the login page says %q: %t, want %t", words, !want, want)
		}
	}
	i.press("#nav", "Scenarios")
	i.write("#only", "ada@*")
	i.press("#panel", "otp-locked")
	i.untilText("#panel .on", "recipient ada@*")
	i.until(`document.querySelector("#failing").hidden`)
	says("a failure is on for everybody", false)

	i.write("#only", "")
	i.write("#times", "2")
	i.press("#panel", "otp-expired")
	i.untilText("#panel", "2 times at most")
	i.untilText("#failing", "A failure is on for everybody: otp-expired")
	says("a failure is on for everybody: <strong>otp-expired</strong>", true)
	i.press("#panel", "Close the panel")
	i.press("#failing", "Switch off")
	i.until(`document.querySelector("#failing").hidden`)
	says("a failure is on for everybody", false)
	if on := i.server.Scenarios(); len(on) != 1 || on[0].Name != "otp-locked" {
		t.Errorf("these are on: %+v", on)
	}
}

// A scenario is written on the page: the checker's words stand beside it, and what is right
// is switched on.
func TestAScenarioIsWrittenOnThePage(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Scenarios")
	i.press("#panel", "Edit a copy of otp-expired")
	i.untilText("#panel .editor", "No mistakes: this is my-otp-expired.")
	fill := func(text string) {
		value[any](i.tab, `(() => { const file = document.querySelector("#scenario-file"); file.value = `+quoted(text)+`; file.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	}
	fill("version: 1\nname: mine\nrules:\n  - id: a\n    then: {otp: expird}\n")
	i.untilText("#panel .editor", "1 mistake:")
	i.untilText("#panel .mistakes", "expired")
	i.press("#panel .mistakes", "Line 5")
	i.until(`getSelection().toString() === "    then: {otp: expird}" || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) === "    then: {otp: expird}"`)
	i.press("#panel .editor", "Switch it on")
	i.untilText("#panel .editor .complaint", "The file has mistakes.")
	fill("version: 1\nname: mine\nrules:\n  - id: a\n    times: 1\n    then: {otp: expired}\n")
	i.untilText("#panel .editor", "No mistakes: this is mine.")
	value[any](i.tab, `(() => { window.saved = []; HTMLAnchorElement.prototype.click = function () { saved.push(this.download); }; })()`)
	i.press("#panel .editor", "Save as a file")
	i.until(`saved.join() === "mine.yaml"`)
	i.press("#panel .editor", "Switch it on")
	i.untilText("#panel .on", "mine")
	i.untilText("#failing", "mine")
	if on := i.server.Scenarios(); len(on) != 1 || on[0].Name != "mine" || on[0].By != "control" {
		t.Errorf("these are on: %+v", on)
	}
	// It is now among the others, and its file can be read.
	i.until(`[...document.querySelectorAll("#panel .switch")].some((each) => each.innerText === "mine")`)
	// "Only for" and "Times" hold for a file, too.
	i.write("#only", "ada@*")
	i.write("#times", "3")
	fill("version: 1\nname: narrow\nrules:\n  - id: a\n    then: {otp: expired}\n")
	i.untilText("#panel .editor", "No mistakes: this is narrow.")
	i.press("#panel .editor", "Switch it on")
	i.until(`[...document.querySelectorAll("#panel .on")].some((each) => each.innerText.includes("recipient ada@*") && each.innerText.includes("3 times at most"))`)
	// The copy of a copy keeps its name.
	fill("version: 1\nname: my-own\nrules:\n  - id: a\n    then: {otp: expired}\n")
	i.untilText("#panel .editor", "No mistakes: this is my-own.")
	i.press("#panel .editor", "Switch it on")
	i.press("#panel", "Edit a copy of my-own")
	i.until(`document.querySelector("#scenario-file").value.includes("\nname: my-own\n")`)
}

// One user: what is known, and each change.
func TestAUserIsReadAndChanged(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop, testkit.FixtureYAML(inboxOrganizations))
	i.redeem(ada, i.start(ada))
	i.press("#nav", "Users")
	i.press("#panel", ada)
	user := func() fixtures.User {
		u, _ := i.server.UserByAddress(ada)
		return u
	}
	i.until(`location.hash === "#/users/` + strings.ReplaceAll(user().UserID, "|", "%7C") + `"`)
	i.untilText("#panel", "Log (")
	i.untilText("#panel [aria-label='Log of the user']", "acme-native")
	value[any](i.tab, `document.querySelectorAll("#panel details").forEach((each) => { each.open = true; })`)

	fields := func(section string) string {
		return `[...document.querySelectorAll("#panel details")].find((each) => each.querySelector("summary").innerText.startsWith("` + section + `"))`
	}
	set := func(section string, n int, text string) {
		t.Helper()
		i.until(fields(section) + `?.querySelectorAll("input, textarea")[` + string(rune('0'+n)) + `]`)
		value[any](i.tab, `(() => { const field = `+fields(section)+`.querySelectorAll("input, textarea")[`+string(rune('0'+n))+`]; field.value = `+quoted(text)+`; field.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	}
	set("Profile", 0, "Countess Lovelace")
	i.press("#panel", "Save profile")
	i.until(fields("Profile") + `.innerText.includes("Saved.")`)
	if got := user().Name; got != "Countess Lovelace" {
		t.Errorf("the name is %q", got)
	}
	set("Metadata", 0, `{"plan": `)
	i.press("#panel", "Save metadata and claims")
	i.until(fields("Metadata") + `.innerText.includes("User metadata: this is no JSON")`)
	set("Metadata", 0, `{"plan": "gold"}`)
	i.press("#panel", "Save metadata and claims")
	i.until(fields("Metadata") + `.innerText.includes("Saved.")`)
	if got := user().UserMetadata["plan"]; got != "gold" {
		t.Errorf("the plan is %v", got)
	}
	set("Metadata", 0, "")
	i.press("#panel", "Save metadata and claims")
	i.until(fields("Metadata") + `.innerText.includes("Saved.")`)
	if got := user().UserMetadata; len(got) != 0 {
		t.Errorf("the metadata are %v", got)
	}
	role := fields("Roles") + `.querySelector("fieldset:not([hidden]) input")`
	i.until(role)
	value[any](i.tab, role+`.click()`)
	i.press("#panel", "Save roles and permissions")
	i.until(fields("Roles") + `.innerText.includes("Saved.")`)
	if got := user().Roles; len(got) != 1 {
		t.Errorf("the roles are %q", got)
	}

	i.press("#panel", "Sign in as "+ada)
	i.untilText("#panel", "This browser is signed in as "+ada)
	i.untilText("#panel", "Sessions (1)")
	i.app("/_mock/sessions", map[string]any{"user": ada}, "")
	i.untilText("#panel", "Sessions (2)")
	i.press("#panel", "End the session by email")
	i.press("#panel", "End this session?")
	i.untilText("#panel", "Sessions (1)")
	i.until(`document.activeElement.innerText.startsWith("Sessions")`)
	i.press("#panel", "End all sessions")
	i.press("#panel", "End all sessions?")
	i.untilText("#panel", "Sessions (0)")
	set("Profile", 0, "Not saved yet")
	i.press("#panel", "Block "+ada)
	i.untilText("#panel .stack-wide:not([hidden]) .user-head", "blocked")
	i.until(fields("Profile") + `.querySelector("input").value === "Not saved yet"`)
	if !user().Blocked {
		t.Error("she is not blocked")
	}
	i.press("#panel .stack-wide:not([hidden])", "Delete "+ada)
	i.press("#panel .stack-wide:not([hidden])", "Delete "+ada+"?")
	i.untilText("#panel", "Add user")
	if _, ok := i.server.UserByAddress(ada); ok {
		t.Error("she is still there")
	}

	// Many users are searched by the server, and shown some at a time.
	for n := range 120 {
		if _, err := i.server.AddUser(fixtures.User{Email: "user" + string(rune('a'+n/26)) + string(rune('a'+n%26)) + "@example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	i.untilText("#panel", "the first 50 shown")
	i.press("#panel", "Show more")
	i.untilText("#panel", "the first 100 shown")
	i.write("#find-user", "usereb@")
	i.untilText("#panel", "1 user")
	i.untilText("#panel .users", "usereb@example.com")
}

// A mail: where its links lead, how it looks on a phone, and a frame that is as high as what
// is in it. A notification tells of a code while the tab is hidden.
func TestAMailIsReadAtLengthAndANotificationTellsOfACode(t *testing.T) {
	t.Parallel()
	i := openInbox(t, look{width: 1920, height: 900})
	i.run(chromedp.Func(func(ctx contextOf, target *chromedp.Target) error {
		_, err := call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `window.notices = [];
			window.Notification = class { constructor(title, options) { this.title = title; notices.push(this); } close() {} };
			Notification.permission = "default";
			Notification.requestPermission = async () => (Notification.permission = "granted");`})
		return err
	}), chromedp.Navigate(i.url+"/_mock/"))
	i.live()
	i.server.Outbox().Add(outbox.Message{
		Kind: outbox.SMTP, Recipients: []string{"ada@example.com"}, Subject: "News", Text: "news",
		HTML:  `<!doctype html><body style="margin:0"><div style="height:2500px;background:gold">tall</div><p id="end">end</p>`,
		Links: []string{"http://localhost:3000/start", "https://elsewhere.example/x", i.url + "/u/reset?ticket=1", "mailto:a@example.com"},
	})
	i.until(`document.querySelector("#reader iframe.fits")?.getBoundingClientRect().height > 2500`)
	i.untilText("#reader .others li:nth-child(1)", "Leads to localhost:3000, of client acme-native")
	i.untilText("#reader .others li:nth-child(2)", "Leads to elsewhere.example, which no client has")
	i.untilText("#reader .others li:nth-child(3)", "Leads to this tenant, /u/reset")
	i.untilText("#reader .others li:nth-child(4)", "Leads to no web address")
	i.until(`[...document.querySelectorAll("#reader .leads")].map((each) => each.classList.contains("unknown")).join() === "false,true,false,true"`)
	// The body is beside what is known of the message.
	i.until(`document.querySelector("#reader .body").getBoundingClientRect().left > document.querySelector("#reader .others").getBoundingClientRect().right`)
	i.press("#reader", "Phone width")
	i.until(`document.querySelector("#reader iframe").getBoundingClientRect().width === 375 && document.querySelector("#reader [aria-pressed=true]")`)

	i.untilText("#ask", "Notify you of codes while this tab is hidden?")
	i.press("#ask", "Yes")
	i.until(`document.querySelector("#ask").hidden && Notification.permission === "granted"`)
	i.start("bob@example.com") // somebody looks
	i.untilText(row(1), "bob@example.com")
	i.hide(true)
	code := i.start("ada@example.com")
	i.until(`notices.length === 1 && notices[0].title === "Code ` + code + `"`)
	i.hide(false)
	value[any](i.tab, `notices[0].onclick()`)
	i.until(`location.hash === "#/message/msg_00000003"`)
	// That is asked once.
	i.run(chromedp.Reload())
	i.live()
	if !value[bool](i.tab, `document.querySelector("#ask").hidden && Notification.permission === "default"`) {
		t.Error("the question comes again")
	}
}

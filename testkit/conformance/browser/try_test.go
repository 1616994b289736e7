package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

// ways are the ways to sign in that the panel has, and the requests of each.
var ways = []struct{ way, grant, user, requests string }{
	{"code", "", "ada@example.com", "POST /passwordless/start|GET /_mock/outbox/code?to=ada%40example.com&wait=5s|POST /oauth/token"},
	{"password", "", "dora@example.com", "POST /oauth/token"},
	{"device", "", "ada@example.com", "POST /oauth/device/code|POST /_mock/devices/|POST /oauth/token"},
}

// A developer signs in without an app, and sees each request, its answer and what the
// tokens say.
func TestTryItSignsIn(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop, testkit.FixtureYAML(`version: 1
extends: default
clients:
  - client_id: all
    name: All
    app_type: regular_web
    client_secret: all-secret
    callbacks: ["http://localhost:3000/cb"]
    grant_types: [authorization_code, refresh_token, password, "http://auth0.com/oauth/grant-type/password-realm", "http://auth0.com/oauth/grant-type/passwordless/otp", "urn:ietf:params:oauth:grant-type:device_code"]
`))
	i.press("#empty", "Try it: sign in")
	i.untilText("#panel", "Signs in as an app would")
	for _, w := range ways {
		i.pick("#try-way", w.way)
		i.write("#try-user", w.user)
		i.pick("#try-audience", "https://api.acme.test/")
		i.press("#panel", "Sign in")
		i.until(`[...document.querySelectorAll(".tried h3")].map((each) => each.textContent).join() === "id_token,access_token"`)
		lines := strings.Split(value[string](i.tab, `[...document.querySelectorAll(".tried .request-line")].map((each) => each.textContent).join("|")`), "|")
		for at, want := range strings.Split(w.requests, "|") {
			if at >= len(lines) || !strings.HasPrefix(lines[at], want) {
				t.Errorf("%s: the requests are %q, want %q", w.way, lines, w.requests)
			}
		}
		text := i.text(".tried")
		for _, words := range []string{"RS256, key ", "the signature is right", `"` + w.user + `"`, "the e-mail address", "expires at (20", "what the token allows"} {
			if !strings.Contains(text, words) {
				t.Errorf("%s: no %q in %s", w.way, words, text)
			}
		}
	}

	// A token that was changed is found out.
	if got := value[string](i.tab, `import("/_mock/inbox/jwt.js").then(({ verify }) => {
		const [head, body, signature] = JSON.parse([...document.querySelectorAll(".tried [aria-label='The answer']")].at(-1).innerText).id_token.split(".");
		return verify([head, btoa(atob(body.replaceAll("-", "+").replaceAll("_", "/")).replace("ada@", "eve@")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), signature].join("."), location.origin);
	})`); got != "the signature is wrong" {
		t.Errorf("of a token that was changed the page says %q", got)
	}

	// The request stands there for a terminal, and works there.
	if _, err := exec.LookPath("curl"); err == nil {
		i.pick("#try-way", "password")
		i.write("#try-user", "dora@example.com")
		i.press("#panel", "Sign in")
		i.until(`document.querySelectorAll(".tried > li").length === 1 && document.querySelector(".tried h3")`)
		command := value[string](i.tab, `document.querySelector(".tried code").textContent`)
		out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput()
		if err != nil || !strings.Contains(string(out), `"access_token":"`) {
			t.Errorf("%s\n%v %s", command, err, out)
		}
	}

	// It stands there as a call of an SDK, too, and works in a program.
	folder := t.TempDir()
	programs := []string{i.copied("the request as a call of npm auth0", func() { i.press(".tried", "Copy as SDK call") })}
	for _, w := range []struct{ way, user, sdk string }{{"device", "ada@example.com", "openid-client"}, {"code", "ada@example.com", "npm auth0"}, {"pages", "", "openid-client"}} {
		i.pick("#try-way", w.way)
		if w.user != "" {
			i.write("#try-user", w.user)
		}
		i.press("#panel", "Sign in")
		i.untilText(".tried", map[bool]string{true: "id_token", false: "Open the login page"}[w.user != ""])
		programs = append(programs, i.copied("the request as a call of "+w.sdk, func() { i.press(".tried > li:first-child", "Copy as SDK call") }))
	}
	for n, program := range programs {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.mjs", n)), []byte(program), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "ca.pem"), []byte(value[string](i.tab, `fetch("ca.pem").then((answer) => answer.text())`)), 0o600); err != nil {
		t.Fatal(err)
	}
	npmPackages(t, ".")
	modules, err := filepath.Abs("node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	before := len(i.server.Requests())
	node := exec.CommandContext(t.Context(), "node", "--input-type=module", "--eval", `for (const n of [0, 1, 2, 3]) await import("./" + n + ".mjs")`)
	node.Dir, node.Env = folder, append(os.Environ(), "NODE_EXTRA_CA_CERTS="+filepath.Join(folder, "ca.pem"), "NO_PROXY=127.0.0.1")
	if out, err := node.CombinedOutput(); err != nil {
		t.Errorf("%v %s\n%s", err, out, strings.Join(programs, "\n"))
	}
	var called []string
	for _, r := range i.server.Requests()[before:] {
		if !strings.HasPrefix(r.Path, "/.well-known/") {
			called = append(called, fmt.Sprintf("%s %d", r.Path, r.Status))
		}
	}
	if want := []string{"/oauth/token 200", "/oauth/device/code 200", "/passwordless/start 200"}; !slices.Equal(called, want) {
		t.Errorf("the programs call %q, want %q", called, want)
	}
	i.pick("#try-way", "password")
	i.write("#try-user", "dora@example.com")

	// What goes wrong is told, and the requests up to there stay.
	i.expect("403 (Forbidden)")
	i.write("#try-password", "wrong")
	i.press("#panel", "Sign in")
	i.untilText("#panel form .complaint", "/oauth/token answers 403: Wrong email or password.")
	i.untilText(".tried", "403")

	// A link and the login pages open in a tab of their own.
	i.pick("#try-way", "link")
	i.write("#try-user", "ada@example.com")
	i.press("#panel", "Sign in")
	i.untilText(".tried", "Open the link")
	i.pick("#try-way", "pages")
	i.press("#panel", "Sign in")
	i.untilText(".tried", "Open the login page")
}

// A link, and the login pages with an organization, lead back to the page, which shows the tokens.
func TestTryItComesBackWithTokens(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop, testkit.FixtureYAML(inboxOrganizations))
	i.run(chromedp.Evaluate[chromedp.Void](`location.hash = "#/try"`))
	opens := func(name string) *tab {
		t.Helper()
		i.untilText(".tried", name+": it leads back to this page")
		return i.opens(func() { i.press(".tried", name) })
	}
	comesBack := func(tab *tab) {
		t.Helper()
		tab.until(`location.hash === "#/try" && location.search === ""`)
		tab.untilText(".tried", "the login led back with a code")
		tab.untilText(".tried", `"ada@example.com"`)
		tab.untilText(".tried", "the signature is right")
	}
	i.until(`document.querySelector("#try-user")?.value`)
	i.pick("#try-way", "link")
	i.write("#try-user", "ada@example.com")
	i.press("#panel", "Sign in")
	comesBack(opens("Open the link"))

	i.pick("#try-way", "pages")
	i.pick("#try-client", "shop")
	i.until(`document.querySelector("#try-organization").checkVisibility()`)
	i.pick("#try-organization", "org_acme000000000000")
	i.press("#panel", "Sign in")
	pages := opens("Open the login page")
	pages.until(`document.querySelector("#username")`)
	pages.write("#username", "ada@example.com")
	pages.press("main", "Continue")
	pages.until(`document.querySelector("#code")`)
	m, _ := i.server.Outbox().Latest(outbox.WithCode())
	pages.write("#code", m.Code)
	pages.press("main", "Continue")
	comesBack(pages)
	pages.untilText(".tried", `"org_acme000000000000"`)

	// What did not begin here is not redeemed.
	i.run(chromedp.Navigate(i.url + "/_mock/?code=stolen&state=guessed"))
	i.untilText("#panel .complaint:not([hidden])", "did not begin on this page")
}

// A request is found by its words, and stands there for a terminal.
func TestRequestsAreFoundAndCopied(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.start("ada@example.com")
	i.redeem("ada@example.com", "000000")
	i.press("#nav", "Requests")
	i.untilText("#panel", "2 requests")
	i.write("#find-request", "token 403")
	i.untilText("#panel", "1 of them shown")
	i.until(`[...document.querySelectorAll(".requests > li")].filter((each) => each.checkVisibility()).map((each) => each.querySelector(".request-line").textContent).join() === "POST /oauth/token"`)
	i.click("#panel .requests > li:not([hidden]) summary")
	i.until(`document.querySelector("#panel .requests > li:not([hidden]) details > summary + *").className === "hint"`)
	i.write("#find-request", "start")
	i.until(`[...document.querySelectorAll(".requests > li")].filter((each) => each.checkVisibility()).map((each) => each.querySelector(".request-line").textContent).join() === "POST /passwordless/start"`)
	i.click("#panel .requests > li:not([hidden]) summary")
	i.until(`document.querySelector("#panel .requests > li:not([hidden]) .exchange pre")`)
	command := i.copied("the request as curl", func() { i.click("#panel .requests > li:not([hidden]) button") })
	if !strings.HasPrefix(command, "curl '"+i.url+"/passwordless/start'") || !strings.Contains(command, `"email":"ada@example.com"`) || !strings.Contains(command, "--header 'content-type: application/json'") {
		t.Errorf("the command is %s", command)
	}
}

// A request shows the Actions that it ran: what each did, what was dropped, and its console.
// Nothing of it is HTML.
func TestARequestShowsItsActions(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop, testkit.PostLogin(func(event *actions.Event, api *actions.API) {
		api.Log("plan of", event.User.Email, "<img src=x>")
		api.IDToken.SetCustomClaim("https://acme.test/plan", "gold")
		api.IDToken.SetCustomClaim("roles", []string{"admin"})
	}), testkit.PostLogin(func(_ *actions.Event, api *actions.API) { api.Throw(errors.New("no such plan")) }))
	code := i.start("ada@example.com")
	i.redeem("ada@example.com", code)
	i.press("#nav", "Requests")
	i.write("#find-request", "post-login-2")
	i.untilText("#panel", "1 of them shown")
	i.click("#panel .requests > li:not([hidden]) summary")
	i.until(`document.querySelectorAll("#panel .actions-ran > li").length === 2`)
	got := value[[]string](i.tab, `[...document.querySelectorAll("#panel .actions-ran dl > div")].map((each) => each.dataset.kind + ": " + [...each.querySelectorAll("dd")].map((line) => line.innerText).join("; "))`)
	want := []string{
		`did: idToken.setCustomClaim("https://acme.test/plan", "gold")`,
		`dropped: idToken.setCustomClaim("roles", ["admin"]): claim roles is restricted; dropped`,
		"console: plan of ada@example.com <img src=x>",
		"error: no such plan",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the page shows\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := value[int](i.tab, `document.querySelectorAll("#panel .actions-ran img").length`); n != 0 {
		t.Error("a line of the console became HTML")
	}
}

// The field above the list finds what stands in a message.
func TestMessagesAreFoundByTheirWords(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.start("ada@example.com")
	code := i.start("bob@example.com")
	i.untilText("#count", "2 messages")
	for _, words := range []string{"Bob@Example", code[1:5], code} {
		i.write("#filter-to", words)
		i.until(`document.querySelectorAll(".row").length === 1 && document.querySelector(".row-to").textContent === "bob@example.com"`)
	}
	// What the control API cannot choose by, the page does not clear.
	if value[bool](i.tab, `[...document.querySelectorAll("#clear button")].some((each) => each.checkVisibility())`) {
		t.Error("messages that are found by their words can be cleared")
	}
	// A text is found to its end, of which the list knows nothing.
	i.server.Outbox().Add(outbox.Message{Kind: outbox.SMTP, Recipients: []string{"carl@example.com"}, Text: strings.Repeat("long ", 1000) + "Needle"})
	i.write("#filter-to", "needle")
	i.until(`document.querySelectorAll(".row").length === 1 && document.querySelector(".row-to").textContent === "carl@example.com"`)
	i.server.Outbox().Add(outbox.Message{Kind: outbox.SMTP, Recipients: []string{"dora@example.com"}, HTML: strings.Repeat("<p>long", 1000) + "<b>needle</b>"})
	i.until(`document.querySelectorAll(".row").length === 2 && document.querySelector(".row-to").textContent === "dora@example.com"`)
	i.write("#filter-to", "bob@")
	i.until(`[...document.querySelectorAll("#clear button")].some((each) => each.checkVisibility())`)
}

// pick chooses an option of a select.
func (p *tab) pick(selector, option string) {
	p.t.Helper()
	if !value[bool](p, `(() => {
		const list = document.querySelector(`+quoted(selector)+`);
		list.value = `+quoted(option)+`;
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return list.value === `+quoted(option)+`;
	})()`) {
		p.t.Fatalf("%s has no option %q\n%s", selector, option, p.story())
	}
}

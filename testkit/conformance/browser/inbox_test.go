package browser

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

const otpGrant = "http://auth0.com/oauth/grant-type/passwordless/otp"

// An inbox is the inbox page of a tenant, opened in a browser.
type inbox struct {
	*tab
	url    string // of the tenant
	server *server.Server
}

// openInbox starts a tenant and opens its inbox page.
func openInbox(t *testing.T, how look, opts ...testkit.Option) *inbox {
	t.Helper()
	chromium(t) // or skip before a tenant starts
	auth := testkit.Start(t, opts...)
	i := &inbox{open(t, auth.URL()+"/", how), auth.URL(), auth.Server()}
	i.live()
	return i
}

// live waits until the page is connected and has everything.
func (i *inbox) live() {
	i.t.Helper()
	i.until(`document.querySelector("#live").dataset.state === "live" && document.querySelector("#count").innerText !== "\u00a0"`)
}

// answer is what an app gets.
type answer struct {
	status int
	body   []byte
}

// app sends what an app sends: JSON, with an SDK's header if one is named.
func (i *inbox) app(path string, body map[string]any, sdk string) answer {
	i.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		i.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(i.t.Context(), http.MethodPost, i.url+path, strings.NewReader(string(data)))
	if err != nil {
		i.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if sdk != "" {
		r.Header.Set("Auth0-Client", sdk)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		i.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		i.t.Fatal(err)
	}
	return answer{got.StatusCode, text}
}

// start asks for a code and returns it.
func (i *inbox) start(to string) string {
	i.t.Helper()
	body := map[string]any{"client_id": "acme-native", "connection": "email", "email": to, "send": "code"}
	if strings.HasPrefix(to, "+") {
		body = map[string]any{"client_id": "acme-native", "connection": "sms", "phone_number": to, "send": "code"}
	}
	if got := i.app("/passwordless/start", body, ""); got.status != http.StatusOK {
		i.t.Fatalf("start: %d %s", got.status, got.body)
	}
	m, ok := i.server.Outbox().Latest(outbox.To(to), outbox.WithCode())
	if !ok {
		i.t.Fatalf("no code for %s", to)
	}
	return m.Code
}

func (i *inbox) redeem(to, code string) answer {
	i.t.Helper()
	return i.app("/oauth/token", map[string]any{"grant_type": otpGrant, "client_id": "acme-native", "username": to, "otp": code, "realm": "email"}, "")
}

// row is a CSS selector of the n-th row, counted from the top and from 1.
func row(n int) string { return fmt.Sprintf("#rows .row:nth-child(%d)", n) }

// clipboard is held by the test that copies: the browser has one for all of them.
var clipboard sync.Mutex

// copied copies something, which the page calls so, and returns what the clipboard
// then holds: it is pasted into a field of its own.
func (i *inbox) copied(what string, by func()) string {
	i.t.Helper()
	clipboard.Lock()
	defer clipboard.Unlock()
	by()
	i.untilText("#announce", "Copied "+what)
	value[any](i.tab, `(() => {
		window.before = document.activeElement;
		document.body.append(Object.assign(document.createElement("textarea"), {id: "paste"}));
		document.querySelector("#paste").focus();
	})()`)
	i.run(chromedp.Func(func(ctx contextOf, target *chromedp.Target) error {
		_, err := call(ctx, target, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyDown", Key: "v", Code: "KeyV", Modifiers: 2, Commands: []string{"paste"}})
		return err
	}))
	return value[string](i.tab, `(() => {
		const {value} = document.querySelector("#paste");
		document.querySelector("#paste").remove();
		window.before.focus();
		return value;
	})()`)
}

// A code is on the page the moment it is sent, large, ready to be copied, and
// told to those who do not see it.
func TestMessagesAppearAsTheyAreSent(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	value[any](i.tab, `window.notReloaded = true`)

	// The page teaches how to get the first one, and what it teaches works.
	i.untilText("#empty", "No messages yet")
	i.untilText("#empty pre", i.url+"/passwordless/start")
	if _, err := exec.LookPath("curl"); err == nil {
		command := value[string](i.tab, `document.querySelector("#empty pre").textContent`)
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", command).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	} else {
		i.start("ada@example.com")
	}
	m, ok := i.server.Outbox().Latest()
	if !ok {
		t.Fatal("the command of the page sends no code")
	}
	i.untilText(row(1), m.Code)
	i.untilText("#announce", "New e-mail to ada@example.com, code "+m.Code)
	if got := strings.Join(strings.Fields(i.text("#reader .digits")), ""); got != m.Code {
		t.Errorf("the reader shows %q, want %s", got, m.Code)
	}
	if got := i.copied("code", func() { i.press("#reader", "Copy code "+m.Code) }); got != m.Code {
		t.Errorf("copied: %q, want %s", got, m.Code)
	}

	// E-mail and SMS side by side, the newest first, and shown as it comes.
	sms := i.start("+12025550101")
	i.untilText(row(1), sms)
	i.untilText("#reader h2", "SMS to +12025550101")
	i.untilText("#reader .bubble", "Your verification code is: "+sms)
	if got := i.copied("code", func() { i.press(row(2), "Copy code "+m.Code) }); got != m.Code {
		t.Errorf("copied from the list: %q, want %s", got, m.Code)
	}

	// A chosen message stays open.
	i.click(row(2) + " .row-link")
	i.until(`location.hash === "#/message/msg_00000001"`)
	third := i.start("bob@example.com")
	i.untilText(row(1), third)
	if got := i.text("#reader"); !strings.Contains(got, "ada@example.com") {
		t.Errorf("the reader left the message that was chosen:\n%s", got)
	}
	if !value[bool](i.tab, `window.notReloaded === true`) {
		t.Error("the page was loaded anew")
	}
}

// The magic link leads to the app, in a tab that knows nothing of the page.
func TestAMagicLinkOpensATabOfItsOwn(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	app := serve(t, "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>app</title>signed in")
	}))
	callback := "http://" + app.addr + "/callback"
	got := i.app("/passwordless/start", map[string]any{
		"client_id": "acme-web", "client_secret": "acme-web-secret", "connection": "email", "email": "ada@example.com", "send": "link",
		"authParams": map[string]any{"redirect_uri": callback, "response_type": "code"},
	}, "")
	if got.status != http.StatusOK {
		t.Fatalf("start: %d %s", got.status, got.body)
	}
	m, _ := i.server.Outbox().Latest()
	i.untilText(row(1), "Magic link")
	i.untilText("#reader .address", m.Link)
	if got := i.copied("link", func() { i.press("#reader", "Copy link") }); got != m.Link {
		t.Errorf("copied: %q, want %s", got, m.Link)
	}
	if rel := value[string](i.tab, `document.querySelector("#reader .link-card a").rel`); rel != "noopener noreferrer" {
		t.Errorf("the link's rel is %q", rel)
	}
	opened := i.opens(func() { i.press("#reader", "Open the magic link") })
	opened.until(`location.href.startsWith(` + quoted(callback+"?code=") + `)`)
	if !value[bool](opened, `window.opener === null && document.referrer === ""`) {
		t.Error("the tab of the link knows the page that it came from")
	}
	i.until(`document.querySelector("#reader").dataset.state === "used"`)
}

// By a name that is not localhost, over http, browsers give pages no clipboard
// but the old way. The page works all the same.
func TestThePageWorksByAnotherNameAndWithoutTheClipboard(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop, testkit.PinIssuer("http://mockauth0.test/")) // so the name is a given one
	i.expect("Cross-Origin-Opener-Policy header has been ignored")
	_, port, _ := strings.Cut(strings.TrimPrefix(i.url, "http://"), ":")
	i.run(chromedp.Navigate("http://mockauth0.test:" + port + "/"))
	i.live()
	if value[bool](i.tab, `isSecureContext`) {
		t.Fatal("this is no insecure context: the test proves nothing")
	}
	i.untilText("#domain", "mockauth0.test:"+port)
	i.untilText("#empty pre", "http://mockauth0.test:"+port+"/passwordless/start")
	code := i.start("ada@example.com")
	i.untilText(row(1), code)
	if got := i.copied("code", func() { i.press("#reader", "Copy code "+code) }); got != code {
		t.Errorf("copied: %q, want %s", got, code)
	}
}

// By a name that nobody gave, the page's script is refused, and the page says what to do.
func TestThePageSaysWhyItIsStuck(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.expect("Cross-Origin-Opener-Policy header has been ignored")
	i.expect("403 (Forbidden)")
	_, port, _ := strings.Cut(strings.TrimPrefix(i.url, "http://"), ":")
	i.run(chromedp.Navigate("http://mockauth0.test:" + port + "/"))
	i.untilText("#stuck", "--tls-host")
	i.until(`getComputedStyle(document.querySelector("#stuck")).visibility === "visible"`)
}

// Over https all is the same, and the snippets say https.
func TestThePageWorksOverHTTPS(t *testing.T) {
	t.Parallel()
	chromium(t)
	auth := testkit.Start(t)
	p := blank(t, desktop)
	p.run(chromedp.Func(func(ctx contextOf, target *chromedp.Target) error {
		_, err := call(ctx, target, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
		return err
	}), chromedp.Navigate(auth.TLSURL()+"/"))
	i := &inbox{p, auth.URL(), auth.Server()}
	i.live()
	i.untilText("#empty pre", "curl '"+auth.TLSURL()+"/passwordless/start'")
	i.untilText(row(1), i.start("ada@example.com"))
	i.press("#nav", "Connect")
	i.untilText("#panel", auth.TLSURL()+"/")
}

// The title counts what came while the page was not looked at.
func TestTheTitleCountsWhatWasNotSeen(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.start("ada@example.com")
	i.until(`document.querySelector(".row")`)
	if got := value[string](i.tab, `document.title`); got != "mockauth0 inbox" {
		t.Errorf("looked at, the title is %q", got)
	}
	i.hide(true)
	i.start("ada@example.com")
	i.start("bob@example.com")
	i.until(`document.title === "(2) mockauth0 inbox"`)
	i.hide(false)
	i.until(`document.title === "mockauth0 inbox"`)
	// The newest one is open. The others stay marked until somebody opens them.
	i.until(`document.querySelectorAll(".row.fresh").length === 1 && document.querySelector(".row.fresh").innerText.includes("ada@example.com")`)
	i.click(".row.fresh .row-link")
	i.until(`!document.querySelector(".row.fresh")`)
}

// What is open stands in the address.
func TestAnAddressOpensWhatItNames(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	first := i.start("ada@example.com")
	i.start("bob@example.com")
	i.until(`document.querySelectorAll(".row").length === 2`)
	p := open(t, i.url+"/_mock/#/message/msg_00000001/requests", desktop)
	p.until(`document.querySelector("#reader .digits")?.textContent === ` + quoted(first))
	p.untilText("#panel-title", "Requests")
	p.untilText("#panel", "/passwordless/start")
	p.press("#panel", "Close the panel")
	p.until(`location.hash === "#/message/msg_00000001" && document.querySelector("#panel").hidden`)
	p.run(chromedp.NavigateBack())
	p.until(`location.hash === "#/message/msg_00000001/requests" && !document.querySelector("#panel").hidden`)
	p.run(chromedp.Evaluate[chromedp.Void](`location.hash = "#/message/nowhere/nothing"`))
	p.untilText("#reader", "This message is not here. It may have been cleared.")
}

// An app's own messages have no code of the tenant, but what was found in them.
func TestAnAppsOwnMessages(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.server.Outbox().Add(outbox.Message{Kind: outbox.Twilio, To: "+12025550101", Text: "Your parcel 4711 is here", Codes: []string{"4711"}})
	i.untilText("#reader .others", "Found in it")
	i.until(`document.querySelector(".row-what")?.textContent === "Your parcel 4711 is here" && document.querySelector(".row-subject")?.textContent === "App SMS"`)
	first := i.start("ada@example.com")
	i.until(`document.querySelector("#reader .digits")?.textContent === ` + quoted(first) + ` && !document.querySelector("#reader .others")`)
	i.server.Outbox().Add(outbox.Message{Kind: outbox.Email, To: "bob@example.com", Code: "123456", Codes: []string{"123456", "2026"}})
	i.untilText("#reader .others", "Also in it")
}

func TestFilterAndClear(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	for _, to := range []string{"ada@example.com", "ada+work@example.com", "bob@example.com", "+12025550101"} {
		i.start(to)
	}
	i.server.Outbox().Add(outbox.Message{Kind: outbox.SMTP, Recipients: []string{"bob@example.com", "Ada@example.com"}, Subject: "Welcome", Text: "Hello"})
	count := func(words string) {
		t.Helper()
		i.untilText("#count", words)
		shown, _, _ := strings.Cut(words, " ")
		i.until(`document.querySelectorAll(".row").length === ` + shown)
	}
	count("5 messages")
	i.write("#filter-to", "ADA")
	count("3 of 5 messages")
	i.write("#filter-to", "ada@*")
	count("2 of 5 messages")
	i.run(chromedp.SetValue(chromedp.CSS("#filter-kind"), "email"), dispatch("#filter-kind", "change"))
	count("1 of 5 messages")
	// What comes and does not pass the filter is not shown.
	i.start("carl@example.com")
	count("1 of 6 messages")

	// Clear takes what is shown, and wants to be asked twice.
	i.press("#clear", "Clear")
	i.press("#clear", "Clear 1 message?")
	i.untilText("#empty", "No message matches the filter.")
	i.untilText("#announce", "Cleared 1 message")
	if _, left := i.server.Outbox().Latest(outbox.To("ada@example.com"), outbox.Kind(outbox.Email)); left || len(i.server.Outbox().All()) != 5 {
		t.Errorf("the outbox holds %d messages", len(i.server.Outbox().All()))
	}
	i.untilText("#reader", "No message matches the filter.")
	i.press("#empty", "Show all")
	count("5 messages")

	// To cancel loses nothing.
	i.press("#clear", "Clear")
	i.until(`document.querySelector("#clear button").innerText === "Clear 5 messages?"`)
	i.keys(escape)
	i.until(`document.querySelector("#clear button").innerText === "Clear"`)
	i.press("#clear", "Clear")
	i.press("#clear", "Clear 5 messages?")
	i.untilText("#empty", "No messages yet")
	if n := len(i.server.Outbox().All()); n != 0 {
		t.Errorf("the outbox holds %d messages", n)
	}
	// And it goes on.
	i.untilText("#empty", "No messages yet")
	i.untilText(row(1), i.start("ada@example.com"))
}

// Each state of a code is shown as it comes, the clock's included.
func TestStatesAreAlive(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	state := func(n int, want string) {
		t.Helper()
		i.until(fmt.Sprintf(`document.querySelector(%s)?.dataset.state === %s`, quoted(row(n)), quoted(want)))
	}
	code := i.start("ada@example.com")
	state(1, "active")
	i.untilText("#reader .left", "Expires in 2:5")
	if got := i.redeem("ada@example.com", code); got.status != http.StatusOK {
		t.Fatalf("redeem: %d %s", got.status, got.body)
	}
	state(1, "used")
	i.untilText("#reader .state-line", "Was redeemed")

	i.start("bob@example.com")
	i.start("bob@example.com")
	state(2, "superseded")
	state(1, "active")
	for range 3 {
		i.redeem("bob@example.com", "x")
	}
	state(1, "locked")

	i.start("carl@example.com")
	i.press("#reader", "Let it expire")
	state(1, "expired")

	i.start("+12025550101")
	state(1, "active")
	i.press("#nav", "Clock")
	i.press("#panel", "Advance 3 min")
	state(1, "expired")
	i.untilText("#nav", "off by 3m0s")
	i.untilText("#panel", "3m0s ahead of real time")
	i.untilText("#reader .reader-to", "3 min ago")

	for _, name := range []string{"email-lost", "email-bounced"} {
		active, err := i.server.Inject(name, none)
		if err != nil {
			t.Fatal(err)
		}
		i.app("/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "email", "email": "dora@example.com", "send": "code"}, "")
		active.Off()
	}
	state(1, "bounced")
	state(2, "lost")
	if _, err := i.server.Inject("email-delayed", none); err != nil {
		t.Fatal(err)
	}
	i.app("/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "email", "email": "eve@example.com", "send": "code"}, "")
	state(1, "queued")
	i.untilText("#reader .state-line", "Arrives in 0:4")
	i.press("#reader", "Deliver it now")
	state(1, "active")
	i.app("/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "email", "email": "fay@example.com", "send": "code"}, "")
	state(1, "queued")
	i.press("#panel", "Advance 1 hour")
	state(1, "expired") // it came and lapsed on the way
}

// A stopped clock stands.
func TestTheClockStandsAndRuns(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.press("#nav", "Clock")
	i.press("#panel", "Freeze")
	i.untilText("#nav", "frozen")
	frozen := i.server.Clock().Now().Format(time.TimeOnly)
	i.untilText("#panel .big-time", frozen)
	if i.server.Clock().Running() {
		t.Error("the clock runs")
	}
	i.press("#panel", "Let it run")
	i.untilText("#panel", "Freeze")
	if !i.server.Clock().Running() {
		t.Error("the clock stands")
	}
	i.run(chromedp.SetValue(chromedp.CSS("#set-to"), "2030-01-01T00:00"))
	i.press("#panel", "Stop there")
	i.untilText("#panel .big-time", "00:00:00")
	i.untilText("#panel .big-date", "2030-01-01")
	i.write("#advance-by", "90s")
	i.press("#panel", "Advance")
	i.untilText("#panel .big-time", "00:01:30")

	// What another does to the clock is seen as well.
	if err := i.server.Clock().Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	i.untilText("#panel .big-time", "01:01:30")

	// What is refused is told, in the control API's words.
	i.expect("400 (Bad Request)")
	i.write("#advance-by", "soon")
	i.press("#panel", "Advance")
	i.untilText("#panel .complaint", `advance: must be a duration, as in 45s, 2m30s or 1h, or a number of seconds, not the string "soon"`)
	if place := value[bool](i.tab, `/\b1:\d/.test(document.querySelector("#panel .complaint").innerText)`); place {
		t.Error("the complaint has a place in a JSON text that nobody wrote")
	}
	i.press("#panel", "Back to real time")
	i.untilText("#panel .big-date", "runs with real time")
	i.until(`document.querySelector("#panel .complaint").hidden`)
}

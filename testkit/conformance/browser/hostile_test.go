package browser

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// pwn is what a stranger writes where a text belongs.
const pwn = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`

// What a message or a request holds is a stranger's: it is shown as text.
func TestAHostileMessageIsOnlyText(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.expect("Blocked script execution in")     // the e-mail's scripts
	i.expect("violates the following")          // its picture and its style sheet
	i.expect("Blocked form submission")         // its form
	i.expect("Blocked autofocusing")            // its field
	i.expect("Refused to execute the redirect") // its refresh
	where := i.url + "/_mock/health"
	i.server.Outbox().Add(outbox.Message{
		Kind: outbox.SMTP, Recipients: []string{pwn + "@example.com"}, From: pwn, Subject: pwn, Text: pwn,
		Code: pwn, Link: "javascript:window.pwned=1", Links: []string{"javascript:window.pwned=1", "data:text/html,<script>1</script>", "https://example.com/?a=1&b=2"},
		ClientID: pwn, Connection: pwn, Scenario: pwn, Language: pwn,
		HTML: `<!doctype html><html><head><meta http-equiv="refresh" content="0;url=` + where + `"><base href="https://elsewhere.test/"></head>
			<body onload="parent.pwned=1">` + pwn + `
			<script>top.location = "` + where + `"; parent.postMessage("pwned", "*"); fetch("` + i.url + `/_mock/reset", {method: "POST"})</script>
			<link rel="stylesheet" href="` + i.url + `/_mock/inbox/base.css">
			<form action="` + i.url + `/_mock/reset" method="post"><input autofocus><button>go</button></form>
			<a href="` + where + `" style="position:fixed;inset:0;background:gold">open</a></body></html>`,
	})
	value[any](i.tab, `addEventListener("message", () => { window.pwned = 1; })`)
	i.untilText("#reader h2", pwn)
	i.untilText(row(1)+" .row-to", pwn+"@example.com")
	i.untilText("#reader .digits", "<img src=x")
	i.until(`document.querySelector("#reader iframe")`)
	if scripts := value[[]string](i.tab, `[...document.querySelectorAll("#reader script, #rows script, #reader img, #rows img, a[href^='javascript'], a[href^='data']")].map((each) => each.outerHTML)`); len(scripts) > 0 {
		t.Errorf("the page made elements of a stranger's text: %q", scripts)
	}
	i.untilText("#reader .link-card", "This is not a web address")

	// What turns the order of a text around is seen.
	i.server.Outbox().Add(outbox.Message{Kind: outbox.SMTP, Recipients: []string{"\u202emoc.elpmaxe@ada"}, Subject: "Invoice \u202egnp.exe", Text: "x", Links: []string{"https://example.com/\u202egnp.exe"}})
	i.untilText("#reader h2", "Invoice [U+202E]gnp.exe")
	i.untilText("#reader .reader-to", "To [U+202E]moc.elpmaxe@ada · ")
	i.untilText("#reader .others", "https://example.com/[U+202E]gnp.exe")
	i.untilText(row(1), "[U+202E]moc.elpmaxe@ada")
	i.server.Outbox().Delete(outbox.ID("msg_00000002"))
	i.untilText("#reader h2", pwn)

	// In the frame the e-mail is drawn, and its link opens a tab outside of it.
	opened := i.opens(func() {
		i.drawn()
		i.clickMiddle("#reader iframe")
	})
	opened.until(`location.href === ` + quoted(where))
	if !value[bool](opened, `window.opener === null && origin !== "null"`) {
		t.Error("the tab of the link is in the sandbox, or knows who opened it")
	}
	for _, name := range []string{"Text", "Source"} {
		i.press("#reader", name)
		i.untilText("#body-content", "window.pwned=1")
	}
	// The answer itself is as safe when it is opened alone.
	alone := blank(t, desktop)
	alone.expect("Blocked script execution in")
	alone.expect("violates the following")
	alone.expect("Blocked autofocusing")
	alone.expect("Refused to execute the redirect")
	alone.run(chromedp.Navigate(i.url + "/_mock/outbox/msg_00000001/html"))
	if got := value[string](alone, `location.pathname + " " + origin`); got != "/_mock/outbox/msg_00000001/html null" {
		t.Errorf("alone, the e-mail is at %s", got)
	}

	// A request's words are a stranger's, too.
	i.app("/passwordless/start", map[string]any{"client_id": pwn, "connection": pwn, "email": pwn}, "eyJuYW1lIjoiPHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0PiJ9")
	i.press("#nav", "Requests")
	i.untilText("#panel", "<script>window.pwned=1</script>")
	i.press("#panel .requests", "403")
	i.untilText("#panel details[open] pre", "onerror")
	if got := value[any](i.tab, `window.pwned ?? null`); got != nil {
		t.Errorf("a stranger's script ran")
	}
	if strings.Contains(value[string](i.tab, `location.href`), "health") || len(i.server.Outbox().All()) != 1 || len(i.server.Requests()) != 1 {
		t.Error("a stranger's message did something")
	}
}

// loads is a mail that names a server in all the ways in which a browser may call it, and takes
// the name of what the page measures.
const loads = `<!doctype html><html><head><meta name=referrer content=unsafe-url><meta http-equiv=x-dns-prefetch-control content=on>
<LINK rel=preconnect href="EVIL/"><link rel=dns-prefetch href="EVIL/"><link rel=prefetch href="EVIL/a"><link rel=preload as=image href="EVIL/b"><link rel=icon href="EVIL/c"><link rel=stylesheet href="EVIL/d">
<style>@import "EVIL/e"; @font-face { font-family: x; src: url(EVIL/f) } body { font-family: x; background: url(EVIL/g) }</style></head>
<body background="EVIL/h"><video poster="EVIL/i" src="EVIL/j" autoplay></video><audio src="EVIL/k"></audio><object data="EVIL/l"></object><embed src="EVIL/m">
<iframe src="EVIL/n"></iframe><iframe srcdoc="<script>top.pwned=1</script><img src='EVIL/o'>"></iframe><svg><image href="EVIL/p"/><use href="EVIL/q#x"/></svg>
<input type=image src="EVIL/r"><img srcset="EVIL/s 1x"><details open ontoggle="parent.pwned=1">x</details>
<form name=documentElement><input name=scrollHeight></form><div style="height:3000px"></div></body></html>`

// A mail that is shown calls nobody, whatever it holds. It cannot lie about its height, nor be
// higher than a page can bear. A tab that its link opens knows nothing of the page, by whatever name.
func TestAMailReachesNobodyByBeingRead(t *testing.T) {
	t.Parallel()
	var called atomic.Int64
	silent := httptest.NewUnstartedServer(http.NotFoundHandler())
	silent.Config.ConnState = func(net.Conn, http.ConnState) { called.Add(1) }
	silent.Start()
	defer silent.Close()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><link rel=icon href=data:><title>elsewhere</title>")
	}))
	defer elsewhere.Close()

	i := openInbox(t, desktop)
	i.expect("Blocked")
	i.expect("violates the following")
	i.expect("Unsafe attempt to load")
	add := func(html string) {
		i.server.Outbox().Add(outbox.Message{Kind: outbox.SMTP, Recipients: []string{"ada@example.com"}, Subject: "News", Text: "news", HTML: html})
	}
	add(strings.ReplaceAll(loads, "EVIL", silent.URL))
	i.until(`document.querySelector("#reader iframe.fits")?.getBoundingClientRect().height > 3000`)
	add(`<!doctype html><div style="height:1e9px"></div>`)
	i.until(`document.querySelector("#reader iframe.fits[src*=msg_00000002]")?.getBoundingClientRect().height === 20000`)
	const whole = `style="position:fixed;inset:0;background:gold">open</a>`
	add(`<!doctype html><a target=named rel=opener href="` + elsewhere.URL + `/" ` + whole)
	i.until(`document.querySelector("#reader iframe.fits[src*=msg_00000003]")`)
	i.drawn()
	opened := i.opens(func() { i.clickMiddle("#reader iframe") })
	opened.until(`document.title === "elsewhere" && window.opener === null`)

	// The same when the mail is opened alone.
	i.run(chromedp.Navigate(i.url + "/_mock/outbox/msg_00000003/html?links=1&fit=1"))
	alone := i.opens(func() { i.run(chromedp.MouseClickXY(300, 300)) })
	alone.until(`document.title === "elsewhere" && window.opener === null`)
	if n := called.Load(); n > 0 {
		t.Errorf("a mail called a server %d times when it was read", n)
	}
}

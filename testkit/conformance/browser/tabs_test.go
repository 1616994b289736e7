package browser

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// another opens a page in a further tab of the same profile.
func (p *tab) another(address string, expected ...string) *tab {
	p.t.Helper()
	next := newTab(p.t, p.ctx)
	for _, part := range expected {
		next.expect(part)
	}
	next.run(chromedp.Navigate(address))
	return next
}

// A browser opens six connections to a server over http. All tabs of a profile share one
// stream, so that there may be more of them.
func TestEightTabsShareOneStream(t *testing.T) {
	t.Parallel()
	asked := &counter{}
	i := openServed(t, asked)
	first := i.start("ada@example.com")
	i.untilText(row(1), first)
	all := []*tab{i.tab}
	for range 7 {
		all = append(all, i.another(i.url+"/_mock/"))
	}
	shown := func(code string) {
		t.Helper()
		for _, each := range all {
			each.untilText(row(1), code)
		}
	}
	shown(first)
	shown(i.start("bob@example.com"))

	// Those that are left go on when others are closed, the first one too.
	for _, each := range all[:3] {
		each.run(chromedp.Navigate("about:blank"))
	}
	all = all[3:]
	shown(i.start("carl@example.com"))
	all = append(all, i.another(i.url+"/_mock/"))
	shown(i.start("dora@example.com"))
	for _, each := range all {
		each.until(`document.querySelectorAll(".row").length === 4`)
		each.untilText("#live", "Live")
	}
	if n := asked.count("/_mock/outbox/stream"); n != 1 {
		t.Errorf("%d streams were opened", n)
	}

	// What is deleted is gone in all of them, and for a tab that comes later.
	i.server.Outbox().Delete()
	all = append(all, i.another(i.url+"/_mock/"))
	for _, each := range all {
		each.untilText("#empty", "No messages yet")
	}
	shown(i.start("eve@example.com"))
}

// A browser without shared workers reads a stream for each tab, and so does one that
// does not load this worker.
func TestATabWithoutTheWorkerReadsItsOwnStream(t *testing.T) {
	t.Parallel()
	chromium(t)
	s := newServer(t)
	for name, missing := range map[string]string{"no shared workers": "", "no worker": "/_mock/inbox/worker.js"} {
		t.Run(name, func(t *testing.T) {
			asked := &counter{next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == missing {
					http.NotFound(w, r)
					return
				}
				s.ServeHTTP(w, r)
			})}
			url := "http://" + serve(t, "127.0.0.1:0", asked).addr
			p := blank(t, desktop)
			p.expect("Failed to fetch a worker script")
			if missing == "" {
				p.run(chromedp.Func(func(ctx contextOf, target *chromedp.Target) error {
					_, err := call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `delete window.SharedWorker`})
					return err
				}))
			}
			p.run(chromedp.Navigate(url + "/_mock/"))
			i := &inbox{p, url, s}
			i.live()
			i.untilText(row(1), i.start("ada@example.com"))
			second := i.another(url+"/_mock/", "Failed to fetch a worker script")
			code := i.start("bob@example.com")
			i.untilText(row(1), code)
			second.untilText(row(1), code)
		})
	}
}

// A page that the back button brings back shows what came meanwhile, and goes on.
func TestThePageGoesOnAfterTheBackButton(t *testing.T) {
	t.Parallel()
	i := openServed(t, &counter{})
	i.start("ada@example.com")
	i.until(`document.querySelectorAll(".row").length === 1`)
	i.run(chromedp.Navigate(i.url + "/healthz"))
	i.start("bob@example.com")
	i.run(chromedp.NavigateBack())
	i.until(`document.querySelectorAll(".row").length === 2`)
	i.untilText(row(1), i.start("carl@example.com"))
	i.until(`document.querySelectorAll(".row").length === 3`)
}

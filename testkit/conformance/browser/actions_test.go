package browser

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/mockauth0/mockauth0/scenarios"
)

const (
	escape = kb.Escape
	enter  = kb.Enter
)

// none narrows a scenario by nothing.
var none scenarios.Narrowing

type contextOf = context.Context

// call is a command of the browser's protocol.
func call[P, R any](ctx context.Context, t *chromedp.Target, command cdp.Command[P, R], params P) (R, error) {
	return cdp.Call(ctx, t, command, params)
}

// dispatch lets an element hear of an event, as after SetValue.
func dispatch(selector, event string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%s).dispatchEvent(new Event(%s, {bubbles: true}))`, quoted(selector), quoted(event)))
}

// hide lets the page believe that another tab is in front of it. A headless
// Chromium shows all tabs at once, so it is told what a browser would tell.
func (p *tab) hide(hidden bool) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`
		Object.defineProperty(document, "hidden", {configurable: true, get: () => %[1]t});
		document.hasFocus = () => !%[1]t;
		document.dispatchEvent(new Event("visibilitychange"));
		dispatchEvent(new Event(%[1]t ? "blur" : "focus"));`, hidden)))
}

// opens is the tab that something opens.
func (p *tab) opens(open func()) *tab {
	p.t.Helper()
	before := p.pages()
	open()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		for id := range p.pages() {
			if !before[id] {
				return newTab(p.t, p.ctx, chromedp.WithTargetID(id))
			}
		}
		value[any](p, `new Promise((wake) => setTimeout(wake, 50))`)
	}
	p.t.Fatalf("no tab is opened\n%s", p.story())
	return nil
}

// pages are all tabs of the profile.
func (p *tab) pages() map[target.ID]bool {
	p.t.Helper()
	all, err := chromedp.Targets(p.ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	pages := map[target.ID]bool{}
	for _, info := range all {
		if info.Type == "page" && info.BrowserContextID == chromedp.FromContext(p.ctx).BrowserContextID {
			pages[info.TargetID] = true
		}
	}
	return pages
}

// clickMiddle clicks on the middle of where an element is drawn, whatever is
// drawn there. Chromium lets no click through to a stranger's frame that has
// been where it is for less than half a second.
func (p *tab) clickMiddle(selector string) {
	p.t.Helper()
	at := value[[]float64](p, fmt.Sprintf(`(async () => {
		const element = document.querySelector(%s);
		element.scrollIntoView({block: "center"});
		await new Promise((wake) => setTimeout(wake, 1000));
		const r = element.getBoundingClientRect();
		return [r.x + r.width / 2, r.y + r.height / 2];
	})()`, quoted(selector)))
	p.run(chromedp.MouseClickXY(at[0], at[1]))
}

// drawn waits until the e-mail is drawn in its frame. That it is loaded is
// all that can be asked for.
func (p *tab) drawn() {
	p.t.Helper()
	p.until(`performance.getEntriesByType("resource").some((each) => each.name === document.querySelector("#reader iframe")?.src && each.responseEnd > 0)`)
	value[any](p, `new Promise((wake) => requestAnimationFrame(() => requestAnimationFrame(wake)))`)
}

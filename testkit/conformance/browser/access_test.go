package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

// everything opens one view after the other: each panel, each kind of message.
func (i *inbox) everything(look func(view string)) {
	i.t.Helper()
	i.expect("violates the following") // the remote picture
	look("empty")
	i.start("ada@example.com")
	i.start("ada@example.com")
	i.start("+12025550101")
	i.app("/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "email", "email": "bob@example.com", "send": "link"}, auth0js)
	i.app("/passwordless/start", map[string]any{"client_id": "nobody", "connection": "email", "email": "bob@example.com"}, auth0js)
	i.server.Outbox().Add(outbox.Message{
		Kind: outbox.SMTP, Recipients: []string{strings.Repeat("a-very-long-name.", 12) + "@example.com"}, From: "Shop <shop@example.com>",
		Subject: strings.Repeat("Averylongsubjectwithoutanyspace", 8), Text: strings.Repeat("x", 3000), Codes: []string{"12345678"}, Code: "12345678901234567890123456789012",
		HTML: "<p style='width:3000px'>wide</p><img src='https://example.com/x.png'>", Links: []string{"https://example.com/" + strings.Repeat("long", 80)},
		Attachments: []outbox.Attachment{
			{Part: "2", FileName: strings.Repeat("Averylongfilename", 12) + ".pdf", ContentType: "application/pdf", Size: 48_000},
			{Part: "3", ContentType: "x/" + strings.Repeat("long", 30), Size: 1},
		},
	})
	if _, err := i.server.Inject("email-lost", none); err != nil {
		i.t.Fatal(err)
	}
	i.app("/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "email", "email": "bob@example.com", "send": "code"}, "")
	i.until(`document.querySelectorAll(".row").length >= 6`)
	look("list")
	for n := range 6 {
		i.run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`location.hash = "#/message/msg_%08d"`, n+1)))
		i.until(`document.querySelector("#reader h2") && document.querySelector("#reader .body > *")`)
		value[any](i.tab, `document.querySelectorAll("#reader details").forEach((each) => { each.open = true; })`)
		look(fmt.Sprintf("message %d", n+1))
	}
	i.run(chromedp.Evaluate[chromedp.Void](`location.hash = "#/message/msg_00000001"`))
	for _, tab := range []string{"Text", "Source"} {
		i.press("#reader", tab)
		look(tab)
	}
	for _, panel := range []string{"Try it", "Clock", "Scenarios", "Requests", "Users", "Organizations", "Keys", "Connect"} {
		i.press("#nav", panel)
		i.until(`document.querySelector("#panel-body button")`)
		if panel == "Requests" {
			i.press("#panel .requests", "200")
			i.until(`document.querySelector("#panel .exchange pre")`)
		}
		if panel == "Users" {
			u, _ := i.server.UserByAddress(ada)
			if _, err := i.server.UpdateUser(u.UserID, func(u *fixtures.User) error {
				u.MFA = []fixtures.Authenticator{{Type: fixtures.FactorPush}, {Type: fixtures.FactorEmail, Email: strings.Repeat("averylongname", 4) + "@example.com"}, {Type: fixtures.FactorOTP, Active: new(bool)}}
				return nil
			}); err != nil {
				i.t.Fatal(err)
			}
			i.untilText("#panel", "Second factors (3)")
			i.press("#panel", "Second factors (3)")
		}
		if panel == "Scenarios" {
			i.press("#panel", "Edit a copy of flaky")
			i.untilText("#panel .editor", "No mistakes: this is my-flaky.")
			i.until(`document.querySelector("#scenario-file").value.includes("my-flaky")`)
			value[any](i.tab, `(() => { const file = document.querySelector("#scenario-file"); file.value = "version: 1\nname: x\nnonsense: 1\n"; file.dispatchEvent(new Event("input", { bubbles: true })); })()`)
			i.untilText("#panel .mistakes", "Line 3")
		}
		if panel == "Organizations" {
			i.untilText("#panel", "Members (1)")
			value[any](i.tab, `document.querySelectorAll("#panel details").forEach((each) => { each.open = true; })`)
		}
		look(panel)
		if panel == "Users" {
			i.press("#panel", ada)
			i.untilText("#panel", "Second factors (3)")
			i.untilText("#panel", "Log (")
			value[any](i.tab, `document.querySelectorAll("#panel details").forEach((each) => { each.open = true; })`)
			look("a user")
			i.press("#panel", "All users")
		}
	}
	i.press("#panel", "Close the panel")
	i.keys("?")
	i.untilText("#help", "Shortcuts")
	look("shortcuts")
}

// At 320 pixels nothing is wider than the window, whatever a message holds, and a finger
// hits each button.
func TestNothingOverflowsOnAPhone(t *testing.T) {
	t.Parallel()
	i := openInbox(t, look{width: 320, height: 740}, testkit.FixtureYAML(inboxOrganizations))
	i.run(chromedp.Func(func(ctx contextOf, target *chromedp.Target) error {
		_, err := call(ctx, target, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
		return err
	}))
	i.until(`matchMedia("(pointer: coarse)").matches`)
	i.everything(func(view string) {
		t.Helper()
		if small := value[[]string](i.tab, `[...document.querySelectorAll("button, .button, select, input:not([type=checkbox])")].filter((each) => each.checkVisibility() && !each.classList.contains("unseen") && each.getBoundingClientRect().height < 39.5).map((each) => each.outerHTML.slice(0, 120))`); len(small) > 0 {
			t.Errorf("%s: too small for a finger: %q", view, small)
		}
		if wide := i.tooWide(320); len(wide) > 0 {
			t.Errorf("%s: too wide: %q", view, wide)
		}
		if high := value[int](i.tab, `document.documentElement.scrollHeight - innerHeight`); high > 0 { // only its parts scroll
			t.Errorf("%s: the page is %d pixels too high", view, high)
		}
	})
}

// On a phone one thing is seen at a time, and there is a way back from each.
func TestOneColumnOnAPhone(t *testing.T) {
	t.Parallel()
	i := openInbox(t, look{width: 360, height: 740})
	code := i.start("ada@example.com")
	i.untilText(row(1), code)
	if got := i.text("#reader"); strings.Contains(got, code) && value[bool](i.tab, `document.querySelector("#reader").checkVisibility()`) {
		t.Error("list and message are both shown")
	}
	i.click(row(1) + " .row-link")
	i.until(`document.querySelector("#reader").checkVisibility() && !document.querySelector("#column").checkVisibility()`)
	i.press("#nav", "Clock")
	i.until(`document.querySelector("#panel").checkVisibility() && !document.querySelector("#reader").checkVisibility()`)
	i.press("#panel", "Close the panel")
	i.press("#reader", "All messages")
	i.until(`document.querySelector("#column").checkVisibility() && !document.querySelector("#reader").checkVisibility()`)
}

// All that a mouse can do, a keyboard can.
func TestByKeyboardAlone(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	first := i.start("ada@example.com")
	i.start("bob@example.com")
	third := i.start("carl@example.com")
	i.until(`document.querySelectorAll(".row").length === 3`)
	focus := func() string {
		return value[string](i.tab, `document.activeElement.getAttribute("aria-label") || document.activeElement.innerText || document.activeElement.id || document.activeElement.tagName`)
	}
	digits := func(code string) {
		t.Helper()
		i.until(`document.querySelector("#reader .digits")?.textContent === ` + quoted(code))
	}

	// Tab goes through all there is and comes out again.
	seen := map[string]bool{}
	var order []string
	for range 60 {
		i.keys("\t")
		at := focus()
		order = append(order, at)
		if seen[at] && at == order[0] {
			break
		}
		seen[at] = true
	}
	if order[0] != "Skip to the messages" || !seen["Copy domain"] || !seen["E-mail to carl@example.com, code "+third+", active"] || !seen["Let it expire"] || order[len(order)-1] != order[0] {
		t.Errorf("Tab goes through %q", order)
	}
	if seen["E-mail to ada@example.com, code "+first+", active"] {
		t.Errorf("Tab stops at each row: %q", order)
	}

	i.run(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	i.keys("j")
	i.until(`location.hash === "#/message/msg_00000002"`)
	i.keys("j")
	digits(first)
	if got := focus(); got != "E-mail to ada@example.com, code "+first+", active" {
		t.Errorf("after j the focus is at %q", got)
	}
	i.keys("j") // the last one stays
	i.keys("k")
	i.keys("k")
	digits(third)
	if got := i.copied("code", func() { i.keys("c") }); got != third {
		t.Errorf("copied: %q", got)
	}
	// On an app's mail it is the code that was found in it.
	i.server.Outbox().Add(outbox.Message{Kind: outbox.SMTP, Recipients: []string{"ada@example.com"}, Subject: "Coupon", Text: "Your coupon: 20301", Codes: []string{"20301"}})
	i.until(`document.querySelector(".row:first-child").innerText.includes("Coupon")`)
	for range 3 {
		i.keys("k")
	}
	i.until(`document.querySelector("#reader .others code")?.textContent === "20301"`)
	if got := i.copied("code 20301", func() { i.keys("c") }); got != "20301" {
		t.Errorf("copied: %q", got)
	}
	i.keys("j")
	digits(third)
	i.keys("/")
	i.until(`document.activeElement.id === "filter-to"`)
	i.write("#filter-to", "j") // there it is a letter
	i.until(`document.querySelector("#filter-to").value === "j"`)
	i.keys(escape)
	i.until(`document.querySelector("#filter-to").value === ""`)

	// Enter opens what has the focus, Escape closes one thing after the other.
	i.run(chromedp.Focus(chromedp.CSS(row(4) + " .row-link")))
	i.keys(enter)
	digits(first)
	i.run(chromedp.Focus(chromedp.CSS(`[data-panel="clock"]`)))
	i.keys(enter)
	i.until(`!document.querySelector("#panel").hidden`)
	i.keys("?")
	i.until(`document.activeElement.id === "help"`)
	i.keys(escape)
	i.until(`document.querySelector("#help").hidden && document.activeElement.dataset.panel === "clock"`)
	i.keys(escape)
	i.until(`document.querySelector("#panel").hidden && location.hash === "#/message/msg_00000001"`)
	i.keys(escape)
	i.until(`location.hash === "#/"`)
}

// A screen reader says a name for each control.
func TestEachControlHasAName(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop, testkit.FixtureYAML(inboxOrganizations))
	needs := map[string]bool{"button": true, "link": true, "textbox": true, "searchbox": true, "combobox": true, "switch": true, "tab": true, "dialog": true, "Iframe": true, "img": true, "image": true, "navigation": true, "complementary": true, "list": false}
	i.everything(func(view string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(i.ctx, patience)
		defer cancel()
		tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			t.Fatal(err)
		}
		controls, headings := 0, 0
		for _, node := range tree.Nodes {
			if node.Ignored || node.Role == nil {
				continue
			}
			role := strings.Trim(string(node.Role.Value), `"`)
			name := ""
			if node.Name != nil {
				name = strings.Trim(string(node.Name.Value), `"`)
			}
			if role == "heading" {
				headings++
			}
			if !needs[role] {
				continue
			}
			controls++
			if strings.TrimSpace(name) == "" {
				t.Errorf("%s: a %s has no name", view, role)
			}
		}
		if controls < 10 || headings < 2 {
			t.Errorf("%s: the tree has only %d controls and %d headings", view, controls, headings)
		}
	})
}

// axe-core finds nothing serious, in either colour scheme: contrast included.
func TestAxeFindsNothingSerious(t *testing.T) {
	t.Parallel()
	script := axe(t)
	looks := []struct {
		name string
		look
	}{
		{"light, a phone", look{width: 360, height: 740, still: true}},
		{"dark, mid-sized", look{width: 1000, height: 700, dark: true, still: true}},
		{"dark", look{width: 1280, height: 800, dark: true, still: true}},
		{"light", look{width: 1280, height: 800, still: true}}, // on this one the test goes on
	}
	i := openInbox(t, looks[3].look, testkit.FixtureYAML(inboxOrganizations))
	i.run(chromedp.Evaluate[chromedp.Void](script))
	checked := map[string]int{}
	i.everything(func(view string) {
		t.Helper()
		for _, how := range looks {
			i.pretend(how.look)
			checked[how.name] += i.axeFinds(view + ", " + how.name)
		}
	})
	for _, how := range looks {
		if checked[how.name] < 100 {
			t.Errorf("%s: axe passed only %d rules", how.name, checked[how.name])
		}
	}
}

// axeFinds lets axe-core look at what the page shows now, and returns how many
// of its rules passed.
func (p *tab) axeFinds(view string) (passed int) {
	p.t.Helper()
	result := value[struct {
		Passes     int
		Violations []struct {
			ID, Impact, Help string
			Nodes            []string
		}
	}](p, `axe.run(document, {iframes: false, resultTypes: ["violations"]}).then((found) => ({
		passes: found.passes.length,
		violations: found.violations.map(({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.map((node) => node.html.slice(0, 160) + " " + node.failureSummary)})),
	}))`)
	for _, v := range result.Violations {
		if v.Impact == "serious" || v.Impact == "critical" || v.Impact == "moderate" {
			p.t.Errorf("%s: %s (%s): %s\n\t%s", view, v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n\t"))
		}
	}
	return result.Passes
}

// tooWide is what reaches out of a window of so many pixels, and is in nothing
// that scrolls.
func (p *tab) tooWide(pixels int) []string {
	p.t.Helper()
	return value[[]string](p, fmt.Sprintf(`(() => {
		if (document.documentElement.scrollWidth > %[1]d) return ["the page: " + document.documentElement.scrollWidth];
		const scrolls = (each) => each && (["auto", "scroll"].includes(getComputedStyle(each).overflowX) && each.tabIndex >= 0 || scrolls(each.parentElement));
		return [...document.querySelectorAll("body *:not(.unseen)")]
			.filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > %[1]d + .5 && !scrolls(each) && !each.closest(".unseen, .sprite, [aria-hidden]"))
			.map((each) => each.outerHTML.slice(0, 120));
	})()`, pixels))
}

// axe is the script of axe-core, which is installed if it is not there.
func axe(t *testing.T) string {
	t.Helper()
	chromium(t)
	npmPackages(t, ".")
	data, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data) + ";void 0"
}

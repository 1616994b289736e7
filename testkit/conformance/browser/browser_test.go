package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take for one step. Two tests that share a
// slow machine need a while; a step that works does not use it up.
const patience = 90 * time.Second

// One Chromium serves all tests. Each test has a profile of its own, and each of
// its pages has the focus, so that tests run in parallel.
var shared struct {
	once    sync.Once
	browser context.Context
	end     func()
	missing string
	err     error
	// distrust is why https is not to be had, if it is not.
	distrust error
}

func TestMain(m *testing.M) {
	status := m.Run()
	if shared.end != nil {
		shared.end()
	}
	os.Exit(status)
}

// chromium is the running browser. Where none is installed the test skips; in
// CI, which installs it, that is a failure.
func chromium(t *testing.T) context.Context {
	t.Helper()
	shared.once.Do(func() { startChromium(t) })
	switch {
	case shared.missing != "" && os.Getenv("CI") != "":
		t.Fatal(shared.missing)
	case shared.missing != "":
		t.Skip(shared.missing)
	case shared.err != nil:
		t.Fatalf("Chromium does not start: %v", shared.err)
	}
	return shared.browser
}

func startChromium(t *testing.T) {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		shared.missing = "no Chromium in PATH (chromium, chromium-browser, google-chrome): apt-get install chromium"
		return
	}
	home, err := os.MkdirTemp("", "mockauth0-chromium-") //nolint:usetesting // the browser outlives the test that starts it
	if err != nil {
		shared.err = err
		return
	}
	shared.distrust = trustAuthorities(t, home)
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(home, "profile")), chromedp.Env("HOME=" + home), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-default-apps", true),
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"),
		chromedp.CombinedOutput(io.Discard),
		chromedp.WSURLReadTimeout(time.Minute),
	}
	allocated, release := chromedp.NewExecAllocator(context.Background(), options...)
	browser, quit := chromedp.NewContext(allocated)
	shared.browser = browser
	shared.end = func() {
		quit()
		release()
		_ = os.RemoveAll(home)
	}
	shared.err = chromedp.Do(browser) // starts it
}

// A tab is a page of a fresh profile. What goes wrong in it, from an error in
// the console to a breach of the Content-Security-Policy, fails its test.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	expected []string // parts of complaints that the test provokes
}

// A look is what a tab pretends to be.
type look struct {
	width, height int64
	dark          bool
	still         bool // prefers reduced motion
}

var desktop = look{width: 1280, height: 800}

// open opens a page.
func open(t *testing.T, address string, how look) *tab {
	t.Helper()
	p := blank(t, how)
	p.run(chromedp.Navigate(address))
	return p
}

// blank is a tab before its first page.
func blank(t *testing.T, how look) *tab {
	t.Helper()
	p := newTab(t, chromium(t), chromedp.WithNewBrowserContext())
	p.pretend(how)
	return p
}

// pretend gives the tab a look, and waits until the page has it.
func (p *tab) pretend(how look) {
	p.t.Helper()
	scheme, motion := "light", "no-preference"
	if how.dark {
		scheme = "dark"
	}
	if how.still {
		motion = "reduce"
	}
	p.run(chromedp.EmulateViewport(how.width, how.height), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
		}})
		return err
	}))
	p.until(fmt.Sprintf(`innerWidth === %d && innerHeight === %d && matchMedia("(prefers-color-scheme: %s) and (prefers-reduced-motion: %s)").matches
		&& new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))`, how.width, how.height, scheme, motion))
}

// newTab is a tab of the browser, or of the profile, whose context is given. It has the focus,
// whatever other tabs there are.
func newTab(t *testing.T, in context.Context, options ...chromedp.ContextOption) *tab {
	t.Helper()
	p := &tab{t: t}
	ctx, closeTab := chromedp.NewContext(in, append(options, chromedp.WithListener(p.hear))...)
	t.Cleanup(closeTab)
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // makes the tab, which must not end with a deadline
		t.Fatal(err)
	}
	p.run(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return p
}

// hear listens to what a page complains about.
func (p *tab) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if slices.Contains([]string{"error", "warning", "assert"}, string(e.Type)) {
			var words []string
			for _, arg := range e.Args {
				words = append(words, strings.Trim(string(arg.Value), `"`)+arg.Description)
			}
			p.complain("console." + string(e.Type) + ": " + strings.Join(words, " "))
		}
	case *runtime.EventExceptionThrown:
		words := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			words += " " + e.ExceptionDetails.Exception.Description
		}
		p.complain("exception: " + words)
	case *cdplog.EventEntryAdded:
		if slices.Contains([]string{"error", "warning"}, string(e.Entry.Level)) {
			p.complain(fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	}
}

func (p *tab) complain(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(what, part) }) {
		p.t.Errorf("the page complains: %s", what)
	}
}

// expect lets the page complain in these words.
func (p *tab) expect(part string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, part)
}

// run does something in the tab, and fails the test if it cannot be done.
func (p *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := p.try(actions...); err != nil {
		p.t.Fatalf("%v\n%s", err, p.story())
	}
}

func (p *tab) try(actions ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, actions...)
}

// story is what the page shows, for a test that fails.
func (p *tab) story() string {
	text, err := get[string](p, `location.href + "\n" + document.body?.innerText`)
	if err != nil {
		return "what the page shows cannot be told: " + err.Error()
	}
	if len(text) > 4000 {
		text = text[:4000] + "…"
	}
	return "the page shows:\n" + text
}

// get evaluates a JavaScript expression; a promise is awaited.
func get[T any](p *tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience+5*time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// value is get, which fails the test if it fails.
func value[T any](p *tab, expression string) T {
	p.t.Helper()
	got, err := get[T](p, expression)
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", expression, err, p.story())
	}
	return got
}

// until waits for a JavaScript expression to be true, and for as long as
// patience lasts. A page may give way to the next one meanwhile.
func (p *tab) until(expression string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		happened, err := get[bool](p, fmt.Sprintf(`(async () => {
			for (const end = performance.now() + %d; performance.now() < end; await new Promise((wake) => setTimeout(wake, 30))) {
				if (await (%s)) return true;
			}
			return false;
		})()`, max(time.Until(end), time.Second).Milliseconds(), expression))
		switch {
		case err == nil && happened:
			return
		case err != nil && left(err) && time.Now().Before(end):
			continue
		case err != nil:
			p.t.Fatalf("%s: %v\n%s", expression, err, p.story())
		}
		p.t.Fatalf("it never happens that %s\n%s", expression, p.story())
	}
}

// left tells whether a page went away while it was asked something.
func left(err error) bool {
	return slices.ContainsFunc([]string{"navigated or closed", "context was destroyed", "Cannot find context"}, func(part string) bool {
		return strings.Contains(err.Error(), part)
	})
}

// untilText waits until an element's text holds the words.
func (p *tab) untilText(selector, words string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector(%s)?.innerText.includes(%s)`, quoted(selector), quoted(words)))
}

// text is an element's text, as it is seen.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return value[string](p, fmt.Sprintf(`document.querySelector(%s)?.innerText ?? "(none)"`, quoted(selector)))
}

// click clicks on the middle of an element, as a mouse does.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.run(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// press presses a button or link by its accessible name or by how its text
// begins, within the element that the selector names, as a mouse does: where
// it is drawn. If the page moves it away at that moment it is pressed again.
func (p *tab) press(within, name string) {
	p.t.Helper()
	for range 10 {
		at := value[[]float64](p, fmt.Sprintf(`(async () => {
			for (const end = performance.now() + %[1]d; performance.now() < end; await new Promise((wake) => setTimeout(wake, 30))) {
				const all = [...document.querySelectorAll(%[2]s)].flatMap((root) => [...root.querySelectorAll("button, a, summary, [role=tab]")]);
				const found = all.find((each) => each.checkVisibility() && each.getAttribute("aria-busy") !== "true"
					&& [each.getAttribute("aria-label"), each.innerText].some((text) => text?.trim() === %[3]s || text?.startsWith(%[3]s + "\n")));
				if (!found) continue;
				found.scrollIntoView({block: "nearest"});
				await new Promise(requestAnimationFrame);
				const r = found.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
				if (!found.contains(document.elementFromPoint(x, y))) continue;
				window.pressed = false;
				found.addEventListener("click", () => { window.pressed = true; }, {once: true, capture: true});
				return [x, y];
			}
			return [];
		})()`, patience.Milliseconds(), quoted(within), quoted(name)))
		if len(at) == 0 {
			break
		}
		p.run(chromedp.MouseClickXY(at[0], at[1]))
		// Another page knows nothing of it: the press led there.
		if pressed, err := get[bool](p, `window.pressed !== false`); pressed || err != nil && left(err) {
			return
		}
	}
	p.t.Fatalf("there is no %q to press in %s\n%s", name, within, p.story())
}

// keys types keys into whatever has the focus.
func (p *tab) keys(keys string) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(keys))
}

// write writes a text into a field, in place of what is there.
func (p *tab) write(selector, text string) {
	p.t.Helper()
	p.run(chromedp.Focus(chromedp.CSS(selector)), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%s).select()`, quoted(selector))))
	if text == "" {
		p.keys("\b")
		return
	}
	p.keys(text)
}

// screenshot is the window as PNG.
func (p *tab) screenshot() []byte {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	return png
}

// quoted is a text as a JavaScript string.
func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string: cannot fail
	}
	return string(data)
}

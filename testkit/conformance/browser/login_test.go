package browser

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/testkit"
)

// An app is where logins end: at a callback, which leads to a page at home.
type app struct {
	*httptest.Server
	mu  sync.Mutex
	got []url.Values // what each login came with
}

func newApp(t *testing.T, address, home string) *app {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("this machine has no %s: %v", address, err)
	}
	a := &app{}
	a.Server = &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cb" {
			_ = r.ParseForm()
			a.mu.Lock()
			a.got = append(a.got, r.Form)
			a.mu.Unlock()
			http.Redirect(w, r, home+"/home", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<link rel="icon" href="data:,"><h1>The app</h1>`)
	})}}
	a.Start()
	t.Cleanup(a.Close)
	return a
}

// A login on the pages ends at the app, wherever on loopback that is, however
// its answer gets there and wherever it leads from there: browsers hold the
// policy of a page with a form against all of that. What
// strangers wrote is text on the pages, too.
func TestALoginEndsAtTheApp(t *testing.T) {
	t.Parallel()
	chromium(t)
	auth := testkit.Start(t, testkit.FixtureYAML(`version: 1
extends: default
tenant: {friendly_name: `+quoted(pwn)+`}
clients:
  - {client_id: acme-web, client_secret: acme-web-secret, name: `+quoted(pwn)+`, app_type: regular_web, grant_types: [authorization_code], callbacks: ["http://localhost:*"]}
`))
	home := newApp(t, "127.0.0.1:0", "").URL
	for _, c := range []struct{ address, name, mode string }{
		{"127.0.0.1:0", "localhost", ""}, {"127.0.0.1:0", "127.0.0.1", "form_post"}, {"[::1]:0", "[::1]", ""}, {"[::1]:0", "[::1]", "form_post"},
	} {
		t.Run(c.name+" "+c.mode, func(t *testing.T) {
			a := newApp(t, c.address, home)
			_, port, _ := net.SplitHostPort(a.Listener.Addr().String())
			back := "http://" + c.name + ":" + port + "/cb"
			who := strings.NewReplacer("[", "", "]", "", ":", "-", " ", "-").Replace(t.Name()[len("TestALoginEndsAtTheApp/"):]) + "@example.com"
			page := open(t, auth.URL()+"/authorize?"+url.Values{
				"client_id": {"acme-web"}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {"openid"},
				"response_mode": {c.mode}, "state": {pwn}, "login_hint": {pwn},
			}.Encode(), desktop)
			page.lands("Welcome")
			if got := value[string](page, `document.querySelector("#username").value`); got != pwn {
				t.Errorf("the hint is %q", got)
			}
			page.write("#username", who)
			page.press("main", "Continue")
			page.lands("Verify Your Identity")
			page.write("#code", auth.OTP(t, who))
			if got := value[string](page, `document.title + String(window.pwned)`); !strings.Contains(got, "<img") || !strings.HasSuffix(got, "undefined") {
				t.Errorf("the title is %q, or a script ran", got)
			}
			page.run(chromedp.DoubleClick(chromedp.CSS("[data-action-button-primary]"), chromedp.NodeVisible))
			page.lands("The app")
			a.mu.Lock()
			defer a.mu.Unlock()
			codes := map[string]bool{}
			for _, got := range a.got {
				codes[got.Get("code")] = true
				if got.Get("state") != pwn {
					t.Errorf("the state is %q", got.Get("state"))
				}
			}
			if len(codes) != 1 || codes[""] {
				t.Errorf("the app got %v", a.got)
			}
		})
	}
}

// lands waits for the page with the heading, whatever pages are before it.
func (p *tab) lands(heading string) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		got, err := get[bool](p, `new Promise((tell) => requestAnimationFrame(() => tell(document.querySelector("h1")?.innerText === `+quoted(heading)+`)))`)
		if err == nil && got { // an error is a page that is just left
			return
		}
	}
	p.t.Fatalf("there is no page %q\n%s", heading, p.story())
}

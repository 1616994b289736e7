package inbox_test

import (
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What Chromium, Firefox and Safari send when somebody types an address.
var browsers = []string{
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
	"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}

// A browser gets the page and a terminal the table. Vary tells caches what decides.
func TestABrowserGetsThePageAndATerminalTheTable(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	for accept, page := range map[string]bool{
		browsers[0]: true, browsers[1]: true, "text/html": true, "TEXT/HTML;q=0.1": true, "text/plain;q=0.5, text/html": true,
		"": false, "*/*": false, "text/*": false, "text/plain": false, "application/json": false,
		"text/html;q=0": false, "text/html;q=0.5, text/plain": false, "text/html;q=x": false, "text/htmlx": false,
	} {
		w := servertest.Call(t, s, "GET", "/_mock/", nil, servertest.Header("Accept", accept))
		want := map[bool]string{true: "text/html; charset=utf-8", false: "text/plain; charset=utf-8"}[page]
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != want || w.Header().Get("Vary") != "Accept, Origin" {
			t.Errorf("Accept %q: %d, %q, Vary %q, want %s", accept, w.Code, w.Header().Get("Content-Type"), w.Header().Get("Vary"), want)
		}
		for _, alias := range []string{"/", "/_mock"} {
			w := servertest.Call(t, s, "GET", alias, nil, servertest.Header("Accept", accept), servertest.Header("Origin", "http://localhost:3000"))
			switch {
			case w.Header().Get("Vary") != "Accept, Origin":
				t.Errorf("%s, Accept %q: Vary %q", alias, accept, w.Header().Get("Vary"))
			case page && (w.Code != http.StatusFound || w.Header().Get("Location") != "_mock/"):
				t.Errorf("%s, Accept %q: %d to %q", alias, accept, w.Code, w.Header().Get("Location"))
			case !page && w.Code != http.StatusOK:
				t.Errorf("%s, Accept %q: %d", alias, accept, w.Code)
			}
		}
	}
}

// The page may load its own files and ask the control API, and nothing else.
func TestThePageLoadsOnlyFromItsOwnServer(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	w := servertest.Call(t, s, "GET", "/_mock/", nil, servertest.Header("Accept", browsers[0]))
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; " +
			"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-cache",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if page := w.Body.String(); regexp.MustCompile(`(?i)<style|\sstyle=|\son\w+=|<script>|https?://[^w]`).MatchString(page) {
		t.Errorf("the page holds something inline, or from elsewhere:\n%s", page)
	}
	if w := servertest.Call(t, s, "GET", "/_mock/", nil, servertest.Header("Accept", browsers[0]), servertest.Host("evil.example.com")); w.Code != http.StatusForbidden {
		t.Errorf("by a name that was rebound: %d", w.Code)
	}
}

// Every file that the page names is there. A browser keeps it, and asks each time
// whether it has changed.
func TestThePagesFilesAreServed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	page := servertest.Call(t, s, "GET", "/_mock/", nil, servertest.Header("Accept", browsers[0]))
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:src|href)="(inbox/[^"]+)"`).FindAllStringSubmatch(page.Body.String(), -1) {
		named["/_mock/"+m[1]] = true
	}
	// Modules name more modules.
	for checked := map[string]bool{}; len(checked) < len(named); {
		for file := range named {
			if checked[file] {
				continue
			}
			checked[file] = true
			w := servertest.Call(t, s, "GET", file, nil)
			media := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}[path.Ext(file)]
			tag := w.Header().Get("Etag")
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != media || w.Header().Get("Cross-Origin-Resource-Policy") != "same-origin" || w.Header().Get("Cache-Control") != "no-cache" || tag == "" {
				t.Errorf("%s: %d %v", file, w.Code, w.Header())
			}
			for _, held := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
				again := servertest.Call(t, s, "GET", file, nil, servertest.Header("If-None-Match", held))
				if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("Etag") != tag || again.Header().Get("Content-Length") != "" {
					t.Errorf("%s, If-None-Match %s: %d %v", file, held, again.Code, again.Header())
				}
			}
			if other := servertest.Call(t, s, "GET", file, nil, servertest.Header("If-None-Match", `"x"`)); other.Code != http.StatusOK {
				t.Errorf("%s, held in another version: %d", file, other.Code)
			}
			if head := servertest.Call(t, s, "HEAD", file, nil); head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Etag") != tag {
				t.Errorf("HEAD %s: %d %v", file, head.Code, head.Header())
			}
			for _, m := range regexp.MustCompile(`(?m)^(?:import|export)\b[^;]*?from "\./([^"]+)"|new URL\("\./([^"]+)", import\.meta\.url\)`).FindAllStringSubmatch(w.Body.String(), -1) {
				named["/_mock/inbox/"+m[1]+m[2]] = true
			}
			if strings.HasSuffix(file, ".js") && regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function`).MatchString(w.Body.String()) {
				t.Errorf("%s makes elements out of text", file)
			}
		}
	}
	// The browser loads all modules at once, not one after the other as they name each other.
	for file := range named {
		link := `<link rel="modulepreload" href="` + strings.TrimPrefix(file, "/_mock/") + `">`
		if name := path.Base(file); path.Ext(name) == ".js" && name != "app.js" && name != "worker.js" && !strings.Contains(page.Body.String(), link) {
			t.Errorf("index.html does not preload %s", file)
		}
	}
	embedded, err := os.ReadDir("page")
	if err != nil || len(embedded) != len(named)+1 {
		t.Errorf("the page names %d files, and there are %d beside index.html (%v)", len(named), len(embedded)-1, err)
	}
	size := 0
	for _, file := range embedded {
		if info, err := file.Info(); err == nil {
			size += int(info.Size())
		}
	}
	if size > 400_000 {
		t.Errorf("the page's files have %d bytes together; 400,000 are allowed", size)
	}
	for _, nowhere := range []string{"/_mock/inbox/x.js", "/_mock/inbox/index.html", "/_mock/inbox/..%2finbox.go"} {
		w := servertest.Call(t, s, "GET", nowhere, nil)
		if e := servertest.DecodeError(t, w); w.Code != http.StatusNotFound || !strings.Contains(e.Description, "app.js") && e.Error == "no_file" {
			t.Errorf("%s: %d %s", nowhere, w.Code, w.Body)
		}
	}
	// Browsers ask for an icon with everything they show. That is no app's request.
	asked := len(s.Requests())
	if w := servertest.Call(t, s, "GET", "/favicon.ico", nil); w.Header().Get("Content-Type") != "image/svg+xml" || len(s.Requests()) != asked {
		t.Errorf("the icon: %d %v, and %d requests in the journal", w.Code, w.Header(), len(s.Requests()))
	}
}

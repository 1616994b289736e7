package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// What Chromium, Firefox and Safari send when somebody types an address.
var browsers = []string{
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
	"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}

// A browser gets the page, a terminal the table; caches are told what decides.
func TestABrowserGetsThePageAndATerminalTheTable(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	for accept, page := range map[string]bool{
		browsers[0]: true, browsers[1]: true, "text/html": true, "TEXT/HTML;q=0.1": true, "text/plain;q=0.5, text/html": true,
		"": false, "*/*": false, "text/*": false, "text/plain": false, "application/json": false,
		"text/html;q=0": false, "text/html;q=0.5, text/plain": false, "text/html;q=x": false, "text/htmlx": false,
	} {
		w := call(t, s, "GET", "/_mock/", nil, header("Accept", accept))
		want := map[bool]string{true: "text/html; charset=utf-8", false: "text/plain; charset=utf-8"}[page]
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != want || w.Header().Get("Vary") != "Accept, Origin" {
			t.Errorf("Accept %q: %d, %q, Vary %q, want %s", accept, w.Code, w.Header().Get("Content-Type"), w.Header().Get("Vary"), want)
		}
		for _, alias := range []string{"/", "/_mock"} {
			w := call(t, s, "GET", alias, nil, header("Accept", accept), header("Origin", "http://localhost:3000"))
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
func TestThePageMayDoLittle(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	w := call(t, s, "GET", "/_mock/", nil, header("Accept", browsers[0]))
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
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
	if w := call(t, s, "GET", "/_mock/", nil, header("Accept", browsers[0]), host("evil.example.com")); w.Code != http.StatusForbidden {
		t.Errorf("by a name that was rebound: %d", w.Code)
	}
}

// Every file that the page names is there, is kept by the browser, and is asked
// for again each time.
func TestThePagesFilesAreServed(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	page := call(t, s, "GET", "/_mock/", nil, header("Accept", browsers[0]))
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
			w := call(t, s, "GET", file, nil)
			media := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}[path.Ext(file)]
			tag := w.Header().Get("Etag")
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != media || w.Header().Get("Cache-Control") != "no-cache" || tag == "" {
				t.Errorf("%s: %d %v", file, w.Code, w.Header())
			}
			for _, held := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
				again := call(t, s, "GET", file, nil, header("If-None-Match", held))
				if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("Etag") != tag || again.Header().Get("Content-Length") != "" {
					t.Errorf("%s, If-None-Match %s: %d %v", file, held, again.Code, again.Header())
				}
			}
			if other := call(t, s, "GET", file, nil, header("If-None-Match", `"x"`)); other.Code != http.StatusOK {
				t.Errorf("%s, held in another version: %d", file, other.Code)
			}
			if head := call(t, s, "HEAD", file, nil); head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Etag") != tag {
				t.Errorf("HEAD %s: %d %v", file, head.Code, head.Header())
			}
			for _, m := range regexp.MustCompile(`(?m)^(?:import|export)\b[^;]*?from "\./([^"]+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
				named["/_mock/inbox/"+m[1]] = true
			}
			if strings.HasSuffix(file, ".js") && regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function`).MatchString(w.Body.String()) {
				t.Errorf("%s makes elements of text", file)
			}
		}
	}
	embedded, err := os.ReadDir("internal/inbox/page")
	if err != nil || len(embedded) != len(named)+1 {
		t.Errorf("the page names %d files, and there are %d beside index.html (%v)", len(named), len(embedded)-1, err)
	}
	for _, nowhere := range []string{"/_mock/inbox/x.js", "/_mock/inbox/index.html", "/_mock/inbox/..%2finbox.go"} {
		w := call(t, s, "GET", nowhere, nil)
		if e := decodeError(t, w); w.Code != http.StatusNotFound || !strings.Contains(e.Description, "app.js") && e.Error == "no_file" {
			t.Errorf("%s: %d %s", nowhere, w.Code, w.Body)
		}
	}
	// Browsers look for an icon beside whatever they show; no app asked for it.
	asked := len(s.Requests())
	if w := call(t, s, "GET", "/favicon.ico", nil); w.Header().Get("Content-Type") != "image/svg+xml" || len(s.Requests()) != asked {
		t.Errorf("the icon: %d %v, and %d requests in the journal", w.Code, w.Header(), len(s.Requests()))
	}
}

// An e-mail's HTML is shown where it can do nothing.
func TestAnEmailsHTMLIsShownInASandbox(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	start(t, s, "ada@example.com")
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", HTML: " <!DOCTYPE html>\n<script>1</script>"})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", HTML: "<p>none"})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMS, To: "+12025550101", Text: "Your code"})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", Text: "plain"})
	m, _ := s.Outbox().Get("msg_00000001")
	for _, tt := range []struct{ target, sandbox, body string }{
		{"/_mock/outbox/msg_00000001/html", "sandbox", m.HTML},
		{"/_mock/outbox/msg_00000002/html?links=0", "sandbox", " <!DOCTYPE html>\n<script>1</script>"},
		{"/_mock/outbox/msg_00000002/html?links=1", "sandbox allow-popups allow-popups-to-escape-sandbox", " <!DOCTYPE html><base target=\"_blank\">\n<script>1</script>"},
		{"/_mock/outbox/msg_00000003/html?links=true", "sandbox allow-popups allow-popups-to-escape-sandbox", "<base target=\"_blank\"><p>none"},
	} {
		w := call(t, s, "GET", tt.target, nil)
		policy := tt.sandbox + "; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
		if w.Code != http.StatusOK || w.Body.String() != tt.body || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %q %q", tt.target, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if h := w.Header(); h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", tt.target, h)
		}
		if head := call(t, s, "HEAD", tt.target, nil); head.Code != http.StatusOK || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: %d %q", tt.target, head.Code, head.Body)
		}
	}
	for target, want := range map[string]string{
		"/_mock/outbox/msg_00000004/html":         "message msg_00000004 (sms) has no HTML; GET /_mock/outbox/msg_00000004/text is its text",
		"/_mock/outbox/msg_00000005/html":         "message msg_00000005 (smtp) has no HTML; GET /_mock/outbox/msg_00000005/text is its text",
		"/_mock/outbox/msg_00000004/raw":          "message msg_00000004 (sms) is no e-mail; GET /_mock/outbox/msg_00000004/text is its text",
		"/_mock/outbox/nowhere/html":              `there is no message "nowhere"; GET /_mock/outbox lists those there are`,
		"/_mock/outbox/msg_00000001/html?links=x": `links: "x" is neither 1 nor 0`,
	} {
		w := call(t, s, "GET", target, nil)
		status := http.StatusNotFound
		if strings.Contains(target, "?") {
			status = http.StatusBadRequest
		}
		if e := decodeError(t, w); w.Code != status || e.Description != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

// An e-mail's source is saved, not shown: browsers that know the type would
// show it with all that is in it.
func TestAnEmailsSourceIsSaved(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	start(t, s, "ada@example.com")
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "bob@example.com", Raw: []byte("Subject: as it came\r\n\r\nhello\r\n")})
	w := call(t, s, "GET", "/_mock/outbox/msg_00000001/raw", nil)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "To: ada@example.com\r\n") || !strings.Contains(body, "multipart/alternative") {
		t.Errorf("%d %s", w.Code, body)
	}
	h := w.Header()
	if h.Get("Content-Type") != "message/rfc822" || h.Get("Content-Disposition") != `attachment; filename="msg_00000001.eml"` || h.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
		t.Errorf("%v", h)
	}
	if w := call(t, s, "GET", "/_mock/outbox/msg_00000002/raw", nil); w.Body.String() != "Subject: as it came\r\n\r\nhello\r\n" {
		t.Errorf("what came in goes out as %q", w.Body)
	}
}

// What an app is configured with, in one answer.
func TestTheTenantTellsWhatAnAppIsConfiguredWith(t *testing.T) {
	t.Parallel()
	type told struct {
		Issuer, Domain  string
		FriendlyName    string `json:"friendly_name"`
		Clients         []struct{ ClientID, ClientSecret string }
		Connections     []struct{ Name, Strategy string }
		ResourceServers []struct{ Identifier string } `json:"resource_servers"`
		Keys            struct{ Current, Next, Previous string }
		HasCA           bool `json:"has_ca"`
	}
	s := newServer(t, server.Config{CA: func() []byte { return nil }})
	got := decodeAnswer[told](t, call(t, s, "GET", "/_mock/tenant", nil, host("acme.test:4000")))
	if got.Issuer != "http://acme.test:4000/" || got.Domain != "acme.test:4000" || got.FriendlyName != "Acme" || !got.HasCA {
		t.Errorf("%+v", got)
	}
	if len(got.Clients) != 4 || len(got.Connections) != 3 || len(got.ResourceServers) != 1 {
		t.Errorf("%+v", got)
	}
	next := s.RotateKey()
	after := decodeAnswer[told](t, call(t, s, "GET", "/_mock/tenant", nil)).Keys
	if after.Current != next || after.Current != got.Keys.Next || after.Previous != got.Keys.Current || after.Next == "" || got.Keys.Previous != "" {
		t.Errorf("before %+v, after %+v", got.Keys, after)
	}
	pinned := newServer(t, server.Config{Issuer: "https://login.acme.test"})
	if got := decodeAnswer[told](t, call(t, pinned, "GET", "/_mock/tenant", nil)); got.Issuer != "https://login.acme.test/" || got.Domain != "localhost:2884" || got.HasCA {
		t.Errorf("pinned: %+v", got)
	}
}

// A place in the stream of one server is none in another's: whoever comes with
// it gets everything anew, even where the other has come as far.
func TestAStreamIsNotResumedAtAnotherServersPlace(t *testing.T) {
	t.Parallel()
	open := func(s *server.Server, target, lastID string) *stream {
		at := httptest.NewServer(s)
		t.Cleanup(at.Close)
		in := openStream(t, at.Client(), at.URL+target, lastID)
		t.Cleanup(in.close)
		return in
	}
	old := newServer(t, server.Config{})
	start(t, old, "ada@example.com")
	place := open(old, "/_mock/outbox/stream", "").next().id
	other := newServer(t, server.Config{})
	for _, to := range []string{"bob@example.com", "carl@example.com"} {
		start(t, other, to)
	}
	for _, in := range []*stream{open(other, "/_mock/outbox/stream", place), open(other, "/_mock/outbox/stream?since="+strings.ReplaceAll(place, "@", "%40"), "")} {
		if e := in.next(); e.name != "reset" {
			t.Errorf("at another server's place %s the stream begins with %+v", place, e)
		}
		if e := in.next(); !strings.Contains(e.data, "bob@example.com") {
			t.Errorf("then comes %+v", e)
		}
	}
	// At its own place it goes on.
	start(t, old, "dora@example.com")
	if e := open(old, "/_mock/outbox/stream", place).next(); !strings.Contains(e.data, "dora@example.com") {
		t.Errorf("at its own place the stream goes on with %+v", e)
	}
}

// A brief stream tells of messages without their bodies.
func TestABriefStreamLeavesTheBodiesOut(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", Text: strings.Repeat("ä", 300), HTML: "<p>long</p>"})
	lines := func(query string) outbox.Message {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w := call(t, s, "GET", "/_mock/outbox/stream"+query, nil, func(r *http.Request) { *r = *r.WithContext(ctx) })
		data := regexp.MustCompile(`(?m)^data: (.*)$`).FindStringSubmatch(w.Body.String())
		if data == nil {
			t.Fatalf("%s: %d %s", query, w.Code, w.Body)
		}
		answer := httptest.NewRecorder()
		answer.Body.WriteString(data[1])
		return decodeAnswer[outbox.Message](t, answer)
	}
	if m := lines("?brief=1"); m.HTML != "" || m.Text != strings.Repeat("ä", 200) {
		t.Errorf("briefly: %q %q", m.HTML, m.Text)
	}
	if m := lines(""); m.HTML != "<p>long</p>" || len([]rune(m.Text)) != 300 {
		t.Errorf("in full: %q %q", m.HTML, m.Text)
	}
}

// With describe=1 the list tells what each scenario does.
func TestScenariosAreDescribed(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	type list struct {
		Available    []string
		Descriptions map[string]string
	}
	got := decodeAnswer[list](t, call(t, s, "GET", "/_mock/scenarios?describe=1", nil))
	for _, name := range got.Available {
		if got.Descriptions[name] == "" {
			t.Errorf("%s is not described", name)
		}
	}
	if plain := decodeAnswer[list](t, call(t, s, "GET", "/_mock/scenarios", nil)); plain.Descriptions != nil || len(plain.Available) != len(got.Available) {
		t.Errorf("%+v", plain)
	}
}

package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/mockauth0/mockauth0/server"
)

// A browser keeps cookies, and does not follow redirects by itself.
type browser struct {
	t       testing.TB
	s       *server.Server
	cookies map[string]*http.Cookie
}

func newBrowser(t testing.TB, s *server.Server) *browser {
	t.Helper()
	return &browser{t, s, map[string]*http.Cookie{}}
}

func (b *browser) call(method, target string, body any) *httptest.ResponseRecorder {
	b.t.Helper()
	w := b.send(method, target, body)
	b.take(w)
	return w
}

// send sends what the browser has, and takes no cookies.
func (b *browser) send(method, target string, body any, changes ...change) *httptest.ResponseRecorder {
	b.t.Helper()
	return call(b.t, b.s, method, target, body, append(changes, func(r *http.Request) {
		for _, cookie := range b.cookies {
			r.AddCookie(cookie)
		}
	})...)
}

func (b *browser) take(w *httptest.ResponseRecorder) {
	for _, cookie := range w.Result().Cookies() {
		b.cookies[cookie.Name] = cookie
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
		}
	}
}

// begin goes from the app to the page that asks who signs in, and returns the
// query that its forms go to.
func (b *browser) begin(state string) (query string) {
	b.t.Helper()
	w := b.call("GET", "/authorize?"+url.Values{
		"client_id": {"acme-web"}, "redirect_uri": {"http://localhost:3000/cb"}, "response_type": {"code"}, "scope": {"openid"}, "state": {state},
	}.Encode(), nil)
	_, query, found := strings.Cut(w.Header().Get("Location"), "/u/login/identifier?")
	if !found {
		b.t.Fatalf("%d %v", w.Code, w.Header())
	}
	return query
}

// identify says who signs in, and returns the page that asks for the proof.
func (b *browser) identify(query, who string) (page string) {
	b.t.Helper()
	w := b.call("POST", "/u/login/identifier?"+query, url.Values{"username": {who}})
	if w.Code != http.StatusFound {
		b.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func (b *browser) live(who string) (code string) {
	b.t.Helper()
	return strings.TrimSpace(call(b.t, b.s, "GET", "/_mock/outbox/code?to="+who, nil).Body.String())
}

// codeAnswered is the code of the redirect to the app.
func codeAnswered(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || to.Query().Get("code") == "" {
		t.Fatalf("%d %q: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	return to.Query().Get("code")
}

// signedInAt tells to whom the code of a login belongs.
func signedInAt(t testing.TB, s *server.Server, code string) string {
	t.Helper()
	got := decodeAnswer[tokens](t, call(t, s, "POST", "/oauth/token", object{
		"grant_type": "authorization_code", "client_id": "acme-web", "client_secret": "acme-web-secret", "code": code, "redirect_uri": "http://localhost:3000/cb",
	}))
	return claims(t, s, got.IDToken)["sub"].(string)
}

// A double click sends a page's form twice, and the browser shows what the
// second is answered.
func TestAFormThatIsSentTwiceSignsInOnce(t *testing.T) {
	t.Parallel()
	for who, proof := range map[string]func(*browser) url.Values{
		"ada@example.com":  func(b *browser) url.Values { return url.Values{"code": {b.live("ada@example.com")}} },
		"dora@example.com": func(*browser) url.Values { return url.Values{"password": {"Passw0rd!"}} },
	} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, server.Config{At: at2030})
			b := newBrowser(t, s)
			query := b.begin("x")
			page := b.identify(query, who)
			form := proof(b)
			answers := make([]*httptest.ResponseRecorder, 4)
			var clicks sync.WaitGroup
			for i := range answers {
				clicks.Go(func() { answers[i] = b.send("POST", page, form) })
			}
			clicks.Wait()
			for i, w := range answers {
				if w.Code != http.StatusFound || w.Header().Get("Location") != "/authorize/resume?"+query {
					t.Fatalf("click %d: %d %q %s", i, w.Code, w.Header().Get("Location"), w.Body)
				}
				if again := w.Header()["Set-Cookie"]; again[0] != answers[0].Header()["Set-Cookie"][0] {
					t.Errorf("click %d makes a session of its own", i)
				}
			}
			b.take(answers[3])
			form = url.Values{"code": {"000000"}, "password": {"wrong"}}
			if w := b.call("POST", page, form); w.Code != http.StatusBadRequest {
				t.Errorf("a wrong proof after the right one: %d", w.Code)
			}

			codes := map[string]int{}
			for i := range answers {
				clicks.Go(func() { answers[i] = b.send("GET", "/authorize/resume?"+query, nil) })
			}
			clicks.Wait()
			for _, w := range answers {
				codes[w.Header().Get("Location")]++
			}
			if len(codes) != 2 || codes[""] != len(answers)-1 {
				t.Errorf("the app gets %v", codes)
			}
		})
	}
}

// The state of a page is no secret: whoever sends somebody else to a page of
// their own login does not get the code of whoever signs in there.
func TestALoginEndsInTheBrowserThatSignedIn(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	mallory, ada := newBrowser(t, s), newBrowser(t, s)
	query := mallory.begin("mallory")
	page := ada.identify(query, "ada@example.com")
	if w := ada.call("POST", page, url.Values{"code": {ada.live("ada@example.com")}}); w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, from := range []string{"nobody", "grace@example.com"} {
		if from != "nobody" {
			own := mallory.begin("own")
			mallory.call("POST", mallory.identify(own, from), url.Values{"code": {mallory.live(from)}})
		}
		if w := mallory.call("GET", "/authorize/resume?"+query, nil); w.Code != http.StatusBadRequest || w.Header().Get("Location") != "" {
			t.Errorf("a browser of %s: %d %q", from, w.Code, w.Header().Get("Location"))
		}
	}
	codeAnswered(t, ada.call("GET", "/authorize/resume?"+query, nil))
}

// Two tabs of one browser: who signs in at last is who the app gets.
func TestWhoSignsInIsWhomTheAppGets(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	b := newBrowser(t, s)
	query := b.begin("x")
	page := b.identify(query, "ada@example.com")
	code := b.live("ada@example.com")
	if w := b.call("POST", page, url.Values{"code": {code}}); w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page = b.identify(query, "grace@example.com")
	if w := b.call("GET", "/authorize/resume?"+query, nil); w.Header().Get("Location") != "/u/login/identifier?"+query {
		t.Errorf("before the proof: %d %q", w.Code, w.Header().Get("Location"))
	}
	if w := b.call("POST", page, url.Values{"code": {code}}); w.Code != http.StatusBadRequest {
		t.Errorf("another's code: %d", w.Code)
	}
	if w := b.call("POST", page, url.Values{"code": {b.live("grace@example.com")}}); w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	got := signedInAt(t, s, codeAnswered(t, b.call("GET", "/authorize/resume?"+query, nil)))
	if want := userOf(t, s, "grace@example.com").UserID; got != want {
		t.Errorf("the app gets %s, not %s", got, want)
	}
}

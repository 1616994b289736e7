package login_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// signedIn exchanges the code of a login for tokens.
func signedIn(t testing.TB, s *server.Server, w *httptest.ResponseRecorder) servertest.Tokens {
	t.Helper()
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return servertest.DecodeAnswer[servertest.Tokens](t, servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{
		"grant_type": "authorization_code", "client_id": "acme-web", "client_secret": "acme-web-secret", "code": to.Query().Get("code"), "redirect_uri": "http://localhost:3000/cb",
	}))
}

// A double click sends a page's form twice, and the browser shows the answer to
// the second.
func TestAFormThatIsSentTwiceSignsInOnce(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"ada@example.com", "dora@example.com"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t, server.Config{At: servertest.At2030})
			b := servertest.NewBrowser(t, s)
			query := b.Begin("x")
			page := b.Identify(query, who)
			form := url.Values{"password": {"Passw0rd!"}}
			if who == "ada@example.com" {
				form = url.Values{"code": {servertest.Live(t, s, who)}}
			}
			answers := make([]*httptest.ResponseRecorder, 4)
			var clicks sync.WaitGroup
			for i := range answers {
				clicks.Go(func() { answers[i] = b.Send("POST", page, form) })
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
			b.Take(answers[3])
			form = url.Values{"code": {"000000"}, "password": {"wrong"}}
			if w := b.Call("POST", page, form); w.Code != http.StatusBadRequest {
				t.Errorf("a wrong proof after the right one: %d", w.Code)
			}

			codes := map[string]int{}
			for i := range answers {
				clicks.Go(func() { answers[i] = b.Send("GET", "/authorize/resume?"+query, nil) })
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

// The state of a page is no secret. Mallory can send ada to the page of a login
// that mallory began, but does not get the code when ada signs in there.
func TestALoginEndsInTheBrowserThatSignedIn(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	mallory, ada := servertest.NewBrowser(t, s), servertest.NewBrowser(t, s)
	query := mallory.Begin("mallory")
	page := ada.Identify(query, "ada@example.com")
	if w := ada.Call("POST", page, url.Values{"code": {servertest.Live(t, s, "ada@example.com")}}); w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, from := range []string{"nobody", "grace@example.com"} {
		if from != "nobody" {
			own := mallory.Begin("own")
			mallory.Call("POST", mallory.Identify(own, from), url.Values{"code": {servertest.Live(t, s, from)}})
		}
		if w := mallory.Call("GET", "/authorize/resume?"+query, nil); w.Code != http.StatusBadRequest || w.Header().Get("Location") != "" {
			t.Errorf("a browser of %s: %d %q", from, w.Code, w.Header().Get("Location"))
		}
	}
	signedIn(t, s, ada.Call("GET", "/authorize/resume?"+query, nil))
}

// Of two tabs of one browser, the app gets the user who signs in last.
func TestTheAppGetsTheUserWhoSignsInLast(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	b := servertest.NewBrowser(t, s)
	query := b.Begin("x")
	page := b.Identify(query, "ada@example.com")
	code := servertest.Live(t, s, "ada@example.com")
	if w := b.Call("POST", page, url.Values{"code": {code}}); w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page = b.Identify(query, "grace@example.com")
	if w := b.Call("GET", "/authorize/resume?"+query, nil); w.Header().Get("Location") != "/u/login/identifier?"+query {
		t.Errorf("before the proof: %d %q", w.Code, w.Header().Get("Location"))
	}
	if w := b.Call("POST", page, url.Values{"code": {code}}); w.Code != http.StatusBadRequest {
		t.Errorf("another's code: %d", w.Code)
	}
	if w := b.Call("POST", page, url.Values{"code": {servertest.Live(t, s, "grace@example.com")}}); w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	got := servertest.Claims(t, s, signedIn(t, s, b.Call("GET", "/authorize/resume?"+query, nil)).IDToken)["sub"]
	if want := servertest.UserOf(t, s, "grace@example.com").UserID; got != want {
		t.Errorf("the app gets %s, not %s", got, want)
	}
}

// A login in a browser begins a session, whose sid is in the ID token.
func TestTokensOfTwoSessionsDifferWhileTheClockStands(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	in := func() servertest.Tokens {
		b := servertest.NewBrowser(t, s)
		query := b.Begin("x")
		b.Call("POST", b.Identify(query, "dora@example.com"), url.Values{"password": {"Passw0rd!"}})
		return signedIn(t, s, b.Call("GET", "/authorize/resume?"+query, nil))
	}
	first, second := in(), in()
	if first.AccessToken == second.AccessToken || first.IDToken == second.IDToken {
		t.Errorf("equal tokens: access %t, ID %t", first.AccessToken == second.AccessToken, first.IDToken == second.IDToken)
	}
	if a, b := servertest.Claims(t, s, first.IDToken)["sid"], servertest.Claims(t, s, second.IDToken)["sid"]; a == nil || a == b {
		t.Errorf("sid is %v, then %v", a, b)
	}
}

// The form of the first page names no connection. A scenario for e-mails or text
// messages acts on it all the same, by the address.
func TestAScenarioForAConnectionActsOnThePages(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	for _, c := range []struct {
		scenario, page, field, who string
		acts                       int
	}{
		{"email-lost", "login", "username", "ada@example.com", 1},
		{"email-lost", "signup", "email", "new@example.com", 1},
		{"email-lost", "login", "username", "+1 202 555 0101", 0},
		{"sms-lost", "login", "username", "+1 202 555 0101", 1},
		{"sms-lost", "login", "username", "ada@example.com", 0},
		{"sms-lost", "login", "username", "dora@example.com", 0}, // has a password
		{"email-lost", "login", "username", "dora@example.com", 0},
		{"email-lost", "login", "username", "no address", 0},
	} {
		on := servertest.SwitchOn(t, s, servertest.Object{"name": c.scenario, "times": 1})
		b := servertest.NewBrowser(t, s)
		b.Call("POST", "/u/"+c.page+"/identifier?"+b.Begin("x"), url.Values{c.field: {c.who}})
		if got := servertest.StatusOf(t, s, on.ID).Rules[0].Fired; int(got) != c.acts {
			t.Errorf("%s with %s on the %s page: it has acted %d times, want %d", c.scenario, c.who, c.page, got, c.acts)
		}
		s.SwitchOff(on.ID)
	}
}

// A scenario for a user also acts when the app exchanges the code of a login on the
// pages, although that request does not name the user.
func TestAScenarioForAUserActsOnTheCodeOfALogin(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "token-bad-signature", "when": servertest.Object{"recipient": "ada@*"}})
	for who, want := range map[string]string{
		"ada@example.com":                    "token-bad-signature/signature",
		"bob@example.com":                    "",
		"eve+mock-token-expired@example.com": "token-expired/expired",
	} {
		b := servertest.NewBrowser(t, s)
		query := b.Begin("x")
		page := b.Identify(query, who)
		b.Call("POST", page, url.Values{"code": {servertest.Live(t, s, who)}})
		back := b.Call("GET", "/authorize/resume?"+query, nil)
		to, err := url.Parse(back.Header().Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		w := servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{
			"grant_type": "authorization_code", "client_id": "acme-web", "client_secret": "acme-web-secret", "code": to.Query().Get("code"), "redirect_uri": "http://localhost:3000/cb",
		})
		if got := w.Header().Get("X-Mock-Scenario"); got != want {
			t.Errorf("%s: %d, and %q acted, want %q", who, w.Code, got, want)
		}
	}
}

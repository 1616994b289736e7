package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A program that looks at the links of an e-mail sends HEAD. That uses nothing up,
// ends no session and counts for nothing.
func TestHEADChangesNothing(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, "limits: {enforce: true}\n")})
	b := servertest.NewBrowser(t, s)
	servertest.PostStart(t, s, "ada@example.com", servertest.Object{"send": "link"})
	m, _ := s.Outbox().Latest(outbox.To("ada@example.com"))
	link := strings.TrimPrefix(m.Link, "http://localhost:2884")
	query := b.Begin("x")
	page := b.Identify(query, "dora@example.com")
	b.Take(b.Send("POST", page, url.Values{"password": {"Passw0rd!"}}))
	before := exported(t, s)
	for range 10 { // more than the pages' limit
		for _, target := range []string{link, "/v2/logout", "/oidc/logout", "/authorize/resume?" + query, "/u/login/passwordless-email-challenge?" + query, "/authorize?client_id=acme-web"} {
			w := b.Call("HEAD", target, nil, servertest.Header("X-Mock-Scenario", "flaky"))
			if w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header()["Set-Cookie"] != nil || w.Header()["Location"] != nil {
				t.Fatalf("HEAD %s: %d %v", target, w.Code, w.Header())
			}
		}
	}
	if now, was := exported(t, s), before; now != was {
		t.Errorf("the state was\n%s\nand is\n%s", was, now)
	}
	if w := b.Call("GET", "/authorize/resume?"+query, nil); w.Code != http.StatusFound || !strings.Contains(w.Header().Get("Location"), "code=") {
		t.Errorf("the login: %d %v", w.Code, w.Header())
	}
	if w := servertest.Call(t, s, "GET", link, nil); w.Code != http.StatusFound || !strings.Contains(w.Header().Get("Location"), "?code=") {
		t.Errorf("the link: %d %v", w.Code, w.Header())
	}
}

func exported(t testing.TB, s *server.Server) string {
	t.Helper()
	data, err := s.State().JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A user who finds a link used learns by whom: most often it was a scanner of mail.
func TestAUsedLinkSaysWhoUsedIt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.PostStart(t, s, "ada@example.com", servertest.Object{"send": "link"})
	m, _ := s.Outbox().Latest(outbox.To("ada@example.com"))
	link := strings.TrimPrefix(m.Link, "http://localhost:2884")
	for range 2 {
		_ = servertest.Call(t, s, "GET", link, nil, servertest.Header("User-Agent", "SafeLinks/1.0"))
	}
	requests := s.Requests()
	const want = "the code for ada@example.com was used already, by GET /passwordless/verify_redirect of SafeLinks/1.0 at 00:00:00"
	if got := requests[len(requests)-1].Hint; got != want {
		t.Errorf("the hint is %q", got)
	}
}

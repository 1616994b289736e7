package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A page of another site can send a form without asking. It switches no
// scenario on by it, and an app's own page does.
func TestAForeignPageSwitchesNothingOn(t *testing.T) {
	t.Parallel()
	magic := "ada" + "+mock-jwks-rotated@example.com"
	for _, c := range []struct {
		name    string
		changes []change
		rotates bool
	}{
		{"no page", nil, true},
		{"an app's page", []change{header("Origin", "http://localhost:3000")}, true},
		{"the tenant's own page", []change{header("Origin", "http://login.test"), host("login.test")}, true},
		{"a page by a name that was rebound", []change{header("Origin", "http://rebound.example.com"), host("rebound.example.com")}, false},
		{"a request that httptest made", []change{host("example.com")}, true},
		{"a name that was rebound", []change{host("rebound.example.com:2884")}, false},
		{"a foreign page", []change{header("Origin", "https://evil.example.com")}, false},
		{"a page that says not which", []change{header("Origin", "null")}, false},
		{"an image", []change{header("Sec-Fetch-Mode", "no-cors")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, changes := range [][]change{
				{header("Content-Type", "application/x-www-form-urlencoded")},
				{header("Content-Type", "application/x-www-form-urlencoded"), header("X-Mock-Scenario", "jwks-rotated")},
			} {
				s := newServer(t, server.Config{At: at2030})
				before := jwks(t, s)
				form := "grant_type=x&realm=email&username=" + strings.ReplaceAll(magic, "+", "%2B")
				w := call(t, s, "POST", "/oauth/token", form, append(changes, c.changes...)...)
				if rotated := !bytes.Equal(before, jwks(t, s)); rotated != c.rotates {
					t.Errorf("rotated: %t, want %t; %d %s", rotated, c.rotates, w.Code, w.Body)
				}
			}
		})
	}
}

// A message that waits for the next one waits on when the user is blocked, to
// whom nothing is sent.
func TestAHeldMessageOutlivesABlockedStart(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	switchOn(t, s, object{"name": "email-out-of-order", "times": 1})
	ask := func() {
		t.Helper()
		w := call(t, s, "POST", "/passwordless/start", object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"})
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	ask()
	user, _ := s.UserByAddress("ada@example.com")
	block := func(blocked bool) {
		t.Helper()
		if w := call(t, s, "PATCH", "/_mock/users/"+user.UserID, object{"blocked": blocked}); w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	block(true)
	ask()
	if n := len(s.Outbox().All(outbox.State(outbox.Queued))); n != 1 {
		t.Fatalf("%d messages are held", n)
	}
	block(false)
	ask()
	if n := len(s.Outbox().All(outbox.State(outbox.Delivered))); n != 2 {
		t.Errorf("%d messages have arrived", n)
	}
}

// A body that is too large is refused at once, whatever is on: a delay could
// not tell whether the client is still there.
func TestAScenarioDoesNotDelayWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	if _, err := s.InjectScenario(scenarios.Scenario{Name: "stuck", Rules: []scenarios.Rule{{ID: "hang", Then: scenarios.Then{Fault: "hang"}}}}, scenarios.Narrowing{}); err != nil {
		t.Fatal(err)
	}
	w := call(t, s, "POST", "/passwordless/start", `{"x":"`+strings.Repeat("x", 1<<20)+`"}`)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

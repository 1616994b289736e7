package tenant_test

import (
	"net/http"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A message that waits for the next one waits on when the user is blocked, to
// whom nothing is sent.
func TestAHeldMessageOutlivesABlockedStart(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "email-out-of-order", "times": 1})
	ask := func() {
		t.Helper()
		w := servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com", "send": "code"})
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	ask()
	user, _ := s.UserByAddress("ada@example.com")
	block := func(blocked bool) {
		t.Helper()
		if w := servertest.Call(t, s, "PATCH", "/_mock/users/"+user.UserID, servertest.Object{"blocked": blocked}); w.Code != http.StatusOK {
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

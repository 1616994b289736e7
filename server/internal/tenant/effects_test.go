package tenant_test

import (
	"net/http"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A message that waits for the next one goes on waiting while the user is
// blocked, because nothing is sent to a blocked user.
func TestAHeldMessageOutlivesABlockedStart(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "email-out-of-order", "times": 1})
	user := servertest.UserOf(t, s, "ada@example.com").UserID
	for step, want := range []struct {
		blocked           bool
		queued, delivered int
	}{{false, 1, 0}, {true, 1, 0}, {false, 0, 2}} {
		servertest.Call(t, s, "PATCH", "/_mock/users/"+user, servertest.Object{"blocked": want.blocked})
		w := servertest.PostStart(t, s, "ada@example.com", nil)
		queued, delivered := s.Outbox().All(outbox.State(outbox.Queued)), s.Outbox().All(outbox.State(outbox.Delivered))
		if w.Code != http.StatusOK || len(queued) != want.queued || len(delivered) != want.delivered {
			t.Errorf("start %d: %d, %d messages are held and %d have arrived, want %+v", step+1, w.Code, len(queued), len(delivered), want)
		}
	}
}

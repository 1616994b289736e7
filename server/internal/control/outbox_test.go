package control_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func TestAWaitForACodeEndsWhenItArrives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		began := time.Now()
		time.AfterFunc(3*time.Second, func() { servertest.Start(t, s, "ada@example.com") })
		w := servertest.Call(t, s, "GET", "/_mock/outbox/code?to=ada@example.com&wait=10s", nil)
		if w.Code != http.StatusOK || w.Body.String() != "897596\n" || time.Since(began) != 3*time.Second {
			t.Errorf("after %s: %d %s", time.Since(began), w.Code, w.Body)
		}
	})
}

// A wait in vain ends in time, or with its request, and tells what did arrive.
func TestAWaitInVainEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		servertest.Start(t, s, "ada@example.com")
		for wait, want := range map[string]time.Duration{"5s": 5 * time.Second, "5": 5 * time.Second, "60s": 7 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
			began := time.Now()
			w := servertest.Call(t, s, "GET", "/_mock/outbox/code?to=bob@example.com&wait="+wait, nil, servertest.Within(ctx))
			cancel()
			if waited := time.Since(began); waited != want {
				t.Errorf("wait=%s took %s", wait, waited)
			}
			if want == 7*time.Second { // nobody reads the answer
				continue
			}
			if e := servertest.DecodeError(t, w); w.Code != http.StatusNotFound || e.Error != "no_message" || !strings.Contains(e.Description, "to ada@example.com at") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
	})
}

package outbox

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
)

// running is an empty box whose clock runs from ten o'clock.
func running(t testing.TB) (*Box, *clock.Clock) {
	t.Helper()
	c := clock.New(ten, true)
	b := New(Options{Clock: c})
	c.Watch(b.Settle)
	t.Cleanup(func() { check(t, b) })
	return b, c
}

type result struct {
	m   Message
	err error
	at  time.Time // real time
}

// wait calls Wait in a goroutine and returns when it sleeps, or has its answer.
func wait(t *testing.T, b *Box, ctx context.Context, filters ...Filter) <-chan result {
	t.Helper()
	done := make(chan result, 1)
	go func() {
		m, err := b.Wait(ctx, filters...)
		done <- result{m, err, time.Now()}
	}()
	synctest.Wait()
	return done
}

func wantMessage(t *testing.T, done <-chan result, want string) {
	t.Helper()
	synctest.Wait()
	select {
	case r := <-done:
		if r.err != nil {
			t.Error(r.err)
		}
		wantIDs(t, "waited for", []Message{r.m}, want)
	default:
		t.Error("still waiting")
	}
}

func wantWaiting(t *testing.T, done <-chan result) {
	t.Helper()
	synctest.Wait()
	select {
	case r := <-done:
		t.Errorf("no longer waiting: %s, %v", r.m.ID, r.err)
	default:
	}
}

func TestWaitFindsWhatIsThere(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(code("ada@example.com"))
	b.Add(code("ada@example.com"))
	m, err := b.Wait(ended(t), To("ada@example.com"))
	if err != nil {
		t.Fatalf("a match is there, so it does not matter that the context has ended: %v", err)
	}
	wantIDs(t, "the newest", []Message{m}, "2")
}

func TestWaitIsWokenByAMatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := stopped(t, Options{})
		ada := wait(t, b, t.Context(), To("ADA@example.com"), Live(), WithCode())
		glob := wait(t, b, t.Context(), To("*@example.com"))
		since := wait(t, b, t.Context(), Since("now"))
		lost := wait(t, b, t.Context(), State(Lost))
		b.Add(Message{To: "bob@other.test"})
		wantMessage(t, since, "1")
		wantWaiting(t, ada)
		wantWaiting(t, glob)
		b.Add(Message{To: "ada@example.com"}) // no code
		wantMessage(t, glob, "2")
		wantWaiting(t, ada)
		m := code("ada@example.com")
		m.State = Lost
		b.Add(m)
		wantMessage(t, lost, "3")
		wantWaiting(t, ada)
		b.Add(Message{Recipients: []string{"bob@other.test", "Ada@Example.com"}, Code: "1"})
		wantMessage(t, ada, "4")
	})
}

func TestWaitForAChangeOfState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := stopped(t, Options{})
		m := b.Add(code("ada@example.com"))
		used := wait(t, b, t.Context(), To("ada@example.com"), OTPState(Used))
		b.SetOTPState(m.ID, Used)
		wantMessage(t, used, "1")
	})
}

// A waiter is handed the message as it was when it came, so that a code which
// is used before the waiter's goroutine runs is not missed.
func TestWaitKeepsWhatItWasWokenFor(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			b, _ := stopped(t, Options{})
			done := wait(t, b, t.Context(), Live())
			m := b.Add(code("ada@example.com"))
			b.SetOTPState(m.ID, Used)
			wantMessage(t, done, "1")
		})
	}
}

func TestWaitTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := running(t)
		start := time.Now()
		b.Add(Message{To: "ada@example.com", DeliverAt: ten.Add(90 * time.Second)})
		b.Add(Message{To: "bob@example.com", DeliverAt: ten.Add(30 * time.Second)})
		ada := wait(t, b, t.Context(), To("ada@example.com"))
		anybody := wait(t, b, t.Context())
		// Nobody else touches the box: the waiters wake by themselves.
		if r := <-anybody; r.m.To != "bob@example.com" || r.at.Sub(start) != 30*time.Second {
			t.Errorf("anybody: to %s after %s", r.m.To, r.at.Sub(start))
		}
		if r := <-ada; r.m.To != "ada@example.com" || r.at.Sub(start) != 90*time.Second || !r.m.DeliveredAt.Equal(ten.Add(90*time.Second)) {
			t.Errorf("ada: to %s after %s, delivered at %s", r.m.To, r.at.Sub(start), r.m.DeliveredAt)
		}
	})
}

func TestWaitTimerForWhatIsQueuedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := running(t)
		start := time.Now()
		ada := wait(t, b, t.Context(), To("ada@example.com"))
		b.Add(Message{To: "ada@example.com", DeliverAt: ten.Add(time.Hour)})
		synctest.Wait()
		b.Add(Message{To: "ada@example.com", DeliverAt: ten.Add(time.Minute)})
		if r := <-ada; r.m.ID != "msg_00000002" || r.at.Sub(start) != time.Minute {
			t.Errorf("%s after %s", r.m.ID, r.at.Sub(start))
		}
	})
}

func TestWaitFollowsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := running(t)
		start := time.Now()
		b.Add(Message{DeliverAt: ten.Add(time.Hour)})
		done := wait(t, b, t.Context())

		advance(t, c, 50*time.Minute) // ten minutes to go
		wantWaiting(t, done)
		time.Sleep(5 * time.Minute) // five
		c.Freeze()
		time.Sleep(24 * time.Hour)
		wantWaiting(t, done)
		c.Set(ten.Add(58 * time.Minute)) // two
		wantWaiting(t, done)
		c.Run()
		if r := <-done; r.at.Sub(start) != 24*time.Hour+7*time.Minute {
			t.Errorf("woken after %s", r.at.Sub(start))
		}
	})
}

func TestAdvanceDeliversToAWaiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := stopped(t, Options{})
		b.Add(Message{To: "ada@example.com", DeliverAt: ten.Add(time.Minute)})
		b.Add(Message{To: "ada@example.com", DeliverAt: ten.Add(2 * time.Minute)})
		short := code("bob@example.com")
		short.DeliverAt, short.ExpiresAt = ten.Add(time.Minute), ten.Add(2*time.Minute)
		b.Add(short)
		ada := wait(t, b, t.Context(), To("ada@example.com"))
		bob := wait(t, b, t.Context(), To("bob@example.com"), Live())
		time.Sleep(time.Hour)
		wantWaiting(t, ada) // the clock stands still
		advance(t, c, 3*time.Minute)
		wantMessage(t, ada, "2") // the newest of both
		wantWaiting(t, bob)      // came and lapsed in one move: never live
		b.Add(Message{To: "bob@example.com", Code: "1"})
		wantMessage(t, bob, "4")
	})
}

func TestWaitTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := stopped(t, Options{})
		b.Add(Message{To: "ada@example.com"})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		_, err := b.Wait(ctx, To("bob@example.com"))
		var none *NoMessageError
		if !errors.As(err, &none) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 5*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
		if want := "no message to bob@example.com; the outbox has 1 message, to ada@example.com at 10:00:00"; err.Error() != want {
			t.Errorf("%s\nwant %s", err, want)
		}
	})
}

// The message and the end of the context come at the same moment: the message
// wins.
func TestWaitLooksOnceMoreAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := running(t)
		b.Add(Message{DeliverAt: ten.Add(5 * time.Second)})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := b.Wait(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestResetWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := stopped(t, Options{})
		b.Add(Message{DeliverAt: ten.Add(time.Hour)})
		since := wait(t, b, t.Context(), Since("now"))
		plain := wait(t, b, t.Context(), To("ada@example.com"))
		b.Reset()
		synctest.Wait()
		var void *CursorError
		if r := <-since; !errors.As(r.err, &void) || !void.Expired || void.Now != "e2.0" || void.Cursor != "e1.0" {
			t.Errorf("since: %v", r.err)
		}
		wantWaiting(t, plain)
		b.Add(Message{To: "ada@example.com"})
		wantMessage(t, plain, "1")
	})
}

// A thousand calls wait, each for its own recipient. Each gets its own message, and
// no other message wakes it.
func TestThousandWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := stopped(t, Options{})
		var wg sync.WaitGroup
		for i := range 1000 {
			to := fmt.Sprintf("w%d@example.com", i)
			wg.Go(func() {
				m, err := b.Wait(t.Context(), To(to))
				if err != nil || m.To != to {
					t.Errorf("%s got a message to %s, %v", to, m.To, err)
				}
			})
		}
		synctest.Wait()
		if got := len(b.waiting); got != 1000 {
			t.Fatalf("%d calls wait", got)
		}
		b.Add(Message{To: "somebody@else.test"})
		b.mu.Lock()
		for w := range b.waiting {
			if len(w.woken) > 0 {
				t.Errorf("a message to somebody else woke the call for %s", w.to)
			}
		}
		b.mu.Unlock()
		for i := range 1000 {
			b.Add(Message{To: fmt.Sprintf("w%d@example.com", i)})
		}
		wg.Wait()
	})
}

// Adding for another recipient while a thousand wait.
func BenchmarkAddWithIdleWaiters(b *testing.B) {
	for _, n := range []int{0, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			box := New(Options{Clock: clock.New(ten, false)})
			ctx, cancel := context.WithCancel(b.Context())
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() { _, _ = box.Wait(ctx, To(fmt.Sprintf("idle%d@example.com", i))) })
			}
			for waiting := -1; waiting != n; { // else it measures how they come
				runtime.Gosched()
				box.mu.Lock()
				waiting = len(box.waiting)
				box.mu.Unlock()
			}
			m := Message{To: "ada@example.com"}
			b.ReportAllocs()
			for b.Loop() {
				box.Add(m)
			}
			cancel()
			wg.Wait()
		})
	}
}

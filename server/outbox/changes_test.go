package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func changes(t *testing.T, b *Box, since string) Batch {
	t.Helper()
	batch, err := b.Changes(ended(t), since)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestChangesFollowState(t *testing.T) {
	b, _ := stopped(t, Options{})
	start := changes(t, b, "")
	if got, _ := json.Marshal(start); string(got) != `{"messages":[],"gone":[],"dropped":0,"reset":true,"next":"e1.r0"}` {
		t.Errorf("at first: %s", got)
	}
	b.Add(code("ada@example.com"))                           // 1
	b.Add(Message{DeliverAt: ten.Add(time.Hour), Code: "1"}) // 2
	b.Add(code("bob@example.com"))                           // 3
	batch := changes(t, b, start.Next)
	wantIDs(t, "added", batch.Messages, "1 2 3")
	if batch.Reset {
		t.Error("a reset for no reason")
	}
	for _, step := range []struct {
		name   string
		change func()
		want   string
	}{
		{"used", func() { b.SetOTPState("msg_00000001", Used) }, "1"},
		{"delivered", func() { b.Deliver("msg_00000002") }, "2"},
		{"expired", func() { b.Expire("msg_00000003") }, "3"},
		{"relayed", func() { b.SetRelay("msg_00000001", Relay{State: "sent"}) }, "1"},
		{"in order of the last change", func() {
			b.SetRelay("msg_00000003", Relay{})
			b.SetRelay("msg_00000001", Relay{})
			b.SetRelay("msg_00000002", Relay{})
			b.SetRelay("msg_00000003", Relay{})
		}, "1 2 3"},
	} {
		step.change()
		batch = changes(t, b, batch.Next)
		wantIDs(t, step.name, batch.Messages, step.want)
	}
	// An older token still works.
	wantIDs(t, "from the start", changes(t, b, start.Next).Messages, "1 2 3")
	// What changes nothing is no change.
	b.Expire("msg_00000003")
	b.SetOTPState("msg_00000001", Used)
	b.Deliver("msg_00000002")
	if batch, err := b.Changes(ended(t), batch.Next); !errors.Is(err, context.Canceled) {
		t.Errorf("nothing changed: %+v, %v", batch, err)
	}
}

func TestChangesTellWhatIsGone(t *testing.T) {
	b, _ := stopped(t, Options{Max: 3})
	for range 3 {
		b.Add(Message{})
	}
	batch := changes(t, b, "")
	b.Delete(ID("msg_00000002"))
	b.Add(Message{})
	b.Add(Message{}) // evicts 1
	next := changes(t, b, batch.Next)
	wantIDs(t, "new", next.Messages, "4 5")
	if got := next.Gone; len(got) != 2 || got[0] != "msg_00000002" || got[1] != "msg_00000001" || next.Dropped != 1 || next.Reset {
		t.Errorf("gone %s, dropped %d, reset %t", got, next.Dropped, next.Reset)
	}
	// A reader that lags so far behind that not all that is gone is remembered starts
	// anew; the others do not.
	recent := next.Next
	for range 3 {
		b.Add(Message{}) // each evicts one
	}
	if got := changes(t, b, recent); got.Reset || len(got.Gone) != 3 {
		t.Errorf("recent: reset %t, gone %s", got.Reset, got.Gone)
	}
	if got := changes(t, b, batch.Next); !got.Reset || len(got.Gone) != 0 || ids(got.Messages) != "6 7 8" {
		t.Errorf("far behind: reset %t, gone %s, messages %s", got.Reset, got.Gone, ids(got.Messages))
	}
}

func TestChangesStartAnew(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(Message{})
	old := changes(t, b, "").Next
	b.Delete()
	if got := changes(t, b, old); !got.Reset || len(got.Messages) != 0 || got.Next != "e2.r0" {
		t.Errorf("after deleting all: %+v", got)
	}
	b.Add(Message{})
	b.Reset()
	b.Add(Message{})
	for _, since := range []string{old, "", "e3.r9", "e9.r0"} { // the last two are from an earlier run of the program
		if got := changes(t, b, since); !got.Reset || ids(got.Messages) != "1" || got.Next != "e3.r1" {
			t.Errorf("since %q: %+v", since, got)
		}
	}
	_, err := b.Changes(ended(t), "e3.1")
	var bad *CursorError
	if !errors.As(err, &bad) || bad.Expired || bad.Now != "e3.r1" {
		t.Errorf("malformed: %v", err)
	}
}

func TestChangesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := running(t)
		start := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		results := make(chan Batch)
		go func() {
			since := "now"
			for {
				batch, err := b.Changes(ctx, since)
				if err != nil {
					close(results)
					return
				}
				results <- batch
				since = batch.Next
			}
		}()
		next := func(what, want string, after time.Duration) {
			t.Helper()
			batch := <-results
			wantIDs(t, what, batch.Messages, want)
			if got := time.Since(start); got != after {
				t.Errorf("%s: after %s, want %s", what, got, after)
			}
		}
		synctest.Wait()
		b.Add(Message{Code: "1", DeliverAt: ten.Add(time.Minute), ExpiresAt: ten.Add(3 * time.Minute)})
		next("queued", "1", 0)
		next("arrived by itself", "1", time.Minute)
		next("expired by itself", "1", 3*time.Minute)
		b.Add(Message{Code: "1", ExpiresAt: ten.Add(time.Hour)})
		next("another", "2", 3*time.Minute)
		synctest.Wait()
		advance(t, c, 56*time.Minute)
		next("expired after a move of the clock", "2", 4*time.Minute)
		synctest.Wait()
		b.Delete(ID("msg_00000001"))
		if batch := <-results; len(batch.Gone) != 1 {
			t.Errorf("deleted: %+v", batch)
		}
		synctest.Wait()
		b.Reset()
		if batch := <-results; !batch.Reset {
			t.Errorf("reset: %+v", batch)
		}
		cancel()
		<-results
	})
}

func TestChangesOnAStoppedClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := stopped(t, Options{})
		b.Add(code("ada@example.com"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if batch, err := b.Changes(ctx, "now"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v, %v", batch, err)
		}
	})
}

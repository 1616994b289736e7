package outbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSettleInOrderAndForGood(t *testing.T) {
	b, c := stopped(t, Options{})
	add := func(to string, deliver, expire time.Duration) {
		m := Message{To: to, Code: "1", DeliverAt: ten.Add(deliver)}
		if expire > 0 {
			m.ExpiresAt = ten.Add(expire)
		}
		b.Add(m)
	}
	add("late@x.test", 3*time.Minute, 0)                // 1
	add("soon@x.test", 1*time.Minute, 2*time.Minute)    // 2
	add("soon@x.test", 1*time.Minute, 0)                // 3, at the same time: order of creation
	add("dead@x.test", 2*time.Minute, 30*time.Second)   // 4 lapses before it arrives
	add("never@x.test", 10*time.Minute, 20*time.Minute) // 5
	token := func() string { batch, _ := b.Changes(ended(t), ""); return batch.Next }()

	advance(t, c, 5*time.Minute)
	wantIDs(t, "after 5 minutes", b.All(State(Delivered)), "2 3 4 1")
	for id, want := range map[string]time.Duration{"msg_00000001": 3, "msg_00000002": 1, "msg_00000004": 2} {
		if m, _ := b.Get(id); !m.DeliveredAt.Equal(ten.Add(want * time.Minute)) {
			t.Errorf("%s delivered at %s, want when it was due", id, m.DeliveredAt)
		}
	}
	wantIDs(t, "expired", b.All(OTPState(Expired)), "2 4")
	batch, err := b.Changes(ended(t), token)
	if err != nil {
		t.Fatal(err)
	}
	// 0:30 4 lapses, 1:00 2 and 3 arrive, 2:00 4 arrives and 2 lapses, 3:00 1 arrives.
	wantIDs(t, "changes", batch.Messages, "3 4 2 1")

	c.Set(ten)
	wantIDs(t, "back at ten", b.All(State(Delivered)), "2 3 4 1")
	wantIDs(t, "expired, back at ten", b.All(OTPState(Expired)), "2 4")
}

// A move settles the time before it, too: what lapsed by real time and was not
// looked at does not come back.
func TestBackwardMoveSettlesTheTimeBefore(t *testing.T) {
	c := &manual{now: ten, running: true}
	b := New(Options{Clock: c})
	m := b.Add(code("ada@example.com"))
	c.now = ten.Add(time.Hour)
	b.Settle(c.now)
	c.now = ten
	b.Settle(c.now)
	if got := otpState(t, b, m.ID); got != Expired {
		t.Errorf("the code is %s again", got)
	}
}

// manual is a clock that tells nobody when it is moved.
type manual struct {
	now     time.Time
	running bool
}

func (m *manual) Now() time.Time { return m.now }
func (m *manual) Running() bool  { return m.running }

func TestEveryReadSettlesFirst(t *testing.T) {
	for name, read := range map[string]func(b *Box) string{
		"All":    func(b *Box) string { return ids(b.All(State(Delivered))) },
		"Latest": func(b *Box) string { m, _ := b.Latest(); return ids([]Message{m}) },
		"Get":    func(b *Box) string { m, _ := b.Get("msg_00000001"); return fmt.Sprint(m.Seq) },
		"List":   func(b *Box) string { p, _ := b.List(Query{}); return ids(p.Items) },
		"Wait":   func(b *Box) string { m, _ := b.Wait(ended(t)); return ids([]Message{m}) },
		"Cursor": func(b *Box) string { return strings.TrimPrefix(b.Cursor(), "e1.") },
		"Changes": func(b *Box) string {
			batch, _ := b.Changes(ended(t), "e1.r1")
			return ids(batch.Messages)
		},
		"Delete": func(b *Box) string { return fmt.Sprint(b.Delete(State(Delivered))) },
	} {
		t.Run(name, func(t *testing.T) {
			c := &manual{now: ten}
			b := New(Options{Clock: c})
			b.Add(Message{DeliverAt: ten.Add(time.Minute)})
			c.now = ten.Add(time.Minute)
			if got := read(b); got != "1" {
				t.Errorf("%q, want 1: the message was due", got)
			}
		})
	}
}

package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ten = time.Date(2030, 1, 1, 10, 0, 0, 0, time.UTC)

// stopped is an empty box whose clock stands at ten o'clock.
func stopped(t testing.TB, o Options) (*Box, *clock.Clock) {
	t.Helper()
	c := clock.New(ten, false)
	o.Clock = c
	b := New(o)
	c.Watch(b.Settle)
	t.Cleanup(func() { check(t, b) })
	return b, c
}

// ended is a context that waits for nothing.
func ended(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func advance(t testing.TB, c *clock.Clock, d time.Duration) {
	t.Helper()
	if err := c.Advance(d); err != nil {
		t.Fatal(err)
	}
}

// code is an e-mail with a code that lapses after three minutes.
func code(to string) Message {
	return Message{Kind: Email, To: to, Code: "241272", ExpiresAt: ten.Add(3 * time.Minute)}
}

func ids(list []Message) string {
	var out []string
	for _, m := range list {
		out = append(out, strings.TrimLeft(strings.TrimPrefix(m.ID, "msg_"), "0"))
	}
	return strings.Join(out, " ")
}

func wantIDs(t testing.TB, what string, got []Message, want string) {
	t.Helper()
	if ids(got) != want {
		t.Errorf("%s: messages %q, want %q", what, ids(got), want)
	}
}

func otpState(t testing.TB, b *Box, id string) string {
	t.Helper()
	m, ok := b.Get(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	return m.OTPState
}

// check verifies what always holds between the box's indexes.
func check(t testing.TB, b *Box) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var pos, seq, bytes int64
	scheduled, keyed := 0, 0
	for _, e := range b.list {
		if e.gone || e.pos <= pos || b.byID[e.ID] != e || (e.Seq != 0) != (e.State == Delivered) {
			t.Errorf("%s: gone %t, pos %d after %d, seq %d, %s", e.ID, e.gone, e.pos, pos, e.Seq, e.State)
		}
		if e.Seq != 0 && e.Seq <= seq {
			t.Errorf("%s: seq %d stands after %d", e.ID, e.Seq, seq)
		}
		pos, seq = e.pos, max(seq, e.Seq)
		bytes += e.size
		if !e.next.IsZero() {
			scheduled++
			if b.due[e.slot] != e {
				t.Errorf("%s is not in slot %d of the schedule", e.ID, e.slot)
			}
		}
		for _, k := range e.keys {
			keyed++
			if !slices.Contains(b.byTo[k], e) {
				t.Errorf("%s is not listed for %s", e.ID, k)
			}
		}
	}
	for _, list := range b.byTo {
		keyed -= len(list)
		if !slices.IsSortedFunc(list, func(a, b *entry) int { return int(a.pos - b.pos) }) || len(list) == 0 {
			t.Error("a recipient's list is empty or out of order")
		}
	}
	if scheduled != len(b.due) || keyed != 0 || bytes != b.bytes || len(b.byID) != len(b.list) {
		t.Errorf("%d scheduled, %d in the schedule; %d keys off; %d bytes, noted %d; %d ids, %d listed",
			scheduled, len(b.due), keyed, bytes, b.bytes, len(b.byID), len(b.list))
	}
	if len(b.list) > b.max || (b.bytes > b.maxBytes && len(b.list) > 1) || len(b.gone) > b.max {
		t.Errorf("out of bounds: %d messages, %d bytes, %d tombstones", len(b.list), b.bytes, len(b.gone))
	}
	if len(b.waiting)+len(b.streams) != 0 {
		t.Error("a call that has ended still counts as waiting")
	}
}

func TestAddGivesIDSeqAndTimes(t *testing.T) {
	b, c := stopped(t, Options{})
	first := b.Add(Message{ID: "mine", Seq: 9, DeliveredAt: ten.Add(-time.Hour), To: "ada@example.com"})
	if first.ID != "msg_00000001" || first.Seq != 1 || first.State != Delivered ||
		!first.CreatedAt.Equal(ten) || !first.DeliveredAt.Equal(ten) {
		t.Errorf("first: %+v", first)
	}
	advance(t, c, time.Minute)
	second := b.Add(Message{To: "ada@example.com", CreatedAt: ten.Add(time.Second), DeliverAt: ten.Add(time.Minute)})
	if second.ID != "msg_00000002" || second.Seq != 2 || second.State != Delivered ||
		!second.CreatedAt.Equal(ten.Add(time.Second)) || !second.DeliveredAt.Equal(ten.Add(time.Minute)) || !second.DeliverAt.IsZero() {
		t.Errorf("second: %+v", second)
	}
}

func TestAddStates(t *testing.T) {
	b, _ := stopped(t, Options{})
	for i, tt := range []struct {
		in, want  string
		deliverIn time.Duration
	}{
		{"", Delivered, 0},
		{Delivered, Delivered, 0},
		{Queued, Delivered, 0},
		{"", Queued, time.Second},
		{Delivered, Queued, time.Second},
		{Lost, Lost, 0},
		{Lost, Lost, time.Second},
		{Bounced, Bounced, time.Second},
	} {
		m := b.Add(Message{State: tt.in, DeliverAt: ten.Add(tt.deliverIn)})
		if m.State != tt.want || (m.Seq != 0) != (tt.want == Delivered) ||
			!m.DeliverAt.IsZero() != (tt.want == Queued) || !m.DeliveredAt.IsZero() != (tt.want == Delivered) {
			t.Errorf("case %d: %+v", i, m)
		}
	}
}

func TestAddFillsIn(t *testing.T) {
	b, _ := stopped(t, Options{})
	m := b.Add(Message{Recipients: []string{"a@x.test", "b@x.test"}, Code: "123456"})
	if m.To != "a@x.test" || !slices.Equal(m.Codes, []string{"123456"}) || m.OTPState != Active {
		t.Errorf("%+v", m)
	}
	m = b.Add(Message{To: "b@x.test", Recipients: []string{"a@x.test", "B@x.test"}, Link: "http://x.test/"})
	if !slices.Equal(m.Recipients, []string{"b@x.test", "a@x.test"}) || !slices.Equal(m.Links, []string{"http://x.test/"}) || m.OTPState != Active {
		t.Errorf("%+v", m)
	}
	m = b.Add(Message{Kind: SMTP, To: "c@x.test", Codes: []string{"1", "2"}})
	if m.OTPState != "" || m.Links == nil || len(m.Codes) != 2 {
		t.Errorf("an application's own mail: %+v", m)
	}
	m = b.Add(Message{To: "d@x.test", Code: "1", OTPState: Superseded, ExpiresAt: ten.Add(-time.Second)})
	if m.OTPState != Superseded {
		t.Errorf("OTPState = %s, want what was given", m.OTPState)
	}
	m = b.Add(Message{To: "d@x.test", Code: "1", ExpiresAt: ten})
	if m.OTPState != Expired {
		t.Errorf("a code that lapses this moment is %s", m.OTPState)
	}
}

func TestCopiesInAndOut(t *testing.T) {
	b, _ := stopped(t, Options{})
	in := Message{To: "a@x.test", Recipients: []string{"a@x.test"}, Codes: []string{"1"}, Links: []string{"l"}, Relay: &Relay{State: "sent"}}
	spoil := func(m *Message) {
		m.Recipients[0], m.Codes[0], m.Links[0], m.Relay.State = "!", "!", "!", "!"
	}
	out := b.Add(in)
	spoil(&in)
	spoil(&out)
	all := b.All()
	spoil(&all[0])
	latest, _ := b.Latest()
	spoil(&latest)
	batch, _ := b.Changes(ended(t), "")
	spoil(&batch.Messages[0])
	page, _ := b.List(Query{})
	spoil(&page.Items[0])
	waited, _ := b.Wait(ended(t))
	spoil(&waited)
	m, _ := b.Get("msg_00000001")
	if m.Recipients[0] != "a@x.test" || m.Codes[0] != "1" || m.Links[0] != "l" || m.Relay.State != "sent" {
		t.Errorf("the box's message was changed from outside: %+v", m)
	}
}

func TestSetOTPState(t *testing.T) {
	b, c := stopped(t, Options{})
	m := b.Add(code("ada@example.com"))
	for _, state := range []string{Superseded, Locked, Used} {
		if ok := b.SetOTPState(m.ID, state); !ok || otpState(t, b, m.ID) != state {
			t.Errorf("SetOTPState(%s) = %t: %s", state, ok, otpState(t, b, m.ID))
		}
	}
	b.SetOTPState(m.ID, Active)
	if got := otpState(t, b, m.ID); got != Used {
		t.Errorf("a used code is %s again", got)
	}
	advance(t, c, time.Hour)
	if got := otpState(t, b, m.ID); got != Used {
		t.Errorf("a used code became %s with time", got)
	}
	if ok := b.SetOTPState("msg_00000099", Used); ok {
		t.Error("there is no message 99")
	}
}

func TestExpireAndDeliverNow(t *testing.T) {
	b, _ := stopped(t, Options{})
	now := func(ok bool, id string) (Message, bool) {
		m, _ := b.Get(id)
		return m, ok
	}
	live := b.Add(code("ada@example.com"))
	if m, ok := now(b.Expire(live.ID), live.ID); !ok || m.OTPState != Expired || !m.ExpiresAt.Equal(ten) {
		t.Errorf("Expire: %+v", m)
	}
	used := b.Add(code("ada@example.com"))
	b.SetOTPState(used.ID, Used)
	if m, ok := now(b.Expire(used.ID), used.ID); !ok || m.OTPState != Used {
		t.Errorf("Expire of a used code: %s", m.OTPState)
	}
	late := code("bob@example.com")
	late.DeliverAt = ten.Add(time.Minute)
	queued := b.Add(late)
	if m, ok := now(b.Deliver(queued.ID), queued.ID); !ok || m.State != Delivered || m.Seq != 3 || !m.DeliveredAt.Equal(ten) || !m.DeliverAt.IsZero() {
		t.Errorf("Deliver: %+v", m)
	}
	if m, _ := now(b.Deliver(queued.ID), queued.ID); m.Seq != 3 {
		t.Errorf("delivered twice: seq %d", m.Seq)
	}
	lost := b.Add(Message{State: Lost})
	if m, ok := now(b.Deliver(lost.ID), lost.ID); !ok || m.State != Lost || m.Seq != 0 {
		t.Errorf("Deliver of a lost one: %+v", m)
	}
	if b.Expire("?") {
		t.Error("Expire found nothing's code")
	}
	if m, ok := now(b.SetRelay(live.ID, Relay{State: "failed", Error: "refused"}), live.ID); !ok || m.Relay == nil || m.Relay.Error != "refused" {
		t.Errorf("SetRelay: %+v", m)
	}
}

func TestDeleteAndReset(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(code("ada@example.com"))
	b.Add(code("bob@example.com"))
	b.Add(Message{To: "ada@example.com", DeliverAt: ten.Add(time.Hour)})
	if n := b.Delete(To("ada@example.com")); n != 2 {
		t.Errorf("deleted %d, want 2, the queued one too", n)
	}
	wantIDs(t, "after Delete", b.All(), "2")
	if got := b.Cursor(); got != "e1.2" {
		t.Errorf("cursor %s, want e1.2: the order goes on", got)
	}
	if n := b.Delete(); n != 1 || len(b.All()) != 0 || b.Cursor() != "e2.0" {
		t.Errorf("deleted %d, %d left, cursor %s", n, len(b.All()), b.Cursor())
	}
	if m := b.Add(Message{}); m.ID != "msg_00000004" || m.Seq != 1 {
		t.Errorf("after deleting all: %s, seq %d", m.ID, m.Seq)
	}
	b.Reset()
	if m := b.Add(Message{}); m.ID != "msg_00000001" || m.Seq != 1 || b.Cursor() != "e3.1" {
		t.Errorf("after Reset: %s, seq %d, cursor %s", m.ID, m.Seq, b.Cursor())
	}
}

func TestZeroOptions(t *testing.T) {
	b := New(Options{})
	if b.max != 1000 || b.maxBytes != 64<<20 {
		t.Errorf("bounds %d and %d", b.max, b.maxBytes)
	}
	before := time.Now()
	if m := b.Add(Message{}); m.CreatedAt.Before(before.Round(0)) || m.CreatedAt.Location() != time.UTC {
		t.Errorf("created at %s, want real time in UTC", m.CreatedAt)
	}
}

// Everything at once. The race detector and check are the judges.
func TestManyGoroutines(t *testing.T) {
	b, c := stopped(t, Options{Max: 50})
	ctx, cancel := context.WithCancel(t.Context())
	var wg, waiting sync.WaitGroup
	for g := range 8 {
		to := fmt.Sprintf("w%d@example.com", g)
		wg.Go(func() {
			for i := range 100 {
				m := b.Add(Message{To: to, Code: fmt.Sprint(i), DeliverAt: c.Now().Add(time.Duration(i%3) * time.Second), ExpiresAt: c.Now().Add(time.Minute)})
				switch i % 5 {
				case 0:
					b.SetOTPState(m.ID, Used)
				case 1:
					b.Expire(m.ID)
				case 2:
					b.Deliver(m.ID)
				case 3:
					b.SetRelay(m.ID, Relay{State: "sent"})
				case 4:
					b.Delete(To(to), OTPState(Used))
				}
			}
		})
		wg.Go(func() {
			for range 100 {
				b.All(To(to))
				b.Latest(Live())
				b.Get("msg_00000007")
				_, _ = b.List(Query{Since: b.Cursor(), Limit: 3, Undelivered: true})
			}
		})
		wg.Go(func() {
			token := ""
			for range 20 {
				if batch, err := b.Changes(ended(t), token); err == nil {
					token = batch.Next
				}
			}
		})
		waiting.Go(func() {
			var none *NoMessageError
			if _, err := b.Wait(ctx, To(to), WithCode()); err != nil && !errors.As(err, &none) {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		for range 100 {
			advance(t, c, time.Second)
		}
	})
	wg.Wait()
	cancel()
	waiting.Wait()
}

func fill(n int) *Box {
	b := New(Options{Clock: clock.New(ten, false)})
	for i := range n {
		b.Add(code(fmt.Sprintf("w%d@example.com", i)))
	}
	return b
}

func BenchmarkAdd(b *testing.B) {
	for _, bb := range []struct {
		name string
		n    int
	}{{"growing", 0}, {"full", DefaultMax}} {
		b.Run(bb.name, func(b *testing.B) {
			box := fill(bb.n)
			m := code("ada@example.com")
			m.OTPState = Used
			b.ReportAllocs()
			for b.Loop() {
				box.Add(m)
			}
		})
	}
}

// The worst case of eviction: nothing is finished, so all are looked at.
func BenchmarkAddFullOfActive(b *testing.B) {
	box := fill(DefaultMax)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		box.Add(Message{To: fmt.Sprint(i), Code: "1", ExpiresAt: ten.Add(time.Hour)})
	}
}

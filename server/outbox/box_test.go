package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
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
	if len(b.forAny)+len(b.forOne)+len(b.streams) != 0 {
		t.Error("somebody is still enrolled as a waiter")
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
		{"", Delivered, 0}, {Delivered, Delivered, 0}, {Queued, Delivered, 0},
		{"", Queued, time.Second}, {Delivered, Queued, time.Second},
		{Lost, Lost, 0}, {Lost, Lost, time.Second}, {Bounced, Bounced, time.Second},
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
	batch, _ := b.Changes(t.Context(), "")
	spoil(&batch.Messages[0])
	page, _ := b.List(Query{})
	spoil(&page.Items[0])
	waited, _ := b.Wait(t.Context())
	spoil(&waited)
	m, _ := b.Get("msg_00000001")
	if m.Recipients[0] != "a@x.test" || m.Codes[0] != "1" || m.Links[0] != "l" || m.Relay.State != "sent" {
		t.Errorf("the box's message was changed from outside: %+v", m)
	}
}

func TestJSON(t *testing.T) {
	b, _ := stopped(t, Options{})
	got, err := json.Marshal(b.Add(Message{Kind: SMS, To: "+14155550100", DeliverAt: ten.Add(time.Minute), State: Queued}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"msg_00000001","seq":null,"kind":"sms","to":"+14155550100","recipients":["+14155550100"],"from":"","subject":"","text":"","html":"",` +
		`"code":"","link":"","codes":[],"links":[],"client_id":"","connection":"","send":"","language":"","state":"queued","otp_state":"",` +
		`"created_at":"2030-01-01T10:00:00Z","delivered_at":null,"deliver_at":"2030-01-01T10:01:00Z","scenario":""}`
	if string(got) != want {
		t.Errorf("queued:\n got %s\nwant %s", got, want)
	}
	full := Message{ID: "msg_00000002", Seq: 1, Kind: Email, To: "a@x.test", Recipients: []string{"a@x.test"}, From: "f", Subject: "s",
		Text: "t", HTML: "<b>", Code: "1", Link: "http://x.test/?a=1&b=2", Codes: []string{"1"}, Links: []string{"l"}, ClientID: "c",
		Connection: "email", Send: "code", Language: "en", State: Delivered, OTPState: Active, CreatedAt: ten, DeliveredAt: ten,
		ExpiresAt: ten.Add(time.Minute), Scenario: "x/y", Relay: &Relay{State: "failed", Error: "refused"}}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(full); err != nil {
		t.Fatal(err)
	}
	want = `{"id":"msg_00000002","seq":1,"kind":"email","to":"a@x.test","recipients":["a@x.test"],"from":"f","subject":"s","text":"t","html":"<b>",` +
		`"code":"1","link":"http://x.test/?a=1&b=2","codes":["1"],"links":["l"],"client_id":"c","connection":"email","send":"code","language":"en",` +
		`"state":"delivered","otp_state":"active","created_at":"2030-01-01T10:00:00Z","delivered_at":"2030-01-01T10:00:00Z",` +
		`"expires_at":"2030-01-01T10:01:00Z","scenario":"x/y","relay":{"state":"failed","error":"refused"}}` + "\n"
	if out.String() != want {
		t.Errorf("full:\n got %s\nwant %s", out.String(), want)
	}
	var back Message
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || !reflect.DeepEqual(back, full) {
		t.Errorf("round trip: %v\n got %+v\nwant %+v", err, back, full)
	}
	if zero, _ := json.Marshal(Message{}); !strings.Contains(string(zero), `"recipients":[]`) || !strings.Contains(string(zero), `"codes":[],"links":[]`) {
		t.Errorf("zero: %s", zero)
	}
}

func TestSetOTPState(t *testing.T) {
	b, c := stopped(t, Options{})
	m := b.Add(code("ada@example.com"))
	for _, state := range []string{Superseded, Locked, Used} {
		if got, ok := b.SetOTPState(m.ID, state); !ok || got.OTPState != state {
			t.Errorf("SetOTPState(%s) = %s, %t", state, got.OTPState, ok)
		}
	}
	if got, _ := b.SetOTPState(m.ID, Active); got.OTPState != Used {
		t.Errorf("a used code is %s again", got.OTPState)
	}
	advance(t, c, time.Hour)
	if got := otpState(t, b, m.ID); got != Used {
		t.Errorf("a used code became %s with time", got)
	}
	if _, ok := b.SetOTPState("msg_00000099", Used); ok {
		t.Error("there is no message 99")
	}
}

func TestExpireAndDeliverNow(t *testing.T) {
	b, _ := stopped(t, Options{})
	live := b.Add(code("ada@example.com"))
	if m, ok := b.Expire(live.ID); !ok || m.OTPState != Expired || !m.ExpiresAt.Equal(ten) {
		t.Errorf("Expire: %+v", m)
	}
	used := b.Add(code("ada@example.com"))
	b.SetOTPState(used.ID, Used)
	if m, ok := b.Expire(used.ID); !ok || m.OTPState != Used {
		t.Errorf("Expire of a used code: %s", m.OTPState)
	}
	late := code("bob@example.com")
	late.DeliverAt = ten.Add(time.Minute)
	queued := b.Add(late)
	if m, ok := b.Deliver(queued.ID); !ok || m.State != Delivered || m.Seq != 3 || !m.DeliveredAt.Equal(ten) || !m.DeliverAt.IsZero() {
		t.Errorf("Deliver: %+v", m)
	}
	if m, _ := b.Deliver(queued.ID); m.Seq != 3 {
		t.Errorf("delivered twice: seq %d", m.Seq)
	}
	lost := b.Add(Message{State: Lost})
	if m, ok := b.Deliver(lost.ID); !ok || m.State != Lost || m.Seq != 0 {
		t.Errorf("Deliver of a lost one: %+v", m)
	}
	if _, ok := b.Expire("?"); ok {
		t.Error("Expire found nothing's code")
	}
	if m, ok := b.SetRelay(live.ID, Relay{State: "failed", Error: "refused"}); !ok || m.Relay == nil || m.Relay.Error != "refused" {
		t.Errorf("SetRelay: %+v", m)
	}
}

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
	token := func() string { batch, _ := b.Changes(t.Context(), ""); return batch.Next }()

	advance(t, c, 5*time.Minute)
	wantIDs(t, "after 5 minutes", b.All(State(Delivered)), "2 3 4 1")
	for id, want := range map[string]time.Duration{"msg_00000001": 3, "msg_00000002": 1, "msg_00000004": 2} {
		if m, _ := b.Get(id); !m.DeliveredAt.Equal(ten.Add(want * time.Minute)) {
			t.Errorf("%s delivered at %s, want when it was due", id, m.DeliveredAt)
		}
	}
	wantIDs(t, "expired", b.All(OTPState(Expired)), "2 4")
	batch, err := b.Changes(t.Context(), token)
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
		"Wait":   func(b *Box) string { m, _ := b.Wait(t.Context()); return ids([]Message{m}) },
		"Cursor": func(b *Box) string { return strings.TrimPrefix(b.Cursor(), "e1.") },
		"Changes": func(b *Box) string {
			batch, _ := b.Changes(t.Context(), "e1.r1")
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
				if batch, err := b.Changes(t.Context(), token); err == nil {
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

package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
)

// noMessage returns the error of Wait when its context has ended.
func noMessage(t *testing.T, b *Box, filters ...Filter) *NoMessageError {
	t.Helper()
	m, err := b.Wait(ended(t), filters...)
	var none *NoMessageError
	if !errors.As(err, &none) || !errors.Is(err, context.Canceled) {
		t.Fatalf("Wait = %s, %v", m.ID, err)
	}
	return none
}

func TestNoMessage(t *testing.T) {
	bob := To("bob@example.com")
	tests := []struct {
		name    string
		prepare func(b *Box, c *clock.Clock)
		filters []Filter
		want    string
	}{
		{"empty", nil, []Filter{bob}, "no message to bob@example.com; the outbox is empty"},
		{
			"one", func(b *Box, c *clock.Clock) {
				advance(t, c, 2*time.Minute+11*time.Second)
				b.Add(Message{To: "ada@example.com"})
			},
			[]Filter{bob, Live(), WithCode()},
			"no live code for bob@example.com; the outbox has 1 message, to ada@example.com at 10:02:11",
		},
		{
			"typo", func(b *Box, _ *clock.Clock) { b.Add(Message{To: "adda@example.com"}) },
			[]Filter{To("ada@example.com")},
			"no message to ada@example.com; the outbox has 1 message, to adda@example.com at 10:00:00; a message to adda@example.com arrived; did you mean that?",
		},
		{
			"phone with spaces", func(b *Box, _ *clock.Clock) { b.Add(Message{To: "+14155550100"}) },
			[]Filter{To("+1 415 555 0100")},
			"no message to +1 415 555 0100; the outbox has 1 message, to +14155550100 at 10:00:00; a message to +14155550100 arrived; did you mean that?",
		},
		{
			"used", func(b *Box, _ *clock.Clock) { b.SetOTPState(b.Add(code("bob@example.com")).ID, Used) },
			[]Filter{bob, Live(), WithLink()},
			"no live link for bob@example.com; the outbox has 1 message, to bob@example.com at 10:00:00 (code used)",
		},
		{
			"the app's own", func(b *Box, _ *clock.Clock) {
				b.Add(Message{Kind: SMTP, Recipients: []string{"bob@example.com"}, Codes: []string{"445566"}})
				b.Add(Message{Kind: Twilio, To: "+14155550100", Codes: []string{"4711"}})
			},
			[]Filter{bob, Live(), WithCode()},
			"no live code for bob@example.com; the outbox has 2 messages, to +14155550100 at 10:00:00 (the app's own message: what was found in it is in its codes and links), " +
				"to bob@example.com at 10:00:00 (the app's own message: what was found in it is in its codes and links)",
		},
		{
			"a link instead of a code", func(b *Box, _ *clock.Clock) {
				b.Add(Message{Kind: Email, To: "bob@example.com", Link: "https://x.test/", State: Lost})
				b.Add(Message{Kind: Email, To: "bob@example.com", Link: "https://x.test/"})
			},
			[]Filter{bob, WithCode()},
			"no message with a code to bob@example.com; the outbox has 1 message, to bob@example.com at 10:00:00 " +
				"(it carries a link and no code: send was link or absent, which is link at Auth0); a message to bob@example.com was lost at 10:00:00",
		},
		{
			"a code instead of a link", func(b *Box, _ *clock.Clock) { b.Add(code("bob@example.com")) },
			[]Filter{bob, WithLink()},
			"no message with a link to bob@example.com; the outbox has 1 message, to bob@example.com at 10:00:00 (it carries a code and no link: send was code)",
		},
		{
			"cursor", func(b *Box, _ *clock.Clock) { b.Add(code("bob@example.com")) },
			[]Filter{bob, Since("e1.1")},
			"no message to bob@example.com (after cursor e1.1); the outbox has 1 message, to bob@example.com at 10:00:00 (before the cursor)",
		},
		{
			"queued", func(b *Box, _ *clock.Clock) {
				b.Add(Message{To: "bob@example.com", DeliverAt: ten.Add(5 * time.Minute), Scenario: "email-delayed/delay"})
			},
			[]Filter{bob},
			"no message to bob@example.com; nothing was delivered; a message to bob@example.com is queued until 10:05:00 (scenario email-delayed/delay), but the clock stands still at 10:00:00",
		},
		{
			"lost", func(b *Box, _ *clock.Clock) {
				b.Add(Message{To: "bob@example.com", State: Lost, Scenario: "sms-lost/drop"})
				b.Add(Message{To: "carl@example.com", State: Bounced})
				b.Add(Message{To: "ada@example.com"})
			},
			[]Filter{bob},
			"no message to bob@example.com; the outbox has 1 message, to ada@example.com at 10:00:00; " +
				"a message to bob@example.com was lost at 10:00:00 (scenario sms-lost/drop); a message to carl@example.com bounced at 10:00:00",
		},
		{
			"many", func(b *Box, _ *clock.Clock) {
				for i := range 7 {
					b.Add(Message{To: fmt.Sprintf("worker-%d@x.test", i)})
				}
			},
			[]Filter{bob},
			"no message to bob@example.com; the outbox has 7 messages, the newest to worker-6@x.test at 10:00:00, to worker-5@x.test at 10:00:00, " +
				"to worker-4@x.test at 10:00:00, to worker-3@x.test at 10:00:00, to worker-2@x.test at 10:00:00",
		},
		{"dropped", func(b *Box, _ *clock.Clock) {
			for range 12 {
				b.Add(Message{To: "a@x.test"})
			}
			b.Delete(To("a@x.test"))
		}, []Filter{bob}, "no message to bob@example.com; the outbox is empty; 2 messages dropped to make room"},
		{
			"all filters", nil,
			[]Filter{Kind(SMS), Connection("sms"), Client("acme"), WithCode(), State(Lost), OTPState(Used), Since("now")},
			"no message with a code (kind sms, connection sms, client acme, state lost, code used, from now on); the outbox is empty",
		},
		{"no filters", nil, nil, "no message; the outbox is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, c := stopped(t, Options{Max: 10})
			if tt.prepare != nil {
				tt.prepare(b, c)
			}
			if got := noMessage(t, b, tt.filters...).Error(); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestNoMessageNamesTheWantedRecipientFirst(t *testing.T) {
	b, _ := stopped(t, Options{})
	for i := range 9 {
		to := "other@x.test"
		if i == 0 {
			to = "bob@example.com"
		}
		b.Add(Message{To: to, State: Lost})
		b.Add(Message{To: to, DeliverAt: ten.Add(time.Hour)})
	}
	e := noMessage(t, b, To("bob@example.com"))
	if len(e.Lost) != 5 || len(e.Queued) != 5 || e.Lost[0].To != "bob@example.com" || e.Queued[0].ID != "msg_00000002" || e.Queued[1].ID != "msg_00000018" {
		t.Errorf("lost %+v, queued %+v", e.Lost, e.Queued)
	}
}

func TestNoMessageWhileTheClockRuns(t *testing.T) {
	b := New(Options{Clock: &manual{now: ten, running: true}})
	b.Add(Message{To: "bob@example.com", DeliverAt: ten.Add(5 * time.Minute)})
	want := "no message to bob@example.com; nothing was delivered; a message to bob@example.com is queued until 10:05:00"
	if got := noMessage(t, b, To("bob@example.com")).Error(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestNoMessageAsJSON(t *testing.T) {
	b, _ := stopped(t, Options{})
	b.Add(Message{Kind: Email, To: "ada@example.com", Code: "1"})
	got, err := json.Marshal(noMessage(t, b, To("bob@example.com")))
	want := `{"wanted":"message to bob@example.com","delivered":1,"seen":[{"id":"msg_00000001","kind":"email","to":"ada@example.com","state":"delivered",` +
		`"otp_state":"active","at":"2030-01-01T10:00:00Z"}],"queued":[],"lost":[],"dropped":0,"now":"2030-01-01T10:00:00Z","running":false}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}

func TestNearMiss(t *testing.T) {
	for _, tt := range []struct {
		wanted, arrived string
		hint            bool
	}{
		{"ada@example.com", "ada@exmaple.com", true},
		{"ada w3@example.com", "ada+w3@example.com", true},
		{"ada@example.com", "grace@example.com", false},
		{"a@b.c", "x@y.c", false},
		{"bob", "ann", false},
		{"+14155550100", "+442071234567", false},
		{"14155550100", "+14155550100", true},
		{"ada1@x.test", "1", false},
	} {
		b, _ := stopped(t, Options{})
		b.Add(Message{To: tt.arrived})
		if got := noMessage(t, b, To(tt.wanted)).Hint; (got != "") != tt.hint {
			t.Errorf("wanted %s, arrived %s: hint %q", tt.wanted, tt.arrived, got)
		}
	}
}

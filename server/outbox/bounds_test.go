package outbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestEvictionTakesTheOldestFinished(t *testing.T) {
	b, c := stopped(t, Options{Max: 6})
	to := func(n int) string { return fmt.Sprintf("w%d@x.test", n) }
	b.Add(Message{To: to(1), DeliverAt: ten.Add(time.Hour)}) // 1 queued
	b.Add(code(to(2)))                                       // 2 active
	b.Add(Message{To: to(3)})                                // 3 no code
	b.Add(code(to(4)))                                       // 4
	b.Add(Message{To: to(5), State: Lost})                   // 5
	b.Add(code(to(6)))                                       // 6
	b.SetOTPState("msg_00000006", Used)
	steps := []struct{ kept string }{
		{"2 4 6 7 5 1"}, // 3 went
		{"2 4 6 7 8 1"}, // 5, which was lost, went
		{"2 4 7 8 9 1"}, // 6 went
	}
	for i, step := range steps {
		b.Add(code(to(7 + i)))
		got := ids(append(b.All(State(Delivered)), append(b.All(State(Lost)), b.All(State(Queued))...)...))
		if got != step.kept {
			t.Errorf("step %d: kept %q, want %q", i, got, step.kept)
		}
	}
	// Nothing is finished any more: the oldest active one goes, and what is
	// under way stays.
	b.Add(code(to(10)))
	wantIDs(t, "all active", b.All(), "4 7 8 9 10 1")
	// With time they lapse, and are finished.
	advance(t, c, 3*time.Minute)
	b.Add(Message{To: to(11), Code: "1"})
	b.Add(Message{To: to(12), Code: "1"})
	wantIDs(t, "after the codes lapsed", b.All(), "8 9 10 11 12 1")
	if p, _ := b.List(Query{}); p.Dropped != 6 {
		t.Errorf("dropped %d, want 6", p.Dropped)
	}
}

func TestEvictionOfQueuedIsTheLastResort(t *testing.T) {
	b, _ := stopped(t, Options{Max: 2})
	for range 4 {
		b.Add(Message{DeliverAt: ten.Add(time.Hour)})
	}
	wantIDs(t, "kept", b.All(), "3 4")
	if p, _ := b.List(Query{Since: "e1.0"}); p.Dropped != 2 || p.Missed != 0 {
		t.Errorf("dropped %d, missed %d, want 2 and 0: they were never delivered", p.Dropped, p.Missed)
	}
}

func TestANoisyRecipientMakesRoomForItself(t *testing.T) {
	b, _ := stopped(t, Options{Max: 10})
	b.Add(Message{To: "ada@x.test"})
	for range 50 {
		b.Add(Message{To: "noisy@x.test"})
	}
	if _, ok := b.Latest(To("ada@x.test")); !ok {
		t.Error("fifty messages to one recipient pushed out another's")
	}
	// But a finished message goes before an active one of any recipient.
	b, _ = stopped(t, Options{Max: 10})
	b.Add(Message{To: "ada@x.test"})
	for range 10 {
		b.Add(code("noisy@x.test"))
	}
	if _, ok := b.Latest(To("ada@x.test")); ok {
		t.Error("an active code was evicted before a message without one")
	}
}

func TestEvictionByBytes(t *testing.T) {
	b, _ := stopped(t, Options{MaxBytes: 1000})
	mail := func(n int) Message { return Message{Text: strings.Repeat("x", n)} }
	b.Add(mail(400))
	b.Add(mail(400))
	b.Add(mail(400))
	wantIDs(t, "three of 400 bytes", b.All(), "2 3")
	b.Add(mail(200))
	wantIDs(t, "exactly full", b.All(), "2 3 4")
	b.Add(mail(5000))
	wantIDs(t, "too long by itself", b.All(), "5")
	b.Add(mail(1))
	wantIDs(t, "after it", b.All(), "6")
	if p, _ := b.List(Query{}); p.Dropped != 5 {
		t.Errorf("dropped %d, want 5", p.Dropped)
	}
}

func TestSizeCountsEveryText(t *testing.T) {
	m := Message{
		Recipients: []string{"1"}, From: "2", Subject: "3", Text: "4", HTML: "5", Code: "6", Link: "7",
		Codes: []string{"8"}, Links: []string{"9"}, ClientID: "a", Connection: "b", Language: "c", Scenario: "d",
		Attachments: []Attachment{{Part: "e", FileName: "f", ContentType: "g", ContentID: "h"}},
	}
	if got := m.Size(); got != 17 {
		t.Errorf("size %d, want 17", got)
	}
}

func TestMissedCountsWhatWasEvictedSinceTheCursor(t *testing.T) {
	b, _ := stopped(t, Options{Max: 3})
	missed := func(since string, limit int) int {
		p, err := b.List(Query{Since: since, Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		return p.Missed
	}
	b.Add(code("a@x.test")) // 1 is active and stays
	for range 5 {
		b.Add(Message{To: "b@x.test"}) // 2 to 6, of which 2, 3 and 4 go
	}
	wantIDs(t, "kept", b.All(), "1 5 6")
	for since, want := range map[string]int{"e1.0": 3, "e1.1": 3, "e1.2": 2, "e1.3": 1, "e1.4": 0, "e1.6": 0, "now": 0, "": 0} {
		if got := missed(since, 0); got != want {
			t.Errorf("since %q: missed %d, want %d", since, got, want)
		}
	}
	// A page tells of its own range only, so that nothing is counted twice.
	if got := missed("e1.0", 1); got != 0 {
		t.Errorf("first page: missed %d, want 0", got)
	}
	if got := missed("e1.1", 1); got != 3 {
		t.Errorf("second page: missed %d, want 3", got)
	}
	// What was deleted on purpose is not missed.
	b.Delete(ID("msg_00000005"))
	if got := missed("e1.4", 0); got != 0 {
		t.Errorf("after Delete: missed %d, want 0", got)
	}
	b.Reset()
	if p, _ := b.List(Query{Since: "now"}); p.Dropped != 0 {
		t.Errorf("after Reset: dropped %d", p.Dropped)
	}
}

func TestCounts(t *testing.T) {
	b, _ := stopped(t, Options{Max: 2})
	b.Add(Message{})
	b.Add(Message{State: Lost})
	b.Add(Message{DeliverAt: ten.Add(time.Hour)})
	if held, dropped := b.Counts(); held != 2 || dropped != 1 {
		t.Errorf("held %d, dropped %d, want 2 and 1", held, dropped)
	}
	b.Reset()
	if held, dropped := b.Counts(); held != 0 || dropped != 0 {
		t.Errorf("after Reset: held %d, dropped %d", held, dropped)
	}
}

func TestSpans(t *testing.T) {
	var s spans
	for _, n := range []int64{5, 7, 6, 1, 3, 2, 9} {
		s.add(n, 100)
	}
	if got := fmt.Sprint(s); got != "[{1 3} {5 7} {9 9}]" {
		t.Fatalf("spans %s", got)
	}
	for _, tt := range []struct {
		low, high int64
		want      int
	}{{0, 9, 7}, {2, 9, 5}, {3, 4, 0}, {5, 6, 1}, {9, 20, 0}, {8, 20, 1}} {
		if got := s.within(tt.low, tt.high); got != tt.want {
			t.Errorf("within(%d, %d) = %d, want %d", tt.low, tt.high, got, tt.want)
		}
	}
	s.add(20, 3)
	if got := fmt.Sprint(s); got != "[{1 7} {9 9} {20 20}]" {
		t.Errorf("bounded spans %s", got)
	}
}

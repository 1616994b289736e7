package outbox

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// counted are words that count how often they are written.
type counted struct {
	written *atomic.Int64
	size    int
}

func (c counted) Write(m *Message) {
	c.written.Add(1)
	m.From, m.Subject, m.Text, m.HTML = "from", "subject of "+m.Code, "text of "+m.Code, "<b>"+m.Code+"</b>"
}

func (c counted) Size() int { return c.size }

func worded(to string, written *atomic.Int64) Message {
	m := code(to)
	m.Words = counted{written, 10}
	return m
}

// Whoever reads a message finds it written, by whichever way; whoever only
// files it or notes what became of it has nothing written.
func TestWordsAreWrittenForReadersAlone(t *testing.T) {
	t.Parallel()
	b, _ := stopped(t, Options{})
	var n atomic.Int64
	filed := b.Add(worded("ada@example.com", &n))
	b.SetOTPState(filed.ID, Superseded)
	b.Add(worded("ada@example.com", &n))
	b.SetRelay(filed.ID, Relay{State: "sent"})
	b.Expire(filed.ID)
	if n.Load() != 0 || filed.Text != "" || filed.Words == nil {
		t.Errorf("filing wrote %d times, and returned %+v", n.Load(), filed)
	}
	batch, _ := b.Changes(t.Context(), "")
	page, _ := b.List(Query{})
	latest, _ := b.Latest()
	waited, _ := b.Wait(t.Context())
	got, _ := b.Get(filed.ID)
	for _, m := range append([]Message{latest, waited, got, b.All()[0], page.Items[0]}, batch.Messages...) {
		if m.From != "from" || m.Subject != "subject of 241272" || m.Text != "text of 241272" || m.HTML != "<b>241272</b>" || m.Words != nil {
			t.Errorf("read: %+v", m)
		}
	}
}

// A reader who wants the code alone has nothing written.
func TestBriefWritesNothing(t *testing.T) {
	t.Parallel()
	b, _ := stopped(t, Options{})
	var n atomic.Int64
	first := make(chan Message)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		m, _ := b.Wait(ctx, To("ada@example.com"), Brief())
		first <- m
	}()
	b.Add(worded("ada@example.com", &n))
	latest, _ := b.Latest(Brief(), Live())
	all := b.All(Brief())
	page, _ := b.List(Query{Filters: []Filter{Brief()}})
	whole := b.Add(Message{To: "bob@example.com", From: "f", Subject: "s", Text: "t", HTML: "h"})
	bob, _ := b.Latest(To(whole.To), Brief())
	if n.Load() != 0 {
		t.Errorf("%d were written", n.Load())
	}
	for _, m := range []Message{<-first, latest, all[0], page.Items[0], bob} {
		if m.ID == "" || m.From+m.Subject+m.Text+m.HTML != "" || m.Words != nil {
			t.Errorf("brief: %+v", m)
		}
	}
	cancel()
	_, err := b.Wait(ctx, To("eve@example.com"), Brief())
	if err == nil || !strings.HasPrefix(err.Error(), "no message to eve@example.com; ") {
		t.Errorf("without a message: %v", err)
	}
}

func TestWordsCountAgainstTheBound(t *testing.T) {
	t.Parallel()
	b, _ := stopped(t, Options{MaxBytes: 2000})
	var n atomic.Int64
	for range 3 {
		m := worded("ada@example.com", &n)
		m.Words = counted{&n, 900}
		b.Add(m)
	}
	wantIDs(t, "after three", b.All(Brief()), "2 3")
}

func TestManyReadTheSameWords(t *testing.T) {
	t.Parallel()
	b, _ := stopped(t, Options{})
	var n atomic.Int64
	id := b.Add(worded("ada@example.com", &n)).ID
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if m, _ := b.Get(id); m.Text != "text of 241272" {
					t.Errorf("read %q", m.Text)
				}
			}
		})
	}
	wg.Wait()
}

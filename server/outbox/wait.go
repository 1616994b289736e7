package outbox

import (
	"context"
	"time"
)

// Wait returns the newest delivered message that matches all filters, as soon as
// there is one. With a State filter it looks for messages in that State instead of
// delivered ones.
//
// It waits in real time. While the clock runs it also waits for queued messages to
// arrive by themselves. If ctx ends first, the error is a *NoMessageError, which
// says what the box holds instead and wraps ctx.Err. It is a *CursorError if the
// cursor of a Since filter is malformed or from before the box was emptied.
func (b *Box) Wait(ctx context.Context, filters ...Filter) (Message, error) {
	now := b.enter()
	defer b.leave()
	q, err := b.resolve(filters)
	if err != nil {
		return Message{}, err
	}
	if m, ok := b.latest(q); ok {
		return m, nil
	}
	w := &waiter{query: q, woken: make(chan struct{}, 1)}
	b.waiting[w] = true
	defer delete(b.waiting, w)
	for ctx.Err() == nil {
		now = b.sleep(ctx, w, b.nextChange(q), now)
		if w.hit != nil {
			return *w.hit, nil
		}
		if q.since && q.epoch != b.epoch {
			return Message{}, &CursorError{Cursor: cursorAt(q.epoch, q.after), Expired: true, Now: b.cursor()}
		}
	}
	return Message{}, b.noMessage(q, now, ctx.Err())
}

// nextChange returns when one of the candidates next changes by itself; zero for
// never.
func (b *Box) nextChange(q query) time.Time {
	if !q.hasTo {
		return b.due.next()
	}
	var next time.Time
	for _, e := range b.candidates(q) {
		if !e.next.IsZero() && (next.IsZero() || e.next.Before(next)) {
			next = e.next
		}
	}
	return next
}

// sleep leaves the box until w is woken, the time due comes or ctx ends. Then it
// enters the box again and flushes, so that w.hit is up to date.
func (b *Box) sleep(ctx context.Context, w *waiter, due, now time.Time) time.Time {
	w.due = due
	var timeout <-chan time.Time
	if !due.IsZero() && b.clock.Running() {
		t := time.NewTimer(due.Sub(now))
		defer t.Stop()
		timeout = t.C
	}
	b.leave()
	select {
	case <-w.woken:
	case <-timeout:
	case <-ctx.Done():
	}
	now = b.enter()
	b.flush()
	return now
}

// A waiter is a call of Wait or Changes that sleeps.
type waiter struct {
	query
	hit   *Message      // the newest match since the call began
	due   time.Time     // when something changes by itself that the call waits for
	woken chan struct{} // holds at most one
}

func (w *waiter) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

// see shows a changed message to a call of Wait.
func (w *waiter) see(e *entry) {
	if w.matchOne(&e.Message) {
		if w.hit == nil || w.hit.Seq <= e.Seq {
			m := e.clone()
			w.hit = &m
		}
		w.wake()
	} else if !e.next.IsZero() && (w.due.IsZero() || e.next.Before(w.due)) {
		w.wake()
	}
}

// resetTimers wakes the calls that have a timer, which may be wrong by now.
func (b *Box) resetTimers() {
	for _, set := range []map[*waiter]bool{b.waiting, b.streams} {
		for w := range set {
			if !w.due.IsZero() {
				w.wake()
			}
		}
	}
}

// epochEnded wakes the calls whose cursor or timer is no longer valid.
func (b *Box) epochEnded() {
	b.resetTimers()
	for w := range b.waiting {
		if w.since {
			w.wake()
		}
	}
}

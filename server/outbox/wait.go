package outbox

import (
	"context"
	"time"
)

// Wait returns the newest delivered message that matches all filters, as soon
// as there is one. With a State filter it looks at messages in that state
// instead.
//
// It waits in real time. A queued message is waited for as long as the clock
// runs, or until somebody moves it. When ctx ends first, the error is a
// *NoMessageError, which tells what the box holds instead and wraps ctx.Err.
// A *CursorError says that the cursor of a Since filter is malformed or void,
// or became so by a Reset.
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
	b.waiters.join(w)
	defer b.waiters.quit(w)
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

// nextChange is when one of the candidates next changes by itself; zero for
// never.
func (b *Box) nextChange(q query) time.Time {
	if !q.keyed {
		return b.due.next()
	}
	var next time.Time
	for _, e := range b.byTo[q.to] {
		if !e.next.IsZero() && (next.IsZero() || e.next.Before(next)) {
			next = e.next
		}
	}
	return next
}

func (s schedule) next() time.Time {
	if len(s) == 0 {
		return time.Time{}
	}
	return s[0].next
}

// sleep leaves the box until w is woken, due comes, or ctx ends, and enters it
// again. Having entered, it has flushed: w.hit is up to date.
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
	hit   *Message      // the newest match since it waits
	due   time.Time     // when something it cares about changes by itself
	woken chan struct{} // holds at most one
}

func (w *waiter) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

// see shows a changed message to a waiter.
func (w *waiter) see(e *entry) {
	if w.matchReady(&e.Message) {
		if w.hit == nil || w.hit.Seq <= e.Seq {
			m := w.read(e)
			w.hit = &m
		}
		w.wake()
	} else if !e.next.IsZero() && (w.due.IsZero() || e.next.Before(w.due)) {
		w.wake()
	}
}

// The waiters of a box: those who wait for one recipient are only bothered
// with its messages.
type waiters struct {
	forOne  map[string]map[*waiter]bool
	forAny  map[*waiter]bool
	streams map[*waiter]bool // in Changes
}

func (ws *waiters) join(w *waiter) {
	if !w.keyed {
		put(&ws.forAny, w)
		return
	}
	set := ws.forOne[w.to]
	put(&set, w)
	if ws.forOne == nil {
		ws.forOne = map[string]map[*waiter]bool{}
	}
	ws.forOne[w.to] = set
}

func put(set *map[*waiter]bool, w *waiter) {
	if *set == nil {
		*set = map[*waiter]bool{}
	}
	(*set)[w] = true
}

func (ws *waiters) quit(w *waiter) {
	if !w.keyed {
		delete(ws.forAny, w)
		return
	}
	delete(ws.forOne[w.to], w)
	if len(ws.forOne[w.to]) == 0 {
		delete(ws.forOne, w.to)
	}
}

// each calls f with every waiter.
func (ws *waiters) each(f func(*waiter)) {
	for w := range ws.streams {
		f(w)
	}
	for w := range ws.forAny {
		f(w)
	}
	for _, set := range ws.forOne {
		for w := range set {
			f(w)
		}
	}
}

// rearm wakes those whose timer may be wrong by now.
func (ws *waiters) rearm() {
	ws.each(func(w *waiter) {
		if !w.due.IsZero() {
			w.wake()
		}
	})
}

// epochEnded wakes those whose cursor or schedule is void.
func (ws *waiters) epochEnded() {
	ws.each(func(w *waiter) {
		if w.since || !w.due.IsZero() {
			w.wake()
		}
	})
}

// flush shows what has changed to those who wait for it, as it is at the end
// of a step: a code that was delivered and lapsed in one move of the clock was
// never live to them.
func (b *Box) flush() {
	if !b.stirred {
		return
	}
	for _, e := range b.dirty {
		e.dirty = false
		if e.gone {
			continue
		}
		for w := range b.forAny {
			w.see(e)
		}
		for _, k := range e.keys {
			for w := range b.forOne[k] {
				w.see(e)
			}
		}
	}
	clear(b.dirty)
	b.dirty = b.dirty[:0]
	for w := range b.streams {
		w.wake()
	}
	b.stirred = false
}

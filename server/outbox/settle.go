package outbox

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// Settle delivers the messages that are due by now, in order of DeliverAt, and
// expires codes. It is not undone if the clock is set back later. Code that moves
// the clock calls it before and after the move; see clock.Clock.Watch. All other
// methods of Box settle what is due before they do anything else.
func (b *Box) Settle(now time.Time) {
	b.mu.Lock()
	defer b.leave()
	b.settle(wallTime(now))
	b.resetTimers() // the clock may have moved, started or stopped
}

func (b *Box) settle(now time.Time) {
	for len(b.due) > 0 && !b.due[0].next.After(now) {
		e := b.due[0]
		if e.State == Queued && e.DeliverAt.Equal(e.next) {
			b.arrive(e, e.DeliverAt)
		} else {
			e.OTPState = Expired
			b.touch(e)
		}
	}
}

// arrive delivers a queued message at the given time.
func (b *Box) arrive(e *entry, at time.Time) {
	b.unplace(e)
	b.lastSeq++
	e.Seq = b.lastSeq
	e.State, e.DeliveredAt, e.DeliverAt = Delivered, at, time.Time{}
	b.place(e)
	b.touch(e)
}

// touch notes that a message has changed.
func (b *Box) touch(e *entry) {
	b.rev++
	e.rev = b.rev
	b.stirred = true
	if !e.changed {
		e.changed = true
		b.changed = append(b.changed, e)
	}
	b.reschedule(e)
}

// reschedule puts the message into the schedule, moves it there or takes it out.
func (b *Box) reschedule(e *entry) {
	e.next = time.Time{}
	if e.State == Queued {
		e.next = e.DeliverAt
	}
	if e.OTPState == Active && !e.ExpiresAt.IsZero() && (e.next.IsZero() || e.ExpiresAt.Before(e.next)) {
		e.next = e.ExpiresAt
	}
	switch {
	case e.next.IsZero() && e.slot >= 0:
		heap.Remove(&b.due, e.slot)
	case e.next.IsZero():
	case e.slot >= 0:
		heap.Fix(&b.due, e.slot)
	default:
		heap.Push(&b.due, e)
	}
}

// place appends the message to the lists. unplace takes it out of them.
func (b *Box) place(e *entry) {
	b.lastPos++
	e.pos = b.lastPos
	b.list = append(b.list, e)
	for _, k := range e.keys {
		b.byTo[k] = append(b.byTo[k], e)
	}
}

func (b *Box) unplace(e *entry) {
	b.list = without(b.list, e)
	for _, k := range e.keys {
		if rest := without(b.byTo[k], e); len(rest) > 0 {
			b.byTo[k] = rest
		} else {
			delete(b.byTo, k)
		}
	}
}

// without removes a message from a list. A full box removes the first one at each Add;
// to move all others up would take a tenth of the time of a start.
func without(list []*entry, e *entry) []*entry {
	if list[0] == e {
		list[0] = nil // so that its memory is free
		return list[1:]
	}
	i, _ := slices.BinarySearchFunc(list, e, func(a, b *entry) int { return cmp.Compare(a.pos, b.pos) })
	return slices.Delete(list, i, i+1)
}

// remove takes the message out of the box.
func (b *Box) remove(e *entry) {
	b.unplace(e)
	delete(b.byID, e.ID)
	b.bytes -= e.size
	if e.slot >= 0 {
		heap.Remove(&b.due, e.slot)
	}
	e.gone = true
	b.rev++
	b.stirred = true
	b.noteGone(e.ID)
}

// A schedule is a heap of the messages that will change by themselves. The next one
// to change is on top.
type schedule []*entry

// next returns when the next message changes by itself; zero for never.
func (s schedule) next() time.Time {
	if len(s) == 0 {
		return time.Time{}
	}
	return s[0].next
}

func (s schedule) Len() int { return len(s) }

func (s schedule) Less(i, j int) bool {
	a, b := s[i], s[j]
	if c := a.next.Compare(b.next); c != 0 {
		return c < 0
	}
	return a.pos < b.pos
}

func (s schedule) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].slot, s[j].slot = i, j
}

func (s *schedule) Push(x any) {
	e := x.(*entry)
	e.slot = len(*s)
	*s = append(*s, e)
}

func (s *schedule) Pop() any {
	old := *s
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*s = old[:len(old)-1]
	e.slot = -1
	return e
}

package outbox

import "slices"

// A recipient who holds more than this part of a full box makes room out of
// its own messages.
const fairShare = 5

// maxSpans bounds what the box remembers of evictions (32 KiB).
const maxSpans = 2048

// makeRoom evicts until the box is within its bounds. The message that was
// just added stays.
func (b *Box) makeRoom(added *entry) {
	for len(b.list) > b.max || b.bytes > b.maxBytes {
		e := b.victim(added)
		if e == nil {
			return
		}
		if e.Seq != 0 {
			b.evicted.add(e.Seq, maxSpans)
		}
		b.dropped++
		b.remove(e)
	}
}

// victim picks the message to evict: the oldest that is finished, before any
// whose code is active, before any that is still under way.
func (b *Box) victim(added *entry) *entry {
	pools := [][]*entry{b.list}
	if len(added.keys) > 0 {
		if own := b.byTo[added.keys[0]]; len(own) > b.max/fairShare {
			pools = [][]*entry{own, b.list}
		}
	}
	for _, class := range []func(*entry) bool{
		func(e *entry) bool { return e.State != Queued && e.OTPState != Active },
		func(e *entry) bool { return e.State != Queued },
		func(e *entry) bool { return true },
	} {
		for _, pool := range pools {
			for _, e := range pool {
				if e != added && class(e) {
					return e
				}
			}
		}
	}
	return nil
}

// Spans are numbers, kept as runs in ascending order which do not touch.
type spans []span

type span struct{ from, to int64 }

// add puts n in. Where that makes more than limit runs the two lowest become
// one: far back, what was deleted then counts as evicted.
func (s *spans) add(n int64, limit int) {
	list := *s
	i, _ := slices.BinarySearchFunc(list, n, func(r span, n int64) int {
		if r.to < n {
			return -1
		}
		return 1
	})
	before := i > 0 && list[i-1].to == n-1
	after := i < len(list) && list[i].from == n+1
	switch {
	case before && after:
		list[i-1].to = list[i].to
		list = slices.Delete(list, i, i+1)
	case before:
		list[i-1].to = n
	case after:
		list[i].from = n
	default:
		list = slices.Insert(list, i, span{n, n})
	}
	if len(list) > limit && len(list) > 1 {
		list[1].from = list[0].from
		list = slices.Delete(list, 0, 1)
	}
	*s = list
}

// within counts the numbers above low, up to and including high.
func (s spans) within(low, high int64) int {
	n := int64(0)
	for _, r := range s {
		if from, to := max(r.from, low+1), min(r.to, high); from <= to {
			n += to - from + 1
		}
	}
	return int(n)
}

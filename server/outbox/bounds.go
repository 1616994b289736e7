package outbox

import "slices"

// fairShare is the part of the box, a fifth, that one recipient may fill before
// its own messages are evicted first.
const fairShare = 5

// maxSpans bounds the memory for evicted Seqs (32 KiB).
const maxSpans = 2048

// victim chooses the message to evict: the oldest one without an active code, else
// the oldest delivered one, else the oldest queued one.
func (b *Box) victim(added *entry) *entry {
	lists := [][]*entry{b.list}
	if len(added.keys) > 0 {
		if sameRecipient := b.byTo[added.keys[0]]; len(sameRecipient) > b.max/fairShare {
			lists = [][]*entry{sameRecipient, b.list}
		}
	}
	for _, mayGo := range []func(*entry) bool{
		func(e *entry) bool { return e.State != Queued && e.OTPState != Active },
		func(e *entry) bool { return e.State != Queued },
		func(*entry) bool { return true },
	} {
		for _, list := range lists {
			for _, e := range list {
				if e != added && mayGo(e) {
					return e
				}
			}
		}
	}
	return nil
}

// spans is a set of numbers, kept as runs of successive numbers. The runs are in
// ascending order, with a gap between them.
type spans []span

type span struct{ from, to int64 }

// add adds n to the set. If that makes more than limit runs, it joins the two
// lowest: then some messages of long ago that were deleted count as evicted.
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

// within returns how many numbers are above low and not above high.
func (s spans) within(low, high int64) int {
	n := int64(0)
	for _, r := range s {
		if from, to := max(r.from, low+1), min(r.to, high); from <= to {
			n += to - from + 1
		}
	}
	return int(n)
}

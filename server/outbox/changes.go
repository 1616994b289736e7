package outbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// A Batch is what changed in a box.
type Batch struct {
	// Messages are those that are new or changed, as they are now, in order
	// of their last change.
	Messages []Message `json:"messages"`
	// Gone are the ids of those that were deleted or evicted.
	Gone []string `json:"gone"`
	// Dropped is how many messages were evicted to make room since the box
	// was made or reset.
	Dropped int `json:"dropped"`
	// Reset says that Messages is everything there is: forget what came
	// before.
	Reset bool `json:"reset"`
	// Next is the token to go on with.
	Next string `json:"next"`
}

// Changes returns what changed after the token since, and waits until
// something does. It follows state, not events: a message that changed twice
// is reported once.
//
// A token is the Next of an earlier Batch; "now" stands for the present one.
// An empty token, one from before the box was emptied, and one that lags
// further behind than the box remembers are answered at once, with Reset and
// everything there is. Codes that expire and messages that arrive by
// themselves are noticed while the clock runs.
//
// It fails with a *CursorError if the token is malformed, and with ctx.Err
// when ctx ends before anything changed.
func (b *Box) Changes(ctx context.Context, since string) (Batch, error) {
	now := b.enter()
	defer b.leave()
	epoch, rev := b.epoch, b.rev
	switch since {
	case "now":
	case "":
		return b.everything(), nil
	default:
		var err error
		if epoch, rev, err = parse(since, ".r"); err != nil {
			return Batch{}, &CursorError{Cursor: since, Now: b.token()}
		}
	}
	w := &waiter{woken: make(chan struct{}, 1)}
	put(&b.streams, w)
	defer delete(b.streams, w)
	for {
		if epoch != b.epoch || rev > b.rev || rev < b.goneRev {
			return b.everything(), nil
		}
		if rev < b.rev {
			return b.changedAfter(rev), nil
		}
		if err := ctx.Err(); err != nil {
			return Batch{}, err
		}
		now = b.sleep(ctx, w, b.due.next(), now)
	}
}

// token is the place after the last change.
func (b *Box) token() string { return fmt.Sprintf("e%d.r%d", b.epoch, b.rev) }

func (b *Box) everything() Batch {
	batch := b.changedAfter(-1)
	batch.Gone, batch.Reset = []string{}, true
	return batch
}

func (b *Box) changedAfter(rev int64) Batch {
	batch := Batch{
		Messages: []Message{},
		Gone:     []string{},
		Dropped:  b.dropped,
		Next:     b.token(),
	}
	var changed []*entry
	for _, e := range b.list {
		if e.rev > rev {
			changed = append(changed, e)
		}
	}
	slices.SortFunc(changed, func(a, b *entry) int { return cmp.Compare(a.rev, b.rev) })
	for _, e := range changed {
		batch.Messages = append(batch.Messages, e.written())
	}
	for _, v := range b.gone {
		if v.rev > rev {
			batch.Gone = append(batch.Gone, v.id)
		}
	}
	return batch
}

// A vanished message is remembered by its id, for those who follow changes.
type vanished struct {
	id  string
	rev int64
}

// bury remembers that a message has vanished just now, and forgets one that
// vanished long ago.
func (b *Box) bury(id string) {
	if len(b.gone) >= b.max {
		b.goneRev = b.gone[0].rev
		b.gone[0] = vanished{}
		b.gone = b.gone[1:]
	}
	b.gone = append(b.gone, vanished{id, b.rev})
}

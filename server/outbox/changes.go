package outbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// A Batch is what changed in a box.
type Batch struct {
	// Messages are the new and changed messages, as they are now, in order of
	// their last change.
	Messages []Message `json:"messages"`
	// Gone are the ids of the messages that were deleted or evicted.
	Gone []string `json:"gone"`
	// Dropped is how many messages were evicted to make room since the box
	// was made or reset.
	Dropped int `json:"dropped"`
	// Reset says that Messages are all messages of the box. The reader must
	// forget what it got before.
	Reset bool `json:"reset"`
	// Next is the token for the next call.
	Next string `json:"next"`
}

// Changes returns what changed after the token since. If nothing has changed it
// waits until something does. A message that changed twice is reported once, as it
// is now.
//
// A token is the Next of an earlier Batch. The token "now" means the present. Three
// tokens are answered at once with a Reset and all messages: the empty token, a
// token from before the box was emptied, and one so old that the box has forgotten
// which messages are gone since. While the clock runs, Changes also notices codes
// that expire and messages that arrive by themselves.
//
// It fails with a *CursorError if the token is malformed, and with ctx.Err if ctx
// ends before anything changes.
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
	b.streams[w] = true
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

// Unchanged returns the message with that id. It returns false if the message is gone,
// or has changed after the token; a call of Changes with that token tells which. A
// reader that works off a Batch slowly need not hold its Messages.
func (b *Box) Unchanged(id, token string) (Message, bool) {
	b.enter()
	defer b.leave()
	epoch, rev, err := parse(token, ".r")
	e := b.byID[id]
	if err != nil || e == nil || epoch != b.epoch || e.rev > rev {
		return Message{}, false
	}
	return e.clone(), true
}

// token returns the token for what changes from now on.
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
		batch.Messages = append(batch.Messages, e.clone())
	}
	for _, v := range b.gone {
		if v.rev > rev {
			batch.Gone = append(batch.Gone, v.id)
		}
	}
	return batch
}

// A vanished message was deleted or evicted. Changes reports its id.
type vanished struct {
	id  string
	rev int64
}

// noteGone notes that a message is gone since this revision. If there are too many
// notes it drops the oldest.
func (b *Box) noteGone(id string) {
	if len(b.gone) >= b.max {
		b.goneRev = b.gone[0].rev
		b.gone = b.gone[1:]
	}
	b.gone = append(b.gone, vanished{id, b.rev})
}

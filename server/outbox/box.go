// Package outbox holds the e-mails and text messages that a tenant sent. They would
// have gone to real people; here tests read them, with their codes and links as data.
// It also holds what an application sent to the mock by SMTP or by Twilio's API.
//
// A Box is bounded and keeps the order of delivery. A test can wait for the
// message that it needs. Reading changes nothing, so any number of tests can use
// the same box, each for its own recipient.
//
// The box takes its time from the tenant's clock. It starts no goroutine: each
// call first delivers and expires what is due, and a call that waits has its own
// timer.
package outbox

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
)

// The bounds of a box if its Options name none.
const (
	DefaultMax      = 1000
	DefaultMaxBytes = 64 << 20
)

// A Clock tells the time. *clock.Clock is one.
type Clock interface {
	// Now is the present time.
	Now() time.Time
	// Running tells whether time passes by itself, as fast as real time.
	Running() bool
}

// Options configure a Box. The zero value works.
type Options struct {
	// Clock is the tenant's clock. nil means real time. Code that moves the
	// clock must call Box.Settle before and after the move;
	// Clock.Watch(box.Settle) sees to that.
	Clock Clock
	// Max is how many messages the box keeps at most, and MaxBytes how many
	// bytes of text. Zero or less means DefaultMax and DefaultMaxBytes. The box
	// always keeps the newest message, however long it is.
	Max      int
	MaxBytes int64
}

// A Box holds the messages that were sent. It is safe for use by many goroutines.
// It copies messages that go in or come out. Call New to make one; it needs no
// closing.
type Box struct {
	clock    Clock
	max      int
	maxBytes int64

	mu      sync.Mutex // guards all below
	epoch   int64      // grows when the box is emptied, which makes older cursors invalid
	lastID  int64
	lastSeq int64
	lastPos int64
	rev     int64 // the revision, which grows with each change

	// list has all messages in the order of their pos: the delivered ones are
	// in order of delivery and the others, in between, in order of creation.
	list  []*entry
	byID  map[string]*entry
	byTo  map[string][]*entry // by each recipient, in the same order
	due   schedule
	bytes int64

	dropped int        // how many messages were evicted
	evicted spans      // the Seqs of the evicted messages
	gone    []vanished // evicted and deleted messages, in order of revision
	goneRev int64      // up to this revision the box has forgotten them

	changed []*entry         // messages that changed since the last flush
	stirred bool             // anything changed since the last flush
	waiting map[*waiter]bool // calls of Wait
	streams map[*waiter]bool // calls of Changes
}

// An entry is a message in the box. Callers get copies of its Message.
type entry struct {
	Message
	keys    []string // the recipients in the form in which they are compared
	size    int64
	pos     int64     // place in Box.list
	rev     int64     // revision of its last change
	next    time.Time // when it next changes by itself; zero for never
	slot    int       // place in Box.due, or -1
	changed bool      // it is in Box.changed
	gone    bool
}

// New makes an empty box.
func New(o Options) *Box {
	if o.Clock == nil {
		o.Clock = clock.New(time.Time{}, true)
	}
	if o.Max <= 0 {
		o.Max = DefaultMax
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	b := &Box{clock: o.Clock, max: o.Max, maxBytes: o.MaxBytes, waiting: map[*waiter]bool{}, streams: map[*waiter]bool{}}
	b.empty()
	return b
}

// enter locks the box and settles what is due. Everything until leave happens at
// the time that enter returns.
func (b *Box) enter() time.Time {
	b.mu.Lock()
	now := wallTime(b.clock.Now())
	b.settle(now)
	return now
}

// leave tells waiting calls what has changed, and unlocks the box.
func (b *Box) leave() {
	b.flush()
	b.mu.Unlock()
}

// flush shows the changed messages to the calls that wait, as they are at the end
// of a step. So a code that was delivered and expired in one move of the clock was
// never live for them.
func (b *Box) flush() {
	if !b.stirred {
		return
	}
	for _, e := range b.changed {
		e.changed = false
		if e.gone {
			continue
		}
		for w := range b.waiting {
			w.see(e)
		}
	}
	for w := range b.streams {
		w.wake()
	}
	b.changed, b.stirred = nil, false
}

// empty removes all messages and begins a new epoch.
func (b *Box) empty() {
	for _, e := range b.list {
		e.gone = true
	}
	b.epoch++
	b.lastSeq, b.lastPos, b.rev = 0, 0, 0
	b.list, b.due, b.bytes = nil, nil, 0
	b.byID, b.byTo = map[string]*entry{}, map[string][]*entry{}
	b.evicted, b.gone, b.goneRev = nil, nil, 0
	b.stirred = true
	b.epochEnded()
}

// Add puts a message into the box and returns it as kept.
//
// Add gives the message its ID and, on delivery, its Seq. CreatedAt is the clock's
// time if it is zero. The State follows from what the message says:
//   - Lost and Bounced stay.
//   - A message with a DeliverAt in the future is Queued until then.
//   - A message with the State Queued and no DeliverAt waits for Deliver.
//   - Any other message is Delivered.
//
// Add also fills in what follows from the rest: To and Recipients from each other,
// Codes and Links from Code and Link. The OTPState is Active if there is a Code or
// a Link and the tenant sent the message, so not for the kinds SMTP and Twilio.
func (b *Box) Add(m Message) Message {
	m = m.clone()
	m.Raw = slices.Clone(m.Raw)
	m.fillIn()
	now := b.enter()
	defer b.leave()

	b.lastID++
	m.ID = fmt.Sprintf("msg_%08d", b.lastID)
	m.Seq, m.DeliveredAt = 0, time.Time{}
	if m.CreatedAt.IsZero() {
		m.CreatedAt = now
	}
	switch {
	case m.State == Lost || m.State == Bounced:
		m.DeliverAt = time.Time{}
	case m.DeliverAt.After(now), m.State == Queued && m.DeliverAt.IsZero():
		m.State = Queued
	default:
		m.State, m.DeliverAt, m.DeliveredAt = Delivered, time.Time{}, now
		b.lastSeq++
		m.Seq = b.lastSeq
	}
	e := &entry{Message: m, keys: addresses(m.Recipients), size: m.Size(), slot: -1}
	b.byID[m.ID] = e
	b.bytes += e.size
	b.place(e)
	b.touch(e)
	b.settle(now) // the code may have expired before it came
	b.makeRoom(e)
	return e.clone()
}

// makeRoom evicts messages until the box is within its bounds. It never evicts the
// message that was just added.
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

// addresses returns the recipients in the form in which they are compared, each
// once.
func addresses(recipients []string) []string {
	var keys []string
	for _, r := range recipients {
		if k := recipientKey(r); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// SetOTPState notes what became of a message's code: Used, Superseded, Expired or
// Locked. It cannot make a code Active again. It returns whether there is a message
// with that id.
func (b *Box) SetOTPState(id, state string) bool {
	return b.change(id, func(e *entry, _ time.Time) bool {
		if e.OTPState == state || state == Active && e.OTPState != "" {
			return false
		}
		e.OTPState = state
		return true
	})
}

// SetProvider notes what an Action has done with a message. It returns whether there is a
// message with that id.
func (b *Box) SetProvider(id, said string) bool {
	return b.change(id, func(e *entry, _ time.Time) bool {
		e.Provider = said
		return true
	})
}

// Expire makes an active code expire now, whatever the clock says. It does not
// change a code that is not active. It returns whether there is a message with that
// id.
func (b *Box) Expire(id string) bool {
	return b.change(id, func(e *entry, now time.Time) bool {
		if e.OTPState != Active {
			return false
		}
		e.OTPState, e.ExpiresAt = Expired, now
		return true
	})
}

// Deliver delivers a queued message now, whatever the clock says. It does not
// change any other message. It returns whether there is a message with that id.
func (b *Box) Deliver(id string) bool {
	return b.change(id, func(e *entry, now time.Time) bool {
		if e.State == Queued {
			b.arrive(e, now)
		}
		return false
	})
}

// SetRelay notes whether a real mail server or SMS gateway took the message. It
// returns whether there is a message with that id.
func (b *Box) SetRelay(id string, r Relay) bool {
	return b.change(id, func(e *entry, _ time.Time) bool {
		e.Relay = &r
		return true
	})
}

// change calls f for the message. f returns whether it changed the message.
func (b *Box) change(id string, f func(e *entry, now time.Time) bool) (found bool) {
	now := b.enter()
	defer b.leave()
	e := b.byID[id]
	if e == nil {
		return false
	}
	if f(e, now) {
		b.touch(e)
	}
	return true
}

// Delete removes the messages that match all filters, whatever their State, and
// returns how many there were. Without a filter it removes everything, and older
// cursors become invalid.
func (b *Box) Delete(filters ...Filter) int {
	b.enter()
	defer b.leave()
	if len(filters) == 0 {
		n := len(b.list)
		b.empty()
		return n
	}
	q, err := b.resolve(filters)
	if err != nil {
		return 0
	}
	var matches []*entry
	for _, e := range b.candidates(q) {
		if q.match(&e.Message) {
			matches = append(matches, e)
		}
	}
	for _, e := range matches {
		b.remove(e)
	}
	return len(matches)
}

// Reset empties the box, and IDs count from 1 again. Older cursors become invalid.
func (b *Box) Reset() {
	b.mu.Lock()
	defer b.leave()
	b.empty()
	b.lastID, b.dropped = 0, 0
}

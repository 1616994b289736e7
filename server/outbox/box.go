// Package outbox is what a tenant sent: the e-mails and text messages that
// would have left for real people, with their codes and links as data.
//
// A Box is bounded, keeps the order of delivery, and lets a test wait for the
// message it needs. Reads change nothing, so any number of tests may read the
// same box; each looks for its own recipient.
//
// Time is the tenant's clock's. The package starts no goroutine: what falls
// due is settled whenever the box is used, and whoever waits owns a timer.
package outbox

import (
	"strconv"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
)

// The bounds of a box whose Options name none.
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

// Options make a Box. The zero value is good.
type Options struct {
	// Clock is the tenant's clock; nil means real time. Whoever moves it must
	// call Box.Settle before and after, which clock.Watch(box.Settle) does.
	Clock Clock
	// Max is how many messages are kept, MaxBytes how many bytes of text in
	// them. Zero or less means DefaultMax and DefaultMaxBytes. The newest
	// message is always kept, however long it is.
	Max      int
	MaxBytes int64
}

// A Box holds the messages that were sent. It is safe for use by many
// goroutines; messages go in and come out as copies. Call New to make one;
// there is nothing to close.
type Box struct {
	clock    Clock
	max      int
	maxBytes int64

	mu      sync.Mutex // guards all below
	epoch   int64      // grows when the box is emptied: older cursors are void
	lastID  int64
	lastSeq int64
	lastPos int64
	rev     int64 // the revision of the last change

	// All messages by position: those delivered stand in order of delivery,
	// the others, in between, in order of creation.
	list  []*entry
	byID  map[string]*entry   // this and byTo are nil until the first message
	byTo  map[string][]*entry // by each recipient, in the same order
	due   schedule
	bytes int64

	dropped int        // how many were evicted
	evicted spans      // the Seqs of those that had one
	gone    []vanished // evicted and deleted ones, in order of revision
	goneRev int64      // up to this revision they are forgotten

	dirty   []*entry // changed since the last flush
	stirred bool     // anything changed since the last flush
	waiters
}

// An entry is a message in the box. Nothing in it leaves the box uncopied.
type entry struct {
	Message
	keys  []string // the recipients, as compared
	size  int64
	pos   int64     // place in Box.list
	rev   int64     // revision of its last change
	next  time.Time // when it next changes by itself; zero for never
	slot  int       // place in Box.due, or -1
	dirty bool
	gone  bool
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
	b := &Box{clock: o.Clock, max: o.Max, maxBytes: o.MaxBytes}
	b.empty()
	return b
}

// enter locks the box and settles what is due. The time it returns is the one
// moment at which everything until leave happens.
func (b *Box) enter() time.Time {
	b.mu.Lock()
	now := wall(b.clock.Now())
	b.settle(now)
	return now
}

// leave tells those who wait what has changed, and unlocks the box.
func (b *Box) leave() {
	b.flush()
	b.mu.Unlock()
}

// empty starts a new epoch with nothing in the box.
func (b *Box) empty() {
	for _, e := range b.list {
		e.gone = true
	}
	b.epoch++
	b.lastSeq, b.lastPos, b.rev = 0, 0, 0
	b.list, b.due, b.bytes = nil, nil, 0
	b.byID, b.byTo = nil, nil
	b.evicted, b.gone, b.goneRev = nil, nil, 0
	b.stirred = true
	b.waiters.epochEnded()
}

// Add puts a message into the box and returns it as kept, its Words unwritten.
//
// It always gives the ID, and Seq on delivery. CreatedAt, if zero, is the
// clock's time. A message whose DeliverAt is still to come is Queued, and so is
// one whose State says so and that has none: it waits for Deliver. Any other is
// Delivered, unless its State is Lost or Bounced. What follows from
// the rest is filled in: To and Recipients from each other, Codes and Links
// from Code and Link, and OTPState, which is Active if there is either and the
// tenant sent them: not for the kinds SMTP and Twilio.
func (b *Box) Add(m Message) Message {
	m = m.clone()
	m.tidy()
	now := b.enter()
	defer b.leave()

	b.lastID++
	m.ID = idOf(b.lastID)
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
	e := &entry{Message: m, keys: addresses(m.Recipients), size: m.size(), slot: -1}
	if b.byID == nil {
		b.byID, b.byTo = map[string]*entry{}, map[string][]*entry{}
	}
	b.byID[m.ID] = e
	b.bytes += e.size
	b.place(e)
	b.touch(e)
	b.settle(now) // a code may come too late already
	b.makeRoom(e)
	return e.clone()
}

// idOf is the id of the n-th message: msg_ and 8 digits, or more.
func idOf(n int64) string {
	const zeros = "msg_00000000"
	var text [24]byte
	digits := strconv.AppendInt(text[:0], n, 10)
	return zeros[:max(len(zeros)-len(digits), len("msg_"))] + string(digits)
}

// addresses are the recipients as compared, each once.
func addresses(recipients []string) []string {
	if len(recipients) == 1 {
		return []string{address(recipients[0])}
	}
	var keys []string
	seen := make(map[string]bool, len(recipients))
	for _, r := range recipients {
		if k := address(r); !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

// SetOTPState tells what became of a message's code: Used, Superseded,
// Expired or Locked. A code that lapsed never becomes Active again. It returns
// whether there is such a message.
func (b *Box) SetOTPState(id, state string) bool {
	return b.change(id, func(e *entry, _ time.Time) bool {
		if e.OTPState == state || state == Active && e.OTPState != "" {
			return false
		}
		e.OTPState = state
		return true
	})
}

// Expire lets an active code lapse now, whatever the clock says. A code that
// is no longer active stays as it is. It returns whether there is such a
// message.
func (b *Box) Expire(id string) bool {
	return b.change(id, func(e *entry, now time.Time) bool {
		if e.OTPState != Active {
			return false
		}
		e.OTPState, e.ExpiresAt = Expired, now
		return true
	})
}

// Deliver lets a queued message arrive now, whatever the clock says. Any other
// message stays as it is. It returns whether there is such a message.
func (b *Box) Deliver(id string) bool {
	return b.change(id, func(e *entry, now time.Time) bool {
		if e.State == Queued {
			b.arrive(e, now)
		}
		return false
	})
}

// SetRelay notes how handing the message on went. It returns whether there is
// such a message.
func (b *Box) SetRelay(id string, r Relay) bool {
	return b.change(id, func(e *entry, _ time.Time) bool {
		e.Relay = &r
		return true
	})
}

// change applies f, which tells whether the message changed by it.
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

// Delete removes the messages that match all filters, in whatever state, and
// returns how many. Without a filter it removes everything, and cursors from
// before are void.
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
	var doomed []*entry
	for _, e := range b.candidates(q) {
		if q.match(&e.Message) {
			doomed = append(doomed, e)
		}
	}
	for _, e := range doomed {
		b.remove(e)
	}
	return len(doomed)
}

// Reset makes the box as new: empty, counting from 1 again. Cursors from
// before are void.
func (b *Box) Reset() {
	b.mu.Lock()
	defer b.leave()
	b.empty()
	b.lastID, b.dropped = 0, 0
}

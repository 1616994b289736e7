package load_test

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// A pace keeps those who send from running away from those who follow.
type pace struct {
	ctx    context.Context
	mu     sync.Mutex
	moved  *sync.Cond
	sent   int  // messages that were begun
	ended  bool // the last one was sent
	places map[*place]bool
}

// A place is how far one who follows has come.
type place struct {
	pace *pace
	seen int // messages
}

func newPace(ctx context.Context) *pace {
	p := &pace{ctx: ctx, places: map[*place]bool{}}
	p.moved = sync.NewCond(&p.mu)
	context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.moved.Broadcast()
	})
	return p
}

// wait waits until it is so, or the time is up.
func (p *pace) waitLocked(until func() bool) {
	for !until() && p.ctx.Err() == nil {
		p.moved.Wait()
	}
}

// slowestLocked is how many messages everybody has seen who follows.
func (p *pace) slowestLocked() int {
	slowest := p.sent
	for at := range p.places {
		slowest = min(slowest, at.seen)
	}
	return slowest
}

// next is the number of the next message, which may be sent now.
func (p *pace) next() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nextLocked()
}

func (p *pace) nextLocked() int {
	p.waitLocked(func() bool { return p.sent-p.slowestLocked() < soakLag })
	p.sent++
	p.moved.Broadcast() // some wait for a number
	return p.sent
}

// hold is next for one who will read that message, and leaves then.
func (p *pace) hold() *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := &place{p, p.nextLocked() - 1}
	p.places[at] = true
	return at
}

// join is for who follows all messages.
func (p *pace) join() *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := &place{pace: p}
	p.places[at] = true
	return at
}

// come tells that so many messages were seen.
func (at *place) come(seen int) {
	at.pace.mu.Lock()
	defer at.pace.mu.Unlock()
	if seen > at.seen {
		at.seen = seen
		at.pace.moved.Broadcast()
	}
}

// leave stops to follow: nobody waits for this one any more.
func (at *place) leave() {
	at.pace.mu.Lock()
	defer at.pace.mu.Unlock()
	delete(at.pace.places, at)
	at.pace.moved.Broadcast()
}

// caughtUp waits until those who follow have seen what was sent.
func (p *pace) caughtUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waitLocked(func() bool { return p.slowestLocked() == p.sent })
}

// nap stops to follow, and waits until n more messages were sent than a box
// holds, or the last.
func (at *place) nap(n int) {
	at.leave()
	p := at.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	until := max(p.sent, outbox.DefaultMax) + n
	p.waitLocked(func() bool { return p.ended || p.sent >= until })
}

func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.moved.Broadcast()
}

// A share is how many messages are still to be sent in one way.
type share struct{ left atomic.Int64 }

func quota(n int) *share {
	var s share
	s.left.Store(int64(n))
	return &s
}

func (s *share) take() bool { return s.left.Add(-1) >= 0 }

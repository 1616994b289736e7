// Package clock is the one clock of a tenant. It runs with real time unless
// told otherwise, can be moved forward, set, and stopped, and tells those who
// watch it about every move, so that what fell due in between is settled, in
// order, before the move returns.
//
// It is the only place in mockauth0 that reads the machine's time; certificate
// dates apart.
package clock

import (
	"errors"
	"sync"
	"time"
)

// A Clock is safe for use by many goroutines. Its zero value is not usable:
// call New.
type Clock struct {
	mu       sync.Mutex // guards the four below
	stopped  bool
	at       time.Time // the time while stopped, or when the machine's was since
	since    time.Time // a Duration between the two could not span 300 years
	watchers []func(now time.Time)

	moving sync.Mutex // held for a whole move, so that moves do not interleave
}

// New makes a clock that shows start, or the real time if start is zero. It
// runs on from there, or stands still if running is false.
func New(start time.Time, running bool) *Clock {
	now := wall()
	if start.IsZero() {
		start = now
	}
	return &Clock{stopped: !running, at: start.Round(0).UTC(), since: now}
}

// Now is the tenant's time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.stopped {
		return c.at
	}
	return c.at.Add(wall().Sub(c.since))
}

// wall is the machine's time without its monotonic reading: times of this
// clock are compared across moves, where only the wall time counts.
func wall() time.Time { return time.Now().Round(0).UTC() }

// Running tells whether time passes by itself.
func (c *Clock) Running() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.stopped
}

// Offset is how far the clock is ahead of (or, negative, behind) real time.
// Of a stopped clock it is the offset at this moment.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return c.at.Sub(wall())
	}
	return c.at.Sub(c.since)
}

// ErrBackwards is the error of Advance for a negative duration.
var ErrBackwards = errors.New("the clock only advances: to go back, set it to a time")

// Advance moves the clock forward by d, running or stopped. All that falls due
// on the way has been settled when it returns.
func (c *Clock) Advance(d time.Duration) error {
	if d < 0 {
		return ErrBackwards
	}
	c.move(func() { c.at = c.at.Add(d) })
	return nil
}

// Set stops the clock at t.
func (c *Clock) Set(t time.Time) {
	c.move(func() { c.stopped, c.at = true, t.Round(0).UTC() })
}

// Freeze stops the clock where it is.
func (c *Clock) Freeze() {
	c.move(func() { c.at, c.stopped = c.now(), true })
}

// Run lets a stopped clock run on from where it is.
func (c *Clock) Run() {
	c.move(func() {
		if c.stopped {
			c.since, c.stopped = wall(), false
		}
	})
}

// Reset goes back to real time, running. What has lapsed stays lapsed.
func (c *Clock) Reset() {
	c.move(func() {
		now := wall()
		c.at, c.since, c.stopped = now, now, false
	})
}

// Watch calls f with the time before and after every move, so that what was
// due by either is settled for good. f must not move the clock.
func (c *Clock) Watch(f func(now time.Time)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers = append(c.watchers, f)
}

func (c *Clock) move(change func()) {
	c.moving.Lock()
	defer c.moving.Unlock()
	c.tell()
	c.mu.Lock()
	change()
	c.mu.Unlock()
	c.tell()
}

func (c *Clock) tell() {
	c.mu.Lock()
	now, watchers := c.now(), c.watchers
	c.mu.Unlock()
	for _, f := range watchers {
		f(now)
	}
}

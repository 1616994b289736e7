// Package clock is the clock of a tenant. It runs with real time at first. It can be
// moved forward, set and stopped. It calls its watchers before and after every move,
// so that everything that fell due is settled, in order, before the move returns.
//
// No other package of mockauth0 reads the machine's time, except for the dates of
// certificates.
package clock

import (
	"errors"
	"sync"
	"time"
)

// A Clock tells the time of a tenant. It is safe for use by many goroutines. The zero
// value does not work; call New.
type Clock struct {
	mu      sync.Mutex // guards all but moving
	stopped bool
	// A stopped clock shows at. A running clock showed at when the machine's
	// time was since. The difference of the two may be too long for a Duration,
	// which ends at some 300 years.
	at, since time.Time
	watchers  []func(now time.Time)

	moving sync.Mutex // held for a whole move, so that no other move comes in between
}

// New makes a clock that shows the time start, or the real time if start is zero. If
// running is false it is stopped there.
func New(start time.Time, running bool) *Clock {
	now := machineTime()
	if start.IsZero() {
		start = now
	}
	return &Clock{stopped: !running, at: start.Round(0).UTC(), since: now}
}

// Now returns the tenant's time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked()
}

// nowLocked is Now for a caller that holds mu.
func (c *Clock) nowLocked() time.Time {
	if c.stopped {
		return c.at
	}
	return c.at.Add(machineTime().Sub(c.since))
}

// machineTime returns the machine's time without its monotonic reading, which would be
// wrong in comparisons across a move.
func machineTime() time.Time { return time.Now().Round(0).UTC() }

// Recent tells whether a time lies at most age before now or ahead after it. It is for
// a time that a program wrote which does not know the tenant's clock: now counts, and
// so does the machine's own time.
func Recent(at, now time.Time, age, ahead time.Duration) bool {
	around := func(now time.Time) bool { return !at.Before(now.Add(-age)) && !at.After(now.Add(ahead)) }
	return around(now) || around(machineTime())
}

// Running tells whether the time passes by itself.
func (c *Clock) Running() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.stopped
}

// Offset returns how far the clock is ahead of real time at this moment. It is
// negative if the clock is behind.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return c.at.Sub(machineTime())
	}
	return c.at.Sub(c.since)
}

// ErrBackwards is the error of Advance for a negative duration.
var ErrBackwards = errors.New("the clock only advances: to go back, set it to a time")

// Advance moves the clock forward by d. The clock may run or be stopped. When Advance
// returns, everything that fell due in between has been settled.
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

// Freeze stops the clock at the time that it shows.
func (c *Clock) Freeze() {
	c.move(func() { c.at, c.stopped = c.nowLocked(), true })
}

// Run makes a stopped clock run again, from the time that it shows.
func (c *Clock) Run() {
	c.move(func() {
		if c.stopped {
			c.since, c.stopped = machineTime(), false
		}
	})
}

// Reset sets the clock to real time and makes it run. What has lapsed stays lapsed.
func (c *Clock) Reset() {
	c.move(func() {
		now := machineTime()
		c.at, c.since, c.stopped = now, now, false
	})
}

// Watch calls f before and after every move, with the time that the clock then shows.
// So f can settle for good what is due at either time. f must not move the clock.
func (c *Clock) Watch(f func(now time.Time)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers = append(c.watchers, f)
}

func (c *Clock) move(change func()) {
	c.moving.Lock()
	defer c.moving.Unlock()
	c.callWatchers()
	c.mu.Lock()
	change()
	c.mu.Unlock()
	c.callWatchers()
}

func (c *Clock) callWatchers() {
	c.mu.Lock()
	now, watchers := c.nowLocked(), c.watchers
	c.mu.Unlock()
	for _, f := range watchers {
		f(now)
	}
}

// Package tenantlog is the log of a tenant: what happened, in entries of Auth0's types.
// A flow writes an entry as values; its JSON is made when somebody reads it.
package tenantlog

import (
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// most is how many entries a log keeps.
	most = 10_000
	// mostDays is for how many days it counts logins and sign-ups.
	mostDays = 400
)

// A Log keeps the last entries of a tenant. The zero value is an empty log.
type Log struct {
	mu      sync.Mutex
	entries []*Entry // the oldest first, and by ID
	written int64
	stamp   time.Time // of the newest ID
	dropped int
	days    []Day // the oldest first
	watcher Watcher
}

// A Day counts what happened on one day.
type Day struct {
	Date             time.Time // its beginning, in UTC
	Logins, Signups  int
	Created, Updated time.Time
}

// A Watcher sees each new entry. It is called under the log's lock, and must not call the
// log.
type Watcher interface {
	Log(*Entry)
}

// Watch lets a watcher see the entries from now on.
func (l *Log) Watch(watcher Watcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watcher = watcher
}

// Write adds an entry, gives it its ID, and returns it. Nobody may change it later. A
// type that types.txt does not have is a mistake of the program.
func (l *Log) Write(e Entry) *Entry {
	if _, known := kinds()[e.Type]; !known {
		panic("tenantlog: types.txt does not have the type " + e.Type)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written++
	// The IDs ascend, also if the clock is set back: whoever reads on from an ID misses
	// nothing.
	if e.Date.After(l.stamp) {
		l.stamp = e.Date
	}
	e.number, e.stamp = l.written, l.stamp
	l.entries = append(l.entries, &e)
	if len(l.entries) > most {
		l.entries[0] = nil
		l.entries = l.entries[1:]
		l.dropped++
	}
	l.count(&e)
	if l.watcher != nil {
		l.watcher.Log(&e)
	}
	return &e
}

func (l *Log) count(e *Entry) {
	login := e.SignsIn()
	if !login && e.Type != "ss" {
		return
	}
	date := e.Date.UTC().Truncate(24 * time.Hour)
	at, found := slices.BinarySearchFunc(l.days, date, func(d Day, date time.Time) int { return d.Date.Compare(date) })
	if !found {
		l.days = slices.Insert(l.days, at, Day{Date: date, Created: e.Date})
		if len(l.days) > mostDays {
			l.days = slices.Delete(l.days, 0, 1)
			at--
		}
		if at < 0 {
			return
		}
	}
	day := &l.days[at]
	day.Updated = e.Date
	if login {
		day.Logins++
	} else {
		day.Signups++
	}
}

// Days returns the days on which users signed in or up, the oldest first.
func (l *Log) Days() []Day {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.days)
}

// Select returns the entries that a function chooses, the oldest first; nil chooses all.
func (l *Log) Select(chosen func(*Entry) bool) []*Entry {
	l.mu.Lock()
	all := slices.Clone(l.entries)
	l.mu.Unlock()
	if chosen == nil {
		return all
	}
	return slices.DeleteFunc(all, func(e *Entry) bool { return !chosen(e) })
}

// After returns the entries after an ID, the oldest first. "" is before all.
func (l *Log) After(id string) []*Entry {
	all := l.Select(nil)
	at, found := slices.BinarySearchFunc(all, id, byID)
	if found {
		at++
	}
	return all[at:]
}

// Find returns the entry with an ID.
func (l *Log) Find(id string) (*Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, found := slices.BinarySearchFunc(l.entries, id, byID)
	if !found {
		return nil, false
	}
	return l.entries[at], true
}

func byID(e *Entry, id string) int { return strings.Compare(e.ID(), id) }

// Counts returns how many entries are kept and how many were dropped.
func (l *Log) Counts() (kept, dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries), l.dropped
}

// Reset forgets all entries and counts.
func (l *Log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.written, l.stamp, l.dropped, l.days = nil, 0, time.Time{}, 0, nil
}

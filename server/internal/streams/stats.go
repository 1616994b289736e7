package streams

import (
	"slices"
	"time"
)

// MostDays is for how many days a stream counts its deliveries.
const MostDays = 400

// A Day counts the events of a stream that were delivered or have failed on one day.
type Day struct {
	Date              time.Time // its beginning, in UTC
	Delivered, Failed int
}

// day is the count of the day of a time.
func (q *queue[T]) day(now time.Time) *Day {
	date := now.UTC().Truncate(24 * time.Hour)
	at, found := slices.BinarySearchFunc(q.days, date, func(d Day, date time.Time) int { return d.Date.Compare(date) })
	if !found {
		q.days = slices.Insert(q.days, at, Day{Date: date})
	}
	if len(q.days) > MostDays {
		q.days = slices.Delete(q.days, 0, 1)
		at = max(0, at-1)
	}
	return &q.days[at]
}

// Days returns the days on which an event stream has delivered or has failed to, the
// oldest first.
func (s *Streams) Days(stream string) []Day {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.events[stream]; q != nil {
		return slices.Clone(q.days)
	}
	return nil
}

package tenantlog

import (
	"testing"
	"time"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

// A reader that goes on from an ID misses nothing, though the clock was set back.
func TestTheIDsAscend(t *testing.T) {
	t.Parallel()
	var l Log
	for _, at := range []time.Time{noon, noon.Add(time.Hour), noon.Add(-time.Hour)} {
		l.Write(Entry{Type: "s", Date: at})
	}
	first := l.After("")[0]
	rest := l.After(first.ID())
	if len(rest) != 2 || !rest[1].Date.Equal(noon.Add(-time.Hour)) {
		t.Errorf("after the first entry come %d", len(rest))
	}
	if e, ok := l.Find(rest[1].ID()); !ok || e != rest[1] {
		t.Error("the last entry is not found by its ID")
	}
	if again := l.After(rest[1].ID()); len(again) != 0 {
		t.Errorf("after the last entry come %d", len(again))
	}
}

// A log keeps 10,000 entries, and counts those that it has dropped.
func TestTheLogIsBounded(t *testing.T) {
	t.Parallel()
	var l Log
	for range most + 3 {
		l.Write(Entry{Type: "ss", Date: noon})
	}
	if kept, dropped := l.Counts(); kept != most || dropped != 3 {
		t.Errorf("it keeps %d and has dropped %d", kept, dropped)
	}
	if days := l.Days(); len(days) != 1 || days[0].Signups != most+3 {
		t.Errorf("the days are %+v", days)
	}
	for n := range 2 * mostDays {
		l.Write(Entry{Type: "s", Date: noon.AddDate(0, 0, n)})
	}
	if days := l.Days(); len(days) != mostDays || !days[mostDays-1].Date.Equal(noon.AddDate(0, 0, 2*mostDays-1).Truncate(24*time.Hour)) {
		t.Errorf("it counts %d days", len(days))
	}
}

func TestAnUnknownTypeIsAMistake(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("the log takes a type that it does not know")
		}
	}()
	new(Log).Write(Entry{Type: "nosuch"})
}

package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

func TestCallsInclude(t *testing.T) {
	t.Parallel()
	for want, calls := range map[string]scenarios.Calls{
		"xxxxxxxx": nil, "x.......": {"1"}, "x.x.....": {"1", "3"}, ".xxx....": {"2..4"}, "..xxxxxx": {">=3"}, "..x..x..": {"every 3"},
		"x..xx..x": {"1", "4..5", ">=8"}, "xx......": {"1..1", "2"}, ".......x": {"8"}, "........": {"every 0", "nonsense"},
	} {
		var got strings.Builder
		for n := int64(1); n <= 8; n++ {
			got.WriteString(map[bool]string{true: "x", false: "."}[calls.Include(n)])
		}
		if got.String() != want {
			t.Errorf("%q: got %s, want %s", calls, got.String(), want)
		}
	}
}

func TestCountMet(t *testing.T) {
	t.Parallel()
	for count, want := range map[scenarios.Count][3]bool{"": {true, true, true}, "0": {true, false, false}, "2": {false, false, true}, ">=1": {false, true, true}} {
		for n, met := range want {
			if count.Met(int64(n)) != met {
				t.Errorf("%q, %d: %v", count, n, !met)
			}
		}
	}
}

func TestMomentTime(t *testing.T) {
	t.Parallel()
	start := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	for moment, want := range map[scenarios.Moment]time.Time{
		"2m": start.Add(2 * time.Minute), "-1h": start.Add(-time.Hour), "2030-01-02T00:00:00+01:00": start.Add(11 * time.Hour),
	} {
		if got, ok := moment.Time(start); !ok || !got.Equal(want) {
			t.Errorf("%s: %s, %v", moment, got, ok)
		}
	}
	if _, ok := scenarios.Moment("").Time(start); ok {
		t.Error("there is a time for nothing")
	}
}

package clock_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

func wantNow(t *testing.T, c *clock.Clock, want time.Time) {
	t.Helper()
	if got := c.Now(); !got.Equal(want) {
		t.Errorf("Now() = %s, want %s", got, want)
	}
}

func TestStoppedClockStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(noon, false)
		time.Sleep(time.Hour)
		wantNow(t, c, noon)
		if c.Running() {
			t.Error("it runs")
		}
		if err := c.Advance(3 * time.Minute); err != nil {
			t.Fatal(err)
		}
		wantNow(t, c, noon.Add(3*time.Minute))
	})
}

func TestRunningClockKeepsPaceWithRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Time{}, true)
		if !c.Running() {
			t.Error("it stands still")
		}
		wantNow(t, c, time.Now())
		time.Sleep(time.Hour)
		wantNow(t, c, time.Now())

		c = clock.New(noon, true)
		wantNow(t, c, noon)
		time.Sleep(time.Minute)
		wantNow(t, c, noon.Add(time.Minute))
	})
}

func TestAdvanceAddsToARunningClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Time{}, true)
		for range 2 {
			if err := c.Advance(10 * time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.Offset(); got != 20*time.Minute {
			t.Errorf("Offset() = %s, want 20m", got)
		}
		time.Sleep(time.Second)
		wantNow(t, c, time.Now().Add(20*time.Minute))
		if !c.Running() {
			t.Error("Advance stopped the clock")
		}
	})
}

func TestAdvanceRefusesToGoBack(t *testing.T) {
	c := clock.New(noon, false)
	called := false
	c.Watch(func(time.Time) { called = true })
	if err := c.Advance(-time.Nanosecond); !errors.Is(err, clock.ErrBackwards) {
		t.Errorf("Advance(-1ns) = %v, want ErrBackwards", err)
	}
	wantNow(t, c, noon)
	if called {
		t.Error("watchers were called though nothing moved")
	}
}

func TestSetFreezeRunReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Time{}, true)

		c.Set(noon)
		time.Sleep(time.Second)
		wantNow(t, c, noon)
		if c.Running() {
			t.Error("Set lets it run")
		}

		c.Run()
		time.Sleep(time.Second)
		wantNow(t, c, noon.Add(time.Second))
		c.Run() // already runs: nothing moves
		wantNow(t, c, noon.Add(time.Second))

		c.Freeze()
		time.Sleep(time.Second)
		wantNow(t, c, noon.Add(time.Second))
		c.Freeze() // stands already
		wantNow(t, c, noon.Add(time.Second))

		c.Set(noon.Add(-time.Hour)) // unlike Advance, Set goes back
		wantNow(t, c, noon.Add(-time.Hour))

		c.Reset()
		wantNow(t, c, time.Now())
		if !c.Running() || c.Offset() != 0 {
			t.Errorf("after Reset: Running() = %t, Offset() = %s", c.Running(), c.Offset())
		}
	})
}

func TestOffsetOfAStoppedClockIsThatOfThisMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Now().Add(time.Hour), false)
		if got := c.Offset(); got != time.Hour {
			t.Errorf("Offset() = %s, want 1h", got)
		}
		time.Sleep(90 * time.Minute)
		if got := c.Offset(); got != -30*time.Minute {
			t.Errorf("Offset() = %s, want -30m", got)
		}
	})
}

func TestTimesAreUTC(t *testing.T) {
	east := noon.In(time.FixedZone("east", 3600))
	set := clock.New(noon, false)
	set.Set(east)
	for name, c := range map[string]*clock.Clock{
		"stopped": clock.New(east, false),
		"running": clock.New(east, true),
		"set":     set,
	} {
		if got := c.Now(); got.Location() != time.UTC {
			t.Errorf("%s: Now() = %s", name, got)
		}
	}
}

// Times are compared across moves. A monotonic reading would make them wrong.
func TestTimesHaveNoMonotonicReading(t *testing.T) {
	set := clock.New(noon, false)
	set.Set(time.Now())
	frozen := clock.New(time.Time{}, true)
	frozen.Freeze()
	for name, c := range map[string]*clock.Clock{
		"running":        clock.New(time.Time{}, true),
		"stopped":        clock.New(time.Time{}, false),
		"stopped at now": clock.New(time.Now(), false),
		"set":            set,
		"frozen":         frozen,
	} {
		if now := c.Now(); now != now.Round(0) {
			t.Errorf("%s: Now() = %s", name, now)
		}
	}
}

func TestWatchersAreCalledBeforeAndAfterEachMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		realTime := time.Now().UTC()
		c := clock.New(noon, false)
		var seen []time.Time
		c.Watch(func(now time.Time) {
			if !c.Now().Equal(now) { // Now may be asked while it moves
				t.Errorf("told %s while Now() = %s", now, c.Now())
			}
			seen = append(seen, now)
		})
		var order []string
		c.Watch(func(time.Time) { order = append(order, "a") })
		c.Watch(func(time.Time) { order = append(order, "b") })

		later := noon.Add(time.Hour)
		for _, step := range []struct {
			name          string
			move          func()
			before, after time.Time
		}{
			{"Advance", func() { _ = c.Advance(time.Hour) }, noon, later},
			{"Set back", func() { c.Set(noon) }, later, noon},
			{"Freeze", c.Freeze, noon, noon},
			{"Run", c.Run, noon, noon},
			{"Advance, running", func() { _ = c.Advance(time.Hour) }, noon, later},
			{"Reset", c.Reset, later, realTime},
		} {
			seen, order = nil, nil
			step.move()
			if want := []time.Time{step.before, step.after}; !slices.EqualFunc(seen, want, time.Time.Equal) {
				t.Errorf("%s: watcher saw %s, want %s", step.name, seen, want)
			}
			if want := []string{"a", "b", "a", "b"}; !slices.Equal(order, want) {
				t.Errorf("%s: watchers called in order %s, want %s", step.name, order, want)
			}
		}
	})
}

// All moves and reads at once. The calls of a watcher come in pairs, one pair for each
// move.
func TestManyGoroutines(t *testing.T) {
	c := clock.New(noon, false)
	calls := 0
	c.Watch(func(time.Time) { calls++ }) // unguarded: moves must not overlap

	const movers, moves = 8, 200
	var wg sync.WaitGroup
	for range movers {
		wg.Go(func() {
			for range moves {
				_ = c.Advance(time.Second)
			}
		})
		wg.Go(func() {
			last := c.Now()
			for range moves {
				now := c.Now()
				if now.Before(last) {
					t.Errorf("time went back from %s to %s", last, now)
				}
				last = now
				c.Running()
				c.Offset()
			}
		})
	}
	wg.Go(func() {
		for range 10 {
			c.Watch(func(time.Time) {})
		}
	})
	wg.Wait()
	wantNow(t, c, noon.Add(movers*moves*time.Second))
	if want := 2 * movers * moves; calls != want {
		t.Errorf("%d calls of the watcher, want %d", calls, want)
	}
}

func TestWatcherSeesEachMoveWhole(t *testing.T) {
	c := clock.New(noon, false)
	var seen []time.Time
	c.Watch(func(now time.Time) { seen = append(seen, now) })
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				_ = c.Advance(time.Minute)
			}
		})
	}
	wg.Wait()
	for i := 0; i < len(seen); i += 2 {
		if d := seen[i+1].Sub(seen[i]); d != time.Minute {
			t.Fatalf("calls %d and %d are %s apart, want 1m: two moves interleaved", i, i+1, d)
		}
	}
}

// A time counts as recent by the tenant's clock or by the machine's.
func TestATimeIsRecentByEitherClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		real, tenants := time.Now(), time.Now().AddDate(10, 0, 0)
		for _, now := range []time.Time{real, tenants} {
			for off, want := range map[time.Duration]bool{-61 * time.Second: false, -60 * time.Second: true, 0: true, 10 * time.Second: true, 11 * time.Second: false} {
				if got := clock.Recent(now.Add(off), tenants, time.Minute, 10*time.Second); got != want {
					t.Errorf("%s off %s: %t", off, now, got)
				}
			}
		}
	})
}

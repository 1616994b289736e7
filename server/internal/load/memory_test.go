package load_test

import (
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// What a login may allocate: a tenth more than it does, which is 563 objects of
// 64,000 bytes. Both signatures count, and the two requests of the test.
const (
	loginAllocs = 620
	loginBytes  = 70_400
)

func TestWhatALoginAllocates(t *testing.T) {
	skipWithRaceDetector(t)
	s := servertest.New(t, fixedCode)
	login(t, s, "ada@example.com", acmeAPI, "") // what is made once does not count
	const logins = 500
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range logins {
		login(t, s, "ada@example.com", acmeAPI, "")
	}
	runtime.ReadMemStats(&after)
	objects, bytes := (after.Mallocs-before.Mallocs)/logins, (after.TotalAlloc-before.TotalAlloc)/logins
	t.Logf("a login allocates %d objects of %d bytes", objects, bytes)
	if objects > loginAllocs || bytes > loginBytes {
		t.Errorf("a login allocates %d objects of %d bytes; it may %d of %d", objects, bytes, loginAllocs, loginBytes)
	}
}

// What a login keeps in memory is bounded, except for new users, of whom each may keep
// 2 kB. Codes and refresh tokens have bounds of 20,000, and the log has one of 10,000
// entries.
func TestWhatLoginsKeepInMemory(t *testing.T) {
	skipWithRaceDetector(t)
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	for _, tt := range []struct {
		name               string
		who                func(n int) string
		scope              string
		early, full, late  int   // how many logins
		most, mostWhenFull int64 // bytes for each login from early to late, and from full to late
	}{
		{"new users", user, "profile offline_access", 10_000, 21_000, 26_000, 2500, 2000},
		{"one user", func(int) string { return user(0) }, "profile", 6_000, 7_500, 9_000, 50, 25},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := servertest.New(t, fixedCode)
			n := 0
			heapAfter := func(logins int) int64 {
				for ; n < logins; n++ {
					login(t, s, tt.who(n), "", tt.scope)
				}
				return int64(heap())
			}
			early, full, late := heapAfter(tt.early), heapAfter(tt.full), heapAfter(tt.late)
			each, whenFull := (late-early)/int64(tt.late-tt.early), (late-full)/int64(tt.late-tt.full)
			t.Logf("%d bytes for each login, %d when the bounds are reached; %d kB in all", each, whenFull, late>>10)
			if each > tt.most || whenFull > tt.mostWhenFull {
				t.Errorf("each login keeps %d bytes, %d when the bounds are reached; it may keep %d and %d", each, whenFull, tt.most, tt.mostWhenFull)
			}
			runtime.KeepAlive(s)
		})
	}
}

func skipWithRaceDetector(t *testing.T) {
	t.Helper()
	info, _ := debug.ReadBuildInfo()
	if slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector needs memory too")
	}
}

// heap returns how much memory is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what a finalizer held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

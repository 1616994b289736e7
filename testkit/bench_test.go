package testkit_test

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/testkit"
)

// Every test starts a tenant. The test counts allocations, because they do not
// depend on what else the machine does. To find what allocates:
// go test -bench Start -memprofile mem.out
func TestStartIsCheap(t *testing.T) {
	if hasRaceDetector() {
		t.Skip("the race detector allocates, too")
	}
	const most = 270
	for name, opts := range map[string][]testkit.Option{
		"on a port": nil,
		"in memory": {testkit.InMemory("tenant.example.com")},
		"with options that need no fixture to be read": {
			testkit.InMemory("tenant.example.com"), testkit.Fixture("strict"), testkit.Seed("another"), testkit.At(time.Unix(0, 0)),
		},
	} {
		got := testing.AllocsPerRun(200, func() { startAndEnd(opts...) })
		t.Logf("%s: %v allocations", name, got)
		if got > most {
			t.Errorf("%s: a start takes %v allocations, at most %v are allowed", name, got, most)
		}
	}
}

func hasRaceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// startAndEnd is a test that does nothing with its tenant.
func startAndEnd(opts ...testkit.Option) {
	r := &recorder{}
	r.run(func() { testkit.Start(r, opts...) })
}

func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		startAndEnd()
	}
}

func BenchmarkStartInMemory(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		startAndEnd(testkit.InMemory("tenant.example.com"))
	}
}

// A suite of 500 parallel tests. Each has a tenant of its own, signs three users
// in and verifies their tokens.
func BenchmarkSuiteOf500(b *testing.B) {
	for b.Loop() {
		tests := make(chan int)
		var wg sync.WaitGroup
		for range runtime.GOMAXPROCS(0) { // go test runs as many tests at a time
			wg.Go(func() {
				for n := range tests {
					r := &recorder{}
					r.run(func() { signThreeIn(r, n) })
					if r.failed {
						b.Error(r.log.String())
					}
				}
			})
		}
		for n := range 500 {
			tests <- n
		}
		close(tests)
		wg.Wait()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/suite")
}

func signThreeIn(t testing.TB, n int) {
	t.Helper()
	auth := testkit.Start(t)
	verifier := newAPI(auth.Issuer(), "https://api.acme.test/", "", auth.Client())
	for _, name := range []string{"ada", "bob", fmt.Sprint("user", n)} {
		tokens := auth.Tokens(t, name+"@example.com")
		if _, _, err := verifier.verify(tokens.AccessToken); err != nil {
			t.Fatal(err)
		}
	}
}

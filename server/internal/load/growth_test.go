package load_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// unsigned is what a login asks for whose tokens nothing is signed of, so that
// what grows with their number shows.
const unsigned = "profile offline_access"

// BenchmarkLoginsGrow is a hundred thousand logins: by as many users, and by
// one. The last thousand should take as long as the first: of each the best
// hundred count, since others use the machine, too.
func BenchmarkLoginsGrow(b *testing.B) {
	const logins, part, batch = 100_000, 1000, 100
	for _, bb := range []struct {
		name string
		who  func(n int) string
	}{
		{"distinct", newcomer},
		{"same", func(int) string { return "ada@example.com" }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				s, c := servertest.New(b, fixedCode), newLoginCaller("")
				c.scope = unsigned
				before := heap()
				first, last := time.Hour, time.Hour
				for n := 0; n < logins; n += batch {
					began := b.Elapsed()
					for i := range batch {
						c.login(b, s, bb.who(n+i))
					}
					switch took := b.Elapsed() - began; {
					case n < part:
						first = min(first, took)
					case n >= logins-part:
						last = min(last, took)
					}
				}
				b.ReportMetric(float64(last)/float64(first), "last/first")
				b.ReportMetric((float64(heap())-float64(before))/logins, "heap-B/login")
				runtime.KeepAlive(s)
			}
		})
	}
}

// What a login keeps in memory is bounded, except for new users, of whom each may
// take 2 kB. Challenges and refresh tokens have bounds of 20,000, which are
// reached at 21,000 users.
func TestWhatLoginsHoldOnTo(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	for _, tt := range []struct {
		name          string
		who           func(n int) string
		early, full   int // how many logins
		late          int
		bound, beyond int // bytes for each login from early to late, and from full to late
	}{
		{"distinct users", newcomer, 10_000, 21_000, 30_000, 2500, 2000},
		{"one user", func(int) string { return "ada@example.com" }, 2_000, 5_000, 8_000, 50, 25},
	} {
		s, c := servertest.New(t, fixedCode), newLoginCaller("")
		c.scope = unsigned
		if tt.name == "one user" {
			c.scope = "profile" // each refresh token is one of its own
		}
		held := map[int]int64{}
		for n := range tt.late {
			if n == tt.early || n == tt.full {
				held[n] = int64(heap())
			}
			c.login(t, s, tt.who(n))
		}
		all := int64(heap())
		each, beyond := (all-held[tt.early])/int64(tt.late-tt.early), (all-held[tt.full])/int64(tt.late-tt.full)
		t.Logf("%s: %d bytes for each login, %d where bounds are full; %d kB in all", tt.name, each, beyond, all>>10)
		if each > int64(tt.bound) || beyond > int64(tt.beyond) {
			t.Errorf("%s: each login holds on to %d bytes, %d where bounds are full; %d and %d are allowed", tt.name, each, beyond, tt.bound, tt.beyond)
		}
		runtime.KeepAlive(s)
	}
}

// A server whose fixture has a hundred thousand users: it is to be there, and to
// know them, within two seconds.
func BenchmarkNewWithManyUsers(b *testing.B) {
	path := manyUsers(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		if n := len(servertest.New(b, server.Config{FixtureFile: path}).Users()); n != 100_000 {
			b.Fatalf("%d users", n)
		}
	}
}

// They do not slow a login: what a login takes is the same as with the few of
// the default fixture.
func BenchmarkStartWithManyUsers(b *testing.B) {
	for _, n := range []int{10, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, c := servertest.New(b, server.Config{FixtureFile: manyUsers(b, n)}), newLoginCaller("")
			c.start(b, s, "user7@example.com") // a tenant takes its users in when it is first asked
			b.ReportAllocs()
			for b.Loop() {
				c.start(b, s, "user7@example.com")
			}
		})
	}
}

// manyUsers is a fixture file with so many users.
func manyUsers(t testing.TB, n int) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("version: 1\nextends: default\notp: {mode: fixed, code: \"123456\"}\nusers:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {email: %s, email_verified: true, name: User %d}\n", newcomer(i), i)
	}
	path := filepath.Join(t.TempDir(), "many.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// heap returns how much memory is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what a finalizer held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

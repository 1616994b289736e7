package server_test

import (
	"runtime"
	"strconv"
	"testing"
	"time"
)

// unsigned is what a login asks for whose tokens nothing is signed of, so that
// what grows with their number shows.
const unsigned = "profile offline_access"

// newcomer is an address that has not been seen before.
func newcomer(n int) string { return "user" + strconv.Itoa(n) + "@example.com" }

// A hundred thousand logins: by as many users, and by one. The last thousand
// should take as long as the first.
func BenchmarkLoginsGrow(b *testing.B) {
	const logins, part = 100_000, 1000
	for _, bb := range []struct {
		name string
		who  func(n int) string
	}{
		{"distinct", newcomer},
		{"same", func(int) string { return "ada@example.com" }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				s, c := newServer(b, fixedCode), newLoginCaller("")
				c.scope = unsigned
				before := heap()
				var first, last time.Duration
				for n := range logins {
					if n == part || n == logins-part {
						runtime.GC() // nobody else's garbage in what is measured
					}
					began := b.Elapsed()
					c.login(b, s, bb.who(n))
					switch took := b.Elapsed() - began; {
					case n < part:
						first += took
					case n >= logins-part:
						last += took
					}
				}
				b.ReportMetric(float64(last)/float64(first), "last/first")
				b.ReportMetric((float64(heap())-float64(before))/logins, "heap-B/login")
				runtime.KeepAlive(s)
			}
		})
	}
}

package testkit_test

import (
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// A benchmark's Start is cleaned up at the end of each round, as a test's is.
func startAndStop(b *testing.B, opts ...testkit.Option) {
	b.Helper()
	r := &recorder{TB: b}
	r.run(func() { testkit.Start(r, opts...) })
}

func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		startAndStop(b)
	}
}

func BenchmarkStartInMemory(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		startAndStop(b, testkit.InMemory("tenant.example.com"))
	}
}

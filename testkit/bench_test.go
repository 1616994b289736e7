package testkit_test

import (
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// startAndStop is what a test costs that does nothing with its tenant.
func startAndStop(t testing.TB, opts ...testkit.Option) {
	t.Helper()
	r := &recorder{TB: t}
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

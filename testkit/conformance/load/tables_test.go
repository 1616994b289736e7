package main

import (
	"maps"
	"testing"
)

func TestParse(t *testing.T) {
	got := map[string]benchmark{}
	parse(`goos: linux
pkg: github.com/mockauth0/mockauth0/testkit
BenchmarkStart-2   	    1000	    149000 ns/op	   52100 B/op	     392 allocs/op
PASS
pkg: github.com/mockauth0/mockauth0/server/internal/load
BenchmarkStartWithManyUsers/10-16 	     200	   1000 ns/op	     512 B/op	       2 allocs/op
`, got)
	if want := map[string]benchmark{"testkit.Start": {149e-6, 52100}, "load.StartWithManyUsers/10": {1e-6, 512}}; !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// A round is compared with the same round of the other.
func TestRatio(t *testing.T) {
	own, other := []load{{rate: 10}, {rate: 40}, {rate: 20}}, []load{{rate: 5}, {rate: 10}, {rate: 20}}
	if got := ratio(own, rate, other, rate); got != 2 {
		t.Error(got)
	}
}

// Only a size can fail.
func TestTables(t *testing.T) {
	b := &bench{}
	b.figure("logins per second", whole, 7457, 924)
	b.figure("a tenant", ms, 0.00003, 0)
	if got, want := b.figureTable(), "| figure | mockauth0 | oauth2-mock-server |\n| --- | --- | --- |\n| logins per second | 7,457 | 924 |\n| a tenant | 0.03 ms | – |\n"; got != want {
		t.Errorf("got\n%s", got)
	}
	b.atMost("start", ms, 1, 0.015)
	b.size("the program", mb, 15e6, 24e6)
	if err := b.check(); err != nil {
		t.Error(err)
	}
	b.size("memory", mb, 30e6, 25e6)
	if err := b.check(); err == nil || err.Error() != "memory: 30 MB, and the budget is ≤ 25 MB" {
		t.Error(err)
	}
	if got, want := b.budgetTable(), "| budget | measured | bound | met |\n| --- | --- | --- | --- |\n| start | 1000 ms | ≤ 15.0 ms | no |\n| the program | 15 MB | ≤ 24 MB | yes |\n| memory | 30 MB | ≤ 25 MB | no |\n"; got != want {
		t.Errorf("got\n%s", got)
	}
}

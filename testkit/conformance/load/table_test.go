package main

import (
	"strings"
	"testing"
)

func TestParseBenchmarks(t *testing.T) {
	got := parseBenchmarks([]byte(`goos: linux
pkg: github.com/mockauth0/mockauth0/testkit
BenchmarkStart-2   	    1000	    149000 ns/op	   52100 B/op	     392 allocs/op
PASS
pkg: github.com/mockauth0/mockauth0/server/internal/token
BenchmarkSign/rsa-16 	     200	   1140000 ns/op	     512 B/op	       2 allocs/op
`))
	if len(got) != 2 || got[0].key != "testkit Start" || got[1].key != "server/internal/token Sign/rsa" {
		t.Fatalf("%+v", got)
	}
	if shown := got[0].show(); shown != "392 allocations, 52.1 kB, 149µs" {
		t.Error(shown)
	}
}

// A round is set beside the same round of the other, whatever the others were.
func TestValues(t *testing.T) {
	own, other := values{10, 40, 20, 30}, values{5, 10, 20, 3}
	relation := own.over(other)
	if shown := against("the peer", other.show(whole), relation); shown != "the peer 8 [3–20]: **3.00x [1.00x–10.00x]**" {
		t.Error(shown)
	}
	if relation.atLeast(3) != "yes" || relation.atLeast(3.1) != "no" || relation.atMost(2.9) != "no" {
		t.Error("the goal is for the median")
	}
	if none := own.over(nil); against("the peer", "", none) != "" || none.atLeast(1) != "" {
		t.Error("without a peer there is nothing to compare")
	}
}

// Only what is the same at every time may fail.
func TestCheck(t *testing.T) {
	late := &table{rows: []row{{figure: "a time", met: "no"}, {figure: "a size", met: "yes"}}}
	if err := late.check(); err != nil {
		t.Error(err)
	}
	late.add(row{figure: "memory", measured: "18 MB", goal: "≤ 15 MB", met: "no", fails: true})
	if err := late.check(); err == nil || !strings.Contains(err.Error(), "memory: 18 MB, the goal is ≤ 15 MB") {
		t.Error(err)
	}
}

package faults_test

import (
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// A reset forgets the scenarios of tests. What came from files is known again
// as it was.
func TestAResetForgetsWhatTestsBrought(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const file, other = `{id: file, then: {delay: 1s}}`, `{id: test, then: {delay: 2s}}`
	if err := b.Set(faults.ByFlag, []*scenarios.Scenario{b.file("mine", file)}); err != nil {
		t.Fatal(err)
	}
	b.on("mine", other)
	b.on("theirs", other)
	find := func(name string) string {
		s, err := b.Find(name)
		if err != nil {
			return "none"
		}
		return s.Rules[0].ID
	}
	b.expect("before", find("mine")+" "+find("theirs"), "test test")
	b.Reset("dev")
	b.expect("after", find("mine")+" "+find("theirs"), "file none")
}

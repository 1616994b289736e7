package command

import (
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
)

// What is printed is all there is to a file.
func TestScenarios(t *testing.T) {
	t.Parallel()
	golden(t, "scenarios.txt", run(t, nil, "scenarios").out)
	for _, name := range scenarios.Names() {
		if got := run(t, nil, "scenarios", name); got != (result{out: string(scenarios.Source(name))}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

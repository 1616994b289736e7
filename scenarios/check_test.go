package scenarios_test

import (
	"flag"
	"testing"

	"github.com/mockauth0/mockauth0/internal/strictyaml/strictyamltest"
	"github.com/mockauth0/mockauth0/scenarios"
)

var update = flag.Bool("update", false, "rewrite the expected answers in testdata")

// Every mistake has its place, and a sentence that says what to do.
func TestMistakes(t *testing.T) {
	t.Parallel()
	strictyamltest.ReadGolden(t, "mistakes").Compare(t, *update, func(name string, data []byte) string {
		if _, err := scenarios.Parse(name, data); err != nil {
			return err.Error()
		}
		t.Errorf("%s has no mistake", name)
		return ""
	})
}

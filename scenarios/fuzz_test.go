package scenarios_test

import (
	"errors"
	"testing"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/internal/strictyaml/strictyamltest"
	"github.com/mockauth0/mockauth0/scenarios"
)

// FuzzParse: no bytes make Parse panic, every mistake has its place, and what
// is parsed is of the schema and can be written and parsed again.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"mistakes", "good"} {
		files := strictyamltest.ReadGolden(f, name).Files
		for _, file := range files {
			f.Add(file.Data)
		}
	}
	for _, name := range scenarios.Names() {
		f.Add(scenarios.Source(name))
	}
	format := strictyamltest.NewFormat(f, scenarios.Scenario{})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := scenarios.Parse("f", data)
		if err == nil {
			checkRoundTrip(t, s)
			if !format.Agree(t, "f", toJSON(t, s)) {
				t.Errorf("the schema refuses what was parsed from %s", data)
			}
			return
		}
		var problems *strictyaml.Errors
		if !errors.As(err, &problems) || len(*problems) == 0 {
			t.Fatalf("the error is a %T: %v", err, err)
		}
		for _, p := range *problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" || p.File != "f" {
				t.Errorf("a problem without its place or sentence: %#v", p)
			}
		}
	})
}

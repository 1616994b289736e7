package scenarios

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// Parse reads a scenario file, YAML or JSON. The filename appears in error
// messages and in Scenario.Source. The error is a *fixtures.Errors that
// lists every mistake with its place.
func Parse(filename string, data []byte) (*Scenario, error) {
	return parse(filename, data, origin{})
}

// ParseFile reads the scenario file at path. The error is that of the file
// system, or that of Parse.
func ParseFile(path string) (*Scenario, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the scenario cannot be read: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, strictyaml.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("the scenario cannot be read: %w", err)
	}
	return Parse(path, data)
}

// JSON writes the scenario as an indented JSON file. Parse reads it back to an
// equal scenario. Fields without a value are left out.
func (s *Scenario) JSON() ([]byte, error) { return strictyaml.MarshalJSON(s) }

// Schema is the JSON Schema of a scenario file, for editors.
func Schema() []byte { return strictyaml.Schema(Scenario{}, "mockauth0 scenario") }

// Complete checks a scenario that was made in Go. It returns a copy that equals
// what Parse makes of the same scenario in a file. Version may be 0, which
// means 1. The error is a *fixtures.Errors that lists every mistake with its
// path, without line numbers. If a value fits in no file (a claim that is a
// function, for example), the error is of another type.
func Complete(s *Scenario) (*Scenario, error) {
	c := *s
	if c.Version == 0 {
		c.Version = 1
	}
	data, err := c.JSON()
	if err != nil {
		return nil, fmt.Errorf("the scenario cannot be checked: %w", err)
	}
	done, err := parse(s.Source, data, origin{inGo: s})
	if problems := (*strictyaml.Errors)(nil); errors.As(err, &problems) {
		for i := range *problems {
			(*problems)[i].Line, (*problems)[i].Column = 0, 0
		}
		return nil, problems
	}
	return done, err
}

// An origin is where a scenario comes from. The zero origin is a file.
type origin struct {
	builtIn bool
	inGo    *Scenario // the value that was made in Go
}

// parse reads and checks a scenario from anywhere.
func parse(filename string, data []byte, from origin) (*Scenario, error) {
	doc, err := strictyaml.Parse(filename, data)
	if err != nil {
		return nil, err
	}
	if fixtures.IsDeployCLIExport(doc) {
		return nil, strictyaml.Join([]strictyaml.Problem{doc.ProblemAt(nil, "this is an export of Auth0's deploy CLI, not a scenario; load it as the fixture")})
	}
	return decode(doc, from)
}

// decode reads and checks a scenario that is parsed.
func decode(doc *strictyaml.Document, from origin) (*Scenario, error) {
	s := &Scenario{}
	c := &checker{doc: doc, scenario: s, origin: from, badForm: map[string]bool{}}
	if problems := (*strictyaml.Errors)(nil); errors.As(doc.Decode(s), &problems) {
		c.problems = *problems
		for _, p := range *problems {
			c.badForm[unit(p.Path)] = true
		}
	}
	c.check()
	if err := strictyaml.Join(c.problems); err != nil {
		return nil, err
	}
	s.Source = doc.File()
	return s, nil
}

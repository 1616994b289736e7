package scenarios

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// Parse reads a scenario file, YAML or JSON. The filename is for messages and
// for Scenario.Source. An error is a *strictyaml.Errors that holds every
// mistake with its place.
func Parse(filename string, data []byte) (*Scenario, error) {
	return parse(filename, data, origin{})
}

// ParseFile reads the scenario file at path. An error is that of the file
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

// JSON writes the scenario as an indented JSON file that Parse reads back to
// an equal scenario. Fields without a value are left out.
func (s *Scenario) JSON() ([]byte, error) { return strictyaml.MarshalJSON(s) }

// Schema is the JSON Schema of a scenario file, for editors.
func Schema() []byte { return strictyaml.Schema(Scenario{}, "mockauth0 scenario") }

// Complete checks a scenario that was made in Go and returns a copy of it,
// exactly as if it had been read from a file. A zero Version means 1. An error
// is a *strictyaml.Errors whose problems have paths but no lines, except that
// a value which no file can hold (a claim that is a function, say) is a plain
// error.
func Complete(s *Scenario) (*Scenario, error) {
	c := *s
	if c.Version == 0 {
		c.Version = 1
	}
	data, err := c.JSON()
	if err != nil {
		return nil, fmt.Errorf("the scenario cannot be checked: %w", err)
	}
	done, err := parse(s.Source, data, origin{made: s})
	if problems := (*strictyaml.Errors)(nil); errors.As(err, &problems) {
		for i := range *problems {
			(*problems)[i].Line, (*problems)[i].Column = 0, 0
		}
		return nil, problems
	}
	return done, err
}

// An origin is where a scenario comes from, if not from a file.
type origin struct {
	builtIn bool
	made    *Scenario // in Go
}

// parse does all of the work.
func parse(filename string, data []byte, from origin) (*Scenario, error) {
	s := &Scenario{}
	doc, err := strictyaml.Parse(filename, data)
	if err != nil {
		return nil, err
	}
	c := &checker{doc: doc, scenario: s, from: from, broken: map[string]bool{}}
	if problems := (*strictyaml.Errors)(nil); errors.As(doc.Decode(s), &problems) {
		c.problems = *problems
		for _, p := range *problems {
			c.broken[element(p.Path)] = true
		}
	}
	c.check()
	if err := strictyaml.Join(c.problems); err != nil {
		return nil, err
	}
	s.Source = filename
	return s, nil
}

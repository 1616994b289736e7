package scenarios

import (
	"errors"
	"fmt"
)

// OpenAll opens scenarios by their names or files, in that order. The error is
// of all that cannot be opened.
func OpenAll(namesOrFiles []string) ([]*Scenario, error) {
	var list []*Scenario
	var failed []error
	from := map[string]string{}
	for _, name := range namesOrFiles {
		s, err := Open(name)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		switch first, taken := from[s.Name]; {
		case taken && first == name:
			failed = append(failed, fmt.Errorf("%s is given twice; give it once", name))
		case taken:
			failed = append(failed, fmt.Errorf("%s and %s are both called %s; rename one", first, name, s.Name))
		}
		from[s.Name] = name
		list = append(list, s)
	}
	return list, errors.Join(failed...)
}

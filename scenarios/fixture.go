package scenarios

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// OfFixture opens the scenarios that a fixture names, in its order: built-in
// ones, or files, relative to the fixture's own if it came from one. The
// Source of those from files is a path to read them by again. The error is a
// *strictyaml.Errors: the mistakes of the scenarios' own files, and at the
// fixture's place the names that lead nowhere.
func OfFixture(f *fixtures.Fixture) ([]*Scenario, error) {
	var list []*Scenario
	var all strictyaml.Errors
	from := map[string]string{}
	for i, name := range f.Scenarios {
		s, err := openBeside(f.Source, name)
		var own *strictyaml.Errors
		var file *fs.PathError
		switch {
		case err == nil:
			if first, taken := from[s.Name]; taken {
				all = append(all, f.ScenarioProblem(i, "the scenario's name %q is that of %s, too; rename one", s.Name, first))
				continue
			}
			from[s.Name] = name
			list = append(list, s)
		case errors.As(err, &own):
			all = append(all, *own...)
		case errors.Is(err, fs.ErrNotExist) && errors.As(err, &file):
			all = append(all, f.ScenarioProblem(i, "there is no built-in scenario %q, and no file %s%s", name, file.Path, orListed(name)))
		case errors.As(err, &file):
			all = append(all, f.ScenarioProblem(i, "the file %s cannot be read (%s); correct that, or name another", file.Path, file.Err))
		default:
			all = append(all, f.ScenarioProblem(i, "%s", err))
		}
	}
	if len(all) > 0 {
		return nil, &all
	}
	return list, nil
}

// openBeside opens a scenario that a file names, whose path it is relative to.
func openBeside(path, nameOrFile string) (*Scenario, error) {
	if isBuiltIn(nameOrFile) {
		return Load(nameOrFile)
	}
	if !filepath.IsAbs(nameOrFile) {
		nameOrFile = filepath.Join(filepath.Dir(path), nameOrFile)
	}
	return ParseFile(nameOrFile)
}

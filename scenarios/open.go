package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// Open loads a built-in scenario by its name, or reads a file.
func Open(nameOrFile string) (*Scenario, error) {
	if isBuiltIn(nameOrFile) {
		return Load(nameOrFile)
	}
	s, err := ParseFile(nameOrFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s, and no built-in scenario of that name%s", nameOrFile, orListed(nameOrFile))
	}
	return s, err
}

// OpenAll opens several scenarios, and keeps their order. The error lists all
// that cannot be opened, and those that have the same name as another.
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

// OfFixture opens the scenarios that a fixture names, and keeps their order.
// The path of a file is relative to the fixture's own file, if it has one. The
// error is a *fixtures.Errors that lists every mistake: one in a scenario
// file has its place in that file, an unknown name has its place in the fixture.
func OfFixture(f *fixtures.Fixture) ([]*Scenario, error) {
	var list []*Scenario
	var all strictyaml.Errors
	from := map[string]string{}
	for i, name := range f.Scenarios {
		s, err := openBeside(f.Source, name)
		var mistakes *strictyaml.Errors
		var file *fs.PathError
		switch {
		case err == nil:
			if first, taken := from[s.Name]; taken {
				all = append(all, f.ScenarioProblem(i, "the scenario's name %q is also that of %s; rename one", s.Name, first))
				continue
			}
			from[s.Name] = name
			list = append(list, s)
		case errors.As(err, &mistakes):
			all = append(all, *mistakes...)
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

// FilesOf are the files that OfFixture reads.
func FilesOf(f *fixtures.Fixture) []string {
	var files []string
	for _, name := range f.Scenarios {
		if !isBuiltIn(name) {
			files = append(files, beside(f.Source, name))
		}
	}
	return files
}

// openBeside is Open for a name that stands in a file.
func openBeside(file, nameOrFile string) (*Scenario, error) {
	if isBuiltIn(nameOrFile) {
		return Load(nameOrFile)
	}
	return ParseFile(beside(file, nameOrFile))
}

// beside is the path of a file that another file names: a relative path starts at
// that file's folder.
func beside(file, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(file), name)
}

// orListed ends a sentence about a name that no built-in scenario has.
func orListed(name string) string {
	if near := strictyaml.Suggest(name, Names()); near != "" {
		return near
	}
	return "; mockauth0 scenarios lists them"
}

package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

func validateCommand(w World) *cli.Command {
	return &cli.Command{
		Name: "validate", ArgsUsage: "[FILE…]",
		Usage: "check fixture and scenario files",
		Description: "A file with name or rules at its top level is a scenario. Any other is a fixture, which is checked with the scenarios that it names; " +
			"it may be an export of Auth0's deploy CLI, in one file or in a folder. " +
			"It prints every mistake with its file, line and column, and exits 1 if there are any. Without a file it checks " + fixtureFile + ".",
		Flags:  libraryFlags(w, keywordFlag),
		Action: action(w, unlimited, runValidate),
	}
}

func runValidate(in *input) error {
	keywords, err := in.keywords()
	if err != nil {
		return err
	}
	files := in.args
	if len(files) == 0 {
		if _, err := os.Stat(fixtureFile); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no %s in this folder; name a file, or write one with mockauth0 init", fixtureFile)
		}
		files = []string{fixtureFile}
	}
	failed := false
	for _, file := range files {
		warnings, err := validateFile(file, keywords)
		if err != nil {
			failed = true
			fmt.Fprintln(in.Stderr, printable.Lines(err.Error()))
			continue
		}
		for _, warning := range warnings {
			fmt.Fprintf(in.Stderr, "warning: %s\n", printable.Line(warning))
		}
		if err := say(in.World, file+": ok\n"); err != nil {
			return err
		}
	}
	if failed {
		return exitError(1)
	}
	return nil
}

// validateFile checks a file of either kind.
func validateFile(file string, keywords fixtures.Keywords) (warnings []string, err error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		f, err := fixtures.ParseFileWith(file, keywords)
		if err != nil {
			return nil, err
		}
		return f.Warnings, nil
	}
	data, err := readFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: the file cannot be read (%w); check its name", file, cause(err))
	}
	doc, err := strictyaml.Parse(file, data)
	switch {
	case err != nil:
		if f, exportErr := fixtures.ParseFileWith(file, keywords); exportErr == nil {
			return f.Warnings, nil // an export whose keywords are not replaced
		}
		return nil, err
	case fixtures.IsDeployCLIExport(doc):
		f, err := fixtures.ParseFileWith(file, keywords) // with the files that it names
		if err != nil {
			return nil, err
		}
		return f.Warnings, nil
	case doc.Has("rules") || doc.Has("name"):
		_, err := scenarios.Parse(file, data)
		return nil, err
	case !looksLikeFixture(doc):
		return nil, fmt.Errorf("%s: this is neither a fixture nor a scenario; a fixture has version: 1 and sections such as clients and users, "+
			"a scenario version: 1, name and rules", file)
	}
	f, err := fixtures.Parse(file, data)
	if err != nil {
		return nil, err
	}
	if _, err := token.OfFixture(f); err != nil {
		return nil, err
	}
	list, err := scenarios.OfFixture(f)
	warnings = f.Warnings
	for _, s := range list {
		warnings = append(warnings, s.Warnings(f)...)
	}
	return warnings, err
}

// readFile reads as much of a file as a fixture may have, and a byte more.
func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, strictyaml.MaxSize+1))
}

// looksLikeFixture tells whether a document has any field of a fixture.
func looksLikeFixture(doc *strictyaml.Document) bool {
	t := reflect.TypeFor[fixtures.Fixture]()
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" && name != "-" && doc.Has(name) {
			return true
		}
	}
	return false
}

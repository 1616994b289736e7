package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

func validateCommand() command {
	return command{
		name:  "validate",
		args:  "[FILE…]",
		brief: "check fixture and scenario files",
		long: "What has name or rules at its top is a scenario, anything else a fixture, which is checked with the scenarios that it names. " +
			"It prints every mistake with its file, line and column, and exits 1 if there are any. Without a file it checks " + fixtureFile + ".",
		most: unlimited,
		run:  validate,
	}
}

func validate(in *input) error {
	files := in.args
	if len(files) == 0 {
		if _, err := os.Stat(fixtureFile); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no %s in this folder; name a file, or write one with mockauth0 init", fixtureFile)
		}
		files = []string{fixtureFile}
	}
	failed := false
	for _, file := range files {
		warnings, err := validateFile(file)
		if err != nil {
			failed = true
			fmt.Fprintln(in.Stderr, err)
			continue
		}
		for _, warning := range warnings {
			fmt.Fprintf(in.Stderr, "warning: %s\n", warning)
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
func validateFile(file string) (warnings []string, err error) {
	data, err := readFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: the file cannot be read (%w); check its name", file, cause(err))
	}
	doc, err := strictyaml.Parse(file, data)
	switch {
	case err != nil:
		return nil, err
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

// readFile reads as much of a file as can be one of ours, and a byte more.
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

func schemaCommand() command {
	return command{
		name:  "schema",
		args:  "[fixture|scenario]",
		brief: "print the JSON Schema of a fixture or a scenario, for editors",
		long:  "For example: mockauth0 schema > mockauth0.schema.json",
		most:  1,
		run: func(in *input) error {
			kinds := []string{"fixture", "scenario"}
			switch kind := strings.Join(in.args, ""); kind {
			case "", "fixture":
				return say(in.World, string(fixtures.Schema()))
			case "scenario":
				return say(in.World, string(scenarios.Schema()))
			default:
				return fmt.Errorf("schema does not know %q; it is one of %s%s", kind, strings.Join(kinds, ", "), closest(kind, kinds))
			}
		},
	}
}

func initCommand() command {
	return command{
		name:  "init",
		args:  "[FILE]",
		brief: "write a commented " + fixtureFile + " to start from",
		long:  "A file that is there already stays as it is.",
		most:  1,
		run:   initialize,
	}
}

func initialize(in *input) error {
	file := fixtureFile
	if len(in.args) > 0 {
		file = in.args[0]
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and stays as it is; name another file: mockauth0 init FILE", file)
	}
	if err == nil {
		_, err = out.Write(fixtures.Starter())
		err = errors.Join(err, out.Close())
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written (%w); name another file: mockauth0 init FILE", file, cause(err))
	}
	use := "mockauth0"
	if file != fixtureFile {
		use += " --fixture " + file
	}
	return say(in.World, strings.Join([]string{
		"Wrote " + file + ".",
		"Check it with: mockauth0 validate " + file,
		"Serve it with: " + use, "",
	}, "\n"))
}

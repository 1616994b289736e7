package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/printable"
)

func importCommand(w World) *cli.Command {
	return &cli.Command{
		Name: "import", ArgsUsage: "FILE|FOLDER",
		Usage: "print an export of Auth0's deploy CLI as one fixture file",
		Description: "It reads the tenant.yaml or the folder that the deploy CLI wrote, with a " + fixtureFile + " beside it, which adds ids, secrets and users. " +
			"What the mock has no place for is named on stderr. --fixture reads an export as it is, so you need this only to go on by hand.",
		Flags:  libraryFlags(w, keywordFlag),
		Action: action(w, 1, runImport),
	}
}

func runImport(in *input) error {
	keywords, err := in.keywords()
	if err != nil {
		return err
	}
	if len(in.args) == 0 {
		return errors.New("import needs the tenant.yaml or the folder of an export of Auth0's deploy CLI")
	}
	path := in.args[0]
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file or folder %s; name the tenant.yaml or the folder of an export", path)
	}
	f, err := fixtures.ParseFileWith(path, keywords)
	if err != nil {
		return mistakes(path, "correct these", err)
	}
	for _, warning := range f.Warnings {
		fmt.Fprintf(in.Stderr, "warning: %s\n", printable.Line(warning))
	}
	text, err := f.YAML()
	if err != nil {
		return err
	}
	return say(in.World, string(text))
}

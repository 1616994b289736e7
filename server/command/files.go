package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
)

func validateCommand() command {
	return command{
		name:  "validate",
		args:  "[FILE…]",
		brief: "check fixture files",
		long:  "It prints every mistake with its file, line and column, and exits 1 if there are any. Without a file it checks " + fixtureFile + ".",
		most:  unlimited,
		run:   validate,
	}
}

func validate(in *input) error {
	files := in.args
	if len(files) == 0 {
		files = []string{fixtureFile}
	}
	failed := false
	for _, file := range files {
		f, err := fixtures.ParseFile(file)
		var unread *fs.PathError
		if errors.As(err, &unread) {
			err = fmt.Errorf("%s: the file cannot be read (%w); check its name", file, unread.Err)
		}
		if err != nil {
			failed = true
			fmt.Fprintln(in.Stderr, err)
			continue
		}
		for _, warning := range f.Warnings {
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

func schemaCommand() command {
	return command{
		name:  "schema",
		args:  "[fixture]",
		brief: "print the JSON Schema of a fixture, for editors",
		long:  "For example: mockauth0 schema > mockauth0.schema.json",
		most:  1,
		run: func(in *input) error {
			if len(in.args) > 0 && in.args[0] != "fixture" {
				return fmt.Errorf("schema does not know %q; there is the schema of a fixture: mockauth0 schema fixture", in.args[0])
			}
			return say(in.World, string(fixtures.Schema()))
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

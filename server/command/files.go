package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
)

func validateCommand(w World) *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check fixture files, and print every mistake with its place",
		ArgsUsage: "[FILE…]",
		Action: func(_ context.Context, c *cli.Command) error {
			files := c.Args().Slice()
			if len(files) == 0 {
				files = []string{fixtureFile}
			}
			failed := false
			for _, file := range files {
				f, err := fixtures.ParseFile(file)
				if err != nil {
					failed = true
					fmt.Fprintln(w.Stderr, err)
					continue
				}
				for _, warning := range f.Warnings {
					fmt.Fprintf(w.Stderr, "warning: %s\n", warning)
				}
				fmt.Fprintf(w.Stdout, "%s: ok\n", file)
			}
			if failed {
				return exitError(1)
			}
			return nil
		},
	}
}

func schemaCommand(w World) *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "print a JSON Schema (draft-07) for editors: mockauth0 schema fixture",
		ArgsUsage: "fixture",
		Action: func(_ context.Context, c *cli.Command) error {
			if got := c.Args().Slice(); len(got) != 1 || got[0] != "fixture" {
				return fmt.Errorf("schema takes one argument, fixture, and there is %q", strings.Join(got, " "))
			}
			_, err := w.Stdout.Write(fixtures.Schema())
			return err
		},
	}
}

func initCommand(w World) *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "write a commented " + fixtureFile + " to start from",
		ArgsUsage: "[FILE]",
		Action: func(_ context.Context, c *cli.Command) error {
			file := fixtureFile
			switch args := c.Args().Slice(); len(args) {
			case 0:
			case 1:
				file = args[0]
			default:
				return fmt.Errorf("init writes one file, and there are %d names", len(args))
			}
			out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s is there already and stays as it is; name another file: mockauth0 init FILE", file)
			}
			if err != nil {
				return fmt.Errorf("%s cannot be written: %w", file, err)
			}
			_, err = out.Write(fixtures.Starter())
			if err := errors.Join(err, out.Close()); err != nil {
				return fmt.Errorf("%s cannot be written: %w", file, err)
			}
			fmt.Fprintf(w.Stdout, "wrote %s; mockauth0 serve takes it from here, and mockauth0 validate checks it\n", file)
			return nil
		},
	}
}

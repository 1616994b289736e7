// Package command is the command line, as a function that a test can call.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"
)

// A World is all that the command line asks of the system.
type World struct {
	Args    []string // with the program's name
	Environ []string // NAME=value
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	// Terminal tells whether a person reads Stderr.
	Terminal bool
	// Context ends when the program is asked to stop.
	Context context.Context
}

// System is the real world.
func System() World {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	info, err := os.Stderr.Stat()
	return World{
		Args: os.Args, Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Terminal: err == nil && info.Mode()&os.ModeCharDevice != 0,
		Context:  ctx,
	}
}

// lookup reads a variable of the environment.
func (w World) lookup(name string) (string, bool) {
	for i := len(w.Environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(w.Environ[i], name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// An exitError ends the program with a status and without a word.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Run runs the command line and returns the exit status: 0, or 1 after one
// clear sentence on Stderr, or that of the command that exec ran.
func Run(w World) int {
	err := root(w).Run(w.Context, w.Args)
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return int(exit)
	}
	fmt.Fprintf(w.Stderr, "mockauth0: %s\n", err)
	return 1
}

func root(w World) *cli.Command {
	serve := serveCommand(w)
	all := &cli.Command{
		Name:  "mockauth0",
		Usage: "a local Auth0 tenant for tests",
		Description: "Without a command it serves: mockauth0 is mockauth0 serve. Every flag has a twin in the\n" +
			"environment, MOCKAUTH0_ and its name in capitals with _ for -; a flag beats its twin.",
		Flags:  serve.Flags,
		Action: serve.Action,
		Commands: []*cli.Command{
			serve, execCommand(w), envCommand(w), healthcheckCommand(w), otpCommand(w), caCommand(w),
			validateCommand(w), schemaCommand(w), initCommand(w), versionCommand(w),
		},
		Writer:          w.Stdout,
		ErrWriter:       w.Stderr,
		HideVersion:     true,
		HideHelpCommand: true,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {},
	}
	for _, c := range append(all.Commands, all) {
		c.DisableSliceFlagSeparator = true
		c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error { return usageError(c, err) }
	}
	return all
}

// usageError words a bad flag in one sentence.
func usageError(c *cli.Command, err error) error {
	text := strings.TrimSuffix(err.Error(), ".")
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: "); ok {
		var known []string
		for _, f := range c.Flags {
			known = append(known, "--"+f.Names()[0])
		}
		return fmt.Errorf("unknown flag -%s%s", strings.TrimPrefix(name, ""), closest(name, known))
	}
	return errors.New(text)
}

// noMore refuses arguments that a command does not take.
func noMore(c *cli.Command) error {
	if arg := c.Args().First(); arg != "" {
		var names []string
		for _, sub := range c.Root().Commands {
			names = append(names, sub.Name)
		}
		return fmt.Errorf("%s takes no argument, and there is %q%s", c.Name, arg, closest(arg, names))
	}
	return nil
}

// version is the module's version, or what the build says about itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func versionCommand(w World) *cli.Command {
	return &cli.Command{Name: "version", Usage: "print the version", Action: func(_ context.Context, c *cli.Command) error {
		if err := noMore(c); err != nil {
			return err
		}
		_, err := fmt.Fprintln(w.Stdout, "mockauth0", version())
		return err
	}}
}

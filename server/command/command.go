// Package command is the command line, as a function that a test can call.
package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// Run runs the command line and returns the exit status: 0, or 1 after one
// clear sentence on Stderr, or the status of the command that exec ran.
func Run(w World) int {
	err := newRoot(w).Run(context.Background(), withCommand(w.Args))
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return int(exit)
	}
	complain(w, err)
	return 1
}

// complain writes an error to Stderr. A file, or whatever answers at an address,
// may have given words of it.
func complain(w World, err error) {
	writeWithin(w.Stderr, printable.Lines(fmt.Sprintf("mockauth0: %s\n", err)))
}

// An exitError ends the program with a status and prints nothing.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// newRoot is the program with its commands, in the order of the help text. The
// library appends completion.
func newRoot(w World) *cli.Command {
	one := 1
	root := &cli.Command{
		Name: "mockauth0",
		Commands: []*cli.Command{
			serveCommand(w), execCommand(w), envCommand(w), otpCommand(w), healthcheckCommand(w), caCommand(w),
			initCommand(w), importCommand(w), validateCommand(w), schemaCommand(w), scenariosCommand(w), versionCommand(w),
		},
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "print what the command does"}},
		Reader: w.Stdin, Writer: w.Stdout, ErrWriter: w.Stderr,
		// The library's help sorts flags and does not wrap lines, and its
		// handler of errors ends the process.
		HideHelp:       true,
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		StopOnNthArg:   &one, // a word that is no command is refused before the flags behind it
		Action: func(_ context.Context, cmd *cli.Command) error {
			if name := cmd.Args().First(); name != "" {
				return unknownCommand(cmd, name)
			}
			return say(w, rootHelp(cmd))
		},
		EnableShellCompletion:           true,
		ShellComplete:                   suggestCommands,
		ConfigureShellCompletionCommand: func(c *cli.Command) { configureCompletion(w, c) },
	}
	for _, c := range root.Commands {
		c.OnUsageError = usageError
	}
	return root
}

// withCommand adds the command that the user means but did not name. Flags alone
// are those of serve.
func withCommand(args []string) []string {
	if len(args) < 2 {
		return []string{"mockauth0", "serve"}
	}
	switch first := args[1]; {
	case first == "help" && args[len(args)-1] == completionRequest:
		return slices.Delete(slices.Clone(args), 1, 2)
	case first == "help" && len(args) > 2 && strings.HasPrefix(args[2], "-"):
		return []string{args[0], "--", args[2]} // which is no command, and no flag either
	case first == "help" && len(args) > 2:
		return []string{args[0], args[2], "--help"}
	case first == "help" || first == "-h" || first == "-help" || first == "--help":
		return args[:1] // which prints the program's help
	case first == "-v" || first == "-version" || first == "--version":
		return slices.Concat(args[:1], []string{"version"}, args[2:])
	case first == completionRequest, first != "" && first[0] != '-':
		return args
	}
	return slices.Insert(slices.Clone(args), 1, "serve")
}

// action is the library's action of a command that takes at most so many
// arguments: it reads what the user gave, and runs the command.
func action(w World, most int, run func(*input) error) cli.ActionFunc {
	return func(_ context.Context, cmd *cli.Command) error {
		if cmd.Bool("help") {
			return say(w, commandHelp(cmd))
		}
		in, err := readInput(w, cmd)
		if err != nil {
			return err
		}
		if len(in.args) > most {
			return tooMany(cmd, in.args[most], most)
		}
		return run(in)
	}
}

const unlimited = 1 << 20

func tooMany(cmd *cli.Command, arg string, most int) error {
	switch {
	case cmd.Root().Command(arg) != nil:
		return fmt.Errorf("the command comes first: mockauth0 %s [flags]", arg)
	case most == 0:
		return fmt.Errorf("%s takes no arguments; remove %q", words(cmd), arg)
	}
	return fmt.Errorf("%s takes one argument; remove %q", words(cmd), arg)
}

// words are the command as the user writes it, without the program's name.
func words(cmd *cli.Command) string { return strings.Join(cmd.Path()[1:], " ") }

func unknownCommand(root *cli.Command, name string) error {
	var names []string
	for _, c := range root.VisibleCommands() {
		names = append(names, c.Name)
	}
	hint := closest(name, names)
	if name == "start" || name == "run" {
		hint = `; did you mean "serve"?`
	}
	if hint != "" {
		return fmt.Errorf("there is no command %q%s", name, hint)
	}
	return fmt.Errorf("there is no command %q; the commands are %s", name, strings.Join(names, ", "))
}

// usageError is our sentence for the library's error about a flag. If the user
// asked for help before it, there is no error but help.
func usageError(_ context.Context, cmd *cli.Command, err error, _ bool) error {
	if cmd.Bool("help") {
		return say(World{Stdout: cmd.Root().Writer}, commandHelp(cmd))
	}
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		return unknownFlag(cmd, "--"+name)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: "); ok {
		name = strings.TrimLeft(name, "-")
		for _, f := range flagsOf(cmd) {
			if f.name == name {
				return fmt.Errorf("--%s needs a value: --%s %s", name, name, f.takes)
			}
		}
	}
	return err
}

func unknownFlag(cmd *cli.Command, name string) error {
	var known []string
	for _, f := range flagsOf(cmd) {
		known = append(known, "--"+f.name)
	}
	if hint := closest(name, known); hint != "" {
		return fmt.Errorf("%s has no flag %s%s", words(cmd), name, hint)
	}
	if known == nil {
		return fmt.Errorf("%s takes no flags; remove %s", words(cmd), name)
	}
	return fmt.Errorf("%s has no flag %s; mockauth0 %s --help lists those it has", words(cmd), name, words(cmd))
}

// closest is the end of a sentence about an unknown word: it asks for the known
// word that is most like it, or is empty if none is.
func closest(word string, known []string) string { return strictyaml.Suggest(word, known) }

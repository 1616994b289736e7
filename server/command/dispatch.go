package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// A command is a word of the command line and what it does.
type command struct {
	name  string
	args  string // what stands behind the flags, for the usage line
	brief string // one line in the list of commands
	long  string // more sentences for its own help
	flags []flag
	// most is how many arguments it takes; unlimited is any number.
	most int
	// rest leaves everything behind the first argument alone: it is a
	// command of its own.
	rest bool
	run  func(in *input) error
}

const unlimited = 1 << 20

// commands are all there are, in the order of the help text.
func commands() []command {
	return []command{
		serveCommand(), execCommand(), envCommand(), otpCommand(), healthcheckCommand(), caCommand(),
		initCommand(), validateCommand(), schemaCommand(), scenariosCommand(), versionCommand(),
	}
}

// An exitError ends the program with a status and without a word.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Run runs the command line and returns the exit status: 0, or 1 after one
// clear sentence on Stderr, or that of the command that exec ran.
func Run(w World) int {
	err := dispatch(w)
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

// dispatch finds the command. Flags without one are those of serve.
func dispatch(w World) error {
	args := w.Args[min(1, len(w.Args)):]
	all := commands()
	find := func(name string) int {
		return slices.IndexFunc(all, func(c command) bool { return c.name == name })
	}
	first := ""
	if len(args) > 0 {
		first = args[0]
	}
	switch first {
	case "-h", "-help", "--help":
		return say(w, rootHelp(all))
	case "help":
		if len(args) == 1 {
			return say(w, rootHelp(all))
		}
		if i := find(args[1]); i >= 0 {
			return say(w, all[i].help())
		}
		return unknownCommand(args[1], all)
	case "-v", "-version", "--version":
		return versionCommand().start(w, args[1:])
	}
	if first == "" || strings.HasPrefix(first, "-") {
		return serveCommand().start(w, args)
	}
	if i := find(first); i >= 0 {
		return all[i].start(w, args[1:])
	}
	return unknownCommand(first, all)
}

func unknownCommand(name string, all []command) error {
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	if hint := closest(name, names); hint != "" {
		return fmt.Errorf("there is no command %q%s", name, hint)
	}
	return fmt.Errorf("there is no command %q; the commands are %s", name, strings.Join(names, ", "))
}

// start reads the arguments and runs the command.
func (c command) start(w World, args []string) error {
	parser := &cli.Command{
		Name:                      c.name,
		Writer:                    io.Discard, // the help text is ours
		ErrWriter:                 io.Discard,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(context.Context, *cli.Command, error) {},
		OnUsageError:              func(_ context.Context, _ *cli.Command, err error, _ bool) error { return err },
		Action:                    func(context.Context, *cli.Command) error { return nil },
	}
	for _, f := range c.flags {
		parser.Flags = append(parser.Flags, f.parsed())
	}
	if c.rest {
		one := 1
		parser.StopOnNthArg = &one
	}
	err := parser.Run(context.Background(), append([]string{c.name}, args...))
	if parser.Bool("help") {
		return say(w, c.help())
	}
	if err != nil {
		return c.usageError(err)
	}
	if got := parser.Args().Slice(); len(got) > c.most {
		return c.tooMany(got)
	}
	in, err := newInput(w, c, parser)
	if err != nil {
		return err
	}
	return c.run(in)
}

// usageError words what the parser says about a flag.
func (c command) usageError(err error) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		var known []string
		for _, f := range c.flags {
			known = append(known, "--"+f.name)
		}
		name = "--" + strings.TrimLeft(name, "-")
		if hint := closest(name, known); hint != "" {
			return fmt.Errorf("%s has no flag %s%s", c.name, name, hint)
		}
		return fmt.Errorf("%s has no flag %s; mockauth0 %s --help lists those it has", c.name, name, c.name)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: "); ok {
		name = strings.TrimLeft(name, "-")
		for _, f := range c.flags {
			if f.name == name {
				return fmt.Errorf("--%s needs a value: --%s %s", name, name, f.value)
			}
		}
	}
	var value, name string
	if _, scan := fmt.Sscanf(text, "invalid value %q for flag -%s", &value, &name); scan == nil {
		name = strings.TrimSuffix(name, ":")
		return fmt.Errorf("--%s=%s: write --%s alone, or --%s=false", name, value, name, name)
	}
	return errors.New(text)
}

func (c command) tooMany(args []string) error {
	arg := args[c.most]
	if slices.ContainsFunc(commands(), func(other command) bool { return other.name == arg }) {
		return fmt.Errorf("the command comes first: mockauth0 %s [flags]", arg)
	}
	if c.most == 0 {
		return fmt.Errorf("%s takes flags only, and there is %q", c.name, arg)
	}
	return fmt.Errorf("%s takes one argument, and %q is one more", c.name, arg)
}

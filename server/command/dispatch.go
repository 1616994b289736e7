package command

import (
	"errors"
	stdflag "flag"
	"fmt"
	"io"
	"slices"
	"strings"
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
	in, err := c.read(w, args)
	if errors.Is(err, stdflag.ErrHelp) {
		return say(w, c.help())
	}
	if err != nil {
		return err
	}
	return c.run(in)
}

// read reads the arguments and the environment. The error is flag.ErrHelp if
// they ask for the help text.
func (c command) read(w World, args []string) (*input, error) {
	values, rest, err := c.parse(args)
	if err != nil {
		return nil, c.usageError(err)
	}
	if len(rest) > c.most {
		return nil, c.tooMany(rest)
	}
	return newInput(w, c, rest, values)
}

// parse takes the flags out of the arguments, between which they may stand,
// and returns their values and what is left.
func (c command) parse(args []string) (values map[string][]string, rest []string, err error) {
	values = map[string][]string{}
	parser := stdflag.NewFlagSet(c.name, stdflag.ContinueOnError)
	parser.SetOutput(io.Discard) // the help text is ours
	for _, f := range c.flags {
		take := func(value string) error {
			values[f.name] = append(values[f.name], value)
			return nil
		}
		if f.value == "" {
			parser.BoolFunc(f.name, "", take)
		} else {
			parser.Func(f.name, "", take)
		}
	}
	for {
		if err := parser.Parse(args); err != nil {
			return nil, nil, err
		}
		left := parser.Args()
		read := args[:len(args)-len(left)] // behind -- there are no flags
		if len(left) == 0 || c.rest || len(read) > 0 && read[len(read)-1] == "--" {
			return values, append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// usageError words what the parser says about a flag.
func (c command) usageError(err error) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		return c.unknownFlag("--" + name)
	}
	if name, ok := strings.CutPrefix(text, "bad flag syntax: "); ok {
		return c.unknownFlag(name)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		for _, f := range c.flags {
			if f.name == name {
				return fmt.Errorf("--%s needs a value: --%s %s", name, name, f.value)
			}
		}
	}
	return err
}

func (c command) unknownFlag(name string) error {
	var known []string
	for _, f := range c.flags {
		known = append(known, "--"+f.name)
	}
	if hint := closest(name, known); hint != "" {
		return fmt.Errorf("%s has no flag %s%s", c.name, name, hint)
	}
	return fmt.Errorf("%s has no flag %s; mockauth0 %s --help lists those it has", c.name, name, c.name)
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

package command

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// An input is what the user gave a command: its arguments and its flags.
type input struct {
	World
	args  []string
	flags map[string]*flag
}

// readInput takes over what the library read for a command.
func readInput(w World, cmd *cli.Command) (*input, error) {
	in := &input{World: w, args: cmd.Args().Slice(), flags: map[string]*flag{}}
	behind := len(w.Args) - len(in.args)
	if cmd.StopOnNthArg != nil && len(in.args) > 0 && w.Args[behind] != in.args[0] {
		// The library drops a -- behind the first argument, which belongs to
		// the command that exec runs: exec npm -- test.
		in.args = w.Args[behind-1:]
	}
	for _, f := range flagsOf(cmd) {
		in.flags[f.name] = f
		if slices.Contains(w.Args[:behind], "--"+f.name+"=") {
			f.values = append(f.values, "") // which is true for the library if it is a switch
		}
		if err := f.check(); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// flag is a flag with what the user gave for it: nothing if the command does
// not have it.
func (in *input) flag(f flag) *flag {
	if read := in.flags[f.name]; read != nil {
		return read
	}
	return &f
}

// list are the values of a flag that may be given several times.
func (in *input) list(f flag) []string { return in.flag(f).values }

// text is the last value of a flag, or empty.
func (in *input) text(f flag) string {
	if values := in.list(f); len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// on tells whether a switch is on.
func (in *input) on(f flag) bool {
	on, _ := strconv.ParseBool(in.text(f))
	return on
}

// addresses are those of --addr and --port, or the default. As a flag, --port beats
// the twin of --addr.
func (in *input) addresses() ([]string, error) {
	addrs, port := in.list(addrFlag), in.text(portFlag)
	if port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return nil, in.refuse(portFlag, port, "write a number from 0 to 65535")
		}
		if in.flag(addrFlag).fromTwin {
			addrs = nil
		}
		addrs = append(addrs[:len(addrs):len(addrs)], net.JoinHostPort("localhost", port))
	}
	if len(addrs) == 0 {
		addrs = []string{defaultAddr}
	}
	return addrs, nil
}

// refuse is the sentence about a value of a flag that is no good.
func (in *input) refuse(f flag, value, format string, args ...any) error {
	return in.flag(f).refuse(value, format, args...)
}

// blame puts the name of a flag before an error that others worded, if it is
// not in it.
func (in *input) blame(f flag, err error) error {
	read := in.flag(f)
	if err == nil || read.values == nil || !read.fromTwin && strings.Contains(err.Error(), "--"+f.name) {
		return err
	}
	return fmt.Errorf("%s: %w", read.called(), err)
}

// mistakes is the sentence about the mistakes of a file: one alone is as it is,
// several are below a heading.
func mistakes(subject, advice string, err error) error {
	var all *strictyaml.Errors
	if !errors.As(err, &all) || len(*all) == 1 {
		return err
	}
	return fmt.Errorf("%s has %d mistakes; %s:\n%w", subject, len(*all), advice, err)
}

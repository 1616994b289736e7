package command

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// An input is what the user gave a command: its arguments, and for each flag
// the values of the command line, or else of the flag's twin in the
// environment.
type input struct {
	World
	args  []string
	flags map[string]*given
}

// A given is what the user gave for a flag. The library sets it: it is the
// flag's value, and the source of what the environment says.
type given struct {
	flag
	world    World
	values   []string
	fromTwin bool
}

// Set takes a value of the command line as it is, and splits a list that comes
// from the twin.
func (g *given) Set(value string) error {
	if g.fromTwin && g.list {
		g.values = splitList(g.name, value)
	} else {
		g.values = append(g.values, value)
	}
	return nil
}

// Lookup reads the twin. The library asks for it if the command line does not
// have the flag. An empty twin counts as unset; and what else begins with
// MOCKAUTH0_ is never read: Kubernetes sets such variables for a service of
// that name.
func (g *given) Lookup() (string, bool) {
	value, _ := g.world.lookup(g.twin())
	g.fromTwin = value != ""
	return value, g.fromTwin
}

// Get is the given itself.
func (g *given) Get() any { return g }

// IsBoolFlag tells the library that a switch takes no value.
func (g *given) IsBoolFlag() bool { return g.value == "" }

func (g *given) String() string   { return strings.Join(g.values, ",") }
func (g *given) GoString() string { return g.twin() }

// check refuses values that no flag takes.
func (g *given) check() error {
	for _, value := range g.values {
		isSwitch := g.value == ""
		_, err := strconv.ParseBool(value)
		switch {
		case !isSwitch && strings.TrimSpace(value) == "":
			return fmt.Errorf("%s is empty; write %s %s, or leave it out", g.called(), g.called(), g.value)
		case !isSwitch || err == nil:
		case g.fromTwin:
			return g.refuse(value, "write true or false")
		default:
			return fmt.Errorf("--%s=%s: write --%s alone, or --%s=false", g.name, value, g.name, g.name)
		}
	}
	return nil
}

// called is what the user calls the flag: its name, or the twin that was read.
func (g *given) called() string {
	if g.fromTwin {
		return g.twin()
	}
	return "--" + g.name
}

// refuse is the sentence about a value that is no good.
func (g *given) refuse(value, format string, args ...any) error {
	if strings.ContainsAny(value, " \t\r\n\"") {
		value = strconv.Quote(value)
	}
	separator := " "
	if g.fromTwin {
		separator = "="
	}
	return fmt.Errorf("%s%s%s: %w", g.called(), separator, value, fmt.Errorf(format, args...))
}

// givenTo are the flags of a command.
func givenTo(cmd *cli.Command) []*given {
	var all []*given
	for _, f := range cmd.Flags {
		if g, ok := f.Get().(*given); ok {
			all = append(all, g)
		}
	}
	return all
}

// readInput is what the library read for a command.
func readInput(w World, cmd *cli.Command) (*input, error) {
	in := &input{World: w, args: cmd.Args().Slice(), flags: map[string]*given{}}
	behind := len(w.Args) - len(in.args)
	if cmd.StopOnNthArg != nil && len(in.args) > 0 && w.Args[behind] != in.args[0] {
		// The library drops a -- behind the first argument, which belongs to
		// the command that exec runs: exec npm -- test.
		in.args = w.Args[behind-1:]
	}
	for _, g := range givenTo(cmd) {
		in.flags[g.name] = g
		if slices.Contains(w.Args[:behind], "--"+g.name+"=") {
			g.values = append(g.values, "") // the library reads true if it is a switch
		}
		if err := g.check(); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// splitList splits a twin at its commas. An audience's scopes are separated by
// commas, too: a part without :// is one more scope of the audience before it.
func splitList(name, value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		switch {
		case part == "":
		case name == audienceFlag.name && !strings.Contains(part, "://") && len(out) > 0 && strings.Contains(out[len(out)-1], "="):
			out[len(out)-1] += "," + part
		default:
			out = append(out, part)
		}
	}
	return out
}

// given is what the user gave for a flag; nothing if the command does not have
// it.
func (in *input) given(f flag) *given {
	if g := in.flags[f.name]; g != nil {
		return g
	}
	return &given{flag: f}
}

// list are the values of a flag that may be given several times.
func (in *input) list(f flag) []string { return in.given(f).values }

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

// refuse is the sentence about a value of a flag that is no good.
func (in *input) refuse(f flag, value, format string, args ...any) error {
	return in.given(f).refuse(value, format, args...)
}

// blame puts the name of a flag before an error that others worded, if it is
// not in it.
func (in *input) blame(f flag, err error) error {
	g := in.given(f)
	if err == nil || g.values == nil || !g.fromTwin && strings.Contains(err.Error(), "--"+f.name) {
		return err
	}
	return fmt.Errorf("%s: %w", g.called(), err)
}

// mistakes words the mistakes of a file: one in its line, several below a
// heading.
func mistakes(subject, advice string, err error) error {
	var all *strictyaml.Errors
	if !errors.As(err, &all) || len(*all) == 1 {
		return err
	}
	return fmt.Errorf("%s has %d mistakes; %s:\n%w", subject, len(*all), advice, err)
}

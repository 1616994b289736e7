package command

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"
)

// A flag is one flag of a command, and what the user gave for it: on the
// command line, or else by its twin in the environment. It is the library's
// value of the flag, and its source.
type flag struct {
	name  string
	takes string // what the help text calls its value; empty: a switch
	list  bool   // it may be given several times
	usage string
	group string // the heading in the help text
	// noTwin is set where others give the twin's name to something else.
	noTwin bool

	world    World
	values   []string
	fromTwin bool
}

// libraryFlags are copies of flags for the library, which read the environment
// of the world.
func libraryFlags(w World, flags ...flag) []cli.Flag {
	var all []cli.Flag
	for _, f := range flags {
		f.world = w
		all = append(all, &cli.GenericFlag{Name: f.name, Usage: f.usage, Value: &f, Sources: cli.NewValueSourceChain(&f)})
	}
	return all
}

// flagsOf are the flags of a command.
func flagsOf(cmd *cli.Command) []*flag {
	var all []*flag
	for _, f := range cmd.Flags {
		if f, ok := f.Get().(*flag); ok {
			all = append(all, f)
		}
	}
	return all
}

// Set takes a value of the command line, or all that the twin says. On the
// command line a comma is part of the value.
func (f *flag) Set(value string) error {
	if f.fromTwin && f.list {
		f.values = splitList(f.name, value)
	} else {
		f.values = append(f.values, value)
	}
	return nil
}

// Lookup reads the twin, if there is one; the library calls it if the command line
// does not have the flag. An empty twin counts as unset. Other variables that begin with
// MOCKAUTH0_ are ignored: Kubernetes sets some for a service of that name.
func (f *flag) Lookup() (string, bool) {
	if f.noTwin {
		return "", false
	}
	value, _ := f.world.lookup(f.twin())
	f.fromTwin = value != ""
	return value, f.fromTwin
}

// Get is the flag itself.
func (f *flag) Get() any { return f }

// IsBoolFlag tells the library that a switch takes no value.
func (f *flag) IsBoolFlag() bool { return f.takes == "" }

func (f *flag) String() string   { return strings.Join(f.values, ",") }
func (f *flag) GoString() string { return f.twin() }

// twin is the variable of the environment that says the same.
func (f *flag) twin() string {
	return "MOCKAUTH0_" + strings.ToUpper(strings.ReplaceAll(f.name, "-", "_"))
}

// called is the name that the user gave: the flag's, or the twin's.
func (f *flag) called() string {
	if f.fromTwin {
		return f.twin()
	}
	return "--" + f.name
}

// check refuses values that no flag takes.
func (f *flag) check() error {
	for _, value := range f.values {
		switch _, err := strconv.ParseBool(value); {
		case f.takes != "" && strings.TrimSpace(value) == "":
			return fmt.Errorf("%s is empty; write %s %s, or leave it out", f.called(), f.called(), f.takes)
		case f.takes != "" || err == nil:
		case f.fromTwin:
			return f.refuse(value, "write true or false")
		default:
			return fmt.Errorf("--%s=%s: write --%s alone, or --%s=false", f.name, value, f.name, f.name)
		}
	}
	return nil
}

// refuse is the sentence about a value that is no good.
func (f *flag) refuse(value, format string, args ...any) error {
	if strings.ContainsAny(value, " \t\r\n\"") {
		value = strconv.Quote(value)
	}
	separator := " "
	if f.fromTwin {
		separator = "="
	}
	return fmt.Errorf("%s%s%s: %w", f.called(), separator, value, fmt.Errorf(format, args...))
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

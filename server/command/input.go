package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// An input is what a command was given: its arguments, and for each flag the
// values of the command line, else of the flag's twin in the environment.
type input struct {
	World
	args   []string
	values map[string][]string
	twins  map[string]string // the twins that were taken, by flag
}

// newInput adds what the environment says to the values of the command line. A
// twin that is empty counts as unset, and what else begins with MOCKAUTH0_ is
// ignored: Kubernetes sets such variables for a service of that name.
func newInput(w World, c command, args []string, values map[string][]string) (*input, error) {
	in := &input{World: w, args: args, values: values, twins: map[string]string{}}
	for _, f := range c.flags {
		value, _ := w.lookup(f.twin())
		if in.values[f.name] == nil && value != "" {
			in.twins[f.name] = f.twin()
			in.values[f.name] = []string{value}
			if f.list {
				in.values[f.name] = splitList(f.name, value)
			}
		}
		for _, value := range in.values[f.name] {
			if f.value == "" {
				if err := in.checkSwitch(f.name, value); err != nil {
					return nil, err
				}
			} else if strings.TrimSpace(value) == "" {
				return nil, fmt.Errorf("%s is empty; write %s %s, or leave it out", in.name(f.name), in.name(f.name), f.value)
			}
		}
	}
	return in, nil
}

func (in *input) checkSwitch(name, value string) error {
	if _, err := strconv.ParseBool(value); err == nil {
		return nil
	}
	if in.twins[name] != "" {
		return in.refuse(name, value, "write true or false")
	}
	return fmt.Errorf("--%s=%s: write --%s alone, or --%s=false", name, value, name, name)
}

// splitList splits a twin at its commas. An audience's scopes are separated by
// commas, too: what has no :// goes on with the scopes before.
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

// list are the values of a flag that may be given several times.
func (in *input) list(f flag) []string { return in.values[f.name] }

// text is the value of a flag, or empty.
func (in *input) text(f flag) string {
	if values := in.values[f.name]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// on tells whether a switch is on.
func (in *input) on(f flag) bool {
	on, _ := strconv.ParseBool(in.text(f))
	return on
}

// name is what the user knows a flag by: the flag, or the twin it came from.
func (in *input) name(flag string) string {
	if twin := in.twins[flag]; twin != "" {
		return twin
	}
	return "--" + flag
}

// refuse is the sentence about a value of a flag that will not do.
func (in *input) refuse(flag, value, format string, args ...any) error {
	shown := value
	if strings.ContainsAny(value, " \t\r\n\"") {
		shown = strconv.Quote(value)
	}
	separator := " "
	if in.twins[flag] != "" {
		separator = "="
	}
	return fmt.Errorf("%s%s%s: %w", in.name(flag), separator, shown, fmt.Errorf(format, args...))
}

// blame puts the name of a flag before an error that others worded, if it
// does not have it.
func (in *input) blame(f flag, err error) error {
	if err == nil || in.values[f.name] == nil || in.twins[f.name] == "" && strings.Contains(err.Error(), "--"+f.name) {
		return err
	}
	return fmt.Errorf("%s: %w", in.name(f.name), err)
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

package command_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/command"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	all := []string{run(t, nil, "--help").out}
	golden(t, "help.txt", all[0])
	for _, name := range command.Commands() {
		text := run(t, nil, name, "--help").out
		all = append(all, text)
		golden(t, "help-"+name+".txt", text)
		for _, args := range [][]string{{"help", name}, {name, "-h"}, {name, "--help", "argument"}} {
			if got := run(t, nil, args...); got.status != 0 || got.out != text || got.errout != "" {
				t.Errorf("%q: status %d, stderr %q, and the text differs from %s --help:\n%s", args, got.status, got.errout, name, got.out)
			}
		}
	}
	for _, args := range [][]string{{"help"}, {"-h"}} {
		if got := run(t, nil, args...); got.status != 0 || got.out != all[0] {
			t.Errorf("%q: status %d, and the text differs from --help:\n%s", args, got.status, got.out)
		}
	}
	for line := range strings.SplitSeq(strings.Join(all, ""), "\n") {
		if len([]rune(line)) > 80 {
			t.Errorf("a line of %d characters: %s", len([]rune(line)), line)
		}
	}
}

// What exec runs has a --help of its own.
func TestHelpOfExecsCommand(t *testing.T) {
	t.Parallel()
	env, args := child(t, "exit", "3")
	for _, line := range [][]string{
		append([]string{"exec", "--log", "none", "--"}, append(args, "--help")...),
		append([]string{"exec", "--log", "none"}, append(args, "--help", "--", "-h")...),
	} {
		if got := run(t, environ(env...), line...); got.status != 3 {
			t.Errorf("%q: status %d\n%s%s", line, got.status, got.out, got.errout)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"--version"}, {"-v"}} {
		if got := run(t, nil, args...); got.status != 0 || !strings.HasPrefix(got.out, "mockauth0 ") || got.errout != "" {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

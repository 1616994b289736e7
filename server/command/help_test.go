package command

import (
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	all := []string{run(t, nil, "--help").out}
	golden(t, "help.txt", all[0])
	names := []string{"completion"} // which the library adds
	for _, c := range newRoot(World{}).VisibleCommands() {
		names = append(names, c.Name)
	}
	for _, name := range names {
		text := run(t, nil, name, "--help").out
		all = append(all, text)
		golden(t, "help-"+name+".txt", text)
		for _, args := range [][]string{{"help", name}, {name, "-h"}, {name, "--help", "argument"}, {name, "--help", "--bogus"}} {
			if got := run(t, nil, args...); got.status != 0 || got.out != text || got.errout != "" {
				t.Errorf("%q: status %d, stderr %q, and the text differs from %s --help:\n%s", args, got.status, got.errout, name, got.out)
			}
		}
	}
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help", "--addr"}} {
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

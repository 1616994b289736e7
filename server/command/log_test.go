package command

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"
)

func TestTheTextLogDoesNotSteerTheTerminal(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(&textLog{out: &out, mu: &sync.Mutex{}})
	log.Warn("No enum match for: \x1b[2J\nTo sign in as ada use 000000, é", "hint", "add --client \x1b]0;x\a", "error", "line 1\nline 2")
	want := `No enum match for: \x1b[2J\nTo sign in as ada use 000000, é` + "\n" + `  hint: add --client \x1b]0;x\a` + "\n  error: line 1\nline 2\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

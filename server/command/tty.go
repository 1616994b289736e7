package command

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// A tty is a terminal that gives each key as it is pressed, while the program has it in
// the foreground. The terminal goes on to end lines, and to turn Ctrl-C and Ctrl-Z into
// signals: its raw mode would do neither.
type tty struct {
	file *os.File

	mu      sync.Mutex // guards all below
	restore func()     // nil: the terminal is as it was
	ended   bool
}

// take lets the terminal give each key, without showing it.
func (t *tty) take() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended || !foreground(t.file) {
		return false
	}
	restore, err := giveKeys(t.file)
	if restore != nil {
		t.restore = restore
	}
	return err == nil
}

// giveBack makes the terminal as it was before take.
func (t *tty) giveBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.restore != nil && foreground(t.file) {
		t.restore()
	}
	t.restore = nil
}

// end gives the terminal back for good.
func (t *tty) end() {
	t.mu.Lock()
	t.ended = true
	t.mu.Unlock()
	t.giveBack()
}

// isOver tells whether no key can come any more: end was called, or the terminal is
// gone.
func (t *tty) isOver() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended || !isTerminal(t.file)
}

// backAgain is how often a program in the background looks whether the terminal is its
// own again.
const backAgain = time.Second

// next waits for the next key. An error is for good.
func (t *tty) next() (byte, error) {
	var key [1]byte
	for !t.isOver() {
		if !t.take() {
			<-time.After(backAgain)
			continue
		}
		switch n, err := t.file.Read(key[:]); {
		case n == 1:
			return key[0], nil
		case errors.Is(err, io.EOF):
			return 0, err
		}
	}
	return 0, io.EOF
}

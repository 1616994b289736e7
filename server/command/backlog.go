package command

import (
	"io"
	"sync"
	"time"
)

const (
	// mostWaiting is how many bytes of the log wait for a reader that stalls.
	mostWaiting = 1 << 20
	// flushTime is how long the end of the program waits for such a reader.
	flushTime = 2 * time.Second
)

// A backlog writes lines to a reader that may stall, such as a pipe. Write blocks
// nobody: lines wait, and those for which there is no room are dropped and
// counted. A goroutine runs while a line waits.
type backlog struct {
	out     io.Writer
	dropped func(n int) []byte // the line that says how many were dropped

	mu      sync.Mutex // guards all below
	waiting []byte
	lost    int
	idle    chan struct{} // closed when nothing waits any more; nil if nothing does
}

// Write takes one or more lines.
func (b *backlog) Write(lines []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting)+len(lines) > mostWaiting {
		b.lost++
	} else {
		b.waiting = append(b.waiting, lines...)
	}
	if b.idle == nil {
		b.idle = make(chan struct{})
		go b.pass()
	}
	return len(lines), nil
}

// pass writes what waits.
func (b *backlog) pass() {
	for {
		b.mu.Lock()
		lines, lost := b.waiting, b.lost
		if len(lines) == 0 && lost == 0 {
			close(b.idle)
			b.idle = nil
			b.mu.Unlock()
			return
		}
		b.waiting, b.lost = nil, 0
		b.mu.Unlock()
		if lost > 0 { // after the lines that came before them
			lines = append(lines, b.dropped(lost)...)
		}
		_, _ = b.out.Write(lines)
	}
}

// flush waits until all is written, but not longer than flushTime.
func (b *backlog) flush() {
	b.mu.Lock()
	idle := b.idle
	b.mu.Unlock()
	if idle == nil {
		return
	}
	select {
	case <-idle:
	case <-time.After(flushTime):
	}
}

// writeWithin writes to a reader that may stall, for which it waits not longer
// than flushTime.
func writeWithin(out io.Writer, text string) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = io.WriteString(out, text)
	}()
	select {
	case <-written:
	case <-time.After(flushTime):
	}
}

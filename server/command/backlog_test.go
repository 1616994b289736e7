package command

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A stalled writer takes what is written when somebody reads it.
type stalled struct {
	reads chan bool
	got   buffer
}

func (s *stalled) Write(p []byte) (int, error) {
	<-s.reads
	return s.got.Write(p)
}

func newBacklog(out *stalled) *backlog {
	return &backlog{out: out, dropped: func(n int) []byte { return fmt.Appendf(nil, "%d are missing\n", n) }}
}

// Lines wait for a reader that stalls, up to a limit. A line tells, at their
// place, how many there was no room for.
func TestAStalledReaderMissesLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &stalled{reads: make(chan bool)}
		b := newBacklog(out)
		kilobyte := append(bytes.Repeat([]byte("x"), 1023), '\n')
		fmt.Fprintln(b, "the first") // which is being written
		synctest.Wait()
		const lost = 5
		for range mostWaiting/len(kilobyte) + lost {
			if n, err := b.Write(kilobyte); n != len(kilobyte) || err != nil {
				t.Fatal(n, err)
			}
		}
		out.reads <- true
		synctest.Wait()
		fmt.Fprintln(b, "the last")
		out.reads <- true
		out.reads <- true
		b.flush()
		want := "the first\n" + strings.Repeat(string(kilobyte), mostWaiting/len(kilobyte)) + "5 are missing\nthe last\n"
		if got := out.got.String(); got != want {
			t.Errorf("%d bytes, want %d, of which the last are %q", len(got), len(want), got[max(0, len(got)-40):])
		}
	})
}

// The end waits for a reader, but not for one that has stalled.
func TestTheEndDoesNotWaitForAStalledReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &stalled{reads: make(chan bool)}
		b := newBacklog(out)
		began := time.Now()
		b.flush() // of nothing
		fmt.Fprintln(b, "a line")
		b.flush()
		writeWithin(out, "a sentence")
		if took := time.Since(began); took != 2*flushTime {
			t.Errorf("it waits %s", took)
		}
		out.reads <- true
		out.reads <- true
		synctest.Wait()
		if got := out.got.String(); !strings.Contains(got, "a line\n") || !strings.Contains(got, "a sentence") {
			t.Errorf("%q", got)
		}
	})
}

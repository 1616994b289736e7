package mailhog

import (
	"bytes"
	"io"
	"log"
	"sync"

	"github.com/mailhog/data"
)

// MailHog writes every line of every mail, with its codes, to the standard logger, which
// belongs to the host program. A filter drops these lines and no others. Each of them
// has the address of its session, which begins with a marker. This filter is the one
// thing in mockauth0 that changes something global.

// marker begins the address of each session.
const marker = "mockauth0-smtp/"

// filterLog installs the filter while any server receives mail.
var filterLog logFilter

type logFilter struct {
	mu    sync.Mutex
	users int
}

// start installs the filter.
func (f *logFilter) start() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users++
	f.installLocked()
}

// stop removes the filter after the last user, unless the host has wrapped it.
func (f *logFilter) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.users--; f.users > 0 {
		return
	}
	if w, ok := log.Writer().(*filterWriter); ok {
		log.SetOutput(w.next)
	}
}

// check installs the filter again if the host has replaced the logger's output, as
// log.SetOutput and slog.SetDefault do.
func (f *logFilter) check() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.installLocked()
}

func (f *logFilter) installLocked() {
	if w := log.Writer(); f.users > 0 {
		if _, ok := w.(*filterWriter); !ok {
			log.SetOutput(&filterWriter{w})
		}
	}
}

// A filterWriter passes on all lines except MailHog's.
type filterWriter struct{ next io.Writer }

func (w *filterWriter) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("[SMTP "+marker)) {
		return len(line), nil
	}
	return w.next.Write(line)
}

// silenceParser silences MailHog's parser, which has a hook for that.
var silenceParser = sync.OnceFunc(func() { data.LogHandler = func(string, ...any) {} })

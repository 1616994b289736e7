package mailhog

import (
	"bytes"
	"io"
	"log"
	"sync"

	"github.com/mailhog/data"
)

// MailHog writes every line of every mail, with its codes, to the standard
// logger, which belongs to the host program. So its lines are kept out there,
// and only they: each begins with the address of its session, which we name.
// This is the one thing in mockauth0 that touches something global.

// marker begins the address of each of our sessions.
const marker = "mockauth0-smtp/"

// quiet keeps MailHog's lines out while any server takes mail.
var quiet hush

type hush struct {
	mu    sync.Mutex
	users int
}

// hold installs the filter, release takes it out after the last user, unless
// the host has put something around it.
func (h *hush) hold() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users++
	h.install()
}

func (h *hush) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users--; h.users > 0 {
		return
	}
	if f, ok := log.Writer().(*filter); ok {
		log.SetOutput(f.next)
	}
}

// check installs the filter again where the host has replaced the logger's
// output: log.SetOutput and slog.SetDefault do.
func (h *hush) check() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.install()
}

func (h *hush) install() {
	if w := log.Writer(); h.users > 0 {
		if _, ok := w.(*filter); !ok {
			log.SetOutput(&filter{w})
		}
	}
}

// A filter passes on all lines but MailHog's.
type filter struct{ next io.Writer }

func (f *filter) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("[SMTP "+marker)) {
		return len(line), nil
	}
	return f.next.Write(line)
}

// quietParser silences MailHog's parser, which has a hook for that.
var quietParser = sync.OnceFunc(func() { data.LogHandler = func(string, ...any) {} })

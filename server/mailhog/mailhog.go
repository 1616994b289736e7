// Package mailhog is MailHog on a tenant's outbox: a mail server that takes an
// application's own mail, MailHog's HTTP API, so that suites written for
// MailHog run unchanged, Mailpit's API for those written for Mailpit, and a
// relay that hands every mail on to a real one.
//
// The session code is that of github.com/mailhog/MailHog-Server, kept behind
// guards for what is wrong with it. Its storage and its HTTP handlers are not
// used: they race, leak and stop the process. This is the only package that
// imports MailHog, and nothing of it runs unless it is asked for.
package mailhog

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// hostname is the name by which the mail server greets.
const hostname = mail.Domain

// Options make a Server. Box is needed.
type Options struct {
	// Box is the tenant's outbox: what it sent is read there, what an
	// application sends goes there.
	Box *outbox.Box
	// Now is the tenant's time; nil means real time.
	Now func() time.Time
	// Decide says what scenarios do to a mail, once for each of its
	// recipients, and which rules say so: DecideSMTP of the tenant's server.
	// nil means that there are no scenarios.
	Decide func(from, to string) (what *scenarios.Then, rules string)
	// Log hears of each mail that comes in or is refused; nil means nobody
	// does.
	Log *slog.Logger
}

// A Server is safe for use by many goroutines, and many of them live well in
// one process. New starts nothing; what ServeSMTP and Relay start ends with
// Close.
type Server struct {
	Options
	rejected atomic.Int64

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	stored chan *data.Message

	mu        sync.Mutex // guards the three below
	closed    bool
	listeners map[net.Listener]bool
	sessions  map[*guard]bool
	running   sync.WaitGroup // sessions, and calls of ServeSMTP and Relay
	drained   chan struct{}  // closed when nobody reads stored any more; nil if nobody ever did
}

// New makes a Server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = clock.New(time.Time{}, true).Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	quietParser()
	s := &Server{Options: o, stored: make(chan *data.Message), listeners: map[net.Listener]bool{}, sessions: map[*guard]bool{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Rejected is how many SMTP sessions were cut because a mail was too large or
// had too many lines, because a browser was at the other end, or because there
// were too many sessions.
func (s *Server) Rejected() int64 { return s.rejected.Load() }

// Close ends the listeners, the sessions, the relay and the event streams, and
// waits for all but the last.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.running.Wait()
		return nil
	}
	s.closed = true
	s.cancel()
	for ln := range s.listeners {
		_ = ln.Close()
	}
	for g := range s.sessions {
		_ = g.Close()
	}
	drained := s.drained
	s.mu.Unlock()

	s.running.Wait()
	close(s.stored) // nobody writes to it any more
	if drained != nil {
		<-drained
		quiet.release()
	}
	return nil
}

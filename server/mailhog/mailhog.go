// Package mailhog gives tests of mail access to a tenant's outbox. It has
//   - an SMTP server, which receives the mails of an application,
//   - MailHog's HTTP API, so that suites written for MailHog run unchanged,
//   - Mailpit's HTTP API, for suites written for Mailpit,
//   - a relay, which sends every mail on to a real mail server.
//
// The SMTP session is that of github.com/mailhog/MailHog-Server, with guards against
// its defects. Its storage and its HTTP handlers are not used: they have data races and
// leaks, and can stop the process. No other package imports MailHog, and this package
// starts nothing by itself.
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
	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// hostname is the name that the mail server gives itself.
const hostname = mail.Domain

// Options configure a Server. Box is required.
type Options struct {
	// Box is the tenant's outbox. It has the mails of the tenant, and gets those of
	// the application.
	Box *outbox.Box
	// Now returns the tenant's time. nil means real time.
	Now func() time.Time
	// Other returns the outbox and the time of another tenant, which gets the mails of
	// an application to this address. nil means Box, and so does a nil outbox. The APIs
	// and the relay know only Box.
	Other func(to string) (*outbox.Box, func() time.Time)
	// Decide is called for each recipient of a mail, and what it returns as deliver
	// is called when the mail arrives. It tells what scenarios do, and which rules
	// say so, as DecideSMTP of the tenant's server does.
	// nil means that there are no scenarios.
	Decide func(from, to string) (what *scenarios.Then, rules string, deliver func() (how scenarios.Deliver, rules string))
	// Log gets a line for each mail that comes in or is refused. nil means no log.
	Log *slog.Logger
}

// A Server is the mail server, the APIs and the relay of one outbox. It is safe for use
// by many goroutines, and a process may have many servers. New starts nothing, and Close
// ends what ServeSMTP and Relay have started.
type Server struct {
	Options
	rejected atomic.Int64
	readers  readers.Readers // of the APIs

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	stored chan *data.Message

	running sync.WaitGroup // sessions, and calls of ServeSMTP and Relay

	mu        sync.Mutex // guards all below
	closed    bool
	listeners map[net.Listener]bool
	sessions  map[*guard]bool
	drained   chan struct{} // closed when drain has ended; nil if it was never started
}

// New makes a Server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = clock.New(time.Time{}, true).Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	silenceParser()
	s := &Server{Options: o, stored: make(chan *data.Message), listeners: map[net.Listener]bool{}, sessions: map[*guard]bool{}}
	s.readers.Log = o.Log
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Rejected returns how many mails and sessions the server has refused: mails that were
// too large, had too many lines or had parts that were nested too deep, sessions of
// browsers, and sessions beyond the highest number.
func (s *Server) Rejected() int64 { return s.rejected.Load() }

// Close ends the listeners, the sessions, the relay and the event streams. It waits for
// all of them except the event streams.
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
	close(s.stored) // no session writes to it any more
	if drained != nil {
		<-drained
		filterLog.stop()
	}
	return nil
}

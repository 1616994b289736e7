package mailhog

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/mailhog/MailHog-Server/smtp"
)

// maxSessions bounds how many sessions run at a time.
const maxSessions = 256

// ServeSMTP takes mail from the listener until it fails, or until Close, after
// which it returns nil. The listener is closed by then.
func (s *Server) ServeSMTP(ln net.Listener) error {
	defer ln.Close()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.listeners[ln] = true
	s.running.Add(1)
	if s.drained == nil {
		s.drained = make(chan struct{})
		quiet.hold()
		go s.drain(s.drained)
	}
	s.mu.Unlock()
	defer s.running.Done()

	for wait := time.Duration(0); ; {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			wait = 0
			s.serve(conn)
		case s.ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		default: // such as too many open files, which passes
			wait = min(max(2*wait, 5*time.Millisecond), time.Second)
			s.Log.Warn("The mail server cannot accept a connection", "error", err)
			if !s.pause(wait) {
				return nil
			}
		}
	}
}

// drain reads what MailHog's session sends for each mail: it would block.
func (s *Server) drain(drained chan struct{}) {
	defer close(drained)
	for range s.stored {
		continue // the box has the mail by now
	}
}

// pause waits, and tells whether the server still runs.
func (s *Server) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// serve starts a session.
func (s *Server) serve(conn net.Conn) {
	g := newGuard(conn)
	g.refused = func(why string) {
		s.rejected.Add(1)
		s.Log.Warn("A mail is refused: "+why, "from", conn.RemoteAddr().String())
	}
	s.mu.Lock()
	if s.closed || len(s.sessions) >= maxSessions {
		s.mu.Unlock()
		if s.ctx.Err() == nil {
			_ = g.refuse("421 too many connections", fmt.Sprintf("%d sessions are open already", maxSessions))
		}
		_ = g.Close()
		return
	}
	s.sessions[g] = true
	s.running.Add(1)
	s.mu.Unlock()

	quiet.check()
	go func() {
		defer s.running.Done()
		defer func() {
			_ = g.Close()
			s.mu.Lock()
			delete(s.sessions, g)
			s.mu.Unlock()
			if p := recover(); p != nil {
				s.Log.Error("MailHog's session failed", "panic", p)
			}
		}()
		m := &monkey{server: s, guard: g}
		smtp.Accept(marker+conn.RemoteAddr().String(), g, &store{Server: s, monkey: m}, s.stored, hostname, m)
	}()
}

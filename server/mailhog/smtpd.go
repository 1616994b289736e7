package mailhog

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/mailhog/MailHog-Server/smtp"
)

const (
	// maxSessions is how many sessions may be open at a time.
	maxSessions = 256
	// acceptAgain is the pause after a connection could not be accepted.
	acceptAgain = 20 * time.Millisecond
)

// ServeSMTP receives mails by SMTP until the listener fails or Close is called. It closes
// the listener. After Close it returns nil.
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
		filterLog.start()
		go s.drain(s.drained)
	}
	s.mu.Unlock()
	defer s.running.Done()

	for told := false; ; {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			told = false
			s.serve(conn)
		case s.ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		default: // an error that may pass, such as too many open files
			if !told {
				s.Log.Warn("The mail server cannot accept a connection", "error", err)
			}
			told = true
			if !s.pause(acceptAgain) {
				return nil
			}
		}
	}
}

// drain reads the channel to which MailHog's session sends each mail, since a session
// would block otherwise. The box has the mail already.
func (s *Server) drain(drained chan struct{}) {
	defer close(drained)
	for range s.stored {
		continue
	}
}

// pause waits. It returns whether the server still runs.
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

// serve starts the session of a connection.
func (s *Server) serve(conn net.Conn) {
	g := newGuard(conn)
	g.refused = func(why string) {
		s.rejected.Add(1)
		s.Log.Warn("A mail is refused: "+why, "from", conn.RemoteAddr().String())
	}
	g.denied = func(command, reply, why string) {
		if why == "" {
			why = reason(command, reply)
		}
		s.Log.Warn("An SMTP command is refused: "+why, "command", command, "reply", reply, "from", conn.RemoteAddr().String())
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

	filterLog.check()
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

// reason says what is wrong with a command, where MailHog's reply does not.
func reason(command, reply string) string {
	code, words, _ := strings.Cut(reply, " ")
	verb, _, _ := strings.Cut(strings.ToUpper(command), " ")
	switch {
	case code != "500" && strings.HasPrefix(words, "Invalid syntax in MAIL"):
		return "write MAIL FROM:<address>, with the angle brackets"
	case code != "500" && strings.HasPrefix(words, "Invalid syntax in RCPT"):
		return "write RCPT TO:<address>, with the angle brackets"
	case code == "500" && slices.Contains([]string{"MAIL", "RCPT", "DATA", "AUTH"}, verb):
		return "it comes out of order: EHLO, AUTH if at all, MAIL, RCPT, DATA"
	case code == "500" && verb == "STARTTLS":
		return "this port speaks SMTP without TLS"
	case code == "500":
		return "this mail server does not know the command"
	}
	return words
}

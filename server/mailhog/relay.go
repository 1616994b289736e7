package mailhog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// How a mail that was handed on is marked.
const (
	relaySent   = "sent"
	relayFailed = "failed"
)

// relayPatience is how long handing one mail on may take.
const relayPatience = 10 * time.Second

// maxHops is how often a mail may come back: a relay that points at this very
// server would never stop.
const maxHops = 3

// Relay hands each mail that arrives, and those that are there, on to the mail
// server at host:port, in order and without TLS, and notes on the message how
// that went. It returns when Close is called. The outbox is the queue, so
// nobody waits for the relay, and what it evicts is not handed on.
func (s *Server) Relay(address string) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()
	s.follow(context.Background(), follower{}, func(m outbox.Message) bool {
		if m.Relay != nil {
			return true
		}
		err := s.handOn(address, m)
		if s.ctx.Err() != nil {
			return false
		}
		r := outbox.Relay{State: relaySent}
		if err != nil {
			r = outbox.Relay{State: relayFailed, Error: err.Error()}
			s.Log.Warn("The relay does not take the mail to "+m.To, "relay", address, "error", err)
		}
		s.Box.SetRelay(m.ID, r)
		return true
	})
}

// handOn is one SMTP conversation. Not smtp.SendMail, which asks for TLS where
// it is offered and waits without end.
func (s *Server) handOn(address string, m outbox.Message) error {
	e := envelope(m)
	by := " by " + hostname + " (" + software + ") with SMTP;"
	if strings.Count(e.Data, by) >= maxHops {
		return errors.New("the relay sends mails back here")
	}
	ctx, cancel := context.WithTimeout(s.ctx, relayPatience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := converse(conn, e.From, e.To, fmt.Sprintf("Received: from %s%s\r\n %s\r\n%s\r\n",
		hostname, by, m.DeliveredAt.Format(time.RFC1123Z), e.Data)); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	return nil
}

func converse(conn net.Conn, from string, to []string, content string) error {
	c, err := smtp.NewClient(conn, "")
	if err != nil {
		return err
	}
	if err := c.Hello(hostname); err != nil {
		return err
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, r := range to {
		if err := c.Rcpt(r); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(content)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = c.Quit() // it has the mail
	return nil
}

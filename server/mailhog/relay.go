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

// The states of a mail that the relay has tried to send on.
const (
	relaySent   = "sent"
	relayFailed = "failed"
)

// relayTimeout is how long it may take to send one mail on.
const relayTimeout = 10 * time.Second

// maxHops is how often a mail may come back here. A relay to this server itself would
// never stop.
const maxHops = 3

// Relay sends each mail on to the mail server at host:port, in order and without TLS:
// the mails that are there already, and those that arrive. It notes on each message
// whether the mail server took it. It returns when Close is called. The outbox is the
// queue, so no sender waits for the relay, and an evicted mail is not sent on.
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
		err := s.sendOn(address, m)
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

// sendOn sends one mail. It does not use smtp.SendMail, which uses TLS if the server
// offers it, and has no timeout.
func (s *Server) sendOn(address string, m outbox.Message) error {
	e := envelope(m)
	by := " by " + hostname + " (" + software + ") with SMTP;"
	if strings.Count(e.Data, by) >= maxHops {
		return errors.New("the relay sends mails back here")
	}
	ctx, cancel := context.WithTimeout(s.ctx, relayTimeout)
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
	_ = c.Quit() // the server has the mail, so an error does not matter
	return nil
}

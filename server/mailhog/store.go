package mailhog

import (
	"errors"
	"strings"
	"time"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A store is MailHog's storage for one session. It puts mails into the outbox.
type store struct {
	*Server
	monkey *monkey
}

// Store puts a mail into the outbox. Its recipients are those of the envelope, and its
// text is what the guard has read. A recipient for whom a scenario does something gets a
// separate message.
func (s *store) Store(m *data.Message) (string, error) {
	m.Raw.Data, m.Raw.From = s.monkey.guard.taken(), strings.TrimSpace(m.Raw.From)
	if _, err := parse(m.Raw, "", time.Time{}); err != nil {
		s.rejected.Add(1)
		s.monkey.guard.why = err.Error()
		return "", err
	}
	read := mail.Read([]byte(m.Raw.Data + "\r\n"))
	base := outbox.Message{
		Kind: outbox.SMTP, From: read.From, Subject: read.Subject, Text: read.Text, HTML: read.HTML,
		Codes: read.Codes, Links: read.Links,
		Raw: trace{from: m.Raw.From, helo: m.Raw.Helo, at: s.Now()}.prepend(m.Raw.Data),
	}
	if base.From == "" {
		base.From = m.Raw.From
	}
	for _, a := range read.Attachments {
		base.Attachments = append(base.Attachments, outbox.Attachment{
			Part: a.Part, FileName: a.FileName, ContentType: a.ContentType, ContentID: a.ContentID, Size: len(a.Content),
		})
	}
	var id string
	together := map[*outbox.Box][]string{}
	var boxes []*outbox.Box // in the order of their first recipients
	for _, to := range m.Raw.To {
		var how scenarios.Deliver
		rules := ""
		if deliver := s.monkey.deliver[to]; deliver != nil {
			how, rules = deliver()
		}
		if rules != "" {
			id = s.add(base, []string{recipient(to)}, how, rules)
			continue
		}
		box, _ := s.outboxOf(recipient(to))
		if together[box] == nil {
			boxes = append(boxes, box)
		}
		together[box] = append(together[box], recipient(to))
	}
	for _, box := range boxes {
		id = s.add(base, together[box], scenarios.Deliver{}, "")
	}
	if id == "" {
		s.monkey.guard.why = "it has no recipient"
		return "", errors.New(s.monkey.guard.why)
	}
	return id + "@" + hostname, nil
}

// add puts one message into the outbox, in the way that scenarios say.
func (s *store) add(m outbox.Message, to []string, how scenarios.Deliver, rules string) (id string) {
	box, now := s.outboxOf(to[0])
	m.To, m.Recipients, m.Scenario = to[0], to, rules
	m.State = map[string]string{"lost": outbox.Lost, "bounced": outbox.Bounced}[how.Outcome]
	if m.State == "" && how.Delay > 0 {
		m.DeliverAt = now().Add(how.Delay)
	}
	for range max(1, how.Copies) {
		id = box.Add(m).ID
	}
	attributes := []any{"kind", m.Kind, "subject", m.Subject}
	if len(m.Codes) > 0 {
		attributes = append(attributes, "codes", strings.Join(m.Codes, " "))
	}
	s.Log.Info("The app sent a mail to "+strings.Join(to, ", "), attributes...)
	return id
}

// outboxOf returns the outbox that gets a mail to an address, and its time.
func (s *Server) outboxOf(to string) (*outbox.Box, func() time.Time) {
	if s.Other != nil {
		if box, now := s.Other(to); box != nil {
			return box, now
		}
	}
	return s.Box, s.Now
}

// The rest completes MailHog's interface. Its session calls only Store.

// List returns a page of the mails, the newest first.
func (s *store) List(start, limit int) (*data.Messages, error) {
	return views(page(s.mails(), start, limit)), nil
}

// Count returns how many mails there are.
func (s *store) Count() int { return len(s.mails()) }

// Search searches for mails. kind is to, from or containing.
func (s *store) Search(kind, query string, start, limit int) (*data.Messages, int, error) {
	found, total := s.search(kind, query, start, limit)
	return views(found), total, nil
}

// DeleteOne removes a mail.
func (s *store) DeleteOne(id string) error {
	if !s.deleteOne(id) {
		return errors.New("message not found")
	}
	return nil
}

// DeleteAll removes the mails that have arrived.
func (s *store) DeleteAll() error {
	s.deleteAll()
	return nil
}

// Load returns a mail, or nil.
func (s *store) Load(id string) (*data.Message, error) { return s.load(id), nil }

// recipient returns the address in a path of SMTP, which may name relays before it.
func recipient(path string) string {
	p := data.PathFromString(path)
	if p.Domain == "" {
		return p.Mailbox
	}
	return p.Mailbox + "@" + p.Domain
}

package mailhog

import (
	"slices"
	"strings"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// kinds are the kinds of message that are mails.
var kinds = []string{outbox.Email, outbox.SMTP}

// mails returns the mails that have arrived, the newest first.
func (s *Server) mails() []outbox.Message {
	list := slices.DeleteFunc(s.Box.All(outbox.State(outbox.Delivered)), func(m outbox.Message) bool { return !slices.Contains(kinds, m.Kind) })
	slices.Reverse(list)
	return list
}

// mail returns the mail with an id, which is MailHog's or the outbox's.
func (s *Server) mail(id string) (outbox.Message, bool) {
	m, ok := s.Box.Get(strings.TrimSuffix(id, "@"+hostname))
	return m, ok && m.State == outbox.Delivered && slices.Contains(kinds, m.Kind)
}

// load returns the mail with an id in MailHog's form, or nil.
func (s *Server) load(id string) *data.Message {
	if m, ok := s.mail(id); ok {
		return view(m)
	}
	return nil
}

// search searches for mails. kind is to, from or containing. It returns a page of the
// mails that it found, and how many it found.
func (s *Server) search(kind, query string, start, limit int) ([]outbox.Message, int) {
	query = strings.ToLower(query)
	var found []outbox.Message
	for _, m := range s.mails() {
		if matches(view(m), kind, query) {
			found = append(found, m)
		}
	}
	if start > len(found) {
		return nil, 0
	}
	return page(found, start, limit), len(found)
}

// deleteOne removes a mail. It returns whether there was one with that id.
func (s *Server) deleteOne(id string) bool {
	m, ok := s.mail(id)
	return ok && s.Box.Delete(outbox.ID(m.ID)) > 0
}

// deleteAll removes the mails that have arrived. Text messages stay.
func (s *Server) deleteAll() {
	for _, kind := range kinds {
		s.Box.Delete(outbox.Kind(kind), outbox.State(outbox.Delivered))
	}
}

// page returns a page of a list. A page that starts just after the end has the last mail
// once more, as in MailHog.
func page(list []outbox.Message, start, limit int) []outbox.Message {
	if start == len(list) && start > 0 {
		start, limit = start-1, 1
	}
	return list[min(start, len(list)):min(start+limit, len(list))]
}

// views returns mails in MailHog's form.
func views(list []outbox.Message) *data.Messages {
	out := data.Messages{}
	for _, m := range list {
		out = append(out, *view(m))
	}
	return &out
}

// matches tells whether MailHog's search would find a mail.
func matches(m *data.Message, kind, query string) bool {
	has := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(strings.ToLower(s), query) })
	}
	switch kind {
	case "to":
		return slices.ContainsFunc(m.To, func(p *data.Path) bool { return has(p.Mailbox + "@" + p.Domain) }) || has(m.Content.Headers["To"]...)
	case "from":
		return has(m.From.Mailbox+"@"+m.From.Domain) || has(m.Content.Headers["From"]...)
	}
	if has(m.Content.Body) {
		return true
	}
	for _, values := range m.Content.Headers {
		if has(values...) {
			return true
		}
	}
	return false
}

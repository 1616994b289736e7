package mailhog

import (
	"slices"
	"strings"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// kinds are those of mails.
var kinds = []string{outbox.Email, outbox.SMTP}

// mails are the mails that have arrived, the newest first.
func (s *Server) mails() []outbox.Message {
	list := slices.DeleteFunc(s.Box.All(outbox.State(outbox.Delivered)), func(m outbox.Message) bool { return !slices.Contains(kinds, m.Kind) })
	slices.Reverse(list)
	return list
}

// mail is the mail with MailHog's or the outbox's id.
func (s *Server) mail(id string) (outbox.Message, bool) {
	m, ok := s.Box.Get(strings.TrimSuffix(id, "@"+hostname))
	return m, ok && m.State == outbox.Delivered && slices.Contains(kinds, m.Kind)
}

// load is the mail with that id as MailHog knows it, or nil.
func (s *Server) load(id string) *data.Message {
	if m, ok := s.mail(id); ok {
		return view(m)
	}
	return nil
}

// search finds mails by kind: to, from or containing. It returns a part of
// those found, and how many there are.
func (s *Server) search(kind, query string, start, limit int) (*data.Messages, int) {
	query = strings.ToLower(query)
	var found []outbox.Message
	for _, m := range s.mails() {
		if kind == "to" && m.Kind == outbox.Email && !strings.Contains(strings.ToLower(strings.Join(m.Recipients, "\n")), query) {
			continue // the tenant's To says no more than that; most searches are of this kind
		}
		if matches(view(m), kind, query) {
			found = append(found, m)
		}
	}
	if start > len(found) {
		return &data.Messages{}, 0
	}
	return page(found, start, limit), len(found)
}

// deleteOne removes a mail, and tells whether it was there.
func (s *Server) deleteOne(id string) bool {
	m, ok := s.mail(id)
	return ok && s.Box.Delete(outbox.ID(m.ID)) > 0
}

// deleteAll removes the mails that have arrived, and no text message.
func (s *Server) deleteAll() {
	for _, kind := range kinds {
		s.Box.Delete(outbox.Kind(kind), outbox.State(outbox.Delivered))
	}
}

// page is a part of a list. One that starts just behind the end holds, as
// MailHog's does, the last once more.
func page(list []outbox.Message, start, limit int) *data.Messages {
	page := data.Messages{}
	if start == len(list) && start > 0 {
		start, limit = start-1, 1
	}
	for _, m := range list[min(start, len(list)):min(start+limit, len(list))] {
		page = append(page, *view(m))
	}
	return &page
}

// matches searches as MailHog does.
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

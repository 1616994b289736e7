package mailhog

import (
	netmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A term is a condition of a search.
type term func(p *mailpitMail) bool

// maxWords is how many words a query may have. Each is looked for in every mail.
const maxWords = 20

// filterByQuery returns the mails that a search finds, in Mailpit's language
// (mailpit.axllent.org/docs/usage/search-filters). All words and "phrases" must match,
// except for those after - or !, which must not. Dates are in the time zone tz. Like
// Mailpit it ignores words that make no sense.
func filterByQuery(list []outbox.Message, words []string, tz string) []outbox.Message {
	var terms []term
	for _, word := range words {
		if t := parseTerm(word, tz); t != nil {
			terms = append(terms, t)
		}
	}
	return filterMails(list, func(m outbox.Message) bool {
		p := newMailpitMail(m)
		return !slices.ContainsFunc(terms, func(t term) bool { return !t(p) })
	})
}

func filterMails(list []outbox.Message, keep func(outbox.Message) bool) []outbox.Message {
	return slices.DeleteFunc(list, func(m outbox.Message) bool { return !keep(m) })
}

// searchWords splits a query into words. Text in quotes stays together, as in
// subject:"two words".
func searchWords(query string) []string {
	var words []string
	var word strings.Builder
	quoted := false
	for _, r := range query + " " {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			if word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
		default:
			word.WriteRune(r)
		}
	}
	if word.Len() > 0 { // the last quote is missing
		words = append(words, strings.TrimSpace(word.String()))
	}
	return words
}

// parseTerm reads one word. It returns nil if the word makes no sense.
func parseTerm(word, tz string) term {
	not := len(word) > 1 && (word[0] == '-' || word[0] == '!')
	if not {
		word = word[1:]
	}
	t := positiveTerm(word, tz)
	if t == nil || !not {
		return t
	}
	return func(p *mailpitMail) bool { return !t(p) }
}

func positiveTerm(word, tz string) term {
	key, value, _ := strings.Cut(strings.ToLower(word), ":")
	value = strings.TrimSpace(value)
	in := func(of ...func(p *mailpitMail) string) term {
		if value == "" {
			return nil
		}
		return func(p *mailpitMail) bool {
			return slices.ContainsFunc(of, func(text func(p *mailpitMail) string) bool { return strings.Contains(strings.ToLower(text(p)), value) })
		}
	}
	header := func(name string) func(p *mailpitMail) string {
		return func(p *mailpitMail) string { return inWords(p.addresses(name)) }
	}
	bcc := func(p *mailpitMail) string { return inWords(p.bcc()) }
	switch key {
	case "to":
		return in(header("To"))
	case "from":
		return in(func(p *mailpitMail) string { return inWords([]*netmail.Address{p.from()}) })
	case "cc":
		return in(header("Cc"))
	case "bcc":
		return in(bcc)
	case "reply-to":
		return in(header("Reply-To"))
	case "addressed":
		return in(header("To"), header("From"), header("Cc"), bcc, header("Reply-To"))
	case "subject":
		return in(func(p *mailpitMail) string { return p.Subject })
	case "message-id":
		return in((*mailpitMail).messageID)
	case "tag":
		return func(*mailpitMail) bool { return false }
	case "after", "before":
		at, ok := date(value, tz)
		if !ok {
			return nil
		}
		if key == "after" {
			return func(p *mailpitMail) bool { return !p.DeliveredAt.Before(at) }
		}
		return func(p *mailpitMail) bool { return !p.DeliveredAt.After(at) }
	case "larger", "smaller":
		if size, ok := sizeOf(value); ok {
			return func(p *mailpitMail) bool {
				return key == "larger" && p.size > size || key == "smaller" && p.size < size
			}
		}
	}
	switch key + ":" + value {
	case "is:read", "is:tagged":
		return func(*mailpitMail) bool { return false }
	case "is:unread":
		return func(*mailpitMail) bool { return true }
	case "has:attachment", "has:attachments":
		return func(p *mailpitMail) bool { _, attached := p.attachments(); return len(attached) > 0 }
	case "has:inline", "has:inlines":
		return func(p *mailpitMail) bool { inline, _ := p.attachments(); return len(inline) > 0 }
	}
	word = strings.ToLower(word)
	return func(p *mailpitMail) bool { return strings.Contains(p.words(), word) }
}

// inWords returns the names and addresses of a list, to search in.
func inWords(list []*netmail.Address) string {
	var s strings.Builder
	for _, a := range list {
		s.WriteString(a.Name + " " + a.Address + "\n")
	}
	return s.String()
}

// words returns the text in which a word without a key is searched, in lower case.
func (p *mailpitMail) words() string {
	if p.lowered == "" {
		p.lowered = strings.ToLower(p.allWords())
	}
	return p.lowered
}

func (p *mailpitMail) allWords() string {
	text := strings.Join(strings.Fields(p.Text), " ")
	if p.HTML != "" {
		text = mail.Plain(p.HTML)
	}
	all := []string{
		inWords(slices.Concat([]*netmail.Address{p.from()}, p.addresses("To"), p.addresses("Cc"), p.bcc(), p.addresses("Reply-To"))),
		p.Subject, text, p.messageID(),
	}
	for _, a := range p.read.Attachments {
		all = append(all, a.FileName)
	}
	return strings.Join(all, "\n")
}

// dates are the forms that a date may have in a search.
var dates = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
	"2006-01-02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", "02 Jan 2006", "Jan 2, 2006", time.RFC1123Z, time.RFC1123,
}

// date reads a date in a time zone. For an unknown zone it takes the machine's.
func date(text, tz string) (time.Time, bool) {
	zone, err := time.LoadLocation(tz)
	if err != nil || tz == "" {
		zone = time.Local
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) >= 10 {
		if len(text) >= 13 {
			return time.UnixMilli(n), true
		}
		return time.Unix(n, 0), true
	}
	for _, layout := range dates {
		if t, err := time.ParseInLocation(layout, strings.ToUpper(text), zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// sizeOf reads 2kb, 1.5m, 300.
func sizeOf(text string) (int, bool) {
	unit := 1.0
	number := strings.TrimSpace(strings.TrimSuffix(text, "b"))
	switch {
	case strings.HasSuffix(number, "k"):
		unit = 1 << 10
	case strings.HasSuffix(number, "m"):
		unit = 1 << 20
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimRight(number, "km")), 64)
	if err != nil || n <= 0 || n > 1e9 {
		return 0, false
	}
	return int(n * unit), true
}

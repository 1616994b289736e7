package mailhog

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A trace is the headers that a mail server adds to a mail that it receives.
type trace struct {
	from, helo string
	at         time.Time
}

// prepend puts the trace before the data of MailHog's session, which lacks the end of
// the last line.
func (t trace) prepend(content string) []byte {
	return fmt.Appendf(nil, "Return-Path: <%s>\r\nReceived: from %s by %s (%s) with SMTP;\r\n %s\r\n%s\r\n",
		t.from, t.helo, hostname, software, t.at.UTC().Format(time.RFC1123Z), content)
}

// software is the name of this mail server in a trace.
const software = "mockauth0"

var traced = regexp.MustCompile(`\AReturn-Path: <([^>\r\n]*)>\r\nReceived: from ([^\r\n]*) by ` +
	regexp.QuoteMeta(hostname) + ` \(` + software + `\) with SMTP;\r\n [^\r\n]*\r\n`)

// envelope returns a mail as SMTP carries it: a mail of the application without the trace
// that was added here, or a mail of the tenant as it would have been sent.
func envelope(m outbox.Message) *data.SMTPMessage {
	raw := string(mail.Raw(m))
	e := &data.SMTPMessage{From: mail.Address(m.From), To: m.Recipients, Helo: hostname}
	if at := traced.FindStringSubmatchIndex(raw); at != nil && m.Raw != nil {
		e.From, e.Helo = raw[at[2]:at[3]], raw[at[4]:at[5]]
		raw = raw[at[1]:]
	}
	e.Data = strings.TrimSuffix(raw, "\r\n")
	return e
}

// view returns a mail in MailHog's form. The id and the time are those of the outbox, so
// that equal runs give equal answers.
func view(m outbox.Message) *data.Message {
	v, _ := parse(envelope(m), m.ID+"@"+hostname, m.DeliveredAt) // store refuses a mail beyond the bounds
	return v
}

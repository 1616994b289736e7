// Package mail says what a message says: the subject and the texts of an
// e-mail or SMS that carries a code or a magic link, in the mock's own words
// or by the connection's templates.
package mail

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// The senders of the mock's messages.
const (
	senderAddress = "no-reply@mockauth0.test"
	SMSSender     = "+15005550006"
)

// A Letter is what a message is written from.
type Letter struct {
	Tenant     fixtures.Tenant
	Client     *fixtures.Client
	Connection *fixtures.Connection // nil for one without options
	Templates  fixtures.Templates
	Recipient  string // an address or a number
	Send       string
	Language   string        // request_language, raw
	Code       string        // of a message that carries a code
	Link       string        // of a message that carries a magic link
	OTP        string        // the code behind either, for templates
	Lifetime   time.Duration // of either
	Now        time.Time
}

// A Text is a written message.
type Text struct {
	From    string
	Subject string // of an e-mail
	Plain   string
	HTML    string // of an e-mail
	Note    string // what is odd about it
}

// Email writes an e-mail, by the connection's templates if it has some.
func Email(l Letter) Text {
	if t := l.Templates; t.From != nil || t.Subject != nil || t.Body != nil {
		return l.ownEmail()
	}
	return l.email()
}

// email is the mock's own e-mail. The sentences about code and link are those
// of Auth0's sample template (auth0/docs-v2
// lock-android-passwordless-with-magic-link.mdx), which suites look for.
func (l Letter) email() Text {
	what, value := l.carried()
	w := wording{
		sentence: "Your verification " + what + " is: ",
		value:    value,
		client:   l.Client.Name,
		rules:    fmt.Sprintf("It works once, within %s, and only the newest one counts.", span(l.Lifetime)),
		ignore:   "If you did not ask to sign in to " + l.Client.Name + ", you can ignore this e-mail.",
		help:     support(l.Tenant),
	}
	return Text{
		From:    sender(l.Tenant),
		Subject: "Your verification " + what + " for " + l.Client.Name,
		Plain:   w.plain(),
		HTML:    w.page(what == "link"),
	}
}

// carried is what the message carries.
func (l Letter) carried() (what, value string) {
	if l.Link != "" {
		return "link", l.Link
	}
	return "code", l.Code
}

// SMS writes a text message, by the connection's template if it has one.
func SMS(l Letter) Text {
	if l.Templates.SMS != nil {
		return l.ownSMS()
	}
	return l.sms()
}

func (l Letter) sms() Text {
	return Text{From: l.smsSender(), Plain: "Your verification code is: " + l.Code}
}

func (l Letter) smsSender() string {
	if l.Connection == nil {
		return SMSSender
	}
	return cmp.Or(l.Connection.Options.From, SMSSender)
}

func sender(t fixtures.Tenant) string {
	if t.FriendlyName == "" {
		return senderAddress
	}
	return t.FriendlyName + " <" + senderAddress + ">"
}

func support(t fixtures.Tenant) string {
	where := make([]string, 0, 2)
	for _, s := range []string{t.SupportEmail, t.SupportURL} {
		if s != "" {
			where = append(where, s)
		}
	}
	if len(where) == 0 {
		return ""
	}
	return "Help: " + strings.Join(where, ", ")
}

// span is a lifetime in words: "3 minutes", "90 seconds".
func span(d time.Duration) string {
	unit, n := "second", int64(d/time.Second)
	if n >= 60 && n%60 == 0 {
		unit, n = "minute", n/60
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

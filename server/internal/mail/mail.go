// Package mail writes the messages of a tenant: the e-mail or text message with a
// code or a magic link, from the connection's templates or with the mock's default
// text. It writes e-mails as RFC 5322 bytes, and reads such bytes.
package mail

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// The senders of messages by default.
const (
	senderAddress = "no-reply@mockauth0.test"
	SMSSender     = "+15005550006"
)

// A Letter has all that a message is written from.
type Letter struct {
	Tenant     fixtures.Tenant
	Client     *fixtures.Client
	Connection *fixtures.Connection // nil for one without options
	Templates  fixtures.Templates
	Recipient  string // an address or a number
	Send       string
	Language   string        // request_language, as it was sent
	Code       string        // of a message with a code
	Link       string        // of a message with a magic link
	OTP        string        // the code, also of a message with a link: for templates
	Lifetime   time.Duration // of the code or link
	Now        time.Time
}

// A Text is a written message.
type Text struct {
	From    string
	Subject string // of an e-mail
	Plain   string
	HTML    string // of an e-mail
	Note    string // what is unusual about the message
}

// Email writes an e-mail from the connection's templates, or the default e-mail
// if there are none.
func Email(l Letter) Text {
	if t := l.Templates; t.From != nil || t.Subject != nil || t.Body != nil {
		return l.templateEmail()
	}
	return l.defaultEmail()
}

// SMS writes a text message from the connection's template, or the default one if
// there is none.
func SMS(l Letter) Text {
	if l.Templates.SMS != nil {
		return l.templateSMS()
	}
	return l.defaultSMS()
}

// defaultEmail has the sentences of Auth0's sample template about the code or the
// link (auth0/docs-v2 lock-android-passwordless-with-magic-link.mdx), since test
// suites look for them.
func (l Letter) defaultEmail() Text {
	what, value := l.secret()
	client := l.Client.Name
	w := wording{
		sentence: "Your verification " + what + " is: ",
		value:    value,
		client:   client,
		rules:    fmt.Sprintf("It works once, within %s, and only the newest one counts.", inWords(l.Lifetime)),
		ignore:   "If you did not ask to sign in to " + client + ", you can ignore this e-mail.",
		help:     l.help(),
	}
	from := senderAddress
	if name := l.Tenant.FriendlyName; name != "" {
		from = name + " <" + senderAddress + ">"
	}
	return Text{From: from, Subject: "Your verification " + what + " for " + client, Plain: w.plain(), HTML: w.page(what == "link")}
}

func (l Letter) defaultSMS() Text {
	from := SMSSender
	if l.Connection != nil {
		from = cmp.Or(l.Connection.Options.From, from)
	}
	return Text{From: from, Plain: "Your verification code is: " + l.Code}
}

// secret is the link of a message with a link, else the code.
func (l Letter) secret() (what, value string) {
	if l.Link != "" {
		return "link", l.Link
	}
	return "code", l.Code
}

func (l Letter) help() string {
	var where []string
	for _, s := range []string{l.Tenant.SupportEmail, l.Tenant.SupportURL} {
		if s != "" {
			where = append(where, s)
		}
	}
	if len(where) == 0 {
		return ""
	}
	return "Help: " + strings.Join(where, ", ")
}

// inWords is a time such as "3 minutes" or "90 seconds".
func inWords(d time.Duration) string {
	unit, n := "second", int64(d/time.Second)
	if n >= 60 && n%60 == 0 {
		unit, n = "minute", n/60
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

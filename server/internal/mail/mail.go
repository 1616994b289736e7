// Package mail says what a message says: the subject and the texts of an
// e-mail or SMS that carries a code or a magic link, in the mock's own words
// or by the connection's templates.
package mail

import (
	"cmp"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/outbox"
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

// Put writes an e-mail into a message.
func Put(l Letter, m *outbox.Message) {
	text := Email(l)
	m.From, m.Subject, m.Text, m.HTML, m.Note = text.From, text.Subject, text.Plain, text.HTML, text.Note
}

// templated tells whether the connection has templates for e-mails.
func (l Letter) templated() bool {
	return l.Templates.From != nil || l.Templates.Subject != nil || l.Templates.Body != nil
}

// Email writes an e-mail, by the connection's templates if it has some.
func Email(l Letter) Text {
	if l.templated() {
		return l.ownEmail()
	}
	return l.email()
}

// email is the mock's own e-mail.
func (l Letter) email() Text { return l.own().text(l.Code, l.Link) }

// own is what the mock's own e-mail is made of.
func (l Letter) own() ownMail {
	return ownMail{l.Tenant.FriendlyName, l.Tenant.SupportEmail, l.Tenant.SupportURL, l.Client.Name, l.Lifetime}
}

// carried is what the message carries.
func (l Letter) carried() (what, value string) { return carried(l.Code, l.Link) }

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

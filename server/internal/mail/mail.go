// Package mail writes the messages of a tenant: the e-mail or text message with a
// code or a magic link, from the connection's templates or with the mock's default
// text. It writes e-mails as RFC 5322 bytes, and reads such bytes.
package mail

import (
	"cmp"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// The senders of messages by default.
const (
	senderAddress = "no-reply@mockauth0.test"
	SMSSender     = "+15005550006"
)

// ChangeEmail is the operation of the message to a user whose address was changed.
const ChangeEmail = "change_email"

// A Letter has all that a message is written from.
type Letter struct {
	Tenant     fixtures.Tenant
	Client     *fixtures.Client
	Connection *fixtures.Connection // nil for one without options
	Templates  fixtures.Templates
	Recipient  string        // an address or a number
	User       fixtures.User // with all defaults; empty for one who may not exist
	IP         string        // of whom the message tells that it is blocked
	// Organization is the one that the message is about, with a name to show; nil: none.
	Organization *fixtures.Organization
	Inviter      string // who invites to it
	Sender       string // of an e-mail whose template names none; "" for the mock's own
	Send         string
	Operation    string        // ChangeEmail of a message that tells of a new address, else ""
	Language     string        // request_language, as it was sent
	Code         string        // of a message with a code
	Link         string        // of a message with a magic link
	OTP          string        // the code, also of a message with a link: for templates
	Lifetime     time.Duration // of the code or link
	Now          time.Time
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
	text := l.templated(l.defaultEmail(), "email.")
	if l.Templates.From != nil && isAuth0s(text.From) {
		// Source: auth0/docs-v2 authenticate/passwordless/authentication-methods/email-otp.mdx.
		text = l.defaultEmail()
		text.Note = "the templates are not used while email.from is an address of auth0.com, as at Auth0: this is the default text"
	}
	return text
}

// SMS writes a text message from the connection's template, or the default one if
// there is none.
func SMS(l Letter) Text {
	if l.Templates.SMS != nil {
		return l.templateSMS()
	}
	return l.defaultSMS()
}

// Voice is what a voice says on the phone. Its words are ours.
func Voice(l Letter) Text { return l.spoken("for " + l.Tenant.FriendlyName) }

func (l Letter) spoken(purpose string) Text {
	digits := strings.Join(strings.Split(l.Code, ""), ", ")
	return Text{From: SMSSender, Plain: "Hello. Your verification code " + purpose + " is: " + digits + ". Again: " + digits + "."}
}

// defaultEmail has the sentences of Auth0's sample template about the code or the
// link (auth0/docs-v2 lock-android-passwordless-with-magic-link.mdx), since test
// suites look for them.
func (l Letter) defaultEmail() Text {
	if l.Operation == ChangeEmail {
		return l.changedEmail()
	}
	what, value := l.secret()
	client := l.Client.Name
	w := wording{
		title:    "Sign in to " + client,
		headline: "Sign in to <strong>" + html.EscapeString(client) + "</strong>",
		button:   "Sign in",
		sentence: "Your verification " + what + " is: ",
		value:    value,
		rules:    fmt.Sprintf("It works once, within %s, and only the newest one counts.", inWords(l.Lifetime)),
		ignore:   "If you did not ask to sign in to " + client + ", you can ignore this e-mail.",
		help:     l.help(),
	}
	return Text{From: l.sender(), Subject: "Your verification " + what + " for " + client, Plain: w.plain(), HTML: w.page(what == "link")}
}

// changedEmail has the sentence of Auth0's default template.
// Source: auth0/docs articles/email/templates.md, the template of passwordless e-mail.
func (l Letter) changedEmail() Text {
	w := wording{
		title:    "Your email address has been updated",
		sentence: "Your email address has been updated.",
		rules:    "You sign in to " + l.Tenant.FriendlyName + " with " + l.Recipient + " from now on.",
		ignore:   "If you did not ask for it, tell those who run " + l.Tenant.FriendlyName + ".",
		help:     l.help(),
	}
	page := w
	page.rules = html.EscapeString(w.rules)
	return Text{From: l.sender(), Subject: w.title, Plain: w.plain(), HTML: page.page(false)}
}

func (l Letter) sender() string {
	if l.Sender != "" {
		return l.Sender
	}
	if name := l.Tenant.FriendlyName; name != "" {
		return name + " <" + senderAddress + ">"
	}
	return senderAddress
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
	switch {
	case n >= 86400 && n%86400 == 0:
		unit, n = "day", n/86400
	case n >= 60 && n%60 == 0:
		unit, n = "minute", n/60
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// A wording is the sentences of the default e-mail.
type wording struct {
	title, button   string // of a page with a link
	headline        string // the title in HTML
	sentence, value string // the value is a code or a link, if there is one
	rules, ignore   string
	help            string // may be empty
}

func (w wording) plain() string {
	text := w.sentence + w.value + "\n\n" + w.rules + "\n" + w.ignore + "\n"
	if w.help != "" {
		text += "\n" + w.help + "\n"
	}
	return text
}

// The page uses only what all mail clients can show. It has tables, since Outlook
// for Windows lays out with Word. Its elements have their own styles, since some
// forms of Gmail drop style sheets. It fetches nothing. Apple Mail and Outlook on
// phones take the dark colours from the style sheet; other clients compute them.
// A list of mails shows the first line beside the subject. format-detection
// keeps clients from showing a code as a phone number.
const (
	pageHead = `<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<meta name="x-apple-disable-message-reformatting">
<title>`
	pageBody = `</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .canvas { background-color: #16181d !important; }
  .card { background-color: #22252c !important; border-color: #3a3e47 !important; }
  .text { color: #e8eaed !important; }
  .small { color: #a9afba !important; }
  .code { background-color: #16181d !important; color: #ffffff !important; }
  .link { color: #8ab4ff !important; }
}
</style>
</head>
<body class="canvas" style="margin:0; padding:0; background-color:#f3f4f6; -webkit-text-size-adjust:100%; -ms-text-size-adjust:100%;">
<div style="display:none; font-size:1px; line-height:1px; max-height:0; max-width:0; opacity:0; overflow:hidden; mso-hide:all;">`
	pageCard = `</div>
<table role="presentation" class="canvas" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f3f4f6" style="background-color:#f3f4f6;">
<tr><td align="center" style="padding:32px 16px;">
<table role="presentation" class="card" width="480" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%; max-width:480px; background-color:#ffffff; border:1px solid #e1e4e8; border-radius:8px;">
<tr><td class="text" style="padding:28px 32px 0; ` + pageFont + ` font-size:16px; line-height:24px; color:#1c1e21;">`
	pageCell  = "</td></tr>\n<tr><td"
	pageSmall = ` class="small" style="padding:20px 32px 0; ` + pageFont + ` font-size:14px; line-height:20px; color:#5f6673;">`
	pageLast  = ` class="small" style="padding:20px 32px 28px; ` + pageFont + ` font-size:14px; line-height:20px; color:#5f6673;">`
	pageTail  = "</td></tr>\n</table>\n</td></tr>\n</table>\n</body>\n</html>\n"

	pageFont = `font-family:-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;`

	pageCode = `<br><span class="code" style="display:block; margin-top:16px; padding:16px 8px; background-color:#f3f4f6; border-radius:6px; ` +
		`font-family:Consolas, Menlo, 'Courier New', monospace; font-size:34px; line-height:40px; letter-spacing:6px; text-align:center; color:#111318;"><strong>`

	pageButton = ` align="center" style="padding:24px 32px 8px;">
<table role="presentation" cellpadding="0" cellspacing="0" border="0">
<tr><td align="center" bgcolor="#1f5fd6" style="border-radius:6px; background-color:#1f5fd6; mso-padding-alt:14px 28px;"><a href="`
	pageButtonText = `" style="display:inline-block; padding:14px 28px; ` + pageFont + ` font-size:16px; line-height:20px; font-weight:bold; color:#ffffff; text-decoration:none;">`
	pageLink       = `" class="link" style="color:#1f5fd6; word-break:break-all;">`
)

// page is the HTML. It has the same sentences as plain.
func (w wording) page(isLink bool) string {
	value, title := html.EscapeString(w.value), html.EscapeString(w.title)
	var b strings.Builder
	b.Grow(4096 + 3*len(value))
	add := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
	}
	if isLink {
		add(pageHead, title, pageBody, title, pageCard)
		add(w.headline, pageCell, pageButton, value, pageButtonText, w.button, "</a></td></tr>\n</table>", pageCell, pageSmall)
		add(w.sentence, `<a href="`, value, pageLink, value, "</a>")
	} else if w.value == "" {
		add(pageHead, w.sentence, pageBody, w.sentence, pageCard, w.sentence)
	} else {
		add(pageHead, w.sentence, value, pageBody, w.sentence, value, pageCard)
		add(w.sentence, pageCode, value, "</strong></span>")
	}
	last := w.ignore
	add(pageCell, pageSmall, w.rules)
	if w.help != "" {
		add(pageCell, pageSmall, html.EscapeString(last))
		last = w.help
	}
	add(pageCell, pageLast, html.EscapeString(last), pageTail)
	return b.String()
}

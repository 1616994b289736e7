// Package mail says what a message says: the subject and the texts of an
// e-mail or SMS that carries a code or a magic link.
package mail

import (
	"fmt"
	"html"
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
	Tenant   fixtures.Tenant
	Client   *fixtures.Client
	Code     string        // of a message that carries a code
	Link     string        // of a message that carries a magic link
	Lifetime time.Duration // of either
}

// A Text is a written message.
type Text struct {
	From    string
	Subject string // of an e-mail
	Plain   string
	HTML    string // of an e-mail
}

// Email writes an e-mail. The sentences about code and link are those of
// Auth0's sample template (auth0/docs-v2 lock-android-passwordless-with-magic-link.mdx).
func Email(l Letter) Text {
	what, value := "code", l.Code
	if l.Link != "" {
		what, value = "link", l.Link
	}
	sentence := "Your verification " + what + " is: "
	rules := fmt.Sprintf("It works once, within %s, and only the newest one counts.", span(l.Lifetime))
	ignore := "If you did not ask to sign in to " + l.Client.Name + ", you can ignore this e-mail."
	lines := []string{sentence + value, "", rules, ignore}
	if help := support(l.Tenant); help != "" {
		lines = append(lines, "", help)
	}
	shown := "<strong>" + html.EscapeString(value) + "</strong>"
	if l.Link != "" {
		shown = `<a href="` + html.EscapeString(value) + `">sign in to ` + html.EscapeString(l.Client.Name) + `</a>`
	}
	var page strings.Builder
	page.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><body>\n<p>" + sentence + shown + "</p>\n")
	for _, line := range lines[2:] {
		if line != "" {
			page.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
		}
	}
	page.WriteString("</body></html>\n")
	return Text{
		From:    sender(l.Tenant),
		Subject: "Your verification " + what + " for " + l.Client.Name,
		Plain:   strings.Join(lines, "\n") + "\n",
		HTML:    page.String(),
	}
}

// SMS writes a text message.
func SMS(l Letter) Text {
	return Text{From: SMSSender, Plain: "Your verification code is: " + l.Code}
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

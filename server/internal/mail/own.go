package mail

import (
	"fmt"
	"strings"
	"time"
)

// An ownMail is what the mock's own e-mail is made of, beside its code or link:
// what held when it was sent.
type ownMail struct {
	friendlyName, supportEmail, supportURL string // of the tenant
	client                                 string // its name
	lifetime                               time.Duration
}

// text is the e-mail. The sentences about code and link are those of Auth0's
// sample template (auth0/docs-v2
// lock-android-passwordless-with-magic-link.mdx), which suites look for.
func (o ownMail) text(code, link string) Text {
	what, value := carried(code, link)
	said := wording{
		sentence: "Your verification " + what + " is: ",
		value:    value,
		client:   o.client,
		rules:    fmt.Sprintf("It works once, within %s, and only the newest one counts.", span(o.lifetime)),
		ignore:   "If you did not ask to sign in to " + o.client + ", you can ignore this e-mail.",
		help:     o.support(),
	}
	return Text{
		From:    o.sender(),
		Subject: "Your verification " + what + " for " + o.client,
		Plain:   said.plain(),
		HTML:    said.page(what == "link"),
	}
}

// carried is what a message carries that has one of the two.
func carried(code, link string) (what, value string) {
	if link != "" {
		return "link", link
	}
	return "code", code
}

func (o ownMail) sender() string {
	if o.friendlyName == "" {
		return senderAddress
	}
	return o.friendlyName + " <" + senderAddress + ">"
}

func (o ownMail) support() string {
	where := make([]string, 0, 2)
	for _, s := range []string{o.supportEmail, o.supportURL} {
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

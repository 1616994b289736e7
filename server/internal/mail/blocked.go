package mail

import (
	"fmt"
	"html"
)

// BlockedEmail is the e-mail to a user whose address is blocked, with the link that
// takes the block away. The sentences are Auth0's.
// Source: auth0/docs customize-blocked-account-emails, an old page; the subject is
// ours.
func BlockedEmail(l Letter) Text {
	w := wording{
		title:    "Blocked Access Attempt",
		button:   "Unblock",
		sentence: "We detected suspicious activity from the ip: " + l.IP + ". If that is not your IP address, click here to unblock it: ",
		value:    l.Link,
		rules:    "Otherwise disregard this email. Clarification: Your account is not blocked, only access to it from the aforementioned IP.",
		ignore:   fmt.Sprintf("The link works once, within %s.", inWords(l.Lifetime)),
		help:     l.help(),
	}
	w.headline = html.EscapeString(w.title)
	return l.tenantMail("blocked_account", Text{From: l.sender(), Subject: "Your account has been blocked", Plain: w.plain(), HTML: w.page(true)})
}

// BlockedSMS is the same as a text message. Its words are ours.
func BlockedSMS(l Letter) Text {
	text := l.defaultSMS()
	text.Plain = "Your account has been blocked for the ip " + l.IP + ". To unblock it open " + l.Link
	return text
}

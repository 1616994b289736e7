package mail

import (
	"fmt"
	"html"
)

// InvitationEmail is the e-mail to somebody who is invited to an organization, with the
// link that leads to the app. Its words are ours.
func InvitationEmail(l Letter) Text {
	inviter, organization := l.Inviter, l.Organization.DisplayName
	w := wording{
		title:    "You've been invited to join " + organization,
		button:   "Accept invitation",
		sentence: inviter + " has invited you to join " + organization + " on " + l.Client.Name + ". To accept open this link: ",
		value:    l.Link,
		rules:    fmt.Sprintf("The link works once, within %s.", inWords(l.Lifetime)),
		ignore:   "If you do not know " + inviter + ", you can ignore this e-mail.",
		help:     l.help(),
	}
	w.headline = html.EscapeString(w.title)
	page := w
	page.sentence = html.EscapeString(w.sentence)
	return l.tenantMail("user_invitation", Text{From: l.sender(), Subject: w.title, Plain: w.plain(), HTML: page.page(true)})
}

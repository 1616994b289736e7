package mail

import (
	"fmt"
	"html"
)

// ResetEmail is the e-mail to a user who has forgotten the password, with the link
// to the page that asks for a new one. Its words are ours.
func ResetEmail(l Letter) Text {
	w := wording{
		title:    "Reset your password",
		button:   "Reset password",
		sentence: "To change your password for " + l.Tenant.FriendlyName + " open this link: ",
		value:    l.Link,
		rules:    fmt.Sprintf("The link works once, within %s.", inWords(l.Lifetime)),
		ignore:   "If you did not ask for it, you can ignore this e-mail. Your password stays as it is.",
		help:     l.help(),
	}
	w.headline = html.EscapeString(w.title)
	page := w
	page.sentence = html.EscapeString(w.sentence)
	return Text{From: l.sender(), Subject: w.title, Plain: w.plain(), HTML: page.page(true)}
}

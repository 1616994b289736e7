package mail

import (
	"fmt"
	"html"
)

// MFAEmail is the e-mail with the code of a second factor. Its words are ours.
func MFAEmail(l Letter, enrolling bool) Text {
	w := wording{
		title:    "Your verification code for " + l.Tenant.FriendlyName,
		sentence: "Your verification code " + mfaPurpose(l, enrolling) + " is: ",
		value:    l.Code,
		rules:    fmt.Sprintf("It works once, within %s, and only the newest one counts.", inWords(l.Lifetime)),
		ignore:   "If you do not sign in to " + l.Client.Name + " now, somebody else may know your password.",
		help:     l.help(),
	}
	page := w
	page.sentence = html.EscapeString(w.sentence)
	return l.tenantMail("mfa_oob_code", Text{From: l.sender(), Subject: w.title, Plain: w.plain(), HTML: page.page(false)})
}

// MFASMS is the same as a text message, in the words of Auth0's default template.
// Source: auth0/docs-v2 customize-sms-or-voice-messages.mdx, which has those of an
// enrolment; those of a login follow from them.
func MFASMS(l Letter, enrolling bool) Text {
	return Text{From: SMSSender, Plain: l.Code + " is your verification code " + mfaPurpose(l, enrolling) + "."}
}

// MFAVoice is what a voice says on the phone.
func MFAVoice(l Letter, enrolling bool) Text { return l.spoken(mfaPurpose(l, enrolling)) }

func mfaPurpose(l Letter, enrolling bool) string {
	if enrolling {
		return "to enroll with " + l.Tenant.FriendlyName
	}
	return "for " + l.Tenant.FriendlyName
}

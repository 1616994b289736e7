package mail

import (
	"fmt"
	"html"
)

// The e-mails about a user's account. Each is written from the tenant's template of its
// name, if that is enabled. The words without a template are ours.

// tenantMail writes an e-mail from the tenant's template of that name.
func (l Letter) tenantMail(template string, standard Text) Text {
	return l.templated(standard, "email_templates."+template+".")
}

// ResetEmail is the e-mail to a user who has forgotten the password, with the link
// to the page that asks for a new one.
func ResetEmail(l Letter) Text {
	return l.tenantMail("reset_email", l.linked(wording{
		title:    "Reset your password",
		button:   "Reset password",
		sentence: "To change your password for " + l.Tenant.FriendlyName + " open this link: ",
		ignore:   "If you did not ask for it, you can ignore this e-mail. Your password stays as it is.",
	}))
}

// VerificationEmail is the e-mail with the link that verifies the address.
func VerificationEmail(l Letter) Text {
	return l.tenantMail("verify_email", l.linked(wording{
		title:    "Verify your email",
		button:   "Verify email",
		sentence: "To verify your email address for " + l.Tenant.FriendlyName + " open this link: ",
		ignore:   "If you have no account there, you can ignore this e-mail.",
	}))
}

// EnrollmentEmail is the e-mail with the link that leads to the enrolment of a second
// factor.
func EnrollmentEmail(l Letter) Text {
	return l.tenantMail("enrollment_email", l.linked(wording{
		title:    "Enroll your two-factor authentication",
		button:   "Enroll",
		sentence: "To secure your account at " + l.Tenant.FriendlyName + " with a second factor open this link: ",
		ignore:   "If you have no account there, you can ignore this e-mail.",
	}))
}

// VerificationCodeEmail is the e-mail with the code that verifies the address.
func VerificationCodeEmail(l Letter) Text {
	w := wording{
		title:    "Verify your email",
		sentence: "Your verification code is: ",
		value:    l.Code,
		rules:    fmt.Sprintf("It works once, within %s, and only the newest one counts.", inWords(l.Lifetime)),
		ignore:   "If you have no account at " + l.Tenant.FriendlyName + ", you can ignore this e-mail.",
		help:     l.help(),
	}
	return l.tenantMail("verify_email_by_code", Text{From: l.sender(), Subject: w.title, Plain: w.plain(), HTML: w.page(false)})
}

// WelcomeEmail is the e-mail to a new user.
func WelcomeEmail(l Letter) Text {
	w := wording{
		title:    "Welcome to " + l.appName(),
		sentence: "Welcome to " + l.appName() + "!",
		rules:    "Your account has the address " + l.Recipient + ".",
		ignore:   "If you did not ask for an account, tell those who run " + l.Tenant.FriendlyName + ".",
		help:     l.help(),
	}
	page := w
	page.sentence, page.rules = html.EscapeString(w.sentence), html.EscapeString(w.rules)
	return l.tenantMail("welcome_email", Text{From: l.sender(), Subject: w.title, Plain: w.plain(), HTML: page.page(false)})
}

// linked is an e-mail with a link.
func (l Letter) linked(w wording) Text {
	w.value, w.rules, w.help = l.Link, fmt.Sprintf("The link works once, within %s.", inWords(l.Lifetime)), l.help()
	w.headline = html.EscapeString(w.title)
	page := w
	page.sentence = html.EscapeString(w.sentence)
	return Text{From: l.sender(), Subject: w.title, Plain: w.plain(), HTML: page.page(true)}
}

// appName is what the user has an account of.
func (l Letter) appName() string {
	if l.Client.Name != "" {
		return l.Client.Name
	}
	return l.Tenant.FriendlyName
}

// Package tickets makes the links with which users verify their address or change their
// password, and sends the e-mails about a user's account, as several surfaces ask for
// them.
package tickets

import (
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// The pages to which the links lead.
const (
	ResetPath  = "/u/reset-verify"
	VerifyPath = "/u/email-verification"
	EnrollPath = "/mfa/enrollment"
)

// Link is the link of a ticket. Its end is Auth0's.
// Source: auth0/go-auth0 management, the recordings of tickets.
func Link(c *web.Call, t fixtures.Ticket) string {
	path, end := ResetPath, "#"
	switch t.Purpose {
	case outbox.VerifyEmail:
		path = VerifyPath
	case outbox.EnrollmentEmail:
		path, end = EnrollPath, ""
	}
	return strings.TrimSuffix(c.Issuer, "/") + path + "?ticket=" + t.Ticket + end
}

// SendReset sends the e-mail to a user who has forgotten the password. If there is
// no such user nothing is sent, and the caller cannot tell.
func SendReset(c *web.Call, client *fixtures.Client, conn *fixtures.Connection, recipient string) {
	u, _ := c.Tenant.UserNamed(conn.Name, recipient)
	sent, known := send(c, client, u, outbox.ResetEmail)
	if !known {
		recordNoReset(c, client.ClientID, conn.Name, recipient, "The user does not exist.") // Unverified: that Auth0 writes this
		c.Hint("nothing was sent: there is no user " + recipient + " with an e-mail address on connection " + conn.Name)
		return
	}
	recordReset(c, client, conn, sent)
	tell(c, sent, "To change the password of "+recipient)
}

// SendVerification sends the e-mail with the link that verifies a user's address. client
// is the one that the e-mail names; nil: none.
func SendVerification(c *web.Call, client *fixtures.Client, u fixtures.User) {
	if sent, known := send(c, client, u, outbox.VerifyEmail); known {
		recordVerification(c, client, u, sent)
		tell(c, sent, "To verify the address of "+u.Email)
	}
}

// SignedUp sends the first e-mail to a new user of a database: the link that verifies
// the address, or a welcome. Each is sent only if its template is enabled.
// Source: auth0/docs-v2 customize/email/email-templates.mdx.
func SignedUp(c *web.Call, client *fixtures.Client, u fixtures.User) {
	conn, _ := c.Setup.Connection(u.Connection)
	if u.Email == "" || conn == nil || conn.Strategy != tenant.StrategyDatabase || conn.VerifiesByCode() && !u.EmailVerified {
		return // a login page asks for a code
	}
	if _, verifies := c.Setup.Mail(outbox.VerifyEmail); verifies && !u.EmailVerified {
		SendVerification(c, client, u)
	} else {
		Welcome(c, client, u)
	}
}

// Welcome sends the e-mail that welcomes a user, if its template is enabled.
func Welcome(c *web.Call, client *fixtures.Client, u fixtures.User) {
	own, enabled := c.Setup.Mail(outbox.WelcomeEmail)
	if !enabled {
		return
	}
	letter := letterTo(c, client, u, own)
	m := message(c, letter, mail.WelcomeEmail(letter), outbox.WelcomeEmail)
	c.TellMail(c.Tenant.SendMail(c.Effects, c.Now, m), "The e-mail that welcomes "+u.Email+" is in the outbox")
}

// send makes a ticket and its e-mail. They are of the call's organization, if it has one.
func send(c *web.Call, client *fixtures.Client, u fixtures.User, purpose string) (sent []outbox.Message, known bool) {
	own, _ := c.Setup.Mail(purpose)
	letter := letterTo(c, client, u, own)
	letter.Lifetime = own.Lifetime()
	if purpose == outbox.ResetEmail {
		letter.Language = "" // Source: auth0/docs-v2 change-password.mdx: it is not the browser's
	}
	t := fixtures.Ticket{Purpose: purpose, UserID: u.UserID, ClientID: letter.Client.ClientID, Organization: c.Organization, IncludeEmail: own.Settings.IncludeEmailInRedirect == nil || *own.Settings.IncludeEmailInRedirect}
	if purpose == outbox.VerifyEmail { // Auth0's login pages take no notice of that of reset_email
		t.ResultURL = letter.Rendered(own.ResultURL)
	}
	_, sent, known = c.Tenant.MakeTicket(tenant.MailTicketRequest{
		Ticket: t, Lifetime: letter.Lifetime, Now: c.Now, Effects: c.Effects,
		Compose: func(made tenant.MailTicket) outbox.Message {
			letter.Link = Link(c, made.Ticket)
			if made.CutLink {
				letter.Link = letter.Link[:len(letter.Link)*2/3]
			}
			text := mail.ResetEmail
			if purpose == outbox.VerifyEmail {
				text = mail.VerificationEmail
			}
			return message(c, letter, text(letter), purpose)
		},
	})
	return sent, known
}

// An Enrollment asks for a ticket with which a user enrolls a second factor.
type Enrollment struct {
	Ticket fixtures.Ticket // user_id, factor, allow_multiple_enrollments
	// To is the address of the e-mail with the link; "" sends none.
	To string
	// Language is that of the e-mail; "" is that of the request.
	Language string
}

// Enroll makes a ticket with which a user enrolls a second factor. known is false if
// there is no such user.
func Enroll(c *web.Call, e Enrollment) (made fixtures.Ticket, known bool) {
	own, _ := c.Setup.Mail(outbox.EnrollmentEmail)
	e.Ticket.Purpose = outbox.EnrollmentEmail
	r := tenant.MailTicketRequest{Ticket: e.Ticket, Lifetime: own.Lifetime(), Now: c.Now, Effects: c.Effects}
	if e.To != "" {
		r.Compose = func(made tenant.MailTicket) outbox.Message {
			letter := letterTo(c, nil, made.User, own)
			letter.Recipient, letter.Lifetime, letter.Link = e.To, own.Lifetime(), Link(c, made.Ticket)
			if e.Language != "" {
				letter.Language = e.Language
			}
			if made.CutLink {
				letter.Link = letter.Link[:len(letter.Link)*2/3]
			}
			return message(c, letter, mail.EnrollmentEmail(letter), outbox.EnrollmentEmail)
		}
	}
	made, sent, known := c.Tenant.MakeTicket(r)
	if len(sent) > 0 {
		tell(c, sent, "To enroll a second factor of "+e.To)
	}
	return made, known
}

// letterTo is what an e-mail to a user is written from.
func letterTo(c *web.Call, client *fixtures.Client, u fixtures.User, own tenant.OwnMail) mail.Letter {
	if client == nil {
		client = &fixtures.Client{}
	}
	conn, _ := c.Setup.Connection(u.Connection)
	return mail.Letter{
		Tenant: c.Setup.Fixture.Tenant, Client: client, Connection: conn, Templates: own.Templates, Recipient: u.Email, User: tenant.Profile(u),
		Sender: c.Setup.Fixture.MailSender(), Language: c.Language(), Now: c.Now, Organization: c.Setup.ShownOrganization(c.Organization),
	}
}

func message(c *web.Call, l mail.Letter, text mail.Text, purpose string) outbox.Message {
	m := outbox.Message{
		Kind: outbox.Email, Purpose: purpose, To: l.Recipient, Recipients: []string{l.Recipient}, ClientID: l.Client.ClientID, Connection: l.User.Connection, Language: l.Language,
		From: text.From, Subject: text.Subject, Text: text.Plain, HTML: text.HTML, Note: text.Note, CreatedAt: c.Now,
	}
	if l.Link != "" {
		m.Links, m.ExpiresAt = []string{l.Link}, c.Now.Add(l.Lifetime)
	}
	return m
}

// tell tells the developer at the terminal what the link of an e-mail does.
func tell(c *web.Call, sent []outbox.Message, what string) {
	c.TellMail(sent, what+" open "+sent[0].Links[0])
}

// CountReset counts a request for the e-mail, wherever it comes from. The limit is
// that of a caller and an e-mail address.
func CountReset(c *web.Call) error {
	return c.Count(tenant.LimitReset, c.IP+" "+c.Subject.Recipient)
}

// longestLifetime bounds what somebody may ask for: a hundred years.
const longestLifetime = 100 * 365 * 86400

// Lifetime is the lifetime of a ticket for which somebody asked; 0 is the default.
func Lifetime(seconds int64) time.Duration {
	if seconds <= 0 {
		return tenant.TicketLifetime
	}
	return time.Duration(min(seconds, longestLifetime)) * time.Second
}

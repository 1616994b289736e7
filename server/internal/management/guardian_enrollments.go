package management

import (
	"cmp"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
)

// enrollmentOperations begin the enrolment of a second factor. What is enrolled is in factors.go.
var enrollmentOperations = []operation{
	{
		method: "POST", path: "/guardian/enrollments/ticket", summary: "makes a ticket by which a user enrolls a second factor",
		scopes: []string{"create:guardian_enrollment_tickets"}, body: &ticketBody, run: addEnrollmentTicket,
	},
}

var ticketBody = property{types: []string{"object"}, required: []string{"user_id"}, members: []property{
	text.of("user_id", "user_id for the enrollment ticket"), text.withFormat("email").of("email", "alternate email to which the enrollment email will be sent. Optional - by default, the email will be sent to the user's default address"),
	boolean.of("send_mail", "Send an email to the user to start the enrollment"), text.of("email_locale", "Optional. Specify the locale of the enrollment email. Used with send_email."),
	property{types: []string{"string"}, enum: ticketFactors}.of("factor", "Optional. Specifies which factor the user must enroll with."), boolean.of("allow_multiple_enrollments", "Optional. Allows a user who has previously enrolled in MFA to enroll with additional factors."),
}}

// ticketFactors are the factors that a ticket can name.
// Source: npm auth0 7, GuardianEnrollmentFactorEnum.
var ticketFactors = []string{"push-notification", "phone", "email", "otp", "webauthn-roaming", "webauthn-platform"}

// addEnrollmentTicket makes a ticket, and sends it if that is asked for. The link works
// for as long as that of an e-mail.
// Unverified: which refusal Auth0 has for a user without an e-mail address.
func addEnrollmentTicket(c *call) (any, error) {
	u, ok := c.Tenant.User(c.text("user_id"))
	if !ok {
		return nil, refusal.InexistentUser
	}
	e := tickets.Enrollment{Language: c.text("email_locale")}
	e.Ticket = fixtures.Ticket{UserID: u.UserID, Factor: c.text("factor"), AllowMore: c.body["allow_multiple_enrollments"] == true}
	if c.body["send_mail"] == true {
		if e.To = cmp.Or(c.text("email"), u.Email); e.To == "" {
			return nil, refusal.NoEmailAddress
		}
	}
	if factor := tenant.FactorOfTicket(e.Ticket); factor != "" && !slices.Contains(fixtures.IndependentFactors, factor) {
		c.Hint("mockauth0 has no page that enrolls the factor " + c.text("factor"))
	}
	made, known := tickets.Enroll(c.Call, e)
	if !known {
		return nil, refusal.InexistentUser // deleted meanwhile
	}
	return object{{Key: "ticket_id", Value: made.Ticket}, {Key: "ticket_url", Value: tickets.Link(c.Call, made)}}, nil
}

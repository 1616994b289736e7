package management

import (
	"github.com/mockauth0/mockauth0/internal/refusal"
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
	text.of("factor", "Optional. Specifies which factor the user must enroll with."), boolean.of("allow_multiple_enrollments", "Optional. Allows a user who has previously enrolled in MFA to enroll with additional factors."),
}}

// addEnrollmentTicket makes a ticket. The mock does not serve the page to which its URL
// leads.
func addEnrollmentTicket(c *call) (any, error) {
	u, ok := c.Tenant.User(c.text("user_id"))
	if !ok {
		return nil, refusal.InexistentUser
	}
	c.Hint("mockauth0 does not serve the page of an enrolment ticket, and sends no e-mail with it")
	id := c.Setup.Seed.Alphanumeric(32, "enrolment ticket", u.UserID, c.Now.UTC().String())
	return object{{Key: "ticket_id", Value: id}, {Key: "ticket_url", Value: c.Issuer + "mfa/enrollment?ticket=" + id}}, nil
}

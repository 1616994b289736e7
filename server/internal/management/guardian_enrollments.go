package management

import (
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// enrollmentOperations are those on the second factors of users.
var enrollmentOperations = []operation{
	{
		method: "POST", path: "/guardian/enrollments/ticket", summary: "makes a ticket by which a user enrolls a second factor",
		scopes: []string{"create:guardian_enrollment_tickets"}, body: &ticketBody, run: addEnrollmentTicket,
	},
	{
		method: "GET", path: "/guardian/enrollments/{id}", summary: "reads a second factor of a user", scopes: []string{"read:guardian_enrollments"},
		run: readEnrollment,
	},
	{
		method: "DELETE", path: "/guardian/enrollments/{id}", summary: "removes a second factor of a user", scopes: []string{"delete:guardian_enrollments"},
		run: removeEnrollment,
	},
}

var ticketBody = property{types: []string{"object"}, required: []string{"user_id"}, members: []property{
	text.of("user_id", "user_id for the enrollment ticket"), text.withFormat("email").of("email", "alternate email to which the enrollment email will be sent. Optional - by default, the email will be sent to the user's default address"),
	boolean.of("send_mail", "Send an email to the user to start the enrollment"), text.of("email_locale", "Optional. Specify the locale of the enrollment email. Used with send_email."),
	text.of("factor", "Optional. Specifies which factor the user must enroll with."), boolean.of("allow_multiple_enrollments", "Optional. Allows a user who has previously enrolled in MFA to enroll with additional factors."),
}}

// enrollment is the second factor that the path names, and its user.
func (c *call) enrollment() (u fixtures.User, at int, err error) {
	id := c.Vars["id"]
	has := func(a fixtures.Authenticator) bool { return a.ID == id }
	list, _ := c.Tenant.SelectUsers(tenant.Selection{Match: func(u *fixtures.User) bool { return slices.ContainsFunc(u.MFA, has) }})
	if len(list) == 0 {
		return u, -1, refusal.InexistentEnrollment
	}
	return list[0], slices.IndexFunc(list[0].MFA, has), nil
}

func readEnrollment(c *call) (any, error) {
	u, at, err := c.enrollment()
	if err != nil {
		return nil, err
	}
	a := u.MFA[at]
	status := "confirmed"
	if !a.Confirmed() {
		status = "pending"
	}
	shown := object{{Key: "id", Value: a.ID}, {Key: "status", Value: status}}
	if a.PhoneNumber != "" {
		shown = append(shown, member{Key: "phone_number", Value: maskedNumber(a.PhoneNumber)})
	}
	return shown, nil
}

// maskedNumber shows the last four digits.
// Source: auth0/go-auth0, its recordings.
func maskedNumber(number string) string {
	hidden := max(0, len(number)-4)
	return strings.Repeat("X", hidden) + number[hidden:]
}

func removeEnrollment(c *call) (any, error) {
	u, at, err := c.enrollment()
	if err != nil {
		return nil, err
	}
	id := u.MFA[at].ID
	_, err = c.Tenant.UpdateUser(u.UserID, func(u *fixtures.User) error {
		u.MFA = without(u.MFA, func(a fixtures.Authenticator) bool { return a.ID == id })
		return nil
	})
	if err != nil {
		return nil, userError(err)
	}
	return noContent, nil
}

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

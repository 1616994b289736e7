package login

import (
	"errors"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// EnrollmentTicket is GET /mfa/enrollment, where an enrolment ticket leads. It leads on
// to the pages that enroll a second factor, and uses nothing up: a scanner of mail may
// open it.
func EnrollmentTicket(c *web.Call) (any, error) {
	id := c.Params.Text("ticket")
	k, err := c.Tenant.EnrollmentTicket(id, c.Now)
	if err != nil {
		return badEnrollment(c, k, err)
	}
	client, known := c.Setup.Client(k.ClientID)
	if !known { // the pages name the tenant in its place
		client = &fixtures.Client{Name: c.Setup.Fixture.Tenant.FriendlyName}
	}
	a := tenant.Authorization{Client: client, Now: c.Now}
	tx := c.Tenant.Begin(tenant.Transaction{Authorization: a, Ticket: id, Language: askedLanguage(c)})
	page, ok := c.Tenant.BeginEnrollment(tx, c.Now)
	if !ok {
		return badEnrollment(c, k, refusal.NoSecondFactor.Because("guardian.factors of the fixture has no factor that the user could enroll with this ticket"))
	}
	return web.Redirect{To: (&secondFactor{c, &request{Authorization: a}, tx, page}).next()}, nil
}

// badEnrollment tells that a ticket enrolls nothing.
func badEnrollment(c *web.Call, k fixtures.Ticket, err error) (any, error) {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		return nil, err
	}
	words := map[string]string{
		refusal.EnrollmentTicketExpired.Name: "expired", refusal.EnrollmentTicketUsed.Name: "used", refusal.EnrolledAlready.Name: "enrolled",
		refusal.NoSecondFactor.Name: "nothing", refusal.WrongEnrollmentTicket.Name: "unknown",
	}[refused.Name]
	v := ticketView(c, k, "mfa-enroll-result")
	v.failed = v.Screen + ", " + words
	page, err := v.show(c)
	return web.Told{Value: page, Refusal: refused}, err
}

// ticketRefused tells what is wrong with the ticket of the pages; false if they have none,
// or if it is good.
func (m *secondFactor) ticketRefused(err error) (told any, refused bool, _ error) {
	var why *refusal.Refusal
	if m.page.Ticket == "" || !errors.As(err, &why) {
		return nil, false, nil
	}
	switch why.Name {
	case refusal.EnrollmentTicketExpired.Name, refusal.EnrollmentTicketUsed.Name, refusal.EnrolledAlready.Name, refusal.WrongEnrollmentTicket.Name:
		told, err = badEnrollment(m.Call, fixtures.Ticket{ClientID: m.r.Client.ClientID}, err)
		return told, true, err
	}
	return nil, false, nil
}

// enrollResult is where the pages of an enrolment ticket end.
func enrollResult(m *secondFactor) (any, error) {
	if m.page.Ticket == "" {
		return web.Redirect{To: m.next()}, nil
	}
	return m.show(view{Screen: "mfa-enroll-result"})
}

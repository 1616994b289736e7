package tenant

import (
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// FactorOfTicket is the factor that an enrolment ticket names, "" if any will do.
func FactorOfTicket(k fixtures.Ticket) string {
	if k.Factor == "push-notification" {
		return fixtures.FactorPush
	}
	return k.Factor
}

// EnrollmentTicket returns a ticket that enrolls a second factor, if it is good still.
// With a refusal it returns what is known of the ticket.
func (t *Tenant) EnrollmentTicket(id string, now time.Time) (fixtures.Ticket, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, _, err := t.enrollmentTicketLocked(id, now)
	if k == nil {
		return fixtures.Ticket{}, err
	}
	return k.Ticket, err
}

func (t *Tenant) enrollmentTicketLocked(id string, now time.Time) (*mailTicket, *user, error) {
	k, ok := t.mailTickets.get(id)
	if !ok || k.Purpose != outbox.EnrollmentEmail {
		return nil, nil, refusal.WrongEnrollmentTicket.Because("there is no such ticket")
	}
	u, ok := t.users.get(k.UserID)
	switch {
	case !ok:
		return k, nil, refusal.WrongEnrollmentTicket.Because("the user of the ticket was deleted, or linked to another one")
	case u.Blocked:
		return k, nil, refusal.WrongEnrollmentTicket.Because("the user of the ticket is blocked")
	case k.Used:
		return k, nil, refusal.EnrollmentTicketUsed.Because("the ticket has done its work already")
	case k.lapsed || !now.Before(k.ExpiresAt):
		return k, nil, refusal.EnrollmentTicketExpired.Because("the ticket expired at " + k.ExpiresAt.UTC().Format(time.RFC3339))
	case !k.AllowMore && t.enrolledLocked(u):
		return k, nil, refusal.EnrolledAlready.Because("the user has a second factor, and the ticket was made without allow_multiple_enrollments")
	}
	return k, u, nil
}

// BeginEnrollment leads whoever has an enrolment ticket to the pages that enroll a second
// factor. tx is what the pages belong to, with the ticket. To open the pages uses nothing
// up. It returns false if there is no factor that the user could enroll.
func (t *Tenant) BeginEnrollment(tx Transaction, now time.Time) (SecondFactorPage, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stored, begun := t.transactions.get(tx.ID)
	k, u, err := t.enrollmentTicketLocked(tx.Ticket, now)
	if !begun || err != nil {
		return SecondFactorPage{}, false
	}
	step := &secondStep{userID: u.UserID, clientID: k.ClientID, expires: stored.expires, adds: k.AllowMore, page: PageStep{Login: tx.ID, Ticket: tx.Ticket, Enrolls: true}}
	if factor := FactorOfTicket(k.Ticket); factor != "" {
		step.only = []string{factor}
	}
	if _, can := t.offeredLocked(step, u); len(can) == 0 {
		return SecondFactorPage{}, false
	}
	t.addPageStepLocked(step, stored, "mfa-enroll")
	return t.pageLocked(step, u, now), true
}

// enrollableLocked are the factors that a step with an enrolment ticket offers.
func (t *Tenant) enrollableLocked(s *secondStep) []string {
	return slices.DeleteFunc(slices.Clone(fixtures.IndependentFactors), func(f string) bool {
		return !t.factorOn(f) || s.only != nil && !slices.Contains(s.only, f)
	})
}

package tenant

import (
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// TicketLifetime is for how long the link of an e-mail works by default.
// Source: auth0/go-auth0 management, the recordings of tickets.
const TicketLifetime = 432_000 * time.Second

// A MailTicketRequest asks for a ticket: a link with which its owner acts for a user.
type MailTicketRequest struct {
	// Ticket has all but the ticket itself, the user's address, and the time at which it
	// ends.
	Ticket   fixtures.Ticket
	Lifetime time.Duration
	Now      time.Time
	// Effects are what scenarios do to the e-mail.
	Effects *faults.Effects
	// Compose makes the e-mail with the link, under the tenant's lock. nil: there is none.
	Compose func(MailTicket) outbox.Message
}

// A MailTicket is what the e-mail is written from.
type MailTicket struct {
	fixtures.Ticket
	User fixtures.User
	// CutLink cuts the link in two.
	CutLink bool
}

type mailTicket struct {
	fixtures.Ticket
	lapsed bool
}

// A ticketOwner is whose tickets of a purpose are counted.
type ticketOwner struct{ purpose, userID string }

type mailTickets struct {
	bounded[string, *mailTicket]
	count tally[ticketOwner]
	held  map[ticketOwner][]string // messages that arrive after the next one (deliver.swap)
}

func newMailTickets() mailTickets {
	size := func(k *mailTicket) int { return len(k.ResultURL) + len(k.NewPassword) }
	return mailTickets{sized(newBounded[string, *mailTicket](maxTickets, nil), size), newTally[ticketOwner](maxTickets), map[ticketOwner][]string{}}
}

func (ts *mailTickets) settle(now time.Time) {
	for _, k := range ts.all {
		k.lapsed = k.lapsed || !now.Before(k.ExpiresAt)
	}
}

// MakeTicket makes a ticket, and puts the e-mail into the outbox if there is one. known
// is false if there is no such user, or if the user has no e-mail address.
func (t *Tenant) MakeTicket(r MailTicketRequest) (made fixtures.Ticket, sent []outbox.Message, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.accountOf(r.Ticket.UserID)
	enrolls := r.Ticket.Purpose == outbox.EnrollmentEmail
	if !ok || u.Email == "" && !enrolls {
		return made, nil, false
	}
	owner := ticketOwner{r.Ticket.Purpose, u.UserID}
	k := &mailTicket{Ticket: r.Ticket}
	k.ExpiresAt = r.Now.Add(r.Lifetime)
	if !enrolls {
		k.Email = u.Email
	}
	what, _, _ := strings.Cut(k.Purpose, "_")
	k.Ticket.Ticket = t.setup.Seed.Alphanumeric(32, what+" ticket", u.UserID, strconv.FormatInt(t.mailTickets.count.add(owner), 10))
	t.mailTickets.put(k.Ticket.Ticket, k)
	t.noteChange()
	if r.Compose == nil {
		return k.Ticket, nil, true
	}
	before := t.mailTickets.held[owner]
	delete(t.mailTickets.held, owner)
	sent, held := t.deliverLocked(r.Effects, r.Now, []string{"link"}, func(how delivery) outbox.Message {
		return r.Compose(MailTicket{Ticket: k.Ticket, User: cloned(*u.User), CutLink: how.corrupt == "link"})
	})
	if held {
		for _, m := range sent {
			t.mailTickets.held[owner] = append(t.mailTickets.held[owner], m.ID)
		}
	}
	for _, m := range before {
		t.Outbox.Deliver(m)
	}
	return k.Ticket, sent, true
}

// SendMail puts an e-mail without a ticket into the outbox.
func (t *Tenant) SendMail(e *faults.Effects, now time.Time, m outbox.Message) []outbox.Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	sent, _ := t.deliverLocked(e, now, nil, func(delivery) outbox.Message { return m })
	return sent
}

// UserNamed returns the account of a connection by one of its names: a user, or what is
// linked to one.
func (t *Tenant) UserNamed(connection, name string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.users.find(connection, name)
	if u == nil {
		return fixtures.User{}, false
	}
	return cloned(*u.User), true
}

// ResetTicket returns a ticket that can change a password, or refuses it. With a
// refusal it returns what is known of the ticket.
func (t *Tenant) ResetTicket(id string, now time.Time) (fixtures.Ticket, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, u, err := t.mailTicketLocked(outbox.ResetEmail, id, now)
	if k == nil {
		return fixtures.Ticket{}, err
	}
	if err == nil && k.Used {
		err = usedTicket()
	}
	if err == nil {
		err = k.sameAddress(u, refusal.WrongResetTicket)
	}
	return k.Ticket, err
}

// mailTicketLocked returns a ticket and its account. It leaves it to the caller whether a
// used ticket is good.
func (t *Tenant) mailTicketLocked(purpose, id string, now time.Time) (*mailTicket, *account, error) {
	wrong := refusal.WrongResetTicket
	if purpose == outbox.VerifyEmail {
		wrong = refusal.WrongVerificationTicket
	}
	k, ok := t.mailTickets.get(id)
	if !ok || k.Purpose != purpose {
		return nil, nil, wrong.Because("there is no such ticket")
	}
	u, ok := t.users.accountOf(k.UserID)
	switch {
	case !ok:
		return k, nil, wrong.Because("the user of the ticket was deleted")
	case !k.Used && (k.lapsed || !now.Before(k.ExpiresAt)):
		return k, nil, refusal.TicketExpired.Because("the ticket expired at " + k.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return k, u, nil
}

// sameAddress refuses a ticket that went to an address which the user does not have any
// more: somebody else may read what is sent there.
func (k *mailTicket) sameAddress(u *account, wrong *refusal.Refusal) error {
	if k.Email == u.Email {
		return nil
	}
	return wrong.Because("the ticket is for " + k.Email + ", and the user has another address now")
}

func usedTicket() error { return refusal.TicketUsed.Because("the ticket has done its work already") }

// ResetPassword changes a user's password by a ticket, and ends the user's sessions.
// A form that is sent twice, as after a double click, changes it once.
func (t *Tenant) ResetPassword(id, password string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, u, err := t.mailTicketLocked(outbox.ResetEmail, id, now)
	switch {
	case err != nil:
		return err
	case k.Used && u.Password == password:
		return nil
	case k.Used:
		return usedTicket()
	}
	if err := k.sameAddress(u, refusal.WrongResetTicket); err != nil {
		return err
	}
	changed := cloned(u.user.User)
	changed.ChangeAccount(u.UserID, func(of *fixtures.User) {
		of.SetPassword(password)
		of.EmailVerified = of.EmailVerified || k.MarkVerified
	})
	if _, err := t.changeUserLocked(u.user, changed, now); err != nil {
		return err
	}
	k.Used = true
	t.sessions.removeIf(func(s *Session) bool { return s.UserID == changed.UserID })
	return nil
}

// VerifyEmail marks the e-mail address of a ticket's user as verified. With a refusal
// it returns what is known of the ticket. A ticket of an address that the user does not
// have any more verifies nothing.
func (t *Tenant) VerifyEmail(id string, now time.Time) (fixtures.Ticket, fixtures.User, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, u, err := t.mailTicketLocked(outbox.VerifyEmail, id, now)
	switch {
	case k == nil:
		return fixtures.Ticket{}, fixtures.User{}, err
	case err != nil:
		return k.Ticket, fixtures.User{}, err
	case k.Used:
		return k.Ticket, fixtures.User{}, usedTicket()
	}
	if err := k.sameAddress(u, refusal.WrongVerificationTicket); err != nil {
		return k.Ticket, fixtures.User{}, err
	}
	if u.EmailVerified {
		return k.Ticket, fixtures.User{}, refusal.AlreadyVerified
	}
	k.Used = true
	changed := cloned(u.user.User)
	changed.ChangeAccount(u.UserID, func(of *fixtures.User) { of.EmailVerified = true })
	after, err := t.changeUserLocked(u.user, changed, now)
	return k.Ticket, after, err
}

// VerifyByCode marks the e-mail address of a user as verified by the code that was sent
// there.
func (t *Tenant) VerifyByCode(r TokenRequest, conn *fixtures.Connection, userID, otp string) (fixtures.User, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.accountOf(userID)
	switch {
	case !ok:
		return fixtures.User{}, noUser(userID)
	case u.EmailVerified: // a form that is sent twice
		return cloned(*u.User), nil
	}
	if err := t.redeemLocked(conn, u.Email, otp, r); err != nil {
		return fixtures.User{}, err
	}
	u.verify(u.Email)
	u.user.UpdatedAt = r.Now
	t.noteChange()
	return cloned(*u.User), nil
}

// forgetUser takes a deleted user out of the tickets.
func (ts *mailTickets) forgetUser(id string) {
	for _, k := range ts.all {
		forget(&k.UserID, id)
	}
}

// listTicketsLocked are the tickets that are still good.
func (t *Tenant) listTicketsLocked() []fixtures.Ticket {
	var list []fixtures.Ticket
	for _, k := range t.mailTickets.all {
		if !k.lapsed && k.UserID != "" {
			list = append(list, k.Ticket)
		}
	}
	return list
}

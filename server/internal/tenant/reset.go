package tenant

import (
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// ResetLifetime is for how long the link of a reset e-mail works.
// Source: auth0/go-auth0 management, the recordings of tickets.
const ResetLifetime = 432_000 * time.Second

// A ResetRequest asks for the e-mail to a user who has forgotten the password.
type ResetRequest struct {
	Client     *fixtures.Client
	Connection *fixtures.Connection // a database
	Recipient  string               // normalised: an e-mail address, or another name of the user
	Now        time.Time
	// Effects are what scenarios do.
	Effects *faults.Effects
	// Compose makes the message. It is called under the tenant's lock.
	Compose func(ResetTicket) outbox.Message
}

// A ResetTicket is what the link of the e-mail carries: whoever has it may choose a
// new password.
type ResetTicket struct {
	ID         string
	Tenant     fixtures.Tenant
	Client     *fixtures.Client
	Connection *fixtures.Connection
	Recipient  string
	Now        time.Time
	// CutLink cuts the link in two.
	CutLink bool
}

type resetTicket struct {
	clientID, userID string
	expires          time.Time
	used, lapsed     bool
}

type resets struct {
	bounded[string, *resetTicket]
	count tally[string]       // how many tickets each user had so far
	held  map[string][]string // by user, messages that arrive after the next one (deliver.swap)
}

func newResets() resets {
	return resets{newBounded[string, *resetTicket](maxTickets, nil), newTally[string](maxTickets), map[string][]string{}}
}

func (rs *resets) settle(now time.Time) {
	for _, k := range rs.all {
		k.lapsed = k.lapsed || !now.Before(k.expires)
	}
}

// StartReset makes a ticket and puts the e-mail into the outbox. known is false if
// there is no such user, or the user has no e-mail address: then there is no e-mail.
func (t *Tenant) StartReset(r ResetRequest) (sent []outbox.Message, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.users.find(r.Connection.Name, r.Recipient)
	if u == nil || u.Email == "" {
		return nil, false
	}
	id := t.setup.Seed.Alphanumeric(32, "reset ticket", u.UserID, strconv.FormatInt(t.resets.count.add(u.UserID), 10))
	t.resets.put(id, &resetTicket{clientID: r.Client.ClientID, userID: u.UserID, expires: r.Now.Add(ResetLifetime)})
	ticket := ResetTicket{ID: id, Tenant: t.setup.Fixture.Tenant, Client: r.Client, Connection: r.Connection, Recipient: u.Email, Now: r.Now}
	before := t.resets.held[u.UserID]
	delete(t.resets.held, u.UserID)
	sent, held := t.deliverLocked(r.Effects, r.Now, []string{"link"}, func(how delivery) outbox.Message {
		ticket.CutLink = how.corrupt == "link"
		return r.Compose(ticket)
	})
	if held {
		for _, m := range sent {
			t.resets.held[u.UserID] = append(t.resets.held[u.UserID], m.ID)
		}
	}
	for _, m := range before {
		t.Outbox.Deliver(m)
	}
	return sent, true
}

// ResetClient is the client for which a ticket was made. It refuses a ticket that
// cannot change a password.
func (t *Tenant) ResetClient(id string, now time.Time) (clientID string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, _, err := t.resetLocked(id, now)
	if k != nil {
		clientID = k.clientID
	}
	if err == nil && k.used {
		err = usedTicket()
	}
	return clientID, err
}

// resetLocked returns a ticket and the account whose password it changes. It leaves it to the caller whether a
// used ticket is good.
func (t *Tenant) resetLocked(id string, now time.Time) (*resetTicket, *account, error) {
	k, ok := t.resets.get(id)
	if !ok {
		return nil, nil, refusal.WrongResetTicket.Because("there is no such ticket")
	}
	a, ok := t.users.accountOf(k.userID)
	switch {
	case !ok:
		return k, nil, refusal.WrongResetTicket.Because("the user of the ticket was deleted")
	case !k.used && (k.lapsed || !now.Before(k.expires)):
		return k, nil, refusal.ResetTicketExpired.Because("the ticket expired at " + k.expires.UTC().Format(time.RFC3339))
	}
	return k, a, nil
}

func usedTicket() error {
	return refusal.ResetTicketUsed.Because("the ticket has changed a password already")
}

// ResetPassword changes a user's password by a ticket, and ends the user's sessions.
// A form that is sent twice, as after a double click, changes it once.
func (t *Tenant) ResetPassword(id, password string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, a, err := t.resetLocked(id, now)
	switch {
	case err != nil:
		return err
	case k.used && a.Password == password:
		return nil
	case k.used:
		return usedTicket()
	}
	changed := cloned(a.user.User)
	changed.ChangeAccount(a.UserID, func(of *fixtures.User) { of.Password = password })
	if _, err := t.changeUserLocked(a.user, changed, now); err != nil {
		return err
	}
	k.used = true
	t.sessions.removeIf(func(s *Session) bool { return s.UserID == changed.UserID })
	return nil
}

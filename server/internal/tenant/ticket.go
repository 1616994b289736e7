package tenant

import (
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

const (
	// ticketLifetime is how long a page may take from /co/authenticate to
	// /authorize.
	ticketLifetime = 5 * time.Minute
	maxTickets     = 20_000
)

// A Ticket is what a page of an app gets for its user's code or password, and
// takes to /authorize.
type Ticket struct {
	ID string // the login_ticket
	// Verifier and VerifierID are for a browser that keeps cookies of other
	// sites back. Unlike Auth0's, a ticket is bound to no cookie, so that nobody
	// asks for them.
	Verifier, VerifierID string
}

// A ticket is bound to the client that asked for it, and to the user.
type ticket struct {
	clientID, connection, userID string
	expires                      time.Time
}

type tickets struct{ bounded bounded[string, *ticket] }

func newTickets() tickets {
	return tickets{newBounded[string](maxTickets, func(*ticket) bool { return true })}
}

func (ts *tickets) settle(now time.Time) {
	for id, k := range ts.bounded.all {
		if !now.Before(k.expires) {
			ts.bounded.remove(id)
		}
	}
}

// TicketForOTP uses up a code, which may create the user, for a ticket.
func (t *Tenant) TicketForOTP(r TokenRequest, realm, username, otp string) (Ticket, error) {
	conn, recipient, err := t.realm(r.Client, realm, username)
	if err != nil {
		return Ticket{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.redeemLocked(conn, recipient, otp, r); err != nil {
		return Ticket{}, err
	}
	return t.newTicketLocked(r, t.signInLocked(conn, recipient, r.Now)), nil
}

// TicketForPassword is TicketForOTP for a user of a database; realm "" is the
// tenant's default directory.
func (t *Tenant) TicketForPassword(r TokenRequest, realm, username, password string) (Ticket, error) {
	conn, err := t.Database(realm, r.Client)
	if err != nil {
		return Ticket{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.checkPasswordLocked(conn, username, password, r)
	if err != nil {
		return Ticket{}, err
	}
	u.noteLogin(r.Now)
	return t.newTicketLocked(r, u), nil
}

func (t *Tenant) newTicketLocked(r TokenRequest, u *user) Ticket {
	names := []string{r.Client.ClientID, u.id(), strconv.Itoa(u.logins())}
	derived := func(what string, n int) string { return t.setup.Seed.Opaque(n, append([]string{what}, names...)...) }
	made := Ticket{ID: derived("login ticket", 32), Verifier: derived("co verifier", 32), VerifierID: derived("co id", 12)}
	t.tickets.bounded.put(made.ID, &ticket{r.Client.ClientID, u.connection(), names[1], r.Now.Add(ticketLifetime)})
	return made
}

// RedeemTicket signs the browser in whose cookie names the session have, which
// may be none. A ticket is good for one call, whatever comes of it.
func (t *Tenant) RedeemTicket(a Authorization, id, realm, have string) (Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.tickets.bounded.get(id)
	t.tickets.bounded.remove(id)
	switch {
	case !ok:
		return Session{}, refusal.WrongTicket.Because("there is no such login_ticket; it may have been used, or have expired")
	case !a.Now.Before(k.expires):
		return Session{}, refusal.WrongTicket.Because("the login_ticket has expired")
	case k.clientID != a.Client.ClientID:
		return Session{}, refusal.WrongTicket.Because("the login_ticket was given to client " + strconv.Quote(k.clientID))
	case realm != "" && realm != k.connection:
		return Session{}, refusal.WrongTicket.Because("the login_ticket is of connection " + strconv.Quote(k.connection))
	}
	u, ok := t.users.get(k.userID)
	if !ok || u.blocked() || blocked(a.Effects) {
		return Session{}, refusal.UserBlocked
	}
	return *t.newSessionLocked(u, have, a.Now), nil
}

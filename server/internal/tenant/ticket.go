package tenant

import (
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

const (
	// ticketLifetime is how much time a page has between /co/authenticate and
	// /authorize.
	ticketLifetime = 5 * time.Minute
	maxTickets     = 20_000
)

// A Ticket is what a page of an app gets from /co/authenticate for the code or
// password of its user. The page sends it to /authorize.
type Ticket struct {
	ID string // the login_ticket
	// Verifier and VerifierID are for browsers that block the cookies of other
	// sites. Unlike Auth0, a ticket here needs no cookie, so nobody asks for
	// them.
	Verifier, VerifierID string
}

// A ticket belongs to the client that asked for it, and to the user.
type ticket struct {
	clientID, connection, userID string
	expires                      time.Time
}

type tickets struct{ bounded[string, *ticket] }

func newTickets() tickets { return tickets{newBounded[string, *ticket](maxTickets, nil)} }

func (ts *tickets) settle(now time.Time) {
	ts.removeIf(func(k *ticket) bool { return !now.Before(k.expires) })
}

// TicketForOTP exchanges a code for a ticket. The user is created if this is the
// first login.
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
	return t.newTicketLocked(r, conn, t.signInLocked(conn, recipient, r.Now, r.Caller)), nil
}

// TicketForPassword exchanges the password of a database user for a ticket. The
// realm "" means the tenant's default directory.
func (t *Tenant) TicketForPassword(r TokenRequest, realm, username, password string) (Ticket, error) {
	conn, err := t.Database(realm, r.Client)
	if err != nil {
		return Ticket{}, err
	}
	t.learnPassword(conn, username, password)
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.checkPasswordLocked(conn, username, password, r)
	if err != nil {
		return Ticket{}, err
	}
	t.noteLoginLocked(u, r.Now)
	return t.newTicketLocked(r, conn, u), nil
}

func (t *Tenant) newTicketLocked(r TokenRequest, conn *fixtures.Connection, u *user) Ticket {
	names := []string{r.Client.ClientID, u.UserID, strconv.Itoa(u.LoginsCount)}
	derived := func(what string, n int) string { return t.setup.Seed.Opaque(n, append([]string{what}, names...)...) }
	made := Ticket{ID: derived("login ticket", 32), Verifier: derived("co verifier", 32), VerifierID: derived("co id", 12)}
	t.tickets.put(made.ID, &ticket{r.Client.ClientID, conn.Name, u.UserID, r.Now.Add(ticketLifetime)})
	return made
}

// RedeemTicket exchanges a ticket for a session of the browser. sessionID is the
// session in the browser's cookie, "" if there is none. A ticket works for one
// call, even if that call fails.
func (t *Tenant) RedeemTicket(a Authorization, id, realm, sessionID string) (Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.tickets.get(id)
	t.tickets.remove(id)
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
	if !ok || blocked(u, a.Effects) {
		return Session{}, refusal.UserBlocked
	}
	return *t.newSessionLocked(u, sessionID, k.connection, methodOf(t.setup.Strategy(k.connection)), a), nil
}

package tenant

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/runner"
)

const (
	// transactionLifetime is how much time a user has to sign in.
	transactionLifetime = time.Hour
	maxTransactions     = 20_000
)

// A Transaction is a login between the call of /authorize and the app's callback, or
// between the two ends of a device's login: /activate and /device/success.
type Transaction struct {
	// ID is the state parameter of the login pages.
	ID            string
	Authorization Authorization
	// Connection is the connection that the app asked for, "" if it named none.
	Connection string
	// Hint is what the page shows in the field for the identifier at first.
	Hint string
	// Language is that of the pages, if the app asked for one that there is.
	Language string
	// Realm is the connection that the user chose, and Recipient the normalised
	// address, number or username of the user there.
	Realm, Recipient string
	// NewUser has the names of a user who signs up, if the page asked for several.
	NewUser fixtures.User
	// Verified says that the recipient has proved by a code to own the address, and
	// has no account.
	Verified bool
	// SignedIn is the ID of the session that the login led to, "" before that.
	SignedIn string
	// Linked is the user whom a magic link signed in, without a session.
	Linked Session
	// Inviter is who invites, and Invitee the address that is invited; "" without an
	// invitation.
	Inviter, Invitee string
	// EnteredBy is the ID of the user who may sign in through the organization.
	EnteredBy string
	// Ticket is the enrolment ticket that the user has opened. Then nobody signs in.
	Ticket string
	// SignedUp tells that the login has created the user.
	SignedUp bool
	// Anew tells that the user has to sign in, even if the browser is signed in.
	Anew bool
	// PassedBy is the ID of the user who has given a second factor in this login.
	PassedBy string

	// Captured are the fields that partials have brought to the pages so far. The map never
	// changes.
	Captured map[string]string

	// Actions is what the Actions of the login have said so far; nil if none has run.
	Actions *runner.Outcome

	proof      string // the code or password with which the user signed in
	secondStep string // the ID of the step that leads through the pages of a second factor
	expires    time.Time
}

type transactions struct {
	bounded[string, *Transaction]
	count tally[string] // how many transactions had the same parameters so far
}

func newTransactions() transactions {
	underWay := func(t *Transaction) bool { return t.SignedIn == "" }
	return transactions{newBounded[string](maxTransactions, underWay), newTally[string](maxTransactions)}
}

func (ts *transactions) settle(now time.Time) {
	ts.removeIf(func(tx *Transaction) bool { return !now.Before(tx.expires) })
}

// Begin begins a login.
func (t *Tenant) Begin(tx Transaction) Transaction {
	tx.Authorization.Effects, tx.Authorization.Caller = nil, Caller{} // they are of this request alone
	t.mu.Lock()
	defer t.mu.Unlock()
	a := &tx.Authorization
	names := []string{"transaction", a.Client.ClientID, a.RedirectURI, a.Nonce, a.Challenge}
	if a.State != nil {
		names = append(names, *a.State)
	}
	if a.UserCode != "" {
		names = append(names, "device", a.UserCode)
	}
	if tx.Ticket != "" {
		names = append(names, "ticket", tx.Ticket)
	}
	name := t.setup.Seed.Hex(32, names...)
	tx.ID = t.setup.Seed.Opaque(43, "transaction", name, strconv.FormatInt(t.transactions.count.add(name), 10))
	tx.expires = a.Now.Add(transactionLifetime)
	t.transactions.put(tx.ID, &tx)
	return tx
}

// Transaction returns the login with an ID, unless it has ended or expired.
func (t *Tenant) Transaction(id string, now time.Time) (Transaction, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tx, ok := t.transactions.get(id)
	if !ok || !now.Before(tx.expires) {
		return Transaction{}, false
	}
	return *tx, true
}

// Identify notes who wants to sign in, or sign up with several names. If
// somebody else has signed in before in this transaction, that no longer counts.
func (t *Tenant) Identify(tx Transaction, connection, recipient string, newUser fixtures.User) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stored, ok := t.transactions.get(tx.ID)
	if !ok {
		return
	}
	stored.NewUser = newUser
	if stored.Realm == connection && stored.Recipient == recipient {
		return
	}
	stored.Realm, stored.Recipient, stored.SignedIn, stored.proof, stored.Verified = connection, recipient, "", "", false
	stored.Linked = Session{}
}

// maxCaptured is how much a login keeps of the fields of partials, in bytes.
const maxCaptured = 4 << 10

// Capture notes fields that a partial has brought, and returns all of the login so far.
func (t *Tenant) Capture(tx Transaction, fields map[string]string) map[string]string {
	if len(fields) == 0 {
		return tx.Captured
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	stored, ok := t.transactions.get(tx.ID)
	if !ok {
		return tx.Captured
	}
	all := maps.Clone(stored.Captured)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, fields)
	size := 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		one := len(name) + len(all[name])
		if size+one > maxCaptured {
			delete(all, name)
			continue
		}
		size += one
	}
	stored.Captured = all
	return all
}

// repeatedSignInLocked returns the session of a transaction if the user has
// signed in with the same proof before. A form that is sent twice, as after a
// double click, gets the same answer twice.
func (t *Tenant) repeatedSignInLocked(tx Transaction, proof string, now time.Time) (*Session, bool) {
	stored, ok := t.transactions.get(tx.ID)
	if !ok || stored.SignedIn == "" || stored.proof != proof || stored.Realm != tx.Realm || stored.Recipient != tx.Recipient {
		return nil, false
	}
	return t.sessionLocked(stored.SignedIn, now)
}

// noteSignInLocked notes the session that a transaction led to, the proof, and whether
// the user is new.
func (t *Tenant) noteSignInLocked(tx Transaction, proof string, s *Session, isNew bool) {
	if stored, ok := t.transactions.get(tx.ID); ok && stored.Realm == tx.Realm && stored.Recipient == tx.Recipient {
		stored.SignedIn, stored.proof, stored.SignedUp = s.ID, proof, isNew
	}
}

// End ends a login. It is true for one call, whose answer is the app's.
func (t *Tenant) End(tx Transaction) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.transactions.get(tx.ID); !ok {
		return false
	}
	t.transactions.remove(tx.ID)
	return true
}

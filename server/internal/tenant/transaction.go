package tenant

import (
	"strconv"
	"time"
)

const (
	// transactionLifetime is how long a user may take to sign in.
	transactionLifetime = time.Hour
	maxTransactions     = 20_000
)

// A Transaction is a login on its way from /authorize to the app's callback.
type Transaction struct {
	// ID is the state parameter of the login pages.
	ID            string
	Authorization Authorization
	// Connection is what the app asked for, "" if nothing.
	Connection string
	// Hint is what the identifier is filled with.
	Hint string
	// Realm and Recipient are what the user chose: a connection, and a
	// normalised address or number on it.
	Realm, Recipient string
	// SignedIn is the session in which the login ended, once it has.
	SignedIn string

	proof   string // the code or password by which it ended
	expires time.Time
}

type transactions struct {
	bounded bounded[string, *Transaction]
	count   tally[string] // transactions that ask for the same so far
}

func newTransactions() transactions {
	return transactions{newBounded[string](maxTransactions, func(t *Transaction) bool { return t.SignedIn == "" }), newTally[string](maxTransactions)}
}

func (ts *transactions) settle(now time.Time) {
	for id, tx := range ts.bounded.all {
		if !now.Before(tx.expires) {
			ts.bounded.remove(id)
		}
	}
}

// Begin begins a login.
func (t *Tenant) Begin(tx Transaction) Transaction {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := &tx.Authorization
	names := []string{"transaction", a.Client.ClientID, a.RedirectURI, a.Nonce, a.Challenge}
	if a.State != nil {
		names = append(names, *a.State)
	}
	name := t.setup.Seed.Hex(32, names...)
	tx.ID = t.setup.Seed.Opaque(43, "transaction", name, strconv.FormatInt(t.transactions.count.add(name), 10))
	tx.expires = a.Now.Add(transactionLifetime)
	t.transactions.bounded.put(tx.ID, &tx)
	return tx
}

// Transaction is the login that a page's state names, if it is not over.
func (t *Tenant) Transaction(id string, now time.Time) (Transaction, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tx, ok := t.transactions.bounded.get(id)
	if !ok || !now.Before(tx.expires) {
		return Transaction{}, false
	}
	return *tx, true
}

// Identify notes who signs in. Whoever has signed in before has not, if that
// is somebody else.
func (t *Tenant) Identify(tx Transaction, connection, recipient string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	have, ok := t.transactions.bounded.get(tx.ID)
	if !ok || have.Realm == connection && have.Recipient == recipient {
		return
	}
	have.Realm, have.Recipient, have.SignedIn, have.proof = connection, recipient, "", ""
}

// signedInLocked is the session in which a login has ended by the same proof: a
// form that is sent twice, as by a double click, is answered twice alike.
func (t *Tenant) signedInLocked(tx Transaction, proof string, now time.Time) (*Session, bool) {
	have, ok := t.transactions.bounded.get(tx.ID)
	if !ok || have.SignedIn == "" || have.proof != proof || have.Realm != tx.Realm || have.Recipient != tx.Recipient {
		return nil, false
	}
	return t.sessionLocked(have.SignedIn, now)
}

// endInLocked notes the session in which a login ends, and by what proof.
func (t *Tenant) endInLocked(tx Transaction, proof string, s *Session) {
	if have, ok := t.transactions.bounded.get(tx.ID); ok && have.Realm == tx.Realm && have.Recipient == tx.Recipient {
		have.SignedIn, have.proof = s.ID, proof
	}
}

// End ends a login: the app gets its answer from the one call that does.
func (t *Tenant) End(tx Transaction) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.transactions.bounded.get(tx.ID); !ok {
		return false
	}
	t.transactions.bounded.remove(tx.ID)
	return true
}

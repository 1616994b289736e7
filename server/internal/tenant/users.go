package tenant

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
)

// A user is what the tenant knows about one user.
type user struct {
	fixtures.User
	accounts []*account // the user's own one, then those of the linked identities
	seq      int        // the user's place in the order of creation, from 1
}

// An account is what a login names, and what has the password: the user's own data, or
// those of an identity that was linked to the user. Each signs in the same user.
type account struct {
	*fixtures.User        // the data of the account
	address        string // what stands for it: the phone number on an SMS connection, else the first of e-mail address, phone number and username
	user           *user  // who signs in
}

// newUser makes a user with all accounts.
func (s *Setup) newUser(data fixtures.User) *user {
	u := &user{User: data}
	add := func(of *fixtures.User) {
		u.accounts = append(u.accounts, &account{User: of, address: s.AddressOf(*of), user: u})
	}
	add(&u.User)
	for i := range u.Identities {
		of := u.Identities[i].User()
		add(&of)
	}
	return u
}

// address is what stands for the user.
func (u *user) address() string { return u.accounts[0].address }

// isLinked tells whether the account is that of a linked identity.
func (a *account) isLinked() bool { return a != a.user.accounts[0] }

// AddressOf is what stands for a user: where codes are sent, or else the username.
func (s *Setup) AddressOf(u fixtures.User) string { return addressOf(u, s.Strategy(u.Connection)) }

func addressOf(u fixtures.User, strategy string) string {
	if strategy == StrategySMS {
		return u.PhoneNumber
	}
	return u.MainIdentifier()
}

// A userKey names a user of a connection by an address, a number or a username.
// Make it with userKeyOf.
type userKey struct{ connection, address string }

func userKeyOf(connection, to string) userKey { return userKey{connection, address.Key(to)} }

// users are the users of a tenant.
type users struct {
	byID      map[string]*user
	linked    map[string]*account // by the user_id that the account had before
	byAddress map[userKey]*account
	byEmail   map[string][]*user // of all connections, by the normal form of the address
	ordered   []*user            // by seq, so that a list of many users need not be sorted for each call
	seq       int                // of the newest user
	// deleted counts the deleted users of each address. A user who signs up
	// again after that gets a new id, as at Auth0.
	deleted map[userKey]int64
	// edited: a user was changed or deleted, and not only by logins. Then were is a
	// digest of the fixture's users, which Export makes.
	edited bool
	were   string
}

func newUsers() users {
	return users{byID: map[string]*user{}, linked: map[string]*account{}, byAddress: map[userKey]*account{}, byEmail: map[string][]*user{}, deleted: map[userKey]int64{}}
}

// emailKey is the form by which byEmail knows an address.
func emailKey(email string) string { return address.Key(strings.ToLower(email)) }

// find returns the account with an address on a connection, or nil.
func (us *users) find(connection, address string) *account {
	return us.byAddress[userKeyOf(connection, address)]
}

// get returns the user with an id.
func (us *users) get(id string) (*user, bool) {
	u, ok := us.byID[id]
	return u, ok
}

// accountOf returns the account with an id, which may be a linked one.
func (us *users) accountOf(id string) (*account, bool) {
	if u, ok := us.byID[id]; ok {
		return u.accounts[0], true
	}
	a, ok := us.linked[id]
	return a, ok
}

// insert adds a user: at the end of the order, unless the user has a place in
// it already.
func (us *users) insert(u *user) {
	if u.seq == 0 {
		us.seq++
		u.seq = us.seq
	}
	at, _ := us.place(u)
	us.ordered = slices.Insert(us.ordered, at, u)
	us.byID[u.UserID] = u
	if key := emailKey(u.Email); key != "" {
		us.byEmail[key] = append(us.byEmail[key], u)
	}
	for _, a := range u.accounts {
		for _, key := range a.keys() {
			us.byAddress[key] = a
		}
		if a.isLinked() {
			us.linked[a.UserID] = a
		}
	}
}

// place is where a user is in the order, or belongs.
func (us *users) place(u *user) (at int, found bool) {
	return slices.BinarySearchFunc(us.ordered, u, bySeq)
}

// bySeq compares users by the order of creation.
func bySeq(a, b *user) int { return cmp.Compare(a.seq, b.seq) }

func (us *users) remove(u *user) {
	if at, found := us.place(u); found {
		us.ordered = slices.Delete(us.ordered, at, at+1)
	}
	delete(us.byID, u.UserID)
	if key := emailKey(u.Email); key != "" {
		rest := slices.DeleteFunc(us.byEmail[key], func(other *user) bool { return other == u })
		if us.byEmail[key] = rest; len(rest) == 0 {
			delete(us.byEmail, key)
		}
	}
	for _, a := range u.accounts {
		for _, key := range a.keys() {
			delete(us.byAddress, key)
		}
		if a.isLinked() {
			delete(us.linked, a.UserID)
		}
	}
}

// replace puts a user in the place of another one.
func (us *users) replace(old, u *user) {
	u.seq = old.seq
	us.remove(old)
	us.insert(u)
	us.edited = true
}

// Named is the user_id of the user with a name on a connection, or "".
func (t *Tenant) Named(connection, name string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u := t.users.find(connection, name); u != nil {
		return u.user.UserID
	}
	return ""
}

// sameAs returns the users with an account that has the id of one of this user's, or
// one of its names.
func (us *users) sameAs(u *user) []*user {
	var same []*user
	add := func(other *account) {
		if other != nil && !slices.Contains(same, other.user) {
			same = append(same, other.user)
		}
	}
	for _, a := range u.accounts {
		other, _ := us.accountOf(a.UserID)
		add(other)
		for _, key := range a.keys() {
			add(us.byAddress[key])
		}
	}
	return same
}

// keys are all names of the user's accounts.
func (u *user) keys() (keys []userKey) {
	for _, a := range u.accounts {
		keys = append(keys, a.keys()...)
	}
	return keys
}

// keys are all names of the account. In a database each is one account's.
func (a *account) keys() []userKey {
	keys := []userKey{a.key()}
	if !strings.HasPrefix(a.UserID, StrategyDatabase+"|") {
		return keys
	}
	for _, kind := range fixtures.Kinds {
		if name := a.Identifier(kind); name != "" && name != a.address {
			keys = append(keys, userKeyOf(a.Connection, name))
		}
	}
	return keys
}

func (a *account) key() userKey { return userKeyOf(a.Connection, a.address) }

// newUserIDLocked returns what follows the strategy in the user_id that a new
// user with this address gets: 24 hexadecimal digits.
func (t *Tenant) newUserIDLocked(conn *fixtures.Connection, address string) string {
	key := userKeyOf(conn.Name, address)
	for n := t.users.deleted[key]; ; n++ {
		names := []string{"user", key.connection, key.address}
		if n > 0 {
			names = append(names, strconv.FormatInt(n, 10))
		}
		id := t.setup.Seed.Hex(24, names...)
		// A fixture may have given this very id to another user, or another user may
		// have been linked, who had it.
		if _, taken := t.users.accountOf(conn.Strategy + "|" + id); !taken {
			return id
		}
	}
}

// objectID returns the part of the user_id after the strategy.
func (a *account) objectID() string {
	_, id, _ := strings.Cut(a.UserID, "|")
	return id
}

// owns tells whether an address to which codes go is the account's. It is not if it is
// the account's name: a username may look like an address of somebody else.
func (a *account) owns(address string) bool {
	return userKeyOf(a.Connection, a.Identifier(kindOfAddress(address))) == userKeyOf(a.Connection, address)
}

func (a *account) verified() bool { return a.EmailVerified || a.PhoneVerified }

// verify notes that the user can read what is sent to an address of the account.
func (a *account) verify(address string) {
	note := func(email, phone *bool) {
		if isNumber(address) {
			*phone = true
		} else {
			*email = true
		}
	}
	note(&a.EmailVerified, &a.PhoneVerified)
	if a.isLinked() {
		a.user.Identities = slices.Clone(a.user.Identities) // a login may hold the list
		for i := range a.user.Identities {
			if of := &a.user.Identities[i]; of.ID() == a.UserID {
				note(&of.ProfileData.EmailVerified, &of.ProfileData.PhoneVerified)
			}
		}
	}
}

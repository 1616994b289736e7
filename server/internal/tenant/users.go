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
	address string // what stands for the user: the phone number on an SMS connection, else the first of e-mail address, phone number and username
	seq     int    // the user's place in the order of creation, from 1
}

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
	byAddress map[userKey]*user
	byEmail   map[string][]*user // of all connections, by the normal form of the address
	ordered   []*user            // by seq, so that a list of many users need not be sorted for each call
	seq       int                // of the newest user
	// deleted counts the deleted users of each address. A user who signs up
	// again after that gets a new id, as at Auth0.
	deleted map[userKey]int64
}

func newUsers() users {
	return users{byID: map[string]*user{}, byAddress: map[userKey]*user{}, byEmail: map[string][]*user{}, deleted: map[userKey]int64{}}
}

// emailKey is the form by which byEmail knows an address.
func emailKey(email string) string { return address.Key(strings.ToLower(email)) }

// find returns the user with an address on a connection, or nil.
func (us *users) find(connection, address string) *user {
	return us.byAddress[userKeyOf(connection, address)]
}

// get returns the user with an id.
func (us *users) get(id string) (*user, bool) {
	u, ok := us.byID[id]
	return u, ok
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
	for _, key := range u.keys() {
		us.byAddress[key] = u
	}
}

// place is where a user is in the order, or belongs.
func (us *users) place(u *user) (at int, found bool) {
	return slices.BinarySearchFunc(us.ordered, u, func(a, b *user) int { return cmp.Compare(a.seq, b.seq) })
}

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
	for _, key := range u.keys() {
		delete(us.byAddress, key)
	}
}

// Named is the user_id of the user with a name on a connection, or "".
func (t *Tenant) Named(connection, name string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u := t.users.find(connection, name); u != nil {
		return u.UserID
	}
	return ""
}

// sameAs returns the users who have the id of this one, or one of its names.
func (us *users) sameAs(u *user) []*user {
	var same []*user
	add := func(other *user) {
		if other != nil && !slices.Contains(same, other) {
			same = append(same, other)
		}
	}
	add(us.byID[u.UserID])
	for _, key := range u.keys() {
		add(us.byAddress[key])
	}
	return same
}

// keys are all names of the user. In a database each is one user's.
func (u *user) keys() []userKey {
	keys := []userKey{u.key()}
	if !strings.HasPrefix(u.UserID, StrategyDatabase+"|") {
		return keys
	}
	for _, kind := range fixtures.Kinds {
		if name := u.Identifier(kind); name != "" && name != u.address {
			keys = append(keys, userKeyOf(u.Connection, name))
		}
	}
	return keys
}

func (u *user) key() userKey { return userKeyOf(u.Connection, u.address) }

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
		// A fixture may have given this very id to another user.
		if _, taken := t.users.get(conn.Strategy + "|" + id); !taken {
			return id
		}
	}
}

// objectID returns the part of the user_id after the strategy.
func (u *user) objectID() string {
	_, id, _ := strings.Cut(u.UserID, "|")
	return id
}

// owns tells whether an address to which codes go is the user's. It is not if it is the
// user's name: a username may look like an address of somebody else.
func (u *user) owns(address string) bool {
	return userKeyOf(u.Connection, u.Identifier(kindOfAddress(address))) == userKeyOf(u.Connection, address)
}

func (u *user) verified() bool { return u.EmailVerified || u.PhoneVerified }

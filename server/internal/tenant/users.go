package tenant

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A user is one who signed up with a code, of whom nothing else is known, or
// else what a fixture, an administrator or a sign-up form said. There may be
// very many of the former, so that one is small.
type user struct {
	more                  *fixtures.User // all that is known; nil of one who signed up with a code, and what follows stands for it
	home                  *home
	address               string // by which the user signs in: the number with SMS, else the e-mail address
	seq                   uint32 // the order of creation
	loginsCount           uint32
	object                [12]byte // the part of the user_id behind the strategy
	created, seen         int64    // when the user signed up, and last signed in: seconds,
	createdNsec, seenNsec uint32   // and nanoseconds, which take half the space of times
}

func timeOf(sec int64, nsec uint32) time.Time { return time.Unix(sec, int64(nsec)).UTC() }

// A home is the users of a connection, by address.
type home struct {
	connection string
	users      map[string]*user
}

// users finds users by id, and by address within a connection.
type users struct {
	byID     map[string]*user   // those of whom more is known
	byObject map[[12]byte]*user // those who signed up with a code
	homes    map[string]*home   // by connection
	seq      uint32
	// deleted counts the users that have been deleted, by connection and
	// address: one who signs up again gets another id, as at Auth0.
	deleted map[challengeKey]int64
}

func newUsers() users {
	return users{byID: map[string]*user{}, byObject: map[[12]byte]*user{}, homes: map[string]*home{}, deleted: map[challengeKey]int64{}}
}

func (us *users) len() int { return len(us.byID) + len(us.byObject) }

// home is where the users of a connection are.
func (us *users) home(connection string) *home {
	h := us.homes[connection]
	if h == nil {
		h = &home{connection, map[string]*user{}}
		us.homes[connection] = h
	}
	return h
}

// find is the user with an address, or nil.
func (us *users) find(connection, address string) *user {
	h := us.homes[connection]
	if h == nil {
		return nil
	}
	return h.users[address]
}

// get is the user with an id.
func (us *users) get(id string) (*user, bool) {
	if u, ok := us.byID[id]; ok {
		return u, true
	}
	strategy, digits, _ := strings.Cut(id, "|")
	u, ok := us.byObject[objectOf(digits)]
	return u, ok && u.strategy() == strategy && u.objectID() == digits
}

// objectOf is an object id, which has 24 digits, in half the space.
func objectOf(digits string) (object [12]byte) {
	if len(digits) == hex.EncodedLen(len(object)) {
		_, _ = hex.Decode(object[:], []byte(digits)) // what is none finds nothing
	}
	return object
}

// signUp adds a user of whom nothing is known but the address, which is
// verified by the code.
func (us *users) signUp(conn *fixtures.Connection, address, object string, now time.Time) *user {
	u := &user{home: us.home(conn.Name), address: address, object: objectOf(object), created: now.Unix(), createdNsec: uint32(now.Nanosecond())}
	u.sawAt(now)
	if _, taken := us.get(u.id()); taken || u.strategy() != conn.Strategy {
		all := u.full() // of which no small one can say everything
		all.UserID = conn.Strategy + "|" + object
		u.more = &all
	}
	us.insert(u)
	return u
}

// insert adds a user, behind all others unless its place is known.
func (us *users) insert(u *user) {
	if u.seq == 0 {
		us.seq++
		u.seq = us.seq
	}
	if u.more == nil {
		us.byObject[u.object] = u
	} else {
		us.byID[u.more.UserID] = u
	}
	u.home.users[u.address] = u
}

func (us *users) remove(u *user) {
	if u.more == nil {
		delete(us.byObject, u.object)
	} else {
		delete(us.byID, u.more.UserID)
	}
	delete(u.home.users, u.address)
}

// sorted are all users in the order of their creation.
func (us *users) sorted() []*user {
	all := make([]*user, 0, us.len())
	all = slices.AppendSeq(all, maps.Values(us.byID))
	all = slices.AppendSeq(all, maps.Values(us.byObject))
	slices.SortFunc(all, func(a, b *user) int { return cmp.Compare(a.seq, b.seq) })
	return all
}

// full is all that is known of a user. It shares its maps.
func (u *user) full() fixtures.User {
	if u.more != nil {
		return *u.more
	}
	seen := timeOf(u.seen, u.seenNsec)
	full := fixtures.User{
		UserID: u.id(), Connection: u.home.connection, CreatedAt: timeOf(u.created, u.createdNsec),
		UpdatedAt: seen, LastLogin: seen, LoginsCount: int(u.loginsCount),
	}
	if u.strategy() == StrategySMS {
		full.PhoneNumber, full.PhoneVerified = u.address, true
	} else {
		full.Email, full.EmailVerified = u.address, true
	}
	return full
}

func (u *user) key() challengeKey { return challengeKey{u.home.connection, u.address} }

func (u *user) connection() string { return u.home.connection }

func (u *user) id() string {
	if u.more != nil {
		return u.more.UserID
	}
	return u.strategy() + "|" + u.objectID()
}

// strategy is that of one who signed up with a code.
func (u *user) strategy() string {
	if strings.Contains(u.address, "@") {
		return StrategyEmail
	}
	return StrategySMS
}

// objectID is the part of the user_id behind the strategy.
func (u *user) objectID() string {
	if u.more == nil {
		return hex.EncodeToString(u.object[:])
	}
	_, id, _ := strings.Cut(u.more.UserID, "|")
	return id
}

func (u *user) blocked() bool { return u.more != nil && u.more.Blocked }

func (u *user) verified() bool { return u.more == nil || u.more.EmailVerified || u.more.PhoneVerified }

func (u *user) password() string {
	if u.more == nil {
		return ""
	}
	return u.more.Password
}

func (u *user) permissions(audience string) []string {
	if u.more == nil {
		return nil
	}
	return u.more.Permissions[audience]
}

// logins is how often the user has signed in.
func (u *user) logins() int {
	if u.more == nil {
		return int(u.loginsCount)
	}
	return u.more.LoginsCount
}

func (u *user) noteLogin(now time.Time) {
	if u.more == nil {
		u.loginsCount++
		u.sawAt(now)
		return
	}
	u.more.LoginsCount++
	u.more.LastLogin, u.more.UpdatedAt = now, now
}

func (u *user) sawAt(now time.Time) { u.seen, u.seenNsec = now.Unix(), uint32(now.Nanosecond()) }

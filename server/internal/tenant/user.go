package tenant

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A user is a fixture's user with every default filled that does not depend on
// how it is shown: id, connection, times.
type user struct {
	fixtures.User
	addr string // by which the user signs in: the number with SMS, else the e-mail address
	seq  int64  // the order of creation
}

// users finds users by id and by address within a connection.
type users struct {
	byID      map[string]*user
	byAddress map[challengeKey]*user
	seq       int64
	// deleted counts the users that have been deleted, by connection and
	// address: one who signs up again gets another id, as at Auth0.
	deleted map[challengeKey]int64
}

func newUsers() users {
	return users{byID: map[string]*user{}, byAddress: map[challengeKey]*user{}, deleted: map[challengeKey]int64{}}
}

func (us *users) find(connection, recipient string) *user {
	return us.byAddress[challengeKey{connection, recipient}]
}

// address is what the user is known by within the connection.
func (u *user) address() string { return u.addr }

// objectID is the part of the user_id behind the strategy.
func (u *user) objectID() string {
	_, id, _ := strings.Cut(u.UserID, "|")
	return id
}

// newUserIDLocked is the 24 hexadecimal digits of the id that the address has,
// or will have when it signs up.
func (t *Tenant) newUserIDLocked(conn *fixtures.Connection, address string) string {
	names := []string{"user", conn.Name, address}
	if n := t.users.deleted[challengeKey{conn.Name, address}]; n > 0 {
		names = append(names, strconv.FormatInt(n, 10))
	}
	return t.seed.Hex(24, names...)
}

// UserError is why a user cannot be added or changed.
type UserError struct {
	Code        string // user_exists, invalid_user or no_user
	Description string
}

func (e *UserError) Error() string { return e.Description }

func invalidUser(format string, args ...any) *UserError {
	return &UserError{"invalid_user", fmt.Sprintf(format, args...)}
}

// AddUser creates a user; the connection follows from the address if none is
// named. Errors are *UserError.
func (t *Tenant) AddUser(u fixtures.User) (fixtures.User, error) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	ready, err := t.completeLocked(cloned(u), now)
	if err != nil {
		return fixtures.User{}, err
	}
	if t.users.byID[ready.UserID] != nil || t.users.find(ready.Connection, ready.address()) != nil {
		return fixtures.User{}, &UserError{"user_exists", "the user " + ready.address() + " exists already on connection " + ready.Connection}
	}
	t.insertLocked(ready)
	return cloned(ready.User), nil
}

// UpdateUser replaces a user by what change makes of it. The id and the
// connection cannot change. Errors are *UserError, or those of change.
func (t *Tenant) UpdateUser(id string, change func(*fixtures.User) error) (fixtures.User, error) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	old, ok := t.users.byID[id]
	if !ok {
		return fixtures.User{}, noUser(id)
	}
	changed := cloned(old.User)
	if err := change(&changed); err != nil {
		return fixtures.User{}, err
	}
	if changed.UserID != old.UserID || changed.Connection != old.Connection {
		return fixtures.User{}, invalidUser("user_id and connection of a user cannot change")
	}
	changed.UpdatedAt = now
	ready, err := t.completeLocked(changed, now)
	if err != nil {
		return fixtures.User{}, err
	}
	if other := t.users.find(ready.Connection, ready.address()); other != nil && other != old {
		return fixtures.User{}, &UserError{"user_exists", "the user " + ready.address() + " exists already on connection " + ready.Connection}
	}
	if old.address() != ready.address() {
		// The id may derive from the address that is given up: whoever signs up
		// with that one next is somebody else.
		t.users.deleted[challengeKey{old.Connection, old.address()}]++
	}
	delete(t.users.byAddress, challengeKey{old.Connection, old.address()})
	ready.seq = old.seq
	t.users.byID[id] = ready
	t.users.byAddress[challengeKey{ready.Connection, ready.address()}] = ready
	return cloned(ready.User), nil
}

// DeleteUser forgets a user; refresh tokens of the user stop working.
func (t *Tenant) DeleteUser(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.byID[id]
	if !ok {
		return noUser(id)
	}
	key := challengeKey{u.Connection, u.address()}
	delete(t.users.byID, id)
	delete(t.users.byAddress, key)
	t.users.deleted[key]++
	t.families.orphan(id)
	return nil
}

// cloned shares nothing with the user: who is given one may change its maps,
// which are otherwise those of the fixture, and of every tenant made of it.
func cloned(u fixtures.User) fixtures.User {
	if u.Permissions != nil {
		permissions := make(map[string][]string, len(u.Permissions))
		for audience, scopes := range u.Permissions {
			permissions[audience] = slices.Clone(scopes)
		}
		u.Permissions = permissions
	}
	if u.Claims != nil {
		u.Claims = clonedValue(u.Claims).(map[string]any)
	}
	return u
}

func clonedValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = clonedValue(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, member := range v {
			out[i] = clonedValue(member)
		}
		return out
	}
	return value
}

func noUser(id string) *UserError {
	return &UserError{"no_user", "there is no user " + strconv.Quote(id)}
}

// User returns the user with the id.
func (t *Tenant) User(id string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.byID[id]
	if !ok {
		return fixtures.User{}, false
	}
	return cloned(u.User), true
}

// UserByAddress returns the user with a normalised address or number.
func (t *Tenant) UserByAddress(address string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.fixture.Connections {
		if u := t.users.find(t.fixture.Connections[i].Name, address); u != nil {
			return cloned(u.User), true
		}
	}
	return fixtures.User{}, false
}

// Users returns all users in the order of their creation.
func (t *Tenant) Users() []fixtures.User {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.usersLocked()
}

func (t *Tenant) usersLocked() []fixtures.User {
	sorted := make([]*user, 0, len(t.users.byID))
	for _, u := range t.users.byID {
		sorted = append(sorted, u)
	}
	slices.SortFunc(sorted, func(a, b *user) int { return int(a.seq - b.seq) })
	out := make([]fixtures.User, len(sorted))
	for i, u := range sorted {
		out[i] = cloned(u.User)
	}
	return out
}

// mergeUserLocked adds a user of a fixture, or brings the one with the same
// address up to date without forgetting when it signed up and in.
func (t *Tenant) mergeUserLocked(u fixtures.User, now time.Time) {
	ready, err := t.completeLocked(u, now)
	if err != nil {
		return // the loader has refused such fixtures
	}
	if same := t.users.find(ready.Connection, ready.address()); same != nil && u.UserID == "" {
		ready.UserID = same.UserID // who signed up again keeps the id that tokens name
	}
	// A fixture may give one user's id to another, so that both give way.
	for _, old := range []*user{t.users.byID[ready.UserID], t.users.find(ready.Connection, ready.address())} {
		if old == nil {
			continue
		}
		delete(t.users.byID, old.UserID)
		delete(t.users.byAddress, challengeKey{old.Connection, old.address()})
		if u.CreatedAt.IsZero() {
			ready.CreatedAt, ready.UpdatedAt = old.CreatedAt, old.UpdatedAt
		}
		if u.LoginsCount == 0 {
			ready.LastLogin, ready.LoginsCount = old.LastLogin, old.LoginsCount
		}
		ready.seq = old.seq
	}
	t.insertLocked(ready)
}

// insertLocked adds a user, behind all others unless its place is known.
func (t *Tenant) insertLocked(u *user) {
	if u.seq == 0 {
		t.users.seq++
		u.seq = t.users.seq
	}
	t.users.byID[u.UserID] = u
	t.users.byAddress[challengeKey{u.Connection, u.address()}] = u
}

// completeLocked fills a user's connection, id and times, and refuses what
// cannot be a user.
func (t *Tenant) completeLocked(u fixtures.User, now time.Time) (*user, error) {
	if u.Email != "" {
		email, ok := fixtures.NormalizeEmail(u.Email)
		if !ok {
			return nil, invalidUser("email: %q is not an e-mail address", u.Email)
		}
		u.Email = email
	}
	if u.PhoneNumber != "" {
		phone, ok := fixtures.NormalizePhone(u.PhoneNumber)
		if !ok {
			return nil, invalidUser("phone_number: %q is not a phone number in E.164 form, such as +12025550101", u.PhoneNumber)
		}
		u.PhoneNumber = phone
	}
	if u.Email == "" && u.PhoneNumber == "" {
		return nil, invalidUser("a user needs an email or a phone_number")
	}
	conn, err := t.connectionOfLocked(u)
	if err != nil {
		return nil, err
	}
	if err := fits(u, conn); err != nil {
		return nil, err
	}
	u.Connection = conn.Name
	ready := &user{User: u, addr: u.Email}
	if conn.Strategy == StrategySMS {
		ready.addr = u.PhoneNumber
	}
	if u.UserID == "" {
		ready.UserID = conn.Strategy + "|" + t.newUserIDLocked(conn, ready.address())
	}
	if u.CreatedAt.IsZero() {
		ready.CreatedAt = now
	}
	if u.UpdatedAt.IsZero() {
		ready.UpdatedAt = ready.CreatedAt
	}
	return ready, nil
}

// fits refuses what the loader of fixtures refuses, so that what is exported
// can be loaded.
func fits(u fixtures.User, conn *fixtures.Connection) error {
	strategy, id, ok := strings.Cut(u.UserID, "|")
	switch {
	case u.UserID != "" && (!ok || id == "" || strategy != conn.Strategy):
		return invalidUser("user_id: %q is no user_id of connection %q; write %s|id, or leave it out", u.UserID, conn.Name, conn.Strategy)
	case conn.Strategy == StrategySMS && u.PhoneNumber == "":
		return invalidUser("phone_number: the connection %q has the strategy sms, so its users need one", conn.Name)
	case conn.Strategy != StrategySMS && u.Email == "":
		return invalidUser("email: the connection %q has the strategy %s, so its users need one", conn.Name, conn.Strategy)
	case conn.Strategy != StrategyDatabase && u.Password != "":
		return invalidUser("password: the connection %q has the strategy %s, which knows no passwords", conn.Name, conn.Strategy)
	}
	return nil
}

func (t *Tenant) connectionOfLocked(u fixtures.User) (*fixtures.Connection, error) {
	if u.Connection != "" {
		if conn, ok := t.index.connections[u.Connection]; ok {
			return conn, nil
		}
		return nil, invalidUser("connection: there is no connection %q", u.Connection)
	}
	strategy := StrategyEmail
	switch {
	case u.Password != "":
		strategy = StrategyDatabase
	case u.Email == "":
		strategy = StrategySMS
	}
	for i := range t.fixture.Connections {
		if t.fixture.Connections[i].Strategy == strategy {
			return &t.fixture.Connections[i], nil
		}
	}
	return nil, invalidUser("connection: the fixture has no connection of strategy %s for %s%s", strategy, u.Email, u.PhoneNumber)
}

// signInLocked creates the user at the first login, and notes the login.
func (t *Tenant) signInLocked(conn *fixtures.Connection, address string, now time.Time) *user {
	u := t.users.find(conn.Name, address)
	if u == nil {
		u = &user{User: fixtures.User{Connection: conn.Name, CreatedAt: now}, addr: address}
		if conn.Strategy == StrategySMS {
			u.PhoneNumber = address
		} else {
			u.Email = address
		}
		u.UserID = conn.Strategy + "|" + t.newUserIDLocked(conn, address)
		t.insertLocked(u)
	}
	// Who redeems a code has shown that the address is theirs.
	if conn.Strategy == StrategySMS {
		u.PhoneVerified = true
	} else {
		u.EmailVerified = true
	}
	t.noteLoginLocked(u, now)
	return u
}

func (t *Tenant) noteLoginLocked(u *user, now time.Time) {
	u.LoginsCount++
	u.LastLogin, u.UpdatedAt = now, now
}

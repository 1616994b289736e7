package tenant

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// newUserIDLocked is the 24 hexadecimal digits of the id that the address has,
// or will have when it signs up.
func (t *Tenant) newUserIDLocked(conn *fixtures.Connection, address string) string {
	names := []string{"user", conn.Name, address}
	if n := t.users.deleted[challengeKey{conn.Name, address}]; n > 0 {
		names = append(names, strconv.FormatInt(n, 10))
	}
	return t.setup.Seed.Hex(24, names...)
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
	_, taken := t.users.get(ready.id())
	if taken || t.users.find(ready.connection(), ready.address) != nil {
		return fixtures.User{}, userExists(ready)
	}
	t.users.insert(ready)
	return cloned(ready.full()), nil
}

// UpdateUser replaces a user by what change makes of it. The id and the
// connection cannot change. Errors are *UserError, or those of change.
func (t *Tenant) UpdateUser(id string, change func(*fixtures.User) error) (fixtures.User, error) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	old, ok := t.users.get(id)
	if !ok {
		return fixtures.User{}, noUser(id)
	}
	changed := cloned(old.full())
	if err := change(&changed); err != nil {
		return fixtures.User{}, err
	}
	if changed.UserID != id || changed.Connection != old.connection() {
		return fixtures.User{}, invalidUser("user_id and connection of a user cannot change")
	}
	changed.UpdatedAt = now
	ready, err := t.completeLocked(changed, now)
	if err != nil {
		return fixtures.User{}, err
	}
	if other := t.users.find(ready.connection(), ready.address); other != nil && other != old {
		return fixtures.User{}, userExists(ready)
	}
	if old.address != ready.address {
		// The id may derive from the address that is given up: whoever signs up
		// with that one next is somebody else.
		t.users.deleted[old.key()]++
	}
	ready.seq = old.seq
	t.users.remove(old)
	t.users.insert(ready)
	return cloned(ready.full()), nil
}

func userExists(u *user) *UserError {
	return &UserError{"user_exists", "the user " + u.address + " exists already on connection " + u.connection()}
}

// DeleteUser forgets a user; refresh tokens of the user stop working.
func (t *Tenant) DeleteUser(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(id)
	if !ok {
		return noUser(id)
	}
	t.users.remove(u)
	t.users.deleted[u.key()]++
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
	u, ok := t.users.get(id)
	if !ok {
		return fixtures.User{}, false
	}
	return cloned(u.full()), true
}

// UserByAddress returns the user with a normalised address or number.
func (t *Tenant) UserByAddress(address string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.setup.Fixture.Connections {
		if u := t.users.find(t.setup.Fixture.Connections[i].Name, address); u != nil {
			return cloned(u.full()), true
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
	sorted := t.users.sorted()
	out := make([]fixtures.User, len(sorted))
	for i, u := range sorted {
		out[i] = cloned(u.full())
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
	if same := t.users.find(ready.connection(), ready.address); same != nil && u.UserID == "" {
		ready.more.UserID = same.id() // who signed up again keeps the id that tokens name
	}
	// A fixture may give one user's id to another, so that both give way.
	named, _ := t.users.get(ready.id())
	for _, old := range []*user{named, t.users.find(ready.connection(), ready.address)} {
		if old == nil {
			continue
		}
		t.users.remove(old)
		had := old.full()
		if u.CreatedAt.IsZero() {
			ready.more.CreatedAt, ready.more.UpdatedAt = had.CreatedAt, had.UpdatedAt
		}
		if u.LoginsCount == 0 {
			ready.more.LastLogin, ready.more.LoginsCount = had.LastLogin, had.LoginsCount
		}
		ready.seq = old.seq
	}
	t.users.insert(ready)
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
	address := u.Email
	if conn.Strategy == StrategySMS {
		address = u.PhoneNumber
	}
	if u.UserID == "" {
		u.UserID = conn.Strategy + "|" + t.newUserIDLocked(conn, address)
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = now
	}
	if u.UpdatedAt.IsZero() {
		u.UpdatedAt = u.CreatedAt
	}
	return &user{more: &u, home: t.users.home(conn.Name), address: address}, nil
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
		if conn, ok := t.setup.connections[u.Connection]; ok {
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
	for i := range t.setup.Fixture.Connections {
		if t.setup.Fixture.Connections[i].Strategy == strategy {
			return &t.setup.Fixture.Connections[i], nil
		}
	}
	return nil, invalidUser("connection: the fixture has no connection of strategy %s for %s%s", strategy, u.Email, u.PhoneNumber)
}

// signInLocked creates the user at the first login, and notes the login.
func (t *Tenant) signInLocked(conn *fixtures.Connection, address string, now time.Time) *user {
	u := t.users.find(conn.Name, address)
	if u == nil {
		u = t.users.signUp(conn, address, t.newUserIDLocked(conn, address), now)
	}
	// Who redeems a code has shown that the address is theirs.
	if u.more != nil {
		if conn.Strategy == StrategySMS {
			u.more.PhoneVerified = true
		} else {
			u.more.EmailVerified = true
		}
	}
	u.noteLogin(now)
	return u
}

package tenant

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/streams"
)

// A UserError says why a user cannot be added, changed or signed in, or answer for a device.
type UserError struct {
	Code        string // user_exists, invalid_user, no_user, no_totp, no_push, user_blocked, mfa_required, no_device, no_action, no_organization, invalid_member or invalid_invitation
	Description string
}

func (e *UserError) Error() string { return e.Description }

func invalidUser(format string, args ...any) *UserError {
	return &UserError{"invalid_user", fmt.Sprintf(format, args...)}
}

// AddUser creates a user. If the user names no connection, the address decides
// which one it is. Errors are of type *UserError.
func (t *Tenant) AddUser(u fixtures.User) (fixtures.User, error) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	ready, err := t.completeLocked(cloned(u), now)
	if err != nil {
		return fixtures.User{}, err
	}
	if same := t.users.sameAs(ready); len(same) > 0 {
		return fixtures.User{}, userExists(ready, same[0])
	}
	t.users.insert(ready)
	t.tellLocked(streams.UserCreated, ready, nil, now)
	t.noteChange()
	return cloned(ready.User), nil
}

// tellLocked tells the event streams what happened to a user.
func (t *Tenant) tellLocked(what string, u, before *user, now time.Time) {
	if len(t.setup.Fixture.EventStreams) == 0 {
		return
	}
	after := cloned(u.User)
	var old *fixtures.User
	if before != nil {
		copied := cloned(before.User)
		old = &copied
	}
	t.Streams.User(what, &after, old, now)
}

// UpdateUser changes a user with the function change, which may take its time:
// other requests do not wait for it. It is called again if something else changes
// the user meanwhile. The id and the connection cannot change. Errors are of type
// *UserError, or come from change.
func (t *Tenant) UpdateUser(id string, change func(*fixtures.User) error) (fixtures.User, error) {
	for {
		t.mu.Lock()
		old, ok := t.users.get(id)
		if !ok {
			t.mu.Unlock()
			return fixtures.User{}, noUser(id)
		}
		logins, changed := old.LoginsCount, cloned(old.User)
		t.mu.Unlock()

		if err := change(&changed); err != nil {
			return fixtures.User{}, err
		}

		now := t.Clock.Now()
		t.mu.Lock()
		if have, _ := t.users.get(id); have == old && have.LoginsCount == logins { // a login changes the user in place, all else replaces it
			u, err := t.changeUserLocked(old, changed, now)
			t.mu.Unlock()
			return u, err
		}
		t.mu.Unlock()
	}
}

func (t *Tenant) changeUserLocked(old *user, changed fixtures.User, now time.Time) (fixtures.User, error) {
	if changed.UserID != old.UserID || changed.Connection != old.Connection {
		return fixtures.User{}, invalidUser("user_id and connection of a user cannot change")
	}
	changed.UpdatedAt = now
	t.rememberPasswordsLocked(old, &changed)
	ready, err := t.completeLocked(changed, now)
	if err != nil {
		return fixtures.User{}, err
	}
	for _, other := range t.users.sameAs(ready) {
		if other != old {
			return fixtures.User{}, userExists(ready, other)
		}
	}
	for _, a := range old.accounts {
		at := slices.IndexFunc(ready.accounts, func(b *account) bool { return b.UserID == a.UserID })
		if at >= 0 && ready.accounts[at].Password != a.Password {
			t.bruteForce.forget(a.key()) // Source: brute-force-protection.mdx
			ready.LastPasswordReset = now
		}
		if at >= 0 && ready.accounts[at].key() != a.key() {
			// The id may derive from the old address. The next user who signs up
			// with that address is somebody else and needs another id.
			t.users.deleted[a.key()]++
		}
	}
	t.users.replace(old, ready)
	t.tellLocked(streams.UserUpdated, ready, old, now)
	t.noteChange()
	return cloned(ready.User), nil
}

// userExists names what another user has already: a name, or else the user_id.
func userExists(u, other *user) *UserError {
	for _, a := range u.accounts {
		for _, b := range other.accounts {
			for _, key := range a.keys() {
				if slices.Contains(b.keys(), key) {
					return &UserError{"user_exists", "the user " + key.address + " exists already on connection " + b.Connection}
				}
			}
		}
	}
	return &UserError{"user_exists", "the user " + u.UserID + " exists already on connection " + other.Connection}
}

// DeleteUser deletes a user. The user's refresh tokens, codes and sessions stop
// working.
func (t *Tenant) DeleteUser(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(id)
	if !ok {
		return noUser(id)
	}
	t.deleteUserLocked(u)
	t.noteChange()
	return nil
}

func (t *Tenant) deleteUserLocked(u *user) {
	t.users.edited = true
	t.tellLocked(streams.UserDeleted, u, nil, t.Clock.Now())
	t.users.remove(u)
	for _, a := range u.accounts {
		t.users.deleted[a.key()]++
		t.forgetUserLocked(a.UserID)
	}
}

// forgetUserLocked takes a deleted user out of all that was given to the user. Another
// user may get the same user_id, and must not get that.
func (t *Tenant) forgetUserLocked(id string) {
	t.families.orphan(id)
	t.sessions.removeIf(func(s *Session) bool { return s.UserID == id })
	for _, c := range t.authCodes.all {
		forget(&c.userID, id)
	}
	for _, k := range t.tickets.all {
		forget(&k.userID, id)
	}
	t.mailTickets.forgetUser(id)
	for _, d := range t.devices.all {
		forget(&d.UserID, id)
	}
	for _, s := range t.secondSteps.all {
		forget(&s.userID, id)
	}
	for _, c := range t.oob.all {
		forget(&c.userID, id)
	}
	t.remembered.removeIf(func(b rememberedBrowser) bool { return b.userID == id })
	for _, ms := range t.memberships {
		ms.remove(id)
	}
	for key := range t.totpUsed.all {
		if key.userID == id {
			t.totpUsed.remove(key)
		}
	}
}

func forget(owner *string, id string) {
	if *owner == id {
		*owner = ""
	}
}

// cloned returns a deep copy. The maps of a user can be those of the fixture,
// which several tenants share; a caller may change those of the copy.
func cloned(u fixtures.User) fixtures.User {
	if u.Permissions != nil {
		permissions := make(map[string][]string, len(u.Permissions))
		for audience, scopes := range u.Permissions {
			permissions[audience] = slices.Clone(scopes)
		}
		u.Permissions = permissions
	}
	u.MFA, u.Identities = slices.Clone(u.MFA), slices.Clone(u.Identities)
	u.Roles, u.DeviceCredentials = slices.Clone(u.Roles), slices.Clone(u.DeviceCredentials)
	for _, values := range []*map[string]any{&u.Claims, &u.AppMetadata, &u.UserMetadata} {
		if *values != nil {
			*values = clonedValue(*values).(map[string]any)
		}
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

// mergeUserLocked adds a user of a fixture. If there is a user with the same
// address or id, the fixture's data replaces that user's, but the times and the
// number of logins stay unless the fixture gives them.
func (t *Tenant) mergeUserLocked(u fixtures.User, now time.Time) {
	u.Roles = t.setup.livingRoles(u.Roles) // a state of an earlier run may name others
	ready, err := t.completeLocked(u, now)
	if err != nil {
		return // the loader has refused such fixtures
	}
	same := t.users.find(ready.Connection, ready.address())
	if same != nil && u.UserID == "" {
		ready.UserID = same.UserID // tokens name this id
	}
	if a, ok := t.users.accountOf(ready.UserID); ok && a.isLinked() || same != nil && same.isLinked() {
		return // the user was linked to another one
	} else if ok && u.Identities == nil && a.user.Identities != nil {
		ready.Identities = a.user.Identities
		ready = t.setup.newUser(ready.User)
	}
	// The fixture may give one user's id to the address of another user. Then
	// both are replaced. Whoever is linked now was a user until then.
	before := t.users.sameAs(&user{accounts: ready.accounts[:1]})
	for _, old := range t.users.sameAs(ready) {
		t.users.remove(old)
		if !slices.Contains(before, old) {
			continue
		}
		if u.CreatedAt.IsZero() {
			ready.CreatedAt, ready.UpdatedAt = old.CreatedAt, old.UpdatedAt
		}
		if u.LoginsCount == 0 {
			ready.LastLogin, ready.LoginsCount = old.LastLogin, old.LoginsCount
		}
		if u.LastPasswordReset.IsZero() {
			ready.LastPasswordReset = old.LastPasswordReset
		}
		if u.PreviousPasswords == nil {
			ready.PreviousPasswords = old.PreviousPasswords
		}
		if u.MFA == nil {
			ready.MFA = old.MFA
		}
		if u.Roles == nil {
			ready.Roles = t.setup.livingRoles(old.Roles)
		}
		ready.seq = old.seq
	}
	t.users.insert(ready)
}

// signInLocked signs in the user with an address, and creates the user at the
// first login.
func (t *Tenant) signInLocked(conn *fixtures.Connection, address string, now time.Time, by Caller) *user {
	u := t.verifiedUserLocked(conn, address, now, by)
	t.noteLoginLocked(u, now)
	return u
}

// verifiedUserLocked returns the user who has proved to own an address, and creates
// the user at the first login.
func (t *Tenant) verifiedUserLocked(conn *fixtures.Connection, address string, now time.Time, by Caller) *user {
	a := t.users.find(conn.Name, address)
	if a == nil {
		data := fixtures.User{UserID: conn.Strategy + "|" + t.newUserIDLocked(conn, address), Connection: conn.Name, CreatedAt: now}
		if isNumber(address) {
			data.PhoneNumber = address
		} else {
			data.Email = address
		}
		u := t.setup.newUser(data)
		t.users.insert(u)
		a = u.accounts[0]
		t.tellLocked(streams.UserCreated, u, nil, now)
		by.signedUp(u)
	}
	a.verify(address) // who has the code can read what is sent to the address
	t.noteChange()
	return a.user
}

// isNumber tells whether an address to which codes go is a phone number.
func isNumber(address string) bool { return fixtures.IsE164Wire(address) }

// noteLoginLocked counts a login of the user.
func (t *Tenant) noteLoginLocked(u *user, now time.Time) {
	u.LoginsCount++
	u.LastLogin, u.UpdatedAt = now, now
	t.noteChange()
}

package tenant

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
)

// LinkUser links a user to another one. Whoever signs in as the second one is the first
// one from now on. Of the second one only the account is left, with those that were
// linked to it.
func (t *Tenant) LinkUser(id, second string) (fixtures.User, error) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(id)
	if !ok {
		return fixtures.User{}, noUser(id)
	}
	other, ok := t.users.get(second)
	if _, linked := t.users.linked[second]; linked {
		return fixtures.User{}, &UserError{"linked", "the user " + second + " is linked already"}
	}
	switch {
	case !ok:
		return fixtures.User{}, &UserError{"no_identity", "there is no user " + second}
	case other == u:
		return fixtures.User{}, &UserError{"same_identity", "a user cannot be linked to itself"}
	}
	changed := cloned(u.User)
	changed.Identities = slices.Concat(changed.Identities, []fixtures.Identity{other.Identity()}, other.Identities)
	t.users.remove(other)
	t.forgetUserLocked(second)
	return t.changeUserLocked(u, changed, now)
}

// UnlinkIdentity makes a linked account a user of its own again. It does nothing if the
// user has no such account.
func (t *Tenant) UnlinkIdentity(id, second string) (fixtures.User, error) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(id)
	if !ok {
		return fixtures.User{}, noUser(id)
	}
	at := slices.IndexFunc(u.Identities, func(i fixtures.Identity) bool { return i.ID() == second })
	if at < 0 {
		return cloned(u.User), nil
	}
	changed := cloned(u.User)
	changed.Identities = slices.Delete(changed.Identities, at, at+1)
	first, err := t.changeUserLocked(u, changed, now)
	if err != nil {
		return first, err
	}
	freed, err := t.completeLocked(u.Identities[at].User(), now)
	if err != nil {
		return first, err
	}
	t.users.insert(freed)
	return first, nil
}

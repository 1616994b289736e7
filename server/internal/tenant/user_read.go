package tenant

import (
	"math"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
)

// User returns the user with the id.
func (t *Tenant) User(id string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(id)
	if !ok {
		return fixtures.User{}, false
	}
	return cloned(u.User), true
}

// AccountOf returns the account with an id as a user of its own: that of a user, or one
// that was linked to a user.
func (t *Tenant) AccountOf(id string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.users.accountOf(id)
	if !ok {
		return fixtures.User{}, false
	}
	return cloned(*a.User), true
}

// UserByAddress returns the user with an e-mail address or phone number, which
// must be normalised. If several connections know it, the first one counts.
func (t *Tenant) UserByAddress(address string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u := t.addressedLocked(address); u != nil {
		return cloned(u.User), true
	}
	return fixtures.User{}, false
}

func (t *Tenant) addressedLocked(address string) *user {
	for i := range t.setup.Fixture.Connections {
		if a := t.users.find(t.setup.Fixture.Connections[i].Name, address); a != nil {
			return a.user
		}
	}
	return nil
}

// Users returns all users in the order of their creation.
func (t *Tenant) Users() []fixtures.User {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.listUsersLocked()
}

func (t *Tenant) listUsersLocked() []fixtures.User {
	out := make([]fixtures.User, len(t.users.ordered))
	for i, u := range t.users.ordered {
		out[i] = cloned(u.User)
	}
	return out
}

// A Selection chooses users for a list.
type Selection struct {
	Match   func(*fixtures.User) bool     // nil: all; it must not change or keep the user
	Email   string                        // only users with this address can match; "": all can
	Compare func(a, b *fixtures.User) int // nil: the order of creation
	Offset  int
	Limit   int // 0: none
}

// SelectUsers returns the chosen users, and how many there are without the limit. It has
// the tenant's lock for a few microseconds at a time, so that logins go on beside a search
// of 100,000 users.
func (t *Tenant) SelectUsers(s Selection) (page []fixtures.User, total int) {
	end := s.Offset + s.Limit
	if s.Limit <= 0 {
		end = math.MaxInt
	}
	if s.Match == nil && s.Compare == nil && end < math.MaxInt {
		return t.pageOfUsers(s.Offset, end)
	}
	var sorted []*fixtures.User
	t.eachUser(s.Email, func(u *fixtures.User) {
		if s.Match != nil && !s.Match(u) {
			return
		}
		total++
		switch {
		case s.Compare != nil:
			of := *u
			sorted = append(sorted, &of)
		case total > s.Offset && total <= end:
			page = append(page, cloned(*u))
		}
	})
	if s.Compare == nil {
		return page, total
	}
	slices.SortStableFunc(sorted, s.Compare)
	for _, u := range sorted[min(s.Offset, total):min(end, total)] {
		page = append(page, cloned(*u))
	}
	return page, total
}

// pageOfUsers are the users from one place up to another, and how many there are.
func (t *Tenant) pageOfUsers(from, to int) (page []fixtures.User, total int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	total = len(t.users.ordered)
	for _, u := range t.users.ordered[min(from, total):min(to, total)] {
		page = append(page, cloned(u.User))
	}
	return page, total
}

// eachUser calls do for the users with an e-mail address, or for all users if it is "", in
// the order of creation. do gets a shallow copy, which it must not keep or change: a login
// changes the numbers of a user in place, but never what its maps and lists hold.
func (t *Tenant) eachUser(email string, do func(*fixtures.User)) {
	if email != "" {
		for _, u := range t.usersWithEmail(email) {
			do(&u)
		}
		return
	}
	const part = 64
	copies, last := make([]fixtures.User, 0, part), 0
	newest := t.newestUser()
	for {
		if copies, last = t.copyUsers(copies[:0], last, newest); len(copies) == 0 {
			return
		}
		for i := range copies {
			do(&copies[i])
		}
	}
}

func (t *Tenant) usersWithEmail(email string) (list []fixtures.User) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, u := range slices.SortedFunc(slices.Values(t.users.byEmail[emailKey(email)]), bySeq) {
		list = append(list, u.User)
	}
	return list
}

func (t *Tenant) newestUser() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.users.seq
}

// copyUsers copies users into a list as far as it has room: those after one place in the
// order of creation, up to another. It returns the place of the last one.
func (t *Tenant) copyUsers(into []fixtures.User, after, newest int) (copies []fixtures.User, last int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, found := t.users.place(&user{seq: after})
	if found {
		at++
	}
	for _, u := range t.users.ordered[at:] {
		if len(into) == cap(into) || u.seq > newest {
			break
		}
		into, after = append(into, u.User), u.seq
	}
	return into, after
}

package tenant

import (
	"reflect"

	"github.com/mockauth0/mockauth0/fixtures"
)

// Configure changes what the tenant is configured with: clients, connections, APIs and
// grants. The function change gets a copy of the fixture, without users, and must
// replace the lists that it changes, since a Setup never changes. The result is
// checked like a file; its mistakes are a *fixtures.Errors, or a *UserError if users
// would not fit their connection any more. Then the change acts at once. Export has it, and Reset goes back to the fixture that was loaded.
func (t *Tenant) Configure(change func(*fixtures.Fixture) error) error {
	t.configuring.Lock() // a check takes its time: other requests do not wait for it
	defer t.configuring.Unlock()
	for {
		before := t.Setup()
		f := *before.Fixture
		f.Users, f.State = nil, nil
		f.Organizations = fixtures.WithoutMembers(f.Organizations)
		if err := change(&f); err != nil {
			return err
		}
		checked, err := fixtures.Complete(&f)
		if err != nil {
			return err
		}
		checked.Users, checked.State, checked.Warnings = before.Fixture.Users, before.Fixture.State, before.Fixture.Warnings
		checked.Organizations = fixtures.WithMembers(checked.Organizations, before.Fixture.Organizations)
		after := newSetup(checked)
		if done, err := t.reconfigure(before, after); done {
			return err
		}
	}
}

// reconfigure replaces the setup, unless a file has replaced it meanwhile, or users of
// a connection would not fit it any more.
func (t *Tenant) reconfigure(before, after *Setup) (done bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.setup != before {
		return false, nil
	}
	for name, conn := range after.connections {
		if old := before.connections[name]; old != nil && reflect.DeepEqual(old.Options, conn.Options) {
			continue
		}
		for _, u := range t.users.ordered {
			if u.Connection != name {
				continue
			}
			if err := fits(u.User, conn); err != nil {
				return true, invalidUser("the user %s would not fit the connection: %v", u.UserID, err)
			}
		}
	}
	t.configureLocked(after)
	t.dropLostLocked()
	t.noteChange()
	return true, nil
}

// dropLostLocked removes what belongs to a connection, a client or an API that is gone:
// so an export can be loaded again, and the next one of that name begins anew.
func (t *Tenant) dropLostLocked() {
	for _, u := range t.users.byID {
		if _, ok := t.setup.connections[u.Connection]; !ok {
			t.deleteUserLocked(u)
		}
	}
	t.dropLostRolesLocked()
	t.leaveLocked()
	for id, f := range t.families.all {
		if _, ok := t.setup.clients[f.ClientID]; !ok {
			t.families.remove(id)
		}
	}
}

// dropLostRolesLocked takes away permissions of APIs, and roles, that are gone.
func (t *Tenant) dropLostRolesLocked() {
	for _, u := range t.users.byID {
		if kept, changed := t.setup.withoutLost(u.User); changed {
			without := *u
			without.User = kept
			t.users.remove(u)
			t.users.insert(&without)
		}
	}
}

// ConnectionID is the id of a connection: its own, or one that derives from its name.
func (s *Setup) ConnectionID(conn *fixtures.Connection) string {
	if conn.ID != "" {
		return conn.ID
	}
	return "con_" + s.Seed.Alphanumeric(16, "connection", conn.Name)
}

// APIID is the id of an API.
func (s *Setup) APIID(identifier string) string { return s.Seed.Hex(24, "api", identifier) }

// GrantID is the id of a client grant.
func (s *Setup) GrantID(g *fixtures.ClientGrant) string {
	return "cgr_" + s.Seed.Alphanumeric(16, "client grant", g.ClientID, g.Audience)
}

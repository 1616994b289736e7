package tenant

import (
	"reflect"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/outbox"
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
			for _, a := range u.accounts {
				if a.Connection != name {
					continue
				}
				if err := fits(*a.User, conn); err != nil {
					return true, invalidUser("the user %s would not fit the connection: %v", a.UserID, err)
				}
			}
		}
	}
	t.configureLocked(after)
	t.sessions.limit(t.setup.Fixture.Tenant.LifetimeOfSessions())
	t.dropLostLocked(before)
	t.noteChange()
	return true, nil
}

// dropLostLocked removes what belongs to a connection, a client or an API that is gone:
// so an export can be loaded again, and the next one of that name begins anew.
func (t *Tenant) dropLostLocked(before *Setup) {
	for _, u := range t.users.byID {
		if _, ok := t.setup.connections[u.Connection]; !ok {
			t.deleteUserLocked(u)
		}
	}
	t.dropLostRolesLocked()
	t.leaveLocked()
	t.dropLostLoginsLocked(before)
	t.noteLostLocked(before)
}

// dropLostLoginsLocked ends what clients, connections and APIs that are gone have
// given: refresh tokens, codes, tickets, and logins that have begun.
func (t *Tenant) dropLostLoginsLocked(before *Setup) {
	noClient := func(id string) bool { return id != "" && t.setup.clients[id] == nil } // an enrolment ticket may be of no client
	noConnection := func(name string) bool { return name != "" && t.setup.connections[name] == nil }
	noAPI := func(audience string) bool { return before.apis[audience] != nil && t.setup.apis[audience] == nil }
	for id, f := range t.families.all {
		if noClient(f.ClientID) || noAPI(f.Audience) {
			t.families.remove(id)
		}
	}
	t.authCodes.removeIf(func(c *authCode) bool { return noClient(c.Client.ClientID) || noAPI(c.Audience) })
	t.tickets.removeIf(func(k *ticket) bool { return noClient(k.clientID) || noConnection(k.connection) })
	t.transactions.removeIf(func(tr *Transaction) bool { return noClient(tr.Authorization.Client.ClientID) })
	t.pushed.removeIf(func(p *pushedRequest) bool { return noClient(p.clientID) })
	t.otpSessions.removeIf(func(s *otpSession) bool { return noClient(s.clientID) || noConnection(s.connection) })
	t.secondSteps.removeIf(func(s *secondStep) bool { return noClient(s.clientID) || noAPI(s.audience) })
	for _, d := range t.devices.all {
		if noClient(d.ClientID) || noAPI(d.Audience) {
			t.devices.remove(d)
		}
	}
	for key, c := range t.challenges.bounded.all {
		if c.state == pending && noConnection(key.connection) {
			c.state = expired
			t.tellOutboxLocked(c, outbox.Expired)
		}
	}
	for key := range t.bruteForce.attempts.all {
		if noConnection(key.user.connection) {
			t.bruteForce.attempts.remove(key)
		}
	}
}

// maxGone is how many ids of things that were deleted a tenant knows.
const maxGone = 10_000

// noteLostLocked keeps the ids of what is gone: nothing gets one of them again.
func (t *Tenant) noteLostLocked(before *Setup) {
	note := func(id string) { t.gone.put(id, struct{}{}) }
	for id := range before.clients {
		if t.setup.clients[id] == nil {
			note(id)
		}
	}
	for id := range before.roles {
		if t.setup.roles[id] == nil {
			note(id)
		}
	}
	for id := range before.orgs {
		if t.setup.orgs[id] == nil {
			note(id)
		}
	}
}

// WasDeleted tells whether a client, role or organization with that id was deleted.
func (t *Tenant) WasDeleted(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, gone := t.gone.get(id)
	return gone
}

// dropLostRolesLocked takes away permissions of APIs, roles, and linked accounts of
// connections that are gone.
func (t *Tenant) dropLostRolesLocked() {
	for _, u := range t.users.byID {
		kept, changed := t.setup.withoutLost(u.User)
		if !changed {
			continue
		}
		after := t.setup.newUser(kept)
		t.users.replace(u, after)
		for _, a := range u.accounts {
			if _, stays := t.users.accountOf(a.UserID); !stays { // the next account of that name is somebody else
				t.users.deleted[a.key()]++
				t.forgetUserLocked(a.UserID)
			}
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

// ThemeID is the id of a theme: its own, or one that derives from its name.
func (s *Setup) ThemeID(t *fixtures.Theme) string {
	if t.ID != "" {
		return t.ID
	}
	return s.Seed.Alphanumeric(32, "theme", t.DisplayName)
}

// DomainID is the id of a custom domain: its own, or one that derives from its name.
func (s *Setup) DomainID(d *fixtures.CustomDomain) string {
	if d.ID != "" {
		return d.ID
	}
	return "cd_" + s.Seed.Alphanumeric(16, "custom domain", d.Domain)
}

// CredentialID is the id of a public key of a client: its own, or one that derives from
// the key.
func (s *Setup) CredentialID(client *fixtures.Client, one *fixtures.Credential) string {
	if one.ID != "" {
		return one.ID
	}
	return "cred_" + s.Seed.Alphanumeric(22, "credential", client.ClientID, one.PEM)
}

// CredentialKID is the kid of a public key: its own, or one that derives from the key.
func (s *Setup) CredentialKID(one *fixtures.Credential) string {
	if one.KID != "" {
		return one.KID
	}
	return s.Seed.Opaque(43, "credential kid", one.PEM)
}

package tenant

import (
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// Organization returns an organization by its id. Its members and invitations are those
// of the fixture, not the present ones. It must not be changed.
func (s *Setup) Organization(id string) (*fixtures.Organization, bool) {
	o, ok := s.orgs[id]
	return o, ok
}

// Memberships are who is a member of which organization. They change like users, by
// the API and by logins, so they are no part of the Setup.
type memberships map[string]*members // by the id of the organization

// members are those of an organization, in the order in which they came.
type members struct {
	byUser map[string]*member
	list   []*member
}

// A member is a user of an organization, with roles there. joined is false for a user
// who has roles only, which have no effect until the user is a member.
type member struct {
	userID string
	roles  []string
	joined bool
}

// of returns the members of an organization.
func (ms memberships) of(organization string) *members {
	if ms[organization] == nil {
		ms[organization] = &members{byUser: map[string]*member{}}
	}
	return ms[organization]
}

// add returns the entry of a user, which it makes if there is none.
func (ms *members) add(userID string) *member {
	m := ms.byUser[userID]
	if m == nil {
		m = &member{userID: userID}
		ms.byUser[userID] = m
		ms.list = append(ms.list, m)
	}
	return m
}

func (ms *members) remove(userID string) {
	if ms.byUser[userID] != nil {
		delete(ms.byUser, userID)
		ms.list = slices.DeleteFunc(ms.list, func(m *member) bool { return m.userID == userID })
	}
}

// A Member is a user who is a member of an organization.
type Member struct {
	fixtures.User
	Roles []string // in the organization
}

// Members are the members of an organization, in the order in which they came.
func (t *Tenant) Members(organization string) (list []Member) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.memberships.of(organization).list {
		if u, ok := t.users.get(m.userID); ok && m.joined {
			list = append(list, Member{cloned(u.User), slices.Clone(m.roles)})
		}
	}
	return list
}

// AddMembers makes users members of an organization. Members stay what they are.
func (t *Tenant) AddMembers(organization string, userIDs []string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.setup.orgs[organization]; !ok { // it was deleted meanwhile
		return refusal.InexistentOrganization
	}
	for _, id := range userIDs {
		if _, ok := t.users.get(id); !ok {
			return noUser(id)
		}
	}
	for _, id := range userIDs {
		t.memberships.of(organization).add(id).joined = true
	}
	t.noteChange()
	return nil
}

// RemoveMembers ends memberships, with the roles of the members. A user who is no member
// is no mistake.
func (t *Tenant) RemoveMembers(organization string, userIDs []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range userIDs {
		t.memberships.of(organization).remove(id)
	}
	t.noteChange()
}

// MemberRoles are the ids of the roles that a user has in an organization.
func (t *Tenant) MemberRoles(organization, userID string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := t.memberships.of(organization).byUser[userID]; m != nil {
		return slices.Clone(m.roles)
	}
	return nil
}

// ChangeMemberRoles changes the roles of a user in an organization. The user need not be
// a member: the roles then count when the user becomes one.
// Source: auth0/go-auth0 v1.45.0, the recording TestOrganizationManager_Members.
func (t *Tenant) ChangeMemberRoles(organization, userID string, change func(roles []string) []string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.setup.orgs[organization]; !ok { // it was deleted meanwhile
		return refusal.InexistentOrganization
	}
	if _, ok := t.users.get(userID); !ok {
		return noUser(userID)
	}
	ms := t.memberships.of(organization)
	m := ms.add(userID)
	m.roles = t.setup.livingRoles(change(m.roles))
	if len(m.roles) == 0 && !m.joined {
		ms.remove(userID)
	}
	t.noteChange()
	return nil
}

// OrganizationsOf are the ids of the organizations of which a user is a member.
func (t *Tenant) OrganizationsOf(userID string) (ids []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.setup.Fixture.Organizations {
		id := t.setup.Fixture.Organizations[i].ID
		if ms := t.memberships[id]; ms != nil && ms.byUser[userID] != nil && ms.byUser[userID].joined {
			ids = append(ids, id)
		}
	}
	return ids
}

// joinLocked adds the members and invitations of a fixture. Organizations, users and
// roles that do not exist are left out: a state of an earlier run may name them.
func (t *Tenant) joinLocked(list []fixtures.Organization, now time.Time) {
	for i := range list {
		o := &list[i]
		if _, ok := t.setup.orgs[o.ID]; !ok {
			continue
		}
		for _, m := range o.Members {
			if u, err := t.namedLocked(m.User); err == nil {
				entry := t.memberships.of(o.ID).add(u.UserID)
				entry.roles, entry.joined = t.setup.livingRoles(m.Roles), m.Joined == nil || *m.Joined
			}
		}
		given := map[invitedKey]int64{}
		for _, v := range o.Invitations {
			key := invitedKey{o.ID, v.Invitee.Email}
			given[key]++
			if n, _ := t.invited.counts.get(key); n < given[key] { // the next one gets another id
				t.invited.set(key, given[key])
			}
			if _, known := t.invitations.get(v.ID); !known {
				v.Roles = t.setup.livingRoles(v.Roles)
				t.inviteLocked(o.ID, v, now)
			}
		}
	}
}

// leaveLocked ends what organizations have of users, roles, clients and connections
// that are gone, and all of those that are gone themselves.
func (t *Tenant) leaveLocked() {
	for id, ms := range t.memberships {
		if _, ok := t.setup.orgs[id]; !ok {
			delete(t.memberships, id)
			continue
		}
		for _, m := range slices.Clone(ms.list) {
			m.roles = t.setup.livingRoles(m.roles)
			if _, ok := t.users.get(m.userID); !ok || !m.joined && len(m.roles) == 0 {
				ms.remove(m.userID)
			}
		}
	}
	for _, v := range t.invitations.all {
		_, org := t.setup.orgs[v.Organization]
		_, client := t.setup.clients[v.ClientID]
		_, connection := t.setup.connections[v.Connection]
		if !org || !client || v.Connection != "" && !connection {
			t.invitations.remove(v.ID)
		}
		v.Roles = t.setup.livingRoles(v.Roles)
	}
}

// Organizations are the organizations with their present members and invitations.
func (t *Tenant) Organizations() []fixtures.Organization {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.exportOrganizationsLocked()
}

// SetMember makes a user a member of an organization, with these roles and no others.
// The organization and the roles are named by ids or names, and the user by any name.
// Errors are of type *UserError.
func (t *Tenant) SetMember(organization, user string, roles []string) error {
	o, u, err := t.memberCalled(organization, user)
	if err != nil {
		return err
	}
	ids, unknown := t.Setup().roleIDs(roles)
	if unknown != "" {
		return &UserError{"invalid_member", "there is no role " + strconv.Quote(unknown)}
	}
	if err := t.AddMembers(o.ID, []string{u.UserID}); err != nil {
		return err
	}
	return t.ChangeMemberRoles(o.ID, u.UserID, func([]string) []string { return ids })
}

// DropMember ends the membership of a user, who is called as for SetMember.
func (t *Tenant) DropMember(organization, user string) error {
	o, u, err := t.memberCalled(organization, user)
	if err == nil {
		t.RemoveMembers(o.ID, []string{u.UserID})
	}
	return err
}

func (t *Tenant) memberCalled(organization, user string) (*fixtures.Organization, fixtures.User, error) {
	o, err := t.Setup().CalledOrganization(organization)
	if err != nil {
		return nil, fixtures.User{}, err
	}
	u, ok := t.User(user)
	if !ok {
		u, ok = t.UserByAddress(fixtures.NormalizeRecipient(user))
	}
	if !ok {
		return nil, u, noUser(user)
	}
	return o, u, nil
}

// exportOrganizationsLocked are the organizations with their present members and
// invitations.
func (t *Tenant) exportOrganizationsLocked() []fixtures.Organization {
	list := fixtures.WithoutMembers(t.setup.Fixture.Organizations)
	for i := range list {
		o := &list[i]
		if ms := t.memberships[o.ID]; ms != nil {
			for _, m := range ms.list {
				exported := fixtures.OrganizationMember{User: m.userID, Roles: slices.Clone(m.roles)}
				if !m.joined {
					exported.Joined = &m.joined
				}
				o.Members = append(o.Members, exported)
			}
		}
		o.Invitations = t.invitationsLocked(o.ID)
	}
	return list
}

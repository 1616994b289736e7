package tenant

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
)

// Role returns a role by its id. It must not be changed.
func (s *Setup) Role(id string) (*fixtures.Role, bool) {
	r, ok := s.roles[id]
	return r, ok
}

// RoleNames are the names of a user's roles.
func (s *Setup) RoleNames(u *fixtures.User) []string {
	names := []string{}
	for _, id := range u.Roles {
		if role, ok := s.roles[id]; ok {
			names = append(names, role.Name)
		}
	}
	return names
}

// Permissions are those that a user has for an API: the user's own, then those of the
// roles, each once.
func (s *Setup) Permissions(u *fixtures.User, api string) []string {
	granted := u.Permissions[api]
	for _, id := range u.Roles {
		role, ok := s.roles[id]
		if !ok {
			continue
		}
		for _, p := range role.Permissions {
			if p.ResourceServerIdentifier == api && !slices.Contains(granted, p.PermissionName) {
				granted = append(slices.Clip(granted), p.PermissionName)
			}
		}
	}
	return granted
}

// permitted are the scopes without those of an API with RBAC that the user has no
// permission for. api is nil if the scopes are of none.
func (s *Setup) permitted(scopes []string, api *fixtures.ResourceServer, u *user) []string {
	if api == nil || !api.EnforcePolicies {
		return scopes
	}
	granted := s.Permissions(&u.User, api.Identifier)
	return slices.DeleteFunc(slices.Clone(scopes), func(name string) bool {
		return !slices.Contains(oidcScopes, name) && hasScope(api, name) && !slices.Contains(granted, name)
	})
}

// roleIDs are the ids of roles that are named by names or ids. unknown is a role that
// does not exist, "" if all do.
func (s *Setup) roleIDs(roles []string) (ids []string, unknown string) {
	for _, name := range roles {
		id, ok := s.Fixture.RoleID(name)
		switch {
		case !ok:
			return nil, name
		case !slices.Contains(ids, id):
			ids = append(ids, id)
		}
	}
	return ids, ""
}

// livingRoles are the roles that exist.
func (s *Setup) livingRoles(roles []string) []string {
	return slices.DeleteFunc(slices.Clone(roles), func(name string) bool {
		_, ok := s.Fixture.RoleID(name)
		return !ok
	})
}

// withoutLost is a user without the permissions, roles and linked accounts that do not
// exist any more.
func (s *Setup) withoutLost(u fixtures.User) (kept fixtures.User, changed bool) {
	if roles := s.livingRoles(u.Roles); len(roles) < len(u.Roles) {
		u.Roles, changed = roles, true
	}
	for audience := range u.Permissions {
		if _, ok := s.apis[audience]; !ok {
			u = cloned(u)
			delete(u.Permissions, audience)
			changed = true
		}
	}
	lost := func(i fixtures.Identity) bool { return s.connections[i.Connection] == nil }
	if slices.ContainsFunc(u.Identities, lost) {
		u, changed = cloned(u), true
		if u.Identities = slices.DeleteFunc(u.Identities, lost); len(u.Identities) == 0 {
			u.Identities = nil
		}
	}
	return u, changed
}

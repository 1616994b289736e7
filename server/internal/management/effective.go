package management

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// What users may do in the end, by themselves and by their roles. The mock has no groups,
// so no role or permission comes from one.
// Source: npm auth0 7, its models.

func required(name, about string) property {
	return property{types: []string{"string"}, required: []string{name}}.of(name, about)
}

var (
	ofAPI               = required("resource_server_identifier", "The identifier of the resource server for which to calculate user permissions.")
	effectiveOperations = []operation{
		{method: "GET", path: "/users/{id}/effective-roles", summary: "lists the roles of a user, and where they come from", scopes: []string{"read:user_effective_roles"}, query: checkpoints, run: listEffectiveRoles},
		{
			method: "GET", path: "/users/{id}/effective-roles/sources/groups", summary: "lists the groups that give a user a role: none, as the mock has no groups", scopes: []string{"read:user_role_source_groups"},
			query: append(slices.Clone(checkpoints), required("role_id", "ID of the role to get source groups for.")), run: listSourceGroups,
		},
		{
			method: "GET", path: "/users/{id}/effective-permissions", summary: "lists the permissions of a user for an API, and where they come from", scopes: []string{"read:user_effective_permissions"},
			query: append(slices.Clone(checkpoints), ofAPI), run: listEffectivePermissions,
		},
		{
			method: "GET", path: "/users/{id}/effective-permissions/sources/effective-roles", summary: "lists the roles that give a user a permission", scopes: []string{"read:user_permission_source_roles"},
			query: append(slices.Clone(checkpoints), ofAPI, required("permission_name", "Name of this permission")), run: listPermissionRoles,
		},
		{
			method: "GET", path: "/organizations/{id}/members/{user_id}/effective-roles", summary: "lists the roles of a member of an organization, and where they come from",
			scopes: []string{"read:organization_member_effective_roles"}, query: checkpoints, run: listMemberEffectiveRoles,
		},
		{
			method: "GET", path: "/organizations/{id}/members/{user_id}/effective-roles/sources/groups", summary: "lists the groups that give a member of an organization a role: none, as the mock has no groups",
			scopes: []string{"read:organization_member_role_source_groups"}, query: append(slices.Clone(checkpoints), required("role_id", "ID of the role to get source groups for.")), run: listMemberSourceGroups,
		},
	}
)

// direct is where a role or a permission comes from that the user was given.
var direct = []string{"direct"}

// part is the part of a list for which a call asks by from and take.
func (c *call) part(key string, all []object) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	return c.answer(wrappedList, key, p, cut(p, all), len(all)), nil
}

func effectiveRoles(c *call, ids []string) (all []object) {
	for _, id := range ids {
		if r, ok := c.Setup.Role(id); ok {
			all = append(all, object{{Key: "id", Value: r.ID}, {Key: "name", Value: r.Name}, {Key: "description", Value: r.Description}, {Key: "sources", Value: direct}})
		}
	}
	return all
}

func listEffectiveRoles(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return c.part("roles", effectiveRoles(c, u.Roles))
}

func listMemberEffectiveRoles(c *call) (any, error) {
	o, user, err := c.memberOf()
	if err != nil {
		return nil, err
	}
	return c.part("roles", effectiveRoles(c, c.Tenant.MemberRoles(o.ID, user)))
}

func listSourceGroups(c *call) (any, error) {
	if _, err := c.user(); err != nil {
		return nil, err
	}
	return c.part("groups", nil)
}

func listMemberSourceGroups(c *call) (any, error) {
	if _, _, err := c.memberOf(); err != nil {
		return nil, err
	}
	return c.part("groups", nil)
}

// rolesWith are the roles of a user that have a permission.
func rolesWith(c *call, u fixtures.User, api, name string) (ids []string) {
	one := fixtures.RolePermission{PermissionName: name, ResourceServerIdentifier: api}
	for _, id := range u.Roles {
		if r, ok := c.Setup.Role(id); ok && slices.Contains(r.Permissions, one) {
			ids = append(ids, id)
		}
	}
	return ids
}

func listEffectivePermissions(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	identifier := c.query["resource_server_identifier"]
	if _, ok := c.Setup.API(identifier); !ok {
		return nil, refusal.InexistentResourceServer
	}
	var all []object
	for _, name := range c.Setup.Permissions(&u, identifier) {
		var sources []string
		if slices.Contains(u.Permissions[identifier], name) {
			sources = append(sources, "direct")
		}
		if len(rolesWith(c, u, identifier, name)) > 0 {
			sources = append(sources, "roles")
		}
		o := (&shape{showPermission(c, identifier, name)})
		o.arrange([]string{"resource_server_identifier", "permission_name", "resource_server_name", "description"})
		all = append(all, append(o.object, member{Key: "sources", Value: sources}))
	}
	return c.part("permissions", all)
}

func listPermissionRoles(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return c.part("roles", effectiveRoles(c, rolesWith(c, u, c.query["resource_server_identifier"], c.query["permission_name"])))
}

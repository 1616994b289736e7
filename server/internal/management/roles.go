package management

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// roles are /roles.
var roles = configured(resource[fixtures.Role]{
	path: "/roles", key: "roles", one: "a role", all: "roles", dialect: listFirst,
	query: []property{
		text.of("name_filter", "Optional filter on name (case-insensitive)."),
		property{types: []string{"string"}, enum: []string{roleOfTenant, "organization"}}.of("type", "Optional filter on the type of the role"),
		text.of("owner_id", "Filter organization-level roles by owner ID."),
	},
	missing: refusal.InexistentRole, deletesOnce: true, addStatus: http.StatusOK,
	deleted: func(*call) web.Status { return web.Status{Code: http.StatusOK, Value: empty} },
}, section[fixtures.Role]{
	of:     func(f *fixtures.Fixture) *[]fixtures.Role { return &f.Roles },
	id:     func(_ *call, r *fixtures.Role) string { return r.ID },
	key:    func(r *fixtures.Role) string { return r.ID },
	name:   func(r *fixtures.Role) string { return r.Name },
	taken:  refusal.ExistentRole,
	order:  []string{"id", "name", "description"},
	hidden: []string{"permissions"}, read: []string{"id"}, fixed: []string{"type", "owner_id"},
	body: map[string]property{
		"name":        text.between(1, 50).of("name", "Name of the role.").must("name"),
		"description": text.between(0, 255).of("description", "Description of the role."),
	},
	filter: func(c *call, r *fixtures.Role) bool {
		kind, _ := r.Kept["type"].(string)
		owner, _ := r.Kept["owner_id"].(string)
		return strings.Contains(strings.ToLower(r.Name), strings.ToLower(c.query["name_filter"])) &&
			(c.query["type"] == "" || c.query["type"] == cmp.Or(kind, roleOfTenant)) &&
			(c.query["owner_id"] == "" || c.query["owner_id"] == owner)
	},
	written: func(c *call, body map[string]any) {
		name, _ := body["name"].(string)
		body["id"] = newID(c, "rol_", "role", name, func(id string) bool { _, ok := c.Setup.Role(id); return ok })
	},
})

const roleOfTenant = "tenant"

// newID is an id for a thing with that name. Of a name that was changed it is another
// one, as another thing has it.
func newID(c *call, prefix, kind, name string, taken func(id string) bool) string {
	names := []string{kind, name}
	for n := 2; ; n++ {
		if id := prefix + c.Setup.Seed.Alphanumeric(16, names...); !taken(id) && !c.Tenant.WasDeleted(id) {
			return id
		}
		names = []string{kind, name, strconv.Itoa(n)}
	}
}

func idsBody(name, about string) *property {
	return &property{types: []string{"object"}, required: []string{name}, members: []property{
		{name: name, about: about, types: []string{"array"}, min: 1, items: &text},
	}}
}

// roleOperations are the permissions and the users of roles.
var roleOperations = []operation{
	{method: "GET", path: "/roles/{id}/permissions", summary: "lists the permissions of a role", scopes: []string{"read:roles"}, query: pages, run: listRolePermissions},
	{method: "POST", path: "/roles/{id}/permissions", summary: "gives a role permissions", scopes: []string{"update:roles"}, body: &permissionsBody, run: addRolePermissions},
	{method: "DELETE", path: "/roles/{id}/permissions", summary: "takes permissions away from a role", scopes: []string{"update:roles"}, body: &permissionsBody, run: removeRolePermissions},
	{
		method: "GET", path: "/roles/{id}/users", summary: "lists the users who have a role", scopes: []string{"read:users", "read:roles", "read:role_members"},
		query: slices.Concat(pages, checkpoints), run: listRoleUsers,
	},
	{
		method: "POST", path: "/roles/{id}/users", summary: "gives a role to users", scopes: []string{"update:roles", "create:role_members"},
		body: idsBody("users", "user_id's of the users to assign the role to."), run: addRoleUsers,
	},
	{method: "GET", path: "/users/{id}/roles", summary: "lists the roles of a user", scopes: []string{"read:users", "read:roles", "read:role_members"}, query: pages, run: listUserRoles},
	{
		method: "POST", path: "/users/{id}/roles", summary: "gives a user roles", scopes: []string{"update:users", "create:role_members"},
		body: idsBody("roles", "List of roles IDs to associated with the user."), run: addUserRoles,
	},
	{
		method: "DELETE", path: "/users/{id}/roles", summary: "takes roles away from a user", scopes: []string{"update:users", "delete:role_members"},
		body: idsBody("roles", "List of roles IDs to remove from the user."), run: removeUserRoles,
	},
}

// role is the role that the path names.
func (c *call) role() (fixtures.Role, error) {
	r, ok := c.Setup.Role(c.Vars["id"])
	if !ok {
		return fixtures.Role{}, refusal.InexistentRole
	}
	return *r, nil
}

func listRolePermissions(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, one := range r.Permissions {
		all = append(all, showPermission(c, one.ResourceServerIdentifier, one.PermissionName))
	}
	return c.answer(listFirst, "permissions", p, cut(p, all), len(all)), nil
}

func addRolePermissions(c *call) (any, error) {
	if _, err := c.role(); err != nil {
		return nil, err
	}
	if err := c.knownPermissions(); err != nil {
		return nil, err
	}
	return web.Status{Code: http.StatusCreated, Value: empty}, c.changeRole(func(list []fixtures.RolePermission, one fixtures.RolePermission) []fixtures.RolePermission {
		if slices.Contains(list, one) {
			return list
		}
		return append(slices.Clip(list), one)
	})
}

func removeRolePermissions(c *call) (any, error) {
	if _, err := c.role(); err != nil {
		return nil, err
	}
	return noContent, c.changeRole(func(list []fixtures.RolePermission, one fixtures.RolePermission) []fixtures.RolePermission {
		return without(list, func(had fixtures.RolePermission) bool { return had == one })
	})
}

// changeRole changes the role's permissions for each of the body.
func (c *call) changeRole(change func(list []fixtures.RolePermission, one fixtures.RolePermission) []fixtures.RolePermission) error {
	return mistake(c.Tenant.Configure(func(f *fixtures.Fixture) error {
		f.Roles = slices.Clone(f.Roles)
		at := slices.IndexFunc(f.Roles, func(r fixtures.Role) bool { return r.ID == c.Vars["id"] })
		if at < 0 {
			return refusal.InexistentRole
		}
		for _, p := range c.permissions() {
			f.Roles[at].Permissions = change(f.Roles[at].Permissions, fixtures.RolePermission{PermissionName: p.name, ResourceServerIdentifier: p.api})
		}
		return nil
	}))
}

// showPerson is a user in the lists of those who have a role, and of members.
func showPerson(u fixtures.User) object {
	p := tenant.Profile(u)
	o := object{{Key: "user_id", Value: u.UserID}}
	if u.Email != "" {
		o = append(o, member{Key: "email", Value: u.Email})
	}
	return append(o, member{Key: "picture", Value: p.Picture}, member{Key: "name", Value: p.Name})
}

func listRoleUsers(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	found, total := c.Tenant.SelectUsers(tenant.Selection{
		Match: func(u *fixtures.User) bool { return slices.Contains(u.Roles, r.ID) }, Offset: p.start, Limit: p.limit,
	})
	var shown []object
	for _, u := range found {
		shown = append(shown, showPerson(u))
	}
	return c.answer(listFirst, "users", p, shown, total), nil
}

// texts is a member of the body that is a list of strings.
func (c *call) texts(name string) (list []string) {
	items, _ := c.body[name].([]any)
	for _, item := range items {
		s, _ := item.(string)
		list = append(list, s)
	}
	return list
}

func addRoleUsers(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	for _, id := range c.texts("users") {
		if _, ok := c.Tenant.User(id); !ok {
			return nil, refusal.InexistentUser
		}
	}
	for _, id := range c.texts("users") {
		if err := c.changeUserRoles(id, func(had []string) []string { return union(had, []string{r.ID}) }); err != nil {
			return nil, err
		}
	}
	return empty, nil
}

func listUserRoles(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	all := showRoles(c, u.Roles)
	return c.answer(listFirst, "roles", p, cut(p, all), len(all)), nil
}

func showRoles(c *call, ids []string) (all []object) {
	for _, id := range ids {
		if r, ok := c.Setup.Role(id); ok {
			all = append(all, roles.show(c, *r))
		}
	}
	return all
}

func addUserRoles(c *call) (any, error) {
	if _, err := c.user(); err != nil {
		return nil, err
	}
	if err := c.knownRoles(); err != nil {
		return nil, err
	}
	return noContent, c.changeUserRoles(c.Vars["id"], func(had []string) []string { return union(had, c.texts("roles")) })
}

func removeUserRoles(c *call) (any, error) {
	return noContent, c.changeUserRoles(c.Vars["id"], func(had []string) []string { return withoutAll(had, c.texts("roles")) })
}

// knownRoles refuses roles of the body that do not exist.
// Unverified: whether Auth0 refuses them.
func (c *call) knownRoles() error {
	for _, id := range c.texts("roles") {
		if _, ok := c.Setup.Role(id); !ok {
			return refusal.InexistentRole.Because("there is no role " + clip(id))
		}
	}
	return nil
}

func (c *call) changeUserRoles(id string, change func(had []string) []string) error {
	_, err := c.Tenant.UpdateUser(id, func(u *fixtures.User) error {
		u.Roles = change(u.Roles)
		return nil
	})
	return userError(err)
}

// union is a list with those of another that it lacks, and withoutAll one without those.
func union(list, more []string) []string {
	list = slices.Clone(list)
	for _, one := range more {
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

func withoutAll(list, less []string) []string {
	return without(list, func(one string) bool { return slices.Contains(less, one) })
}

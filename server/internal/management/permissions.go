package management

import (
	"net/http"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

var permissionsBody = property{
	types: []string{"object"}, required: []string{"permissions"},
	members: []property{{
		name: "permissions", about: "List of permissions to add to this user.", types: []string{"array"}, min: 1,
		items: &property{
			types: []string{"object"}, required: []string{"resource_server_identifier", "permission_name"},
			members: []property{text.of("resource_server_identifier", "Resource server (API) identifier that this permission is for."), text.of("permission_name", "Name of this permission.")},
		},
	}},
}

// A permission is a scope of an API.
type permission struct{ api, name string }

// permissions are those of the body.
func (c *call) permissions() (list []permission) {
	items, _ := c.body["permissions"].([]any)
	for _, item := range items {
		members, _ := item.(map[string]any)
		api, _ := members["resource_server_identifier"].(string)
		name, _ := members["permission_name"].(string)
		list = append(list, permission{api, name})
	}
	return list
}

// listPermissions lists the permissions of a user: the user's own, and those of the
// roles. Each tells where it comes from.
func listPermissions(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	sources := map[permission][]object{}
	add := func(api, name, id, source, kind string) {
		key := permission{api, name}
		sources[key] = append(sources[key], object{{Key: "source_id", Value: id}, {Key: "source_name", Value: source}, {Key: "source_type", Value: kind}})
	}
	for audience, granted := range u.Permissions {
		for _, name := range granted {
			add(audience, name, "", "", "DIRECT")
		}
	}
	for _, id := range u.Roles {
		if role, ok := c.Setup.Role(id); ok {
			for _, p := range role.Permissions {
				add(p.ResourceServerIdentifier, p.PermissionName, role.ID, role.Name, "ROLE")
			}
		}
	}
	var all []object
	for _, api := range apisOf(sources) {
		granted := c.Setup.Permissions(&u, api)
		for _, name := range granted {
			all = append(all, append(showPermission(c, api, name), member{Key: "sources", Value: sources[permission{api, name}]}))
		}
	}
	return c.answer(listFirst, "permissions", p, cut(p, all), len(all)), nil
}

// apisOf are the APIs of permissions, sorted.
func apisOf[V any](permissions map[permission]V) (all []string) {
	for p := range permissions {
		all = append(all, p.api)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func showPermission(c *call, audience, name string) object {
	api, _ := c.Setup.API(audience)
	scope, _ := scopeOf(api, name)
	return object{
		{Key: "permission_name", Value: name},
		{Key: "description", Value: scope.Description},
		{Key: "resource_server_name", Value: api.Name},
		{Key: "resource_server_identifier", Value: audience},
	}
}

func scopeOf(api fixtures.ResourceServer, name string) (fixtures.Scope, bool) {
	i := slices.IndexFunc(api.Scopes, func(s fixtures.Scope) bool { return s.Value == name })
	if i < 0 {
		return fixtures.Scope{}, false
	}
	return api.Scopes[i], true
}

// knownPermissions refuses permissions of the body that do not exist.
func (c *call) knownPermissions() error {
	for _, p := range c.permissions() {
		api, _ := c.Setup.API(p.api)
		if _, ok := scopeOf(api, p.name); !ok {
			return refusal.InexistentPermission.With("api", clip(p.api), "permission", clip(p.name))
		}
	}
	return nil
}

func addPermissions(c *call) (any, error) {
	if _, err := c.user(); err != nil {
		return nil, err
	}
	if err := c.knownPermissions(); err != nil {
		return nil, err
	}
	return c.changePermissions(func(list []string, name string) []string {
		if slices.Contains(list, name) {
			return list
		}
		return append(list, name)
	}, web.Status{Code: http.StatusCreated, Value: struct{}{}})
}

func removePermissions(c *call) (any, error) {
	return c.changePermissions(func(list []string, name string) []string {
		return slices.DeleteFunc(list, func(had string) bool { return had == name })
	}, noContent)
}

// changePermissions changes the user's list for each permission of the body.
func (c *call) changePermissions(change func(list []string, name string) []string, done web.Status) (any, error) {
	_, err := c.Tenant.UpdateUser(c.Vars["id"], func(u *fixtures.User) error {
		if u.Permissions == nil {
			u.Permissions = map[string][]string{}
		}
		for _, p := range c.permissions() {
			if u.Permissions[p.api] = change(u.Permissions[p.api], p.name); len(u.Permissions[p.api]) == 0 {
				delete(u.Permissions, p.api)
			}
		}
		return nil
	})
	if err != nil {
		return nil, userError(err)
	}
	return done, nil
}

package management

import (
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// memberOperations are the members of an organization and their roles there.
var memberOperations = []operation{
	{
		method: "GET", path: "/organizations/{id}/members", summary: "lists the members of an organization", scopes: []string{"read:organization_members"},
		query: slices.Concat(pages, fieldLists, checkpoints), run: listMembers,
	},
	{
		method: "POST", path: "/organizations/{id}/members", summary: "makes users members of an organization", scopes: []string{"create:organization_members"},
		body: idsBody("members", "List of user IDs to add to the organization as members."), run: addMembers,
	},
	{
		method: "DELETE", path: "/organizations/{id}/members", summary: "ends the membership of users in an organization", scopes: []string{"delete:organization_members"},
		body: idsBody("members", "List of user IDs to remove from the organization."), run: removeMembers,
	},
	{method: "GET", path: memberRolesPath, summary: "lists the roles of a member of an organization", scopes: []string{"read:organization_member_roles"}, query: pages, run: listMemberRoles},
	{
		method: "POST", path: memberRolesPath, summary: "gives a member of an organization roles", scopes: []string{"create:organization_member_roles"},
		body: idsBody("roles", "List of roles IDs to associated with the user."), run: addMemberRoles,
	},
	{
		method: "DELETE", path: memberRolesPath, summary: "takes roles away from a member of an organization", scopes: []string{"delete:organization_member_roles"},
		body: idsBody("roles", "List of roles IDs associated with the organization member to remove."), run: removeMemberRoles,
	},
	{
		method: "GET", path: "/organizations/{id}/roles/{role_id}/members", summary: "lists the members of an organization who have a role there", scopes: []string{"read:roles", "read:organization_members"},
		query: slices.Concat(fieldLists, checkpoints), run: listRoleMembers,
	},
}

const memberRolesPath = "/organizations/{id}/members/{user_id}/roles"

// listMembers shows the roles only if fields names them, as at Auth0.
func listMembers(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	all := c.Tenant.Members(o.ID)
	withRoles := c.query["include_fields"] != "false" && slices.Contains(strings.Split(c.query["fields"], ","), "roles")
	var shown []object
	for _, m := range cut(p, all) {
		person := showPerson(m.User)
		if withRoles {
			named := []object{}
			for _, id := range m.Roles {
				if r, ok := c.Setup.Role(id); ok {
					named = append(named, object{{Key: "id", Value: r.ID}, {Key: "name", Value: r.Name}})
				}
			}
			person = append(person, member{Key: "roles", Value: named})
		}
		shown = append(shown, c.only(person))
	}
	return c.answer(listFirst, "members", p, shown, len(all)), nil
}

func listRoleMembers(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	role, ok := c.Setup.Role(c.Vars["role_id"])
	if !ok {
		return nil, refusal.InexistentRole
	}
	have := without(c.Tenant.Members(o.ID), func(m tenant.Member) bool { return !slices.Contains(m.Roles, role.ID) })
	var shown []object
	for _, m := range cut(p, have) {
		shown = append(shown, c.only(showPerson(m.User)))
	}
	p.checkpoint = true
	return c.answer(listFirst, "members", p, shown, len(have)), nil
}

func addMembers(c *call) (any, error) {
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	return noContent, userError(c.Tenant.AddMembers(o.ID, c.texts("members")))
}

func removeMembers(c *call) (any, error) {
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	c.Tenant.RemoveMembers(o.ID, c.texts("members"))
	return noContent, nil
}

// memberOf is the organization and the user that the path names. The user need not be a
// member.
func (c *call) memberOf() (*fixtures.Organization, string, error) {
	o, err := c.organization()
	if err != nil {
		return nil, "", err
	}
	u, ok := c.Tenant.User(c.Vars["user_id"])
	if !ok {
		return nil, "", refusal.InexistentUser
	}
	return o, u.UserID, nil
}

func listMemberRoles(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	o, user, err := c.memberOf()
	if err != nil {
		return nil, err
	}
	all := showRoles(c, c.Tenant.MemberRoles(o.ID, user))
	return c.answer(listFirst, "roles", p, cut(p, all), len(all)), nil
}

func addMemberRoles(c *call) (any, error) {
	o, user, err := c.memberOf()
	if err != nil {
		return nil, err
	}
	if err := c.knownRoles(); err != nil {
		return nil, err
	}
	return noContent, userError(c.Tenant.ChangeMemberRoles(o.ID, user, func(had []string) []string { return union(had, c.texts("roles")) }))
}

func removeMemberRoles(c *call) (any, error) {
	o, user, err := c.memberOf()
	if err != nil {
		return nil, err
	}
	return noContent, userError(c.Tenant.ChangeMemberRoles(o.ID, user, func(had []string) []string { return withoutAll(had, c.texts("roles")) }))
}

package management

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// connectionFields are what the connection of an organization has that may be written.
var (
	connectionFields = []property{
		boolean.of("assign_membership_on_login", "When true, all users that log in with this connection will be automatically granted membership in the organization. When false, users must be granted membership in the organization before logging in with this connection."),
		boolean.of("is_signup_enabled", "Determines whether organization signup should be enabled for this organization connection. Only applicable for database connections. Default: false."),
		boolean.of("show_as_button", "Determines whether a connection should be displayed on this organization’s login prompt. Only applicable for enterprise connections. Default: true."),
	}
	// newConnectionFields are those of the newer operations.
	newConnectionFields = []property{
		text.of("organization_connection_name", "Name of the connection in the scope of this organization."),
		property{types: []string{"string", "null"}, enum: []string{"none", "readonly", "limited", "full"}}.of("organization_access_level", "Access level for the organization."),
		property{types: []string{"string", "null"}}.of("organization_member_access_level", "Access level for the members of the organization."),
		boolean.of("is_enabled", "Whether the connection is enabled for the organization."),
	}
)

// connectionChange is the body of a PATCH, and connectionBody that of a POST.
func connectionChange(newer bool) *property {
	members := slices.Clone(connectionFields)
	if newer {
		members = append(members, newConnectionFields...)
	}
	return &property{types: []string{"object"}, members: members}
}

func connectionBody(newer bool) *property {
	p := connectionChange(newer)
	p.members = append(p.members, text.of("connection_id", "Connection identifier."))
	p.required = []string{"connection_id"}
	return p
}

// organizationConnections are the five operations on the connections of organizations.
// Auth0 has them twice, under an old name and under a newer one with more fields.
func organizationConnections(name, variable, one, all string, newer bool) []operation {
	path := "/organizations/{id}/" + name
	item := path + "/{" + variable + "}"
	scope := func(verb string) []string { return []string{verb + ":organization_connections"} }
	query, dialect := pages, foundList
	if newer {
		query = append(slices.Clone(pages), boolean.of("is_enabled", "Filter connections by enabled status."))
	}
	show := func(c *call, x *fixtures.OrganizationConnection) object { return showConnectionOf(c, x, newer) }
	find := func(c *call) (*fixtures.OrganizationConnection, error) {
		o, err := c.organization()
		if err != nil {
			return nil, err
		}
		return c.connectionOf(o, c.Vars[variable])
	}
	return []operation{
		{method: "GET", path: path, summary: "lists the " + all + " of an organization", scopes: scope("read"), query: query, run: func(c *call) (any, error) {
			p, err := c.page()
			if err != nil {
				return nil, err
			}
			o, err := c.organization()
			if err != nil {
				return nil, err
			}
			var all []object
			for i := range o.EnabledConnections {
				on := *o.EnabledConnections[i].IsEnabled
				if asked := c.query["is_enabled"]; on && newer && asked != "false" || on && !newer || newer && !on && asked != "true" {
					all = append(all, show(c, &o.EnabledConnections[i]))
				}
			}
			return c.answer(dialect, name, p, cut(p, all), len(all)), nil
		}},
		{method: "POST", path: path, summary: "enables a connection for an organization", scopes: scope("create"), body: connectionBody(newer), run: func(c *call) (any, error) {
			x, err := addOrganizationConnection(c)
			if err != nil {
				return nil, err
			}
			return created(show(c, x)), nil
		}},
		{method: "GET", path: item, summary: "reads " + one + " of an organization", scopes: scope("read"), run: func(c *call) (any, error) {
			x, err := find(c)
			if err != nil {
				return nil, err
			}
			return show(c, x), nil
		}},
		{method: "PATCH", path: item, summary: "changes " + one + " of an organization", scopes: scope("update"), body: connectionChange(newer), run: func(c *call) (any, error) {
			old, err := find(c)
			if err != nil {
				return nil, err
			}
			x := *old
			if err := write(&x, c.body); err != nil {
				return nil, err
			}
			err = c.changeOrganization(func(o *fixtures.Organization) error {
				at := slices.IndexFunc(o.EnabledConnections, func(one fixtures.OrganizationConnection) bool { return one.Connection == x.Connection })
				if at < 0 {
					return refusal.InexistentOrganizationConnection
				}
				o.EnabledConnections[at] = x
				return c.signupFits(&x)
			})
			if err != nil {
				return nil, err
			}
			if old, err = find(c); err != nil {
				return nil, err
			}
			return show(c, old), nil
		}},
		{method: "DELETE", path: item, summary: "takes " + one + " away from an organization", scopes: scope("delete"), run: func(c *call) (any, error) {
			if _, err := c.organization(); err != nil {
				return nil, err
			}
			return noContent, c.changeOrganization(func(o *fixtures.Organization) error {
				o.EnabledConnections = slices.DeleteFunc(o.EnabledConnections, func(x fixtures.OrganizationConnection) bool { return c.connectionID(x.Connection) == c.Vars[variable] })
				return nil
			})
		}},
	}
}

// connectionID is the id of a connection with that name.
func (c *call) connectionID(name string) string {
	conn, ok := c.Setup.Connection(name)
	if !ok {
		return ""
	}
	return c.Setup.ConnectionID(conn)
}

// connectionOf is the connection of an organization with an id.
func (c *call) connectionOf(o *fixtures.Organization, id string) (*fixtures.OrganizationConnection, error) {
	for i := range o.EnabledConnections {
		if c.connectionID(o.EnabledConnections[i].Connection) == id {
			return &o.EnabledConnections[i], nil
		}
	}
	return nil, refusal.InexistentOrganizationConnection
}

// namedConnections are connections of a body in the form of a fixture: with a name in
// place of the id.
func (c *call) namedConnections(given []any) (list []any, err error) {
	for _, item := range given {
		members, _ := item.(map[string]any)
		id, _ := members["connection_id"].(string)
		conn, ok := connections.find(c, id)
		if !ok {
			return nil, refusal.InexistentOrganizationConnection.Because("there is no connection with the id " + clip(id))
		}
		if tenant.Passwordless(&conn) {
			c.Hint("Auth0's documents name no passwordless connection for organizations; mockauth0 takes " + conn.Name + " all the same")
		}
		delete(members, "connection_id")
		members["connection"] = conn.Name
		if members["is_signup_enabled"] == true && (conn.Strategy != tenant.StrategyDatabase || members["assign_membership_on_login"] != true) {
			return nil, refusal.SignupNeedsMembership
		}
		list = append(list, members)
	}
	return list, nil
}

// signupFits refuses a sign-up where none is possible.
func (c *call) signupFits(x *fixtures.OrganizationConnection) error {
	if x.IsSignupEnabled != nil && *x.IsSignupEnabled && (c.Setup.Strategy(x.Connection) != tenant.StrategyDatabase || !x.AssignMembershipOnLogin) {
		return refusal.SignupNeedsMembership
	}
	return nil
}

func addOrganizationConnection(c *call) (*fixtures.OrganizationConnection, error) {
	if _, err := c.organization(); err != nil {
		return nil, err
	}
	if _, err := c.namedConnections([]any{c.body}); err != nil {
		return nil, err
	}
	name := c.text("connection")
	var x fixtures.OrganizationConnection
	if err := write(&x, c.body); err != nil {
		return nil, err
	}
	err := c.changeOrganization(func(o *fixtures.Organization) error {
		if slices.ContainsFunc(o.EnabledConnections, func(one fixtures.OrganizationConnection) bool { return one.Connection == name }) {
			return refusal.ExistentOrganizationConnection
		}
		o.EnabledConnections = append(o.EnabledConnections, x)
		return nil
	})
	if err != nil {
		return nil, err
	}
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	return c.connectionOf(o, c.connectionID(name))
}

// showConnectionOf is the connection of an organization as the older or the newer
// operations have it.
func showConnectionOf(c *call, x *fixtures.OrganizationConnection, newer bool) object {
	o := &shape{}
	o.set("connection_id", c.connectionID(x.Connection))
	o.set("assign_membership_on_login", x.AssignMembershipOnLogin)
	if newer || x.IsSignupEnabled != nil {
		o.set("is_signup_enabled", x.IsSignupEnabled != nil && *x.IsSignupEnabled)
	}
	o.set("show_as_button", *x.ShowAsButton)
	if newer {
		o.set("is_enabled", *x.IsEnabled)
		o.set("organization_access_level", "none")
		for _, p := range newConnectionFields {
			if value, ok := x.Kept[p.name]; ok {
				o.set(p.name, value)
			}
		}
	}
	o.set("connection", object{{Key: "name", Value: x.Connection}, {Key: "strategy", Value: c.Setup.Strategy(x.Connection)}})
	return o.object
}

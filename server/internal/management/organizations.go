package management

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// colors are those of the login pages. Auth0 wants both.
var colors = property{types: []string{"object"}, required: []string{"primary", "page_background"}, members: []property{
	property{types: []string{"string"}, pattern: fixtures.Color}.of("primary", "HEX Color for primary elements."),
	property{types: []string{"string"}, pattern: fixtures.Color}.of("page_background", "HEX Color for background."),
}}.of("colors", "Color scheme used to customize the login pages.")

// organizations are /organizations.
var organizations = withConnections(configured(resource[fixtures.Organization]{
	path: "/organizations", key: "organizations", one: "an organization", all: "organizations", dialect: listFirst, checkpoint: true,
	query: []property{
		property{types: []string{"string"}, enum: []string{"name:1", "name:-1", "display_name:1", "display_name:-1", "created_at:1", "created_at:-1"}}.of("sort", "Field to sort by. Use field:order where order is 1 for ascending and -1 for descending. e.g. created_at:1. We currently support sorting by the following fields: name, display_name and created_at."),
	},
	readScopes: []string{"read:organizations_summary"}, createScopes: []string{"create:organization_connections"},
	missing: refusal.InexistentOrganization, deletesOnce: true,
}, section[fixtures.Organization]{
	of:    func(f *fixtures.Fixture) *[]fixtures.Organization { return &f.Organizations },
	id:    func(_ *call, o *fixtures.Organization) string { return o.ID },
	key:   func(o *fixtures.Organization) string { return o.ID },
	name:  func(o *fixtures.Organization) string { return o.Name },
	taken: refusal.ExistentOrganization,
	order: []string{"id", "name", "display_name", "branding", "metadata"},
	hidden: []string{
		"members", "enabled_connections", "client_grants", "clients", "discovery_domains", "invitations", // these have operations of their own
		"client", "connections", "created_at", "updated_at", // these are in no body
	},
	read: []string{"id"},
	body: map[string]property{
		"name":         property{types: []string{"string"}, min: 1, max: 50, format: "organization-name"}.of("name", "The name of this organization.").must("name"),
		"display_name": text.between(1, 255).of("display_name", "Friendly name of this organization."),
		"branding": property{types: []string{"object"}, members: []property{
			text.withFormat("strict-uri").orNull().of("logo_url", "URL of logo to display on login page."), colors,
		}}.of("branding", "Theme defines how to style the login pages."),
		"metadata": property{types: []string{"object"}}.of("metadata", "Metadata associated with the organization, in the form of an object with string values (max 255 chars). Maximum of 25 metadata properties allowed."),
	},
	first: []property{{
		name: "enabled_connections", types: []string{"array"}, max: 10, items: connectionBody(false),
		about: "Connections that will be enabled for this organization. See POST enabled_connections endpoint for the object format. (Max of 10 connections allowed)",
	}},
	written: func(c *call, body map[string]any) {
		name, _ := body["name"].(string)
		body["id"] = newID(c, "org_", "organization", name, func(id string) bool { _, ok := c.Setup.Organization(id); return ok })
	},
	shown: func(c *call, organization fixtures.Organization, o *shape) {
		if c.Method == http.MethodPost && c.body["enabled_connections"] != nil {
			var list []object
			for i := range organization.EnabledConnections {
				list = append(list, showConnectionOf(c, &organization.EnabledConnections[i], false))
			}
			o.set("enabled_connections", list)
		}
	},
}))

// withConnections reads the connections of a new organization. It sorts the list, too,
// and drops what a body has as null below its members.
func withConnections(r resource[fixtures.Organization]) resource[fixtures.Organization] {
	add, update, list := r.add, r.update, r.list
	r.add = func(c *call) (fixtures.Organization, error) {
		if given, ok := c.body["enabled_connections"].([]any); ok {
			named, err := c.namedConnections(given)
			if err != nil {
				return fixtures.Organization{}, err
			}
			c.body["enabled_connections"] = named
		}
		dropNulls(c.body)
		return add(c)
	}
	r.update = func(c *call, old fixtures.Organization) (fixtures.Organization, error) {
		dropNulls(c.body)
		return update(c, old)
	}
	r.list = func(c *call, p page) ([]fixtures.Organization, int, error) {
		all, total, err := list(c, page{limit: len(c.Setup.Fixture.Organizations)})
		switch by := c.query["sort"]; by {
		case "name:1", "name:-1":
			slices.SortStableFunc(all, func(a, b fixtures.Organization) int { return cmp.Compare(a.Name, b.Name) })
		case "display_name:1", "display_name:-1":
			slices.SortStableFunc(all, func(a, b fixtures.Organization) int { return cmp.Compare(a.DisplayName, b.DisplayName) })
		}
		if by := c.query["sort"]; by != "" && by[len(by)-2:] == "-1" {
			slices.Reverse(all)
		}
		return cut(p, all), total, err
	}
	return r
}

// dropNulls removes nulls below the members of a body: what is null there is not set.
func dropNulls(body map[string]any) {
	for _, value := range body {
		inner, _ := value.(map[string]any)
		for name, one := range inner {
			if one == nil {
				delete(inner, name)
			}
		}
	}
}

// organizationByName is the one operation that takes a name.
var organizationByName = []operation{{
	method: "GET", path: "/organizations/name/{name}", summary: "reads an organization, by its name", scopes: []string{"read:organizations"},
	run: func(c *call) (any, error) {
		for i := range c.Setup.Fixture.Organizations {
			if o := c.Setup.Fixture.Organizations[i]; o.Name == c.Vars["name"] {
				return organizations.show(c, o), nil
			}
		}
		return nil, refusal.InexistentOrganization
	},
}}

// organization is the organization that the path names.
func (c *call) organization() (*fixtures.Organization, error) {
	o, ok := c.Setup.Organization(c.Vars["id"])
	if !ok {
		return nil, refusal.InexistentOrganization
	}
	return o, nil
}

// changeOrganization changes the organization that the path names. Its lists are copies.
func (c *call) changeOrganization(change func(o *fixtures.Organization) error) error {
	err := mistake(c.Tenant.Configure(func(f *fixtures.Fixture) error {
		at := slices.IndexFunc(f.Organizations, func(o fixtures.Organization) bool { return o.ID == c.Vars["id"] })
		if at < 0 {
			return refusal.InexistentOrganization
		}
		o := &f.Organizations[at] // Configure has copied the list
		o.EnabledConnections, o.ClientGrants = slices.Clone(o.EnabledConnections), slices.Clone(o.ClientGrants)
		o.Clients, o.DiscoveryDomains = slices.Clone(o.Clients), slices.Clone(o.DiscoveryDomains)
		return change(o)
	}))
	c.Setup = c.Tenant.Setup()
	return err
}

// showOrganizations are the organizations in the lists of a user and of a grant.
func showOrganizations(c *call, ids []string) (all []object) {
	for _, id := range ids {
		if o, ok := c.Setup.Organization(id); ok {
			all = append(all, organizations.show(c, *o))
		}
	}
	return all
}

// organizationOperations are those below an organization, and the lists of
// organizations of others.
var organizationOperations = slices.Concat(
	organizationConnections("enabled_connections", "connectionId", "an enabled connection", "enabled connections", false),
	organizationConnections("connections", "connection_id", "a connection", "connections", true),
	memberOperations,
	invitationOperations,
	discoveryOperations,
	organizationGrantOperations,
	organizationClientOperations,
	[]operation{
		{method: "GET", path: "/users/{id}/organizations", summary: "lists the organizations of a user", scopes: []string{"read:organizations"}, query: slices.Concat(pages, checkpoints), run: listUserOrganizations},
		{method: "GET", path: "/client-grants/{id}/organizations", summary: "lists the organizations of a client grant", scopes: []string{"read:organization_client_grants"}, query: slices.Concat(pages, checkpoints), run: listGrantOrganizations},
	},
)

func listUserOrganizations(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	all := showOrganizations(c, c.Tenant.OrganizationsOf(u.UserID))
	for i := range all { // in another order, and shorter, than elsewhere
		o := &shape{all[i]}
		o.object = slices.DeleteFunc(o.object, func(m member) bool {
			return !slices.Contains([]string{"branding", "id", "display_name", "name"}, m.Key)
		})
		o.arrange([]string{"branding", "id", "display_name", "name"})
		all[i] = o.object
	}
	return c.answer(listFirst, "organizations", p, cut(p, all), len(all)), nil
}

func listGrantOrganizations(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	g, ok := clientGrants.find(c, c.Vars["id"])
	if !ok {
		return nil, refusal.InexistentGrant
	}
	var ids []string
	for _, o := range c.Setup.Fixture.Organizations {
		if slices.Contains(o.ClientGrants, fixtures.OrganizationGrant{ClientID: g.ClientID, Audience: g.Audience}) {
			ids = append(ids, o.ID)
		}
	}
	all := showOrganizations(c, ids)
	return c.answer(listFirst, "organizations", p, cut(p, all), len(all)), nil
}

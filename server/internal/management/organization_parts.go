package management

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// discoveryOperations are the domains by which the login page knows an organization.
var discoveryOperations = []operation{
	{
		method: "GET", path: domainsPath, summary: "lists the discovery domains of an organization", scopes: []string{"read:organization_discovery_domains"},
		query: onlyCheckpoints, run: listDomains,
	},
	{
		method: "POST", path: domainsPath, summary: "adds a discovery domain to an organization", scopes: []string{"create:organization_discovery_domains"},
		body: &property{types: []string{"object"}, required: []string{"domain"}, members: append([]property{
			text.between(3, 255).of("domain", "The domain name to associate with the organization e.g. acme.com."),
		}, domainFields...)},
		run: addDomain,
	},
	{method: "GET", path: domainsPath + "/name/{discovery_domain}", summary: "reads a discovery domain of an organization, by its name", scopes: []string{"read:organization_discovery_domains"}, run: readDomain},
	{method: "GET", path: domainPath, summary: "reads a discovery domain of an organization", scopes: []string{"read:organization_discovery_domains"}, run: readDomain},
	{
		method: "PATCH", path: domainPath, summary: "changes a discovery domain of an organization", scopes: []string{"update:organization_discovery_domains"},
		body: &property{types: []string{"object"}, members: domainFields}, run: changeDomain,
	},
	{method: "DELETE", path: domainPath, summary: "takes a discovery domain away from an organization", scopes: []string{"delete:organization_discovery_domains"}, run: removeDomain},
}

const (
	domainsPath = "/organizations/{id}/discovery-domains"
	domainPath  = domainsPath + "/{discovery_domain_id}"
)

var domainFields = []property{
	property{types: []string{"string"}, enum: []string{"pending", "verified"}}.of("status", "The verification status of the discovery domain."),
	boolean.of("use_for_organization_discovery", "Indicates whether this domain should be used for organization discovery."),
}

func showDomain(c *call, o *fixtures.Organization, d *fixtures.DiscoveryDomain) object {
	return object{
		{Key: "id", Value: d.ID},
		{Key: "domain", Value: d.Domain},
		{Key: "status", Value: d.Status},
		{Key: "verification_host", Value: "_ss-verification." + o.ID + "." + d.Domain},
		{Key: "verification_txt", Value: c.Setup.Seed.Hex(32, "discovery domain", o.ID, d.ID)},
		{Key: "use_for_organization_discovery", Value: *d.UseForOrganizationDiscovery},
	}
}

func listDomains(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	var all []object
	for i := range o.DiscoveryDomains {
		all = append(all, showDomain(c, o, &o.DiscoveryDomains[i]))
	}
	return c.answer(nextFirst, "domains", p, cut(p, all), len(all)), nil
}

// domain is the domain that the path names, by its id or by its name.
func (c *call) domain() (*fixtures.Organization, *fixtures.DiscoveryDomain, error) {
	o, err := c.organization()
	if err != nil {
		return nil, nil, err
	}
	for i := range o.DiscoveryDomains {
		if d := &o.DiscoveryDomains[i]; d.ID == c.Vars["discovery_domain_id"] || d.Domain == c.Vars["discovery_domain"] {
			return o, d, nil
		}
	}
	return nil, nil, refusal.InexistentDiscoveryDomain
}

func readDomain(c *call) (any, error) {
	o, d, err := c.domain()
	if err != nil {
		return nil, err
	}
	return showDomain(c, o, d), nil
}

func addDomain(c *call) (any, error) {
	if _, err := c.organization(); err != nil {
		return nil, err
	}
	var d fixtures.DiscoveryDomain
	if err := write(&d, c.body); err != nil {
		return nil, err
	}
	err := c.changeOrganization(func(o *fixtures.Organization) error {
		if slices.ContainsFunc(o.DiscoveryDomains, func(other fixtures.DiscoveryDomain) bool { return other.Domain == d.Domain }) {
			return refusal.ExistentDiscoveryDomain
		}
		o.DiscoveryDomains = append(o.DiscoveryDomains, d)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.Vars["discovery_domain"] = d.Domain
	shown, err := readDomain(c)
	return created(shown), err
}

func changeDomain(c *call) (any, error) {
	_, old, err := c.domain()
	if err != nil {
		return nil, err
	}
	d := *old
	if err := write(&d, c.body); err != nil {
		return nil, err
	}
	err = c.changeOrganization(func(o *fixtures.Organization) error {
		at := slices.IndexFunc(o.DiscoveryDomains, func(other fixtures.DiscoveryDomain) bool { return other.ID == d.ID })
		if at < 0 {
			return refusal.InexistentDiscoveryDomain
		}
		o.DiscoveryDomains[at] = d
		return nil
	})
	if err != nil {
		return nil, err
	}
	return readDomain(c)
}

func removeDomain(c *call) (any, error) {
	if _, err := c.organization(); err != nil {
		return nil, err
	}
	return noContent, c.changeOrganization(func(o *fixtures.Organization) error {
		o.DiscoveryDomains = slices.DeleteFunc(o.DiscoveryDomains, func(d fixtures.DiscoveryDomain) bool { return d.ID == c.Vars["discovery_domain_id"] })
		return nil
	})
}

// organizationGrantOperations are the client grants that may be used for an
// organization.
var organizationGrantOperations = []operation{
	{
		method: "GET", path: "/organizations/{id}/client-grants", summary: "lists the client grants of an organization", scopes: []string{"read:organization_client_grants"},
		query: slices.Concat(pages, []property{
			text.of("audience", "Optional filter on audience of the client grant."),
			text.of("client_id", "Optional filter on client_id of the client grant."),
			text.of("grant_ids", "Optional filter on the ID of the client grant. Must be URL encoded and may be specified multiple times (max 10)."),
		}),
		run: listOrganizationGrants,
	},
	{
		method: "POST", path: "/organizations/{id}/client-grants", summary: "adds a client grant to an organization", scopes: []string{"create:organization_client_grants"},
		body: &property{types: []string{"object"}, required: []string{"grant_id"}, members: []property{text.of("grant_id", "A Client Grant ID to add to the organization.")}},
		run:  addOrganizationGrant,
	},
	{method: "DELETE", path: "/organizations/{id}/client-grants/{grant_id}", summary: "takes a client grant away from an organization", scopes: []string{"delete:organization_client_grants"}, run: removeOrganizationGrant},
}

func grantOf(g fixtures.ClientGrant) fixtures.OrganizationGrant {
	return fixtures.OrganizationGrant{ClientID: g.ClientID, Audience: g.Audience}
}

// dropLostGrants takes client grants that are gone away from organizations.
func dropLostGrants(f *fixtures.Fixture) {
	f.Organizations = slices.Clone(f.Organizations)
	for i := range f.Organizations {
		o := &f.Organizations[i]
		o.ClientGrants = without(o.ClientGrants, func(g fixtures.OrganizationGrant) bool {
			return !slices.ContainsFunc(f.ClientGrants, func(other fixtures.ClientGrant) bool { return grantOf(other) == g })
		})
	}
}

// showOrganizationGrant is a client grant as organizations have it: with less than it
// has elsewhere.
func showOrganizationGrant(c *call, g fixtures.ClientGrant) object {
	o := &shape{clientGrants.show(c, g)}
	o.object = slices.DeleteFunc(o.object, func(m member) bool {
		return !slices.Contains([]string{"id", "client_id", "audience", "scope", "organization_usage", "allow_any_organization"}, m.Key)
	})
	o.arrange([]string{"id", "client_id", "audience", "scope", "organization_usage", "allow_any_organization"})
	return o.object
}

func listOrganizationGrants(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, g := range c.Setup.Fixture.ClientGrants {
		ids := c.values["grant_ids"]
		if slices.Contains(o.ClientGrants, grantOf(g)) &&
			(c.query["audience"] == "" || c.query["audience"] == c.audienceOf(&g)) &&
			(c.query["client_id"] == "" || c.query["client_id"] == g.ClientID) &&
			(len(ids) == 0 || slices.Contains(ids, c.Setup.GrantID(&g))) {
			all = append(all, showOrganizationGrant(c, g))
		}
	}
	return c.answer(listFirst, "client_grants", p, cut(p, all), len(all)), nil
}

func addOrganizationGrant(c *call) (any, error) {
	if _, err := c.organization(); err != nil {
		return nil, err
	}
	g, ok := clientGrants.find(c, c.text("grant_id"))
	if !ok {
		return nil, refusal.InexistentGrant
	}
	err := c.changeOrganization(func(o *fixtures.Organization) error {
		if slices.Contains(o.ClientGrants, grantOf(g)) {
			return refusal.ExistentOrganizationGrant
		}
		o.ClientGrants = append(o.ClientGrants, grantOf(g))
		return nil
	})
	if err != nil {
		return nil, err
	}
	shown := showOrganizationGrant(c, g)
	shown[0].Key = "grant_id" // it is id in lists
	return created(shown), nil
}

func removeOrganizationGrant(c *call) (any, error) {
	if _, err := c.organization(); err != nil {
		return nil, err
	}
	g, _ := clientGrants.find(c, c.Vars["grant_id"])
	return noContent, c.changeOrganization(func(o *fixtures.Organization) error {
		o.ClientGrants = slices.DeleteFunc(o.ClientGrants, func(other fixtures.OrganizationGrant) bool { return other == grantOf(g) })
		return nil
	})
}

// organizationClientOperations are the clients that belong to an organization.
var organizationClientOperations = []operation{
	{method: "GET", path: orgClientsPath, summary: "lists the clients of an organization", scopes: []string{"read:organization_clients"}, query: onlyCheckpoints, run: listOrganizationClients},
	{
		method: "POST", path: orgClientsPath, summary: "adds clients to an organization", scopes: []string{"create:organization_clients"},
		body: &property{types: []string{"object"}, required: []string{"clients"}, members: []property{{
			name: "clients", about: "List of clients to associate with the organization.", types: []string{"array"}, min: 1,
			items: &property{types: []string{"object"}, required: []string{"client_id", "use_for_member_access"}, members: []property{
				text.of("client_id", "The identifier of the client to associate."), memberAccess,
			}},
		}}},
		run: addOrganizationClients,
	},
	{
		method: "DELETE", path: orgClientsPath, summary: "takes clients away from an organization", scopes: []string{"delete:organization_clients"},
		body: idsBody("clients", "List of client IDs to disassociate from the organization."), run: removeOrganizationClients,
	},
	{method: "GET", path: orgClientPath, summary: "reads a client of an organization", scopes: []string{"read:organization_clients"}, run: readOrganizationClient},
	{
		method: "PATCH", path: orgClientPath, summary: "changes a client of an organization", scopes: []string{"update:organization_clients"},
		body: &property{types: []string{"object"}, members: []property{memberAccess}}, run: changeOrganizationClient,
	},
}

const (
	orgClientsPath = "/organizations/{id}/clients"
	orgClientPath  = orgClientsPath + "/{client_id}"
)

var memberAccess = boolean.of("use_for_member_access", "Whether this client is used for member access to the organization.")

func showOrganizationClient(c *call, x fixtures.OrganizationClient) object {
	client, _ := c.Setup.Client(x.ClientID)
	shown := &shape{clients.show(c, *client)}
	shown.object = slices.DeleteFunc(shown.object, func(m member) bool {
		return !slices.Contains([]string{"name", "app_type", "logo_uri", "is_first_party", "grant_types", "organization_usage"}, m.Key)
	})
	shown.arrange([]string{"name", "app_type", "logo_uri", "is_first_party", "grant_types", "organization_usage"})
	return object{{Key: "client_id", Value: x.ClientID}, {Key: "use_for_member_access", Value: x.UseForMemberAccess}, {Key: "client", Value: shown.object}}
}

func listOrganizationClients(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, x := range o.Clients {
		all = append(all, showOrganizationClient(c, x))
	}
	p.checkpoint = true
	return c.answer(listFirst, "clients", p, cut(p, all), len(all)), nil
}

func addOrganizationClients(c *call) (any, error) {
	if _, err := c.organization(); err != nil {
		return nil, err
	}
	var added []fixtures.OrganizationClient
	items, _ := c.body["clients"].([]any)
	for _, item := range items {
		members, _ := item.(map[string]any)
		var x fixtures.OrganizationClient
		if err := write(&x, members); err != nil {
			return nil, err
		}
		if _, ok := c.Setup.Client(x.ClientID); !ok {
			return nil, refusal.InexistentClient
		}
		added = append(added, x)
	}
	err := c.changeOrganization(func(o *fixtures.Organization) error {
		for _, x := range added {
			if slices.ContainsFunc(o.Clients, func(other fixtures.OrganizationClient) bool { return other.ClientID == x.ClientID }) {
				return refusal.ExistentOrganizationClient
			}
			o.Clients = append(o.Clients, x)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var shown []object
	for _, x := range added {
		shown = append(shown, showOrganizationClient(c, x))
	}
	return created(shown), nil
}

func removeOrganizationClients(c *call) (any, error) {
	if _, err := c.organization(); err != nil {
		return nil, err
	}
	gone := c.texts("clients")
	return noContent, c.changeOrganization(func(o *fixtures.Organization) error {
		o.Clients = slices.DeleteFunc(o.Clients, func(x fixtures.OrganizationClient) bool { return slices.Contains(gone, x.ClientID) })
		return nil
	})
}

// clientOf is the place of the client that the path names.
func (c *call) clientOf(o *fixtures.Organization) (int, error) {
	at := slices.IndexFunc(o.Clients, func(x fixtures.OrganizationClient) bool { return x.ClientID == c.Vars["client_id"] })
	if at < 0 {
		return at, refusal.InexistentOrganizationClient
	}
	return at, nil
}

func readOrganizationClient(c *call) (any, error) {
	o, err := c.organization()
	if err != nil {
		return nil, err
	}
	at, err := c.clientOf(o)
	if err != nil {
		return nil, err
	}
	return showOrganizationClient(c, o.Clients[at]), nil
}

func changeOrganizationClient(c *call) (any, error) {
	if _, err := c.organization(); err != nil {
		return nil, err
	}
	err := c.changeOrganization(func(o *fixtures.Organization) error {
		at, err := c.clientOf(o)
		if err != nil {
			return err
		}
		return write(&o.Clients[at], c.body)
	})
	if err != nil {
		return nil, err
	}
	return readOrganizationClient(c)
}

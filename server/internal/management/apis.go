package management

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// resourceServers are /resource-servers.
var resourceServers = configured(resource[fixtures.ResourceServer]{
	path: "/resource-servers", key: "resource_servers", one: "an API", all: "APIs", dialect: totalsFirst,
	query:   []property{text.of("identifiers", "An optional filter on the resource server identifier.")},
	missing: refusal.InexistentResourceServer,
}, section[fixtures.ResourceServer]{
	of:    func(f *fixtures.Fixture) *[]fixtures.ResourceServer { return &f.ResourceServers },
	id:    func(c *call, api *fixtures.ResourceServer) string { return c.Setup.APIID(api.Identifier) },
	alias: func(api *fixtures.ResourceServer) string { return api.Identifier },
	name:  func(api *fixtures.ResourceServer) string { return api.Identifier },
	filter: func(c *call, api *fixtures.ResourceServer) bool {
		return len(c.values["identifiers"]) == 0 || slices.Contains(c.values["identifiers"], api.Identifier)
	},
	taken: refusal.ExistentResourceServer,
	order: []string{
		"id", "name", "identifier", "client_id", "allow_offline_access", "skip_consent_for_verifiable_first_party_clients", "subject_type_authorization",
		"token_lifetime", "token_lifetime_for_web", "signing_alg", "signing_secret", "scopes", "enforce_policies", "token_dialect", "is_system",
	},
	read: []string{"id", "is_system"}, fixed: []string{"identifier"},
	body: map[string]property{
		"identifier": text.between(1, 600).of("identifier", "Unique identifier for the API used as the audience parameter on authorization calls. Can not be changed once set.").must("identifier"),
		"name":       property{types: []string{"string"}, max: 200, pattern: regexp.MustCompile(`^[^<>]+$`)}.of("name", "Friendly name for this resource server. Can not contain `<` or `>` characters."),
		"scopes": {types: []string{"array"}, about: "List of permissions (scopes) that this API uses.", items: &property{
			types: []string{"object"}, required: []string{"value"},
			members: []property{text.between(1, 280).of("value", "Value of this scope."), text.between(0, 500).of("description", "User-friendly description of this scope.")},
		}},
	},
	prepare: func(c *call, api *fixtures.ResourceServer) error {
		if api.Identifier == c.audience() {
			return refusal.ExistentResourceServer
		}
		return nil
	},
	ensure: func(c *call, api *fixtures.ResourceServer) {
		if api.SigningAlg == fixtures.AlgHS256 && api.SigningSecret == "" {
			api.SigningSecret = c.Setup.Seed.Alphanumeric(32, "signing secret", api.Identifier)
		}
	},
	system: func(c *call) []fixtures.ResourceServer {
		api := tenant.ManagementAPI()
		api.Identifier, api.SigningAlg = c.audience(), fixtures.AlgRS256
		api.Scopes = slices.Clone(api.Scopes)
		for _, scope := range c.scopes() {
			api.Scopes = append(api.Scopes, fixtures.Scope{Value: scope})
		}
		return []fixtures.ResourceServer{api}
	},
	shown: func(c *call, api fixtures.ResourceServer, o *shape) {
		o.set("id", c.Setup.APIID(api.Identifier))
		o.missing("allow_offline_access", false)
		o.missing("skip_consent_for_verifiable_first_party_clients", false)
		if proof, ok := o.value("proof_of_possession").(object); ok {
			settings := &shape{proof}
			settings.missing("required", false)
			o.set("proof_of_possession", settings.object)
		}
		if api.Identifier == c.audience() {
			o.set("is_system", true)
		}
	},
	lost: func(f *fixtures.Fixture, lost fixtures.ResourceServer) {
		f.ClientGrants = without(f.ClientGrants, func(g fixtures.ClientGrant) bool { return g.Audience == lost.Identifier })
		if f.Tenant.DefaultAudience == lost.Identifier {
			f.Tenant.DefaultAudience = ""
		}
		f.Roles = slices.Clone(f.Roles)
		for i := range f.Roles {
			f.Roles[i].Permissions = without(f.Roles[i].Permissions, func(p fixtures.RolePermission) bool { return p.ResourceServerIdentifier == lost.Identifier })
		}
		dropLostGrants(f)
	},
})

// clientGrants are /client-grants.
var clientGrants = configured(resource[fixtures.ClientGrant]{
	path: "/client-grants", key: "client_grants", one: "a client grant", all: "client grants", dialect: totalsFirst, checkpoint: true,
	query: []property{
		text.of("audience", "Optional filter on audience."),
		text.of("client_id", "Optional filter on client_id."),
	},
	missing: refusal.InexistentGrant,
}, section[fixtures.ClientGrant]{
	of:   func(f *fixtures.Fixture) *[]fixtures.ClientGrant { return &f.ClientGrants },
	id:   func(c *call, g *fixtures.ClientGrant) string { return c.Setup.GrantID(g) },
	name: func(g *fixtures.ClientGrant) string { return g.ClientID + "\x00" + g.Audience },
	filter: func(c *call, g *fixtures.ClientGrant) bool {
		return (c.query["client_id"] == "" || c.query["client_id"] == g.ClientID) && (c.query["audience"] == "" || c.query["audience"] == c.audienceOf(g))
	},
	taken: refusal.ExistentGrant,
	order: []string{"id", "client_id", "audience", "scope"},
	read:  []string{"id"}, fixed: []string{"client_id", "audience"},
	body: map[string]property{
		"client_id": text.of("client_id", "ID of the client.").must("client_id"),
		"audience":  text.between(1, 0).of("audience", "The audience (API identifier) of this client grant").must("audience"),
	},
	written: func(c *call, body map[string]any) {
		if body["audience"] == c.audience() {
			body["audience"] = tenant.ManagementPath
		}
	},
	prepare: prepareGrant,
	lost:    func(f *fixtures.Fixture, _ fixtures.ClientGrant) { dropLostGrants(f) },
	shown: func(c *call, g fixtures.ClientGrant, o *shape) {
		o.set("id", c.Setup.GrantID(&g))
		o.set("audience", c.audienceOf(&g))
		o.missing("scope", []string{})
	},
})

// audienceOf is the audience of a grant, with the host of the Management API.
func (c *call) audienceOf(g *fixtures.ClientGrant) string {
	if g.Audience == tenant.ManagementPath {
		return c.audience()
	}
	return g.Audience
}

func prepareGrant(c *call, g *fixtures.ClientGrant) error {
	if _, ok := c.Setup.Client(g.ClientID); !ok {
		return refusal.InexistentClient
	}
	if g.Audience == tenant.ManagementPath {
		return nil
	}
	api, ok := c.Setup.API(g.Audience)
	if !ok {
		return refusal.InexistentResourceServer
	}
	unknown := without(g.Scope, func(name string) bool {
		_, known := scopeOf(api, name)
		return known
	})
	if len(unknown) > 0 {
		return refusal.UnknownScopes.With("scopes", clip(strings.Join(unknown, ", ")))
	}
	return nil
}

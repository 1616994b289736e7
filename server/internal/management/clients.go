package management

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// clientQuery is all that a search of clients may be.
// Source: auth0/docs-v2, its OpenAPI document.
var clientQuery = regexp.MustCompile(`^client_grant\.(organization_id:"?org_[A-Za-z0-9]+"?|allow_any_organization:true)$`)

// clients are /clients.
var clients = withGlobalClient(configured(resource[fixtures.Client]{
	path: "/clients", key: "clients", one: "a client", all: "clients", dialect: totalsFirst, checkpoint: true,
	query: []property{
		boolean.of("is_global", "Optional filter on the global client parameter."),
		boolean.of("is_first_party", "Optional filter on whether or not a client is a first-party client."),
		text.of("app_type", "Optional filter by a comma-separated list of application types."),
		property{types: []string{"string"}, pattern: clientQuery}.of("q", "Advanced Query in Lucene syntax. Permitted Queries: client_grant.organization_id:{organization_id}, client_grant.allow_any_organization:true"),
	},
	readScopes: []string{"read:client_keys", "read:client_credentials", "read:client_summary"}, changeScopes: []string{"update:client_keys", "update:client_credentials"},
	missing: refusal.InexistentClient, always: []string{"tenant"},
}, section[fixtures.Client]{
	of:   func(f *fixtures.Fixture) *[]fixtures.Client { return &f.Clients },
	id:   func(_ *call, c *fixtures.Client) string { return c.ClientID },
	name: func(c *fixtures.Client) string { return c.ClientID },
	order: []string{
		"tenant", "global", "is_token_endpoint_ip_header_trusted", "description", "name", "allowed_clients", "allowed_logout_urls", "callbacks", "client_metadata",
		"cross_origin_authentication", "is_first_party", "native_social_login", "oidc_conformant", "refresh_token", "sso_disabled", "cross_origin_auth",
		"allowed_origins", "client_id", "callback_url_template", "client_secret", "jwt_configuration", "client_aliases", "token_endpoint_auth_method",
		"app_type", "grant_types", "web_origins", "custom_login_page_on",
	},
	hidden: []string{"claims", "credentials"}, read: []string{"client_id", "tenant", "global", "signing_keys"},
	body:    map[string]property{"name": text.between(1, 0).of("name", "Name of this client (min length: 1 character, does not allow < or >).").must("name")},
	filter:  chooseClient,
	written: nameClient,
	prepare: prepareClient,
	bind:    bindClient,
	ensure:  ensureSecret,
	shown:   showClient,
	lost: func(f *fixtures.Fixture, lost fixtures.Client) {
		f.ClientGrants = without(f.ClientGrants, func(g fixtures.ClientGrant) bool { return g.ClientID == lost.ClientID })
		f.Connections = slices.Clone(f.Connections)
		for i := range f.Connections {
			conn := &f.Connections[i]
			conn.EnabledClients = without(conn.EnabledClients, func(id string) bool { return id == lost.ClientID })
		}
		dropLostGrants(f)
		for i := range f.Organizations {
			o := &f.Organizations[i]
			o.Clients = without(o.Clients, func(x fixtures.OrganizationClient) bool { return x.ClientID == lost.ClientID })
		}
	},
}))

// without is a copy of a list that lacks the items that a function chooses.
func without[T any](list []T, lost func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), lost)
}

func chooseClient(c *call, client *fixtures.Client) bool {
	first := client.IsFirstParty == nil || *client.IsFirstParty
	types := c.query["app_type"]
	return (c.query["is_first_party"] == "" || (c.query["is_first_party"] == "true") == first) &&
		(types == "" || slices.Contains(strings.Split(types, ","), client.AppType)) &&
		(c.query["q"] == "" || slices.ContainsFunc(c.Setup.Fixture.ClientGrants, func(g fixtures.ClientGrant) bool {
			return g.ClientID == client.ClientID && isGrantOf(c, g, c.query["q"])
		}))
}

// isGrantOf tells whether a grant is one that a search of clients names.
func isGrantOf(c *call, g fixtures.ClientGrant, q string) bool {
	_, id, _ := strings.Cut(q, "organization_id:")
	if id == "" {
		return g.AllowAnyOrganization
	}
	for i := range c.Setup.Fixture.Organizations {
		o := &c.Setup.Fixture.Organizations[i]
		if o.ID == strings.Trim(id, `"`) {
			return slices.Contains(o.ClientGrants, grantOf(g))
		}
	}
	return false
}

// nameClient gives a new client its id.
func nameClient(c *call, body map[string]any) {
	name, _ := body["name"].(string)
	for n := 1; ; n++ {
		id := c.Setup.Seed.Alphanumeric(32, "client", name, strconv.Itoa(n))
		if _, taken := c.Setup.Client(id); !taken && !c.Tenant.WasDeleted(id) {
			body["client_id"] = id
			return
		}
	}
}

// bindClient completes a body with what the client has already. A change of
// jwt_configuration leaves the members that it does not name.
// Source: auth0/terraform-provider-auth0, which sends only those that change, and its
// recordings.
func bindClient(c *call, client *fixtures.Client) error {
	if change, ok := c.body["jwt_configuration"].(map[string]any); ok && client.ClientID != "" {
		had, _ := plain(unfolded(reflect.TypeFor[fixtures.Client](), jsonObject(*client))).(map[string]any)
		jwt, _ := had["jwt_configuration"].(map[string]any)
		c.body["jwt_configuration"] = mergedBag(jwt, change)
	}
	return bindCredentials(c, client)
}

// prepareClient gives a new client the grants that Auth0 gives one, and dates its keys.
// Source: auth0/ruby-auth0 v5.17.0, its recordings.
func prepareClient(c *call, client *fixtures.Client) error {
	if client.OIDCConformant == nil {
		client.OIDCConformant = new(bool)
	}
	for i := range client.ClientAuthenticationMethods.PrivateKeyJWT.Credentials {
		client.ClientAuthenticationMethods.PrivateKeyJWT.Credentials[i].CreatedAt = c.Now
	}
	public := client.TokenEndpointAuthMethod == "none"
	if client.GrantTypes == nil {
		client.GrantTypes = []string{fixtures.GrantAuthorizationCode, fixtures.GrantImplicit, fixtures.GrantRefreshToken}
		if !public {
			client.GrantTypes = append(client.GrantTypes, fixtures.GrantClientCredentials)
		}
	}
	if public && slices.Contains(client.GrantTypes, fixtures.GrantClientCredentials) {
		return refusal.InvalidGrantTypes.With("grants", fixtures.GrantClientCredentials)
	}
	return nil
}

// newSecret is a client_secret, of 64 characters.
func newSecret(c *call, names ...string) string {
	half := func(which string) string {
		return c.Setup.Seed.Alphanumeric(32, append([]string{"client secret", which}, names...)...)
	}
	return half("1") + half("2")
}

// ensureSecret gives each client a secret, as Auth0 does.
func ensureSecret(c *call, client *fixtures.Client) {
	if client.ClientID != "" && client.ClientSecret == "" && !client.SignsAssertions() {
		client.ClientSecret = newSecret(c, client.ClientID)
	}
}

func showClient(c *call, client fixtures.Client, o *shape) {
	o.set("tenant", fixtures.TenantName)
	o.set("global", false)
	for _, name := range []string{"is_token_endpoint_ip_header_trusted", "cross_origin_authentication", "sso_disabled", "callback_url_template"} {
		o.missing(name, false)
	}
	o.set("cross_origin_auth", client.CrossOriginAuthentication)
	o.missing("custom_login_page_on", true)
	if jwt, ok := o.value("jwt_configuration").(object); ok {
		settings := &shape{jwt}
		settings.missing("secret_encoded", false)
		o.set("jwt_configuration", settings.object)
	}
	if refresh, ok := o.value("refresh_token").(object); ok {
		settings := &shape{refresh}
		settings.missing("leeway", 0)
		settings.missing("infinite_token_lifetime", false)
		settings.missing("infinite_idle_token_lifetime", false)
		settings.arrange([]string{"expiration_type", "leeway", "infinite_token_lifetime", "infinite_idle_token_lifetime", "token_lifetime", "idle_token_lifetime", "rotation_type"})
		o.set("refresh_token", settings.object)
	}
	hideSecret(c, o)
	if client.SignsAssertions() { // no answer shows a key, and the secret has no use
		o.drop("client_secret")
		ids := []object{}
		for _, one := range client.ClientAuthenticationMethods.PrivateKeyJWT.Credentials {
			ids = append(ids, object{{Key: "id", Value: c.Setup.CredentialID(&client, &one)}})
		}
		o.set("client_authentication_methods", object{{Key: "private_key_jwt", Value: object{{Key: "credentials", Value: ids}}}})
	}
}

// hideSecret drops the secret of a client, unless the token may see it.
func hideSecret(c *call, o *shape) {
	if !slices.Contains(strings.Fields(c.bearer.Scope), "read:client_keys") {
		o.drop("client_secret")
	}
}

// clientOperations are those on clients beside the operations of each resource.
var clientOperations = []operation{{
	method: "POST", path: "/clients/{id}/rotate-secret", summary: "gives a client another secret", scopes: []string{"update:client_keys"},
	run: func(c *call) (any, error) {
		old, ok := clients.find(c, c.Vars["id"])
		if !ok {
			return nil, refusal.InexistentClient
		}
		c.body = map[string]any{"client_secret": newSecret(c, old.ClientID, old.ClientSecret)}
		client, err := clients.update(c, old)
		if err != nil {
			return nil, err
		}
		shown := &shape{clients.show(c, client)}
		shown.missing("client_secret", client.ClientSecret)
		return shown.object, nil
	},
}}

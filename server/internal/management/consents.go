package management

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// consentOperations are /grants and /device-credentials. Unlike Auth0, the mock asks
// nobody for consent: a grant and a device credential are what it has of the kind, a
// refresh token.
var consentOperations = []operation{
	{
		method: "GET", path: "/grants", summary: "lists the grants of users: one for each API of which a client has a refresh token", scopes: []string{"read:grants"},
		query: slices.Concat(pages, []property{text.of("user_id", "user_id of the grants to retrieve."), text.of("client_id", "client_id of the grants to retrieve."), text.of("audience", "audience of the grants to retrieve.")}),
		run:   listGrants,
	},
	{
		method: "DELETE", path: "/grants", summary: "deletes the grants of a user, and revokes the refresh tokens", scopes: []string{"delete:grants"},
		query: []property{property{types: []string{"string"}, required: []string{"user_id"}}.of("user_id", "user_id of the grant to delete.")},
		run: func(c *call) (any, error) {
			c.endGrants(func(f fixtures.RefreshFamily) bool { return f.UserID == c.query["user_id"] })
			return noContent, nil
		},
	},
	{
		method: "DELETE", path: "/grants/{id}", summary: "deletes a grant, and revokes its refresh tokens", scopes: []string{"delete:grants"},
		run: func(c *call) (any, error) {
			c.endGrants(func(f fixtures.RefreshFamily) bool { return c.consentID(f) == c.Vars["id"] })
			return noContent, nil
		},
	},
	{
		method: "GET", path: "/device-credentials", summary: "lists the refresh tokens and the public keys, as credentials of devices", scopes: []string{"read:device_credentials"},
		query: slices.Concat(pages, fieldLists, []property{
			text.of("user_id", "user_id of the devices to retrieve."), text.of("client_id", "client_id of the devices to retrieve."),
			property{types: []string{"string"}, enum: []string{publicKey, "refresh_token", "rotating_refresh_token"}}.of("type", "Type of credentials to retrieve. Must be `public_key`, `refresh_token` or `rotating_refresh_token`. The property will default to `refresh_token` when paging is requested"),
		}),
		run: listDeviceCredentials,
	},
	{
		method: "POST", path: "/device-credentials", summary: "keeps the public key of a device of the user who calls",
		own: []string{"create:current_user_device_credentials"}, owner: func(c *call) string { return c.bearer.Subject },
		body: &property{types: []string{"object"}, required: []string{"device_name", "type", "value", "device_id"}, members: []property{
			text.between(1, 0).of("device_name", "Name for this device easily recognized by owner."),
			property{types: []string{"string"}, enum: []string{publicKey}}.of("type", "Type of credential. Must be `public_key`."),
			text.between(1, 0).of("value", "Base64 encoded string containing the credential."),
			text.between(1, 0).of("device_id", "Unique identifier for the device."),
			text.of("client_id", "client_id of the client (application) this credential is for."),
		}},
		run: addDeviceCredential,
	},
	{
		method: "DELETE", path: "/device-credentials/{id}", summary: "revokes a refresh token, or deletes a public key", scopes: []string{"delete:device_credentials"},
		own: []string{"delete:current_user_device_credentials"}, owner: (*call).ownerOfCredential,
		run: removeDeviceCredential,
	},
}

// consentAudience is the API of a refresh token: the user's profile, if there is no
// other.
func (c *call) consentAudience(f fixtures.RefreshFamily) string {
	if f.Audience == "" {
		return c.Issuer + "userinfo"
	}
	return f.Audience
}

func (c *call) consentID(f fixtures.RefreshFamily) string {
	return c.Setup.Seed.Hex(24, "consent", f.UserID, f.ClientID, f.Audience)
}

func (c *call) endGrants(which func(fixtures.RefreshFamily) bool) {
	for _, f := range refreshTokens(c, which) {
		c.Tenant.EndRefreshToken(f.ID)
	}
}

// chosen tells whether the query asks for a refresh token.
func (c *call) chosen(f fixtures.RefreshFamily) bool {
	for name, value := range map[string]string{"user_id": f.UserID, "client_id": f.ClientID, "audience": c.consentAudience(f)} {
		if asked := c.query[name]; asked != "" && asked != value {
			return false
		}
	}
	return true
}

func listGrants(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	var all []object
	places := map[string]int{}
	for _, f := range refreshTokens(c, c.chosen) {
		id := c.consentID(f)
		at, again := places[id]
		if !again {
			at = len(all)
			places[id] = at
			all = append(all, object{
				{Key: "user_id", Value: f.UserID},
				{Key: "audience", Value: c.consentAudience(f)},
				{Key: "scope", Value: []string{}},
				{Key: "clientID", Value: f.ClientID},
				{Key: "id", Value: id},
			})
		}
		shown := &shape{all[at]}
		scopes, _ := shown.value("scope").([]string)
		for scope := range strings.FieldsSeq(f.Scope) {
			if !slices.Contains(scopes, scope) {
				scopes = append(scopes, scope)
			}
		}
		shown.set("scope", scopes)
	}
	return c.answer(totalsFirst, "grants", p, cut(p, all), len(all)), nil
}

// readStatus is that of a connection with a connector, which none of the mock has.
func readStatus(c *call) (any, error) {
	if _, err := c.connection(); err != nil {
		return nil, err
	}
	return nil, refusal.NoConnectionStatus
}

var statusOperation = operation{
	method: http.MethodGet, path: "/connections/{id}/status", summary: "tells that a connection has no connector", scopes: []string{"read:connections"}, run: readStatus,
}

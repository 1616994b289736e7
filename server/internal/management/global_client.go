package management

import (
	"github.com/mockauth0/mockauth0/fixtures"
)

// The global client, All Applications, is in lists only for is_global=true. The deploy
// CLI keeps the classic login page in it.
// Source: auth0/auth0-deploy-cli, its recordings.

func (c *call) globalClientID() string { return c.Setup.Seed.Alphanumeric(32, "global client") }

// globalClient is the global client as a client.
func globalClient(c *call) fixtures.Client {
	return fixtures.Client{ClientID: c.globalClientID(), Name: "All Applications", ClientSecret: newSecret(c, c.globalClientID())}
}

// withGlobalClient adds the global client to the clients.
func withGlobalClient(r resource[fixtures.Client]) resource[fixtures.Client] {
	list, find, update, show := r.list, r.find, r.update, r.show
	r.list = func(c *call, p page) ([]fixtures.Client, int, error) {
		if c.query["is_global"] == "true" {
			return cut(p, []fixtures.Client{globalClient(c)}), 1, nil
		}
		return list(c, p)
	}
	r.find = func(c *call, id string) (fixtures.Client, bool) {
		if id == c.globalClientID() {
			return globalClient(c), true
		}
		return find(c, id)
	}
	r.update = func(c *call, old fixtures.Client) (fixtures.Client, error) {
		if old.ClientID != c.globalClientID() {
			return update(c, old)
		}
		err := c.configure(func(f *fixtures.Fixture) error { return write(&f.Tenant.GlobalClient, c.body) })
		return old, err
	}
	r.show = func(c *call, client fixtures.Client) object {
		if client.ClientID == c.globalClientID() {
			return showGlobalClient(c, client)
		}
		return show(c, client)
	}
	return r
}

// globalFields say how the fixture's part of the global client is shown.
var globalFields = section[fixtures.GlobalClient]{}

func showGlobalClient(c *call, client fixtures.Client) object {
	shown := &shape{object{
		{Key: "tenant", Value: fixtures.TenantName},
		{Key: "global", Value: true},
		{Key: "callbacks", Value: []string{}},
		{Key: "is_first_party", Value: true},
		{Key: "name", Value: client.Name},
		{Key: "custom_login_page", Value: ""},
		{Key: "cross_origin_authentication", Value: false},
		{Key: "client_id", Value: client.ClientID},
		{Key: "client_secret", Value: client.ClientSecret},
		{Key: "custom_login_page_on", Value: false},
	}}
	for _, m := range globalFields.values(c.Setup.Fixture.Tenant.GlobalClient) {
		shown.set(m.Key, m.Value)
	}
	hideSecret(c, shown)
	return shown.object
}

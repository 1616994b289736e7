package control

import (
	"net/http"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// setup is what GET /_mock/tenant answers, in the fixture's fields.
type setup struct {
	Issuer          string                    `yaml:"issuer"`
	Domain          string                    `yaml:"domain"`
	FriendlyName    string                    `yaml:"friendly_name"`
	Clients         []fixtures.Client         `yaml:"clients"`
	Connections     []fixtures.Connection     `yaml:"connections"`
	ResourceServers []fixtures.ResourceServer `yaml:"resource_servers"`
	Roles           []fixtures.Role           `yaml:"roles"`
	Keys            publishedKeys             `yaml:"keys"`
	HasCA           bool                      `yaml:"has_ca"`
}

// publishedKeys are the kids of the published keys.
type publishedKeys struct {
	Current  string `yaml:"current"`
	Next     string `yaml:"next"`
	Previous string `yaml:"previous"`
}

// ReadTenant is GET /_mock/tenant.
func (a *API) ReadTenant(c *web.Call) (any, error) {
	f := a.Tenant.Fixture()
	_, domain, _ := strings.Cut(c.Origin, "://")
	var keys publishedKeys
	keys.Current, keys.Next, keys.Previous = a.Tenant.Keys.KeyIDs()
	return encoded(http.StatusOK, setup{
		Issuer: c.Issuer, Domain: domain, FriendlyName: f.Tenant.FriendlyName,
		Clients: f.Clients, Connections: f.Connections, ResourceServers: f.ResourceServers, Roles: f.Roles,
		Keys: keys, HasCA: a.CA != nil,
	})
}

// minting is the body of POST /_mock/tokens.
type minting struct {
	Claims map[string]any `yaml:"claims" doc:"The claims. iss, iat and exp are filled in if absent."`
	// Management are scopes.
	Management []string `yaml:"management" doc:"Instead of claims: the scopes of an access token for the Management API."`
	Key        string   `yaml:"key" enum:"current,rogue" doc:"current (default) signs, or the secret of an API or client with HS256 that is the aud; rogue gives a signature that neither verifies."`
}

// minted is what POST /_mock/tokens answers.
type minted struct {
	Token string `json:"token"`
}

// MintToken is POST /_mock/tokens.
func (a *API) MintToken(c *web.Call) (any, error) {
	var m minting
	if err := decode(c, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Claims != nil && m.Management != nil:
		return nil, badRequest("write claims or management, not both")
	case m.Management != nil:
		m.Claims = tenant.ManagementClaims(c.Issuer, m.Management)
	case m.Claims == nil:
		return nil, badRequest("claims: required field is missing; write it, or at least one scope in management")
	}
	sign := a.Server.MintToken
	if m.Key == "rogue" {
		sign = a.Server.ForgeToken
	}
	signed, err := sign(c.Issuer, m.Claims)
	if err != nil {
		return nil, badRequest("claims: %s", err)
	}
	return minted{signed}, nil
}

// A rotation names the key that signs from now on.
type rotation struct {
	KeyID string `json:"kid"`
}

// RotateKeys is POST /_mock/keys/rotate.
func (a *API) RotateKeys(*web.Call) (any, error) {
	return rotation{a.Server.RotateKey()}, nil
}

// ExportState is GET /_mock/state.
func (a *API) ExportState(*web.Call) (any, error) { return encoded(http.StatusOK, a.Server.State()) }

// ImportState is PUT /_mock/state.
func (a *API) ImportState(c *web.Call) (any, error) {
	importing.Lock()
	defer importing.Unlock()
	f, err := fixtures.Parse("", c.Body)
	if err != nil {
		return nil, mistakes(err)
	}
	if err := oneTenant(f); err != nil {
		return nil, err
	}
	if err := a.Server.PutState(f); err != nil {
		return nil, mistakes(err)
	}
	return noContent, nil
}

// oneTenant refuses a file of --state that has several tenants, where it would be the state
// of one.
func oneTenant(f *fixtures.Fixture) error {
	if f != nil && f.State != nil && len(f.State.Tenants) > 0 {
		return badRequest("state.tenants: this is the state of one tenant; send each its own, without state.tenants")
	}
	return nil
}

// ResetState is POST /_mock/reset.
func (a *API) ResetState(*web.Call) (any, error) {
	a.Server.Reset()
	return noContent, nil
}

// ReadCA is GET /_mock/ca.pem.
func (a *API) ReadCA(*web.Call) (any, error) {
	if a.CA == nil {
		return nil, controlError(http.StatusNotFound, "no_ca", "this server has no certificate authority: it does not speak https")
	}
	return web.Raw{ContentType: "application/x-pem-file", Body: a.CA()}, nil
}

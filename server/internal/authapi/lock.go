package authapi

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// The settings of a client, as Lock reads them.
// Source: auth0/lock src/core/client/index.js.
type (
	clientSettings struct {
		ID         string             `json:"id"`
		Tenant     string             `json:"tenant"`
		Callback   string             `json:"callback,omitempty"`
		Strategies []strategySettings `json:"strategies"`
	}
	strategySettings struct {
		Name        string               `json:"name"`
		Connections []connectionSettings `json:"connections"`
	}
	connectionSettings struct {
		Name     string `json:"name"`
		Password string `json:"passwordPolicy,omitempty"`
		// Length is there only if the policy has a length of its own.
		Length     *passwordLength `json:"password_complexity_options,omitempty"`
		ShowSignup *bool           `json:"showSignup,omitempty"`
		ShowForgot *bool           `json:"showForgot,omitempty"`
		// A database whose users have a username.
		RequiresUsername bool                `json:"requires_username,omitempty"`
		Validation       *usernameValidation `json:"validation,omitempty"`
	}
	passwordLength struct {
		Min int `json:"min_length"`
	}
	usernameValidation struct {
		Username usernameLengths `json:"username"`
	}
	usernameLengths struct {
		Min int `json:"min"`
		Max int `json:"max"`
	}
)

// ClientSettings is GET /client/{id}.js: it tells Lock how a user can sign in to
// a client. If the script does not load, Lock shows an error.
func ClientSettings(c *web.Call) (any, error) {
	id := c.Vars["id"]
	client, ok := c.Setup.Client(id)
	if !ok {
		return nil, refusal.UnknownAuthorizeClient.With("client", id).Because(tenant.UnknownClientHint(id))
	}
	out := clientSettings{ID: id, Tenant: fixtures.TenantName, Callback: tenant.FirstCallback(client), Strategies: []strategySettings{}}
	at := map[string]int{}
	for _, conn := range c.Setup.UsableConnections(client) {
		i, known := at[conn.Strategy]
		if !known {
			i = len(out.Strategies)
			at[conn.Strategy] = i
			out.Strategies = append(out.Strategies, strategySettings{Name: conn.Strategy})
		}
		settings := connectionSettings{Name: conn.Name}
		if conn.Strategy == tenant.StrategyDatabase {
			settings.Password, settings.ShowSignup, settings.ShowForgot = cmp.Or(conn.Options.PasswordPolicy, "none"), ref(!conn.Options.DisableSignup), ref(true)
			if least := conn.Options.PasswordComplexityOptions.MinLength; least > 0 {
				settings.Length = &passwordLength{least}
			}
			if conn.Options.RequiresUsername {
				shortest, longest := conn.UsernameLengths()
				settings.RequiresUsername, settings.Validation = true, &usernameValidation{usernameLengths{shortest, longest}}
			}
		}
		out.Strategies[i].Connections = append(out.Strategies[i].Connections, settings)
	}
	return script("setClient", out)
}

func ref[T any](v T) *T { return &v }

// The settings of a tenant, as Lock reads them with useTenantInfo.
// Source: auth0/lock src/core/tenant/index.js.
type (
	tenantSettings struct {
		DefaultDirectory   string              `json:"defaultDirectory,omitempty"`
		Connections        tenantConnections   `json:"connections"`
		ClientsConnections map[string][]string `json:"clientsConnections"`
	}
	tenantConnections struct {
		Database     []databaseSettings     `json:"database"`
		Passwordless []passwordlessSettings `json:"passwordless"`
	}
	databaseSettings struct {
		Name        string `json:"name"`
		Strategy    string `json:"strategy"`
		AllowSignup bool   `json:"allowSignup"`
		AllowForgot bool   `json:"allowForgot"`
	}
	passwordlessSettings struct {
		Name     string `json:"name"`
		Strategy string `json:"strategy"`
	}
)

// TenantSettings is GET /info-v1.js and /tenants/v1/{id}.js: ClientSettings for
// all clients at once.
func TenantSettings(c *web.Call) (any, error) {
	f := c.Setup.Fixture
	out := tenantSettings{
		DefaultDirectory:   f.Tenant.DefaultDirectory,
		Connections:        tenantConnections{Database: []databaseSettings{}, Passwordless: []passwordlessSettings{}},
		ClientsConnections: map[string][]string{},
	}
	for i := range f.Connections {
		switch conn := &f.Connections[i]; {
		case conn.Disabled:
		case conn.Strategy == tenant.StrategyDatabase:
			out.Connections.Database = append(out.Connections.Database, databaseSettings{conn.Name, conn.Strategy, !conn.Options.DisableSignup, true})
		default:
			out.Connections.Passwordless = append(out.Connections.Passwordless, passwordlessSettings{conn.Name, conn.Strategy})
		}
	}
	for i := range f.Clients {
		names := []string{}
		for _, conn := range c.Setup.UsableConnections(&f.Clients[i]) {
			names = append(names, conn.Name)
		}
		out.ClientsConnections[f.Clients[i].ClientID] = names
	}
	return script("setTenant", out)
}

// Language is GET /js/lock/{version}/{language}.js. Lock asks for it if its
// languageBaseUrl is the tenant. The dictionary is empty, so Lock shows its own
// English texts, whatever the language.
func Language(c *web.Call) (any, error) {
	return script("registerLanguageDictionary", strings.TrimSuffix(c.Vars["id"], ".js"), struct{}{})
}

// script calls one of Lock's functions.
func script(function string, arguments ...any) (any, error) {
	parts := make([]string, len(arguments))
	for i, argument := range arguments {
		data, err := json.Marshal(argument)
		if err != nil {
			return nil, err
		}
		parts[i] = string(data)
	}
	return web.Raw{ContentType: "application/javascript; charset=utf-8", Body: []byte("Auth0." + function + "(" + strings.Join(parts, ",") + ");")}, nil
}

// Country is GET /user/geoloc/country. Lock preselects the country of a phone
// number by it.
func Country(*web.Call) (any, error) {
	return struct {
		Code string `json:"country_code"`
	}{"US"}, nil
}

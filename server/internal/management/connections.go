package management

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// connections are /connections.
var connections = configured(resource[fixtures.Connection]{
	path: "/connections", key: "connections", one: "a connection", all: "connections", dialect: totalsFirst, checkpoint: true,
	query: []property{
		text.of("strategy", "Provide strategies to only retrieve connections with such strategies"),
		text.of("name", "Provide the name of the connection to retrieve"),
	},
	missing: refusal.InexistentConnection, always: []string{"id"},
	deleted: func(c *call) web.Status {
		return web.Status{Code: http.StatusAccepted, Value: object{{Key: "deleted_at", Value: isoTime(c.Now)}}}
	},
}, section[fixtures.Connection]{
	of:   func(f *fixtures.Fixture) *[]fixtures.Connection { return &f.Connections },
	id:   func(c *call, conn *fixtures.Connection) string { return c.Setup.ConnectionID(conn) },
	name: func(conn *fixtures.Connection) string { return conn.Name },
	filter: func(c *call, conn *fixtures.Connection) bool {
		return (len(c.values["strategy"]) == 0 || slices.Contains(c.values["strategy"], conn.Strategy)) &&
			(c.query["name"] == "" || c.query["name"] == conn.Name)
	},
	prepare: func(_ *call, conn *fixtures.Connection) error {
		if conn.Strategy == tenant.StrategyDatabase && conn.Options.PasswordOptions == nil && conn.Options.PasswordPolicy == "" {
			conn.Options.PasswordPolicy = "good"
		}
		return nil
	},
	taken:  refusal.ExistentConnection,
	order:  []string{"id", "options", "strategy", "name", "display_name", "is_domain_connection"},
	hidden: []string{"disabled"}, read: []string{"id"}, fixed: []string{"name", "strategy"},
	body: map[string]property{
		"name":     property{types: []string{"string"}, max: 128, pattern: regexp.MustCompile(`^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$`)}.of("name", "The name of the connection. Must start and end with an alphanumeric character and can only contain alphanumeric characters and '-'. Max length 128").must("name"),
		"strategy": property{types: []string{"string"}, enum: []string{tenant.StrategyEmail, tenant.StrategySMS, tenant.StrategyDatabase}}.of("strategy", "The identity provider identifier for the connection").must("strategy"),
		"options":  {later: openOptions},
	},
	shown: showConnection,
	lost: func(f *fixtures.Fixture, lost fixtures.Connection) {
		if f.Tenant.DefaultDirectory == lost.Name {
			f.Tenant.DefaultDirectory = ""
		}
		f.Organizations = slices.Clone(f.Organizations)
		for i := range f.Organizations {
			o := &f.Organizations[i]
			o.EnabledConnections = without(o.EnabledConnections, func(x fixtures.OrganizationConnection) bool { return x.Connection == lost.Name })
		}
	},
})

// openOptions lets options have members that the mock does not know: there is no list
// of all that Auth0 takes.
func openOptions() property {
	options := structSchema(optionsType)
	options.open = true
	for i, p := range options.members {
		if len(p.types) > 0 {
			options.members[i] = p.orNull()
		}
	}
	return options.of("options", "The connection's options (depend on the connection strategy)")
}

func showConnection(c *call, conn fixtures.Connection, o *shape) {
	o.set("id", c.Setup.ConnectionID(&conn))
	o.missing("options", object{})
	o.missing("is_domain_connection", false)
	if conn.Strategy == tenant.StrategyDatabase {
		showDatabaseOptions(o)
		o.missing("authentication", object{{Key: "active", Value: true}})
		o.missing("connected_accounts", object{{Key: "active", Value: false}})
	}
	realms := o.value("realms")
	if realms == nil {
		realms = []string{conn.Name}
	}
	o.drop("enabled_clients", "realms")
	if c.Method == http.MethodGet && c.Vars["id"] == "" { // the items of a list have them in this order
		o.set("realms", realms)
	}
	o.set("enabled_clients", enabledClients(c.Setup.Fixture, conn))
	o.missing("realms", realms)
}

// showDatabaseOptions adds the options that every database has.
// Source: auth0/go-auth0 v1.45.0, its recordings.
func showDatabaseOptions(o *shape) {
	is := func(name string, value any) member { return member{Key: name, Value: value} }
	have, _ := o.value("options").(object)
	always := object{
		is("mfa", object{is("active", true), is("return_enroll_settings", true)}),
		is("strategy_version", 2),
		is("authentication_methods", object{
			is("password", object{is("enabled", true), is("api_behavior", "required"), is("signup_behavior", "allow")}),
			is("passkey", object{is("enabled", false)}),
		}),
		is("passkey_options", object{is("challenge_ui", "both"), is("progressive_enrollment_enabled", true), is("local_enrollment_enabled", true)}),
		is("brute_force_protection", true),
	}
	options := &shape{joined(have, always)}
	if passkeys, ok := options.value("passkey_options").(object); ok {
		inner := &shape{passkeys}
		inner.arrange([]string{"challenge_ui", "progressive_enrollment_enabled", "local_enrollment_enabled"})
		options.set("passkey_options", inner.object)
	}
	options.arrange([]string{"mfa", "passwordPolicy", "strategy_version", "authentication_methods", "passkey_options", "brute_force_protection"})
	o.set("options", options.object)
}

// enabledClients are the ids of the clients that may use a connection, where * is all.
func enabledClients(f *fixtures.Fixture, conn fixtures.Connection) []string {
	ids := []string{}
	if !slices.Contains(conn.EnabledClients, "*") {
		return append(ids, conn.EnabledClients...)
	}
	for i := range f.Clients {
		ids = append(ids, f.Clients[i].ClientID)
	}
	return ids
}

// listClientConnections lists them as the list of all connections has them.
func listClientConnections(c *call) (any, error) {
	client, ok := c.Setup.Client(c.Vars["id"])
	if !ok {
		return nil, refusal.InexistentClient
	}
	c.Vars = nil // so that the items are those of a list
	var all []object
	for _, conn := range c.Setup.Fixture.Connections {
		if tenant.Enabled(&conn, client.ClientID) && (len(c.values["strategy"]) == 0 || slices.Contains(c.values["strategy"], conn.Strategy)) {
			all = append(all, c.only(connections.show(c, conn), "id"))
		}
	}
	return c.part("connections", all)
}

// connectionOperations are those on connections beside the operations of each resource.
var connectionOperations = []operation{
	{
		method: "GET", path: "/clients/{id}/connections", summary: "lists the connections that a client may use", scopes: []string{"read:connections", "read:clients", "read:client_summary"},
		query: slices.Concat(checkpoints, fieldLists, []property{text.of("strategy", "Provide strategies to only retrieve connections with such strategies")}), run: listClientConnections,
	},
	{
		method: "GET", path: "/connections/{id}/clients", summary: "lists the clients that may use a connection", scopes: []string{"read:connections"},
		query: onlyCheckpoints, run: listConnectionClients,
	},
	{
		method: "PATCH", path: "/connections/{id}/clients", summary: "lets clients use a connection, or not", scopes: []string{"update:connections"},
		body: &property{types: []string{"array"}, min: 1, max: 50, items: &property{
			types: []string{"object"}, required: []string{"client_id", "status"},
			members: []property{text.of("client_id", "The client_id of the client to be the subject to change status"), boolean.of("status", "Whether the connection is enabled or not for this client_id")},
		}},
		run: changeConnectionClients,
	},
	{
		method: "DELETE", path: "/connections/{id}/users", summary: "deletes a user of a connection, by e-mail address", scopes: []string{"delete:users"},
		query: []property{text.between(1, 0).must("email").of("email", "The email of the user to delete")}, run: removeConnectionUser,
	},
}

// connection is the connection that the path names.
func (c *call) connection() (fixtures.Connection, error) {
	conn, ok := connections.find(c, c.Vars["id"])
	if !ok {
		return conn, refusal.InexistentConnection
	}
	return conn, nil
}

func listConnectionClients(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	conn, err := c.connection()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, id := range enabledClients(c.Setup.Fixture, conn) {
		all = append(all, object{{Key: "client_id", Value: id}})
	}
	p.checkpoint = true
	return c.answer(listFirst, "clients", p, cut(p, all), len(all)), nil
}

func changeConnectionClients(c *call) (any, error) {
	conn, err := c.connection()
	if err != nil {
		return nil, err
	}
	err = c.configure(func(f *fixtures.Fixture) error {
		at := slices.IndexFunc(f.Connections, func(other fixtures.Connection) bool { return other.Name == conn.Name })
		if at < 0 {
			return refusal.InexistentConnection
		}
		f.Connections = slices.Clone(f.Connections)
		enabled := enabledClients(f, f.Connections[at])
		for _, item := range c.list {
			change, _ := item.(map[string]any)
			id, _ := change["client_id"].(string)
			if !slices.ContainsFunc(f.Clients, func(client fixtures.Client) bool { return client.ClientID == id }) {
				return refusal.InexistentClient
			}
			enabled = without(enabled, func(other string) bool { return other == id })
			if change["status"] == true {
				enabled = append(enabled, id)
			}
		}
		f.Connections[at].EnabledClients = enabled
		return nil
	})
	if err != nil {
		return nil, err
	}
	return noContent, nil
}

func removeConnectionUser(c *call) (any, error) {
	conn, err := c.connection()
	if err != nil {
		return nil, err
	}
	found, _ := c.Tenant.SelectUsers(tenant.Selection{Match: func(u *fixtures.User) bool {
		return u.Connection == conn.Name && u.Email == c.query["email"]
	}})
	for _, u := range found {
		if err := removeUser(c, u.UserID); err != nil {
			return nil, err
		}
	}
	return noContent, nil
}

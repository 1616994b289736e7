package tenant

import (
	"slices"
	"strconv"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/internal/allowedurl"
	"github.com/mockauth0/mockauth0/internal/derive"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// A Setup is what a tenant is configured with: its fixture, with the clients,
// connections and APIs by name. A Setup never changes. When the tenant gets
// another fixture, it gets another Setup.
type Setup struct {
	Fixture *fixtures.Fixture
	Seed    derive.Seed // under which names become values

	clients     map[string]*fixtures.Client
	connections map[string]*fixtures.Connection
	apis        map[string]*fixtures.ResourceServer
	grants      map[grantKey]*fixtures.ClientGrant
	roles       map[string]*fixtures.Role         // by id
	orgs        map[string]*fixtures.Organization // by id
	templates   map[string]fixtures.Templates     // by connection
	replaced    map[string]bool                   // addresses of the users of the default fixture that this one does not have
	mails       map[string]*OwnMail               // by the name of the template
}

type grantKey struct{ client, audience string }

func newSetup(f *fixtures.Fixture) *Setup {
	s := &Setup{
		Fixture:     f,
		Seed:        derive.Seed(f.Seed()),
		clients:     make(map[string]*fixtures.Client, len(f.Clients)),
		connections: make(map[string]*fixtures.Connection, len(f.Connections)),
		apis:        make(map[string]*fixtures.ResourceServer, len(f.ResourceServers)),
		grants:      make(map[grantKey]*fixtures.ClientGrant, len(f.ClientGrants)),
		roles:       make(map[string]*fixtures.Role, len(f.Roles)),
		orgs:        make(map[string]*fixtures.Organization, len(f.Organizations)),
		templates:   make(map[string]fixtures.Templates, len(f.Connections)),
		mails:       ownMails(f),
	}
	for i := range f.Clients {
		s.clients[f.Clients[i].ClientID] = &f.Clients[i]
	}
	for i := range f.Connections {
		s.connections[f.Connections[i].Name] = &f.Connections[i]
		s.templates[f.Connections[i].Name], _ = f.Connections[i].Templates() // the fixture was checked: there is no error
	}
	for i := range f.ResourceServers {
		s.apis[f.ResourceServers[i].Identifier] = &f.ResourceServers[i]
	}
	for i := range f.ClientGrants {
		s.grants[grantKey{f.ClientGrants[i].ClientID, f.ClientGrants[i].Audience}] = &f.ClientGrants[i]
	}
	for i := range f.Roles {
		s.roles[f.Roles[i].ID] = &f.Roles[i]
	}
	for i := range f.Organizations {
		s.orgs[f.Organizations[i].ID] = &f.Organizations[i]
	}
	s.replaced = replacedUsers(f)
	return s
}

// replacedUsers are the addresses, as keys, of the users of the default fixture that
// are missing in a fixture with users of its own.
func replacedUsers(f *fixtures.Fixture) map[string]bool {
	standard, err := fixtures.Load("default")
	if err != nil || len(f.Users) == 0 || slices.Contains(fixtures.Names(), f.Source) {
		return nil
	}
	gone := map[string]bool{}
	for _, u := range standard.Users {
		gone[address.Key(u.Email+u.PhoneNumber)] = true
	}
	for _, u := range f.Users {
		delete(gone, address.Key(u.Email))
		delete(gone, u.PhoneNumber)
	}
	return gone
}

// WhyUnknown says why a user of the default fixture is unknown: the users of this
// one replace those. It is empty for any other address.
func (s *Setup) WhyUnknown(recipient string) string {
	if !s.replaced[address.Key(recipient)] {
		return ""
	}
	file := "the fixture"
	if s.Fixture.Source != "" {
		file = s.Fixture.Source
	}
	return recipient + " is a user of the fixture default, but the users of " + file + " replace those; add " + recipient + " to its users to keep that user"
}

// Setup returns what the tenant is configured with now.
func (t *Tenant) Setup() *Setup {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.setup
}

// Auth0's strategies.
const (
	StrategyEmail    = "email"
	StrategySMS      = "sms"
	StrategyDatabase = "auth0"
)

// Passwordless tells whether users of the connection sign in with a code.
func Passwordless(conn *fixtures.Connection) bool {
	return conn.Strategy == StrategyEmail || conn.Strategy == StrategySMS
}

// Client returns a client by its client_id. It must not be changed.
func (s *Setup) Client(id string) (*fixtures.Client, bool) {
	c, ok := s.clients[id]
	return c, ok
}

// Templates are those of a connection.
func (s *Setup) Templates(conn *fixtures.Connection) fixtures.Templates {
	return s.templates[conn.Name]
}

// Confidential tells whether a client must authenticate.
func Confidential(c *fixtures.Client) bool { return c.TokenEndpointAuthMethod != "none" }

// Connection returns a connection by its name. It must not be changed.
func (s *Setup) Connection(name string) (*fixtures.Connection, bool) {
	conn, ok := s.connections[name]
	return conn, ok
}

// Strategy is the strategy of a connection, or "" if there is no such
// connection.
func (s *Setup) Strategy(connection string) string {
	if conn, ok := s.connections[connection]; ok {
		return conn.Strategy
	}
	return ""
}

// PasswordlessConnection returns a passwordless connection that the client may
// use, or the refusal of POST /passwordless/start.
func (s *Setup) PasswordlessConnection(name string, c *fixtures.Client) (*fixtures.Connection, error) {
	conn, ok := s.connections[name]
	switch {
	case !ok:
		return nil, refusal.NoSuchConnection.Because("connection " + strconv.Quote(name) + " is not in the fixture")
	case !Enabled(conn, c.ClientID):
		return nil, refusal.NoSuchConnection.Because("connection " + strconv.Quote(name) + " is not enabled for client " + strconv.Quote(c.ClientID) + "; add it to enabled_clients")
	case conn.Disabled:
		return nil, refusal.ConnectionDisabled
	case !Passwordless(conn):
		return nil, refusal.NotPasswordless
	}
	return conn, nil
}

// UsableConnection returns a connection that the client may use on the login
// pages, or the refusal of /authorize.
func (s *Setup) UsableConnection(name string, c *fixtures.Client) (*fixtures.Connection, error) {
	conn, ok := s.connections[name]
	switch {
	case !ok:
		return nil, refusal.NoSuchLoginConnection.Because("connection " + strconv.Quote(name) + " is not in the fixture")
	case !Enabled(conn, c.ClientID) || conn.Disabled:
		return nil, refusal.NoSuchLoginConnection.Because("connection " + strconv.Quote(name) + " is not enabled for client " + strconv.Quote(c.ClientID))
	}
	return conn, nil
}

// UsableConnections are the connections that the client may use, in the
// fixture's order.
func (s *Setup) UsableConnections(c *fixtures.Client) []*fixtures.Connection {
	var list []*fixtures.Connection
	for i := range s.Fixture.Connections {
		if conn := &s.Fixture.Connections[i]; Enabled(conn, c.ClientID) && !conn.Disabled {
			list = append(list, conn)
		}
	}
	return list
}

// Enabled tells whether a client may use a connection.
func Enabled(conn *fixtures.Connection, client string) bool {
	return slices.Contains(conn.EnabledClients, client) || slices.Contains(conn.EnabledClients, "*")
}

// AllowsOrigin tells whether at least one client lets pages of the origin call.
// A preflight names no client, so all of them count.
func (s *Setup) AllowsOrigin(origin string) bool {
	return slices.ContainsFunc(s.Fixture.Clients, func(c fixtures.Client) bool { return ClientAllowsOrigin(&c, origin) })
}

// NamesOrigin tells whether at least one client names the origin: by letting its
// pages call, or as the place of a logout URL.
func (s *Setup) NamesOrigin(origin string) bool {
	return s.AllowsOrigin(origin) || slices.ContainsFunc(s.Fixture.Clients, func(c fixtures.Client) bool {
		return slices.ContainsFunc(c.AllowedLogoutURLs, func(pattern string) bool { return allowedurl.Origin(pattern, origin) })
	})
}

// ClientAllowsOrigin tells whether a client lets pages of the origin call. The place
// of a callback counts as one of its origins.
// Source: auth0/docs-v2 get-started/applications/set-up-cors.mdx.
func ClientAllowsOrigin(c *fixtures.Client, origin string) bool {
	for _, entries := range [][]string{c.AllowedOrigins, c.WebOrigins, c.Callbacks} {
		if slices.ContainsFunc(entries, func(entry string) bool { return allowedurl.Origin(entry, origin) }) {
			return true
		}
	}
	return false
}

// API returns an API by its identifier; an empty one if there is none.
func (s *Setup) API(identifier string) (fixtures.ResourceServer, bool) {
	if api, ok := s.apis[identifier]; ok {
		return *api, true
	}
	return fixtures.ResourceServer{}, false
}

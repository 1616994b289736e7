package tenant

import (
	"slices"
	"strconv"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// organizationConnection is a connection as an organization has it, if the organization
// has it and it is enabled there.
func organizationConnection(o *fixtures.Organization, name string) (fixtures.OrganizationConnection, bool) {
	at := slices.IndexFunc(o.EnabledConnections, func(x fixtures.OrganizationConnection) bool { return x.Connection == name })
	if at < 0 || o.EnabledConnections[at].IsEnabled != nil && !*o.EnabledConnections[at].IsEnabled {
		return fixtures.OrganizationConnection{}, false
	}
	return o.EnabledConnections[at], true
}

// inOrganization is a connection as the members of an organization use it: nobody signs
// up to a database, unless the organization or an invitation allows it.
func inOrganization(conn *fixtures.Connection, x fixtures.OrganizationConnection, invited bool) *fixtures.Connection {
	if conn.Strategy != StrategyDatabase {
		return conn
	}
	ours := *conn
	open := x.IsSignupEnabled != nil && *x.IsSignupEnabled
	ours.Options.DisableSignup = !open && !(invited && !conn.Options.DisableSignup)
	return &ours
}

// LoginConnection returns a connection that a login can use, or the refusal of
// /authorize. In a login through an organization the organization decides, whatever
// connections the client has.
// Source: https://community.auth0.com/t/167644.
func (s *Setup) LoginConnection(name string, a *Authorization) (*fixtures.Connection, error) {
	o := s.orgs[a.Organization]
	if o == nil {
		return s.UsableConnection(name, a.Client)
	}
	conn, known := s.connections[name]
	x, enabled := organizationConnection(o, name)
	switch {
	case !known:
		return s.UsableConnection(name, a.Client)
	case !enabled || conn.Disabled:
		return nil, refusal.OrganizationConnectionDisabled.Because("add connection " + strconv.Quote(name) + " to the enabled_connections of organization " + o.Name)
	}
	return inOrganization(conn, x, a.Invitation != ""), nil
}

// LoginConnections are the connections that a login can use, in the fixture's order.
func (s *Setup) LoginConnections(a *Authorization) []*fixtures.Connection {
	o := s.orgs[a.Organization]
	if o == nil {
		return s.UsableConnections(a.Client)
	}
	var list []*fixtures.Connection
	for i := range s.Fixture.Connections {
		conn := &s.Fixture.Connections[i]
		if x, ok := organizationConnection(o, conn.Name); ok && !conn.Disabled {
			list = append(list, inOrganization(conn, x, a.Invitation != ""))
		}
	}
	return list
}

// CanEnter tells whether a browser that is signed in need not sign in again for a login
// through an organization: its connection is enabled there.
func (s *Setup) CanEnter(a *Authorization, session Session) bool {
	if a.Organization == "" {
		return true
	}
	_, err := s.LoginConnection(session.Connection, a)
	return err == nil
}

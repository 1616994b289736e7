package triggers

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// eventOf is what all events have.
func eventOf(c *web.Call, client *fixtures.Client) *actions.Event {
	e := &actions.Event{Request: requestOf(c), Tenant: actions.Tenant{ID: fixtures.TenantName}}
	if client != nil {
		e.Client = &actions.Client{ClientID: client.ClientID, Name: client.Name, Metadata: copied(client.ClientMetadata)}
	}
	return e
}

func requestOf(c *web.Call) *actions.Request {
	r := &actions.Request{
		IP: c.IP, Method: c.Method, Hostname: c.Host, Language: c.Header.Get("Accept-Language"), UserAgent: c.Header.Get("User-Agent"),
		GeoIP: map[string]any{},
	}
	r.Query, r.Body = c.WithoutSecrets()
	for name, text := range c.Captured {
		r.Body[name] = text
	}
	return r
}

// addUser adds the user to an event, with the user's connection and roles.
func addUser(c *web.Call, e *actions.Event, u fixtures.User) {
	e.User = UserOf(c.Setup, u)
	e.Stats = &actions.Stats{LoginsCount: u.LoginsCount}
	e.Connection = connectionOf(c.Setup, u.Connection)
	e.Authorization = &actions.Authorization{Roles: c.Setup.RoleNames(&u)}
}

func connectionOf(s *tenant.Setup, name string) *actions.Connection {
	conn, ok := s.Connection(name)
	if !ok {
		return nil
	}
	return &actions.Connection{ID: s.ConnectionID(conn), Name: conn.Name, Strategy: conn.Strategy}
}

// UserOf is a user as Actions see one.
func UserOf(s *tenant.Setup, u fixtures.User) *actions.User {
	p := tenant.Profile(u)
	own := u.Identity()
	out := &actions.User{
		UserID: p.UserID, Email: p.Email, EmailVerified: p.EmailVerified, PhoneNumber: p.PhoneNumber, PhoneVerified: p.PhoneVerified,
		Username: p.Username, Name: p.Name, Nickname: p.Nickname, GivenName: p.GivenName, FamilyName: p.FamilyName, Picture: p.Picture,
		CreatedAt: actions.Time(p.CreatedAt), UpdatedAt: actions.Time(p.UpdatedAt), LastPasswordReset: actions.Time(p.LastPasswordReset),
		AppMetadata: copied(p.AppMetadata), UserMetadata: copied(p.UserMetadata),
		Identities: []actions.Identity{{Connection: own.Connection, Provider: own.Provider, UserID: own.UserID}},
	}
	for _, i := range u.Identities {
		out.Identities = append(out.Identities, actions.Identity{Connection: i.Connection, Provider: i.Provider, UserID: i.UserID, IsSocial: i.IsSocial})
	}
	for _, a := range u.MFA {
		if kind := factorName(a.Type); a.Confirmed() && kind != "" {
			out.EnrolledFactors = append(out.EnrolledFactors, actions.Factor{Type: kind})
		}
	}
	if len(out.EnrolledFactors) > 0 {
		out.Multifactor = []string{"guardian"}
	}
	return out
}

// factorName is a factor as Actions name it.
func factorName(factor string) string {
	for name, of := range tenant.FactorsOfActions {
		if of == factor {
			return name
		}
	}
	return ""
}

func copied(m map[string]any) map[string]any {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]any{}
	}
	return out
}

// methodsOf are the ways by which a user has signed in.
func methodsOf(first string, at, secondFactor time.Time, more []string, now time.Time) *actions.Authentication {
	a := &actions.Authentication{}
	add := func(name string, at time.Time) {
		a.Methods = append(a.Methods, actions.Method{Name: name, Timestamp: actions.Time(at)})
	}
	if first != "" {
		add(first, at)
	}
	if !secondFactor.IsZero() {
		add("mfa", secondFactor)
	}
	for _, name := range more {
		add(name, now)
	}
	if a.Methods == nil {
		return nil
	}
	return a
}

// browserEvent is the event of a login in a browser.
func browserEvent(c *web.Call, a *tenant.Authorization, tx tenant.Transaction, s tenant.Session, u fixtures.User, silent bool) *actions.Event {
	e := eventOf(c, a.Client)
	addUser(c, e, u)
	e.Transaction = &actions.Transaction{
		ID: tx.ID, Protocol: protocolOf(a), RequestedScopes: strings.Fields(a.Scope), Locale: "en", LoginHint: tx.Hint,
		RedirectURI: a.RedirectURI, ResponseMode: a.Mode, ResponseType: a.ResponseTypes, ACRValues: []string{}, UILocales: []string{},
	}
	if a.State != nil {
		e.Transaction.State = *a.State
	}
	if a.StepUp {
		e.Transaction.ACRValues = []string{tenant.MultiFactor}
	}
	if silent {
		e.Transaction.Prompt = []string{"none"}
	}
	second := s.SecondFactor
	if second.IsZero() && tx.PassedBy == s.UserID {
		second = c.Now
	}
	var more []string
	if tx.Actions != nil {
		more = tx.Actions.Methods
	}
	first := s.Method
	if first == "" { // a magic link
		first = c.Setup.Strategy(u.Connection)
	}
	e.Authentication = methodsOf(first, s.AuthTime, second, more, c.Now)
	if s.ID != "" {
		e.Session = sessionOf(s)
	}
	e.ResourceServer = resourceServerOf(c, a.Audience)
	if o, ok := c.Setup.Organization(a.Organization); ok {
		e.Organization = organizationOf(o)
	}
	return e
}

func organizationOf(o *fixtures.Organization) *actions.Organization {
	out := &actions.Organization{ID: o.ID, Name: o.Name, DisplayName: o.DisplayName, Metadata: map[string]any{}}
	for name, value := range o.Metadata {
		out.Metadata[name] = value
	}
	return out
}

func resourceServerOf(c *web.Call, audience string) *actions.ResourceServer {
	if audience == "" {
		audience = c.Setup.Fixture.Tenant.DefaultAudience
	}
	if audience == "" {
		return nil
	}
	return &actions.ResourceServer{Identifier: audience}
}

func protocolOf(a *tenant.Authorization) string {
	switch {
	case a.UserCode != "":
		return "oauth2-device-code"
	case slices.Equal(a.ResponseTypes, []string{"code"}):
		return "oidc-basic-profile"
	case slices.Contains(a.ResponseTypes, "code"):
		return "oidc-hybrid-profile"
	}
	return "oidc-implicit-profile"
}

func sessionOf(s tenant.Session) *actions.Session {
	out := &actions.Session{
		ID: s.SID, UserID: s.UserID, CreatedAt: actions.Time(s.CreatedAt()), UpdatedAt: actions.Time(s.UsedAt()), AuthenticatedAt: actions.Time(s.AuthTime),
		ExpiresAt: actions.Time(s.ExpiresAt()), IdleExpiresAt: actions.Time(s.IdleExpiresAt()), Clients: []actions.SessionClient{}, Device: deviceOf(s.Device), Metadata: s.Metadata,
	}
	for _, id := range s.Clients {
		out.Clients = append(out.Clients, actions.SessionClient{ClientID: id})
	}
	return out
}

func deviceOf(d fixtures.ClientDevice) map[string]any {
	return map[string]any{"initial_ip": d.InitialIP, "initial_user_agent": d.InitialUserAgent, "last_ip": d.LastIP, "last_user_agent": d.LastUserAgent}
}

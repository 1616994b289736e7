package tenant

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// When a user says through which organization to sign in, if the app does not.
const (
	BeforeLogin = "before" // organization_require_behavior: pre_login_prompt
	AfterLogin  = "after"  // organization_require_behavior: post_login_prompt
)

// maxPicked is how many organizations the page after the login shows.
// Source: auth0/docs-v2 login-flows-for-organizations.mdx.
const maxPicked = 20

// AskedOrganization returns the organization that a request names, or the refusal of
// /authorize. A name counts in any case, and only if the tenant allows names.
func (s *Setup) AskedOrganization(asked string) (*fixtures.Organization, error) {
	if o, ok := s.orgs[asked]; ok {
		return o, nil
	}
	if !s.Fixture.Tenant.AllowOrganizationName && !strings.HasPrefix(asked, "org_") {
		return nil, refusal.OrganizationNoID.Because("to take names, set allow_organization_name_in_authentication_api of the fixture's tenant")
	}
	if o, ok := s.OrganizationNamed(asked); ok && s.Fixture.Tenant.AllowOrganizationName {
		return o, nil
	}
	return nil, refusal.OrganizationUnknown.Because("there is no organization " + strconv.Quote(asked) + " in the fixture")
}

// CalledOrganization returns an organization by its id or its name, as a test calls it.
// Errors are of type *UserError.
func (s *Setup) CalledOrganization(idOrName string) (*fixtures.Organization, error) {
	if o, ok := s.orgs[idOrName]; ok {
		return o, nil
	}
	if o, ok := s.OrganizationNamed(idOrName); ok {
		return o, nil
	}
	var names []string
	for i := range s.Fixture.Organizations {
		names = append(names, s.Fixture.Organizations[i].Name)
	}
	description := "there is no organization " + strconv.Quote(idOrName) + "; add it to organizations of the fixture"
	if len(names) > 0 {
		description = "there is no organization " + strconv.Quote(idOrName) + "; there are " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	return nil, &UserError{"no_organization", description}
}

// ShownOrganization is a copy of an organization that has a name to show; nil if there is
// no such organization.
func (s *Setup) ShownOrganization(id string) *fixtures.Organization {
	o, ok := s.orgs[id]
	if !ok {
		return nil
	}
	named := *o
	named.DisplayName = cmp.Or(o.DisplayName, o.Name)
	return &named
}

// OrganizationNamed returns an organization by its name, in any case.
func (s *Setup) OrganizationNamed(name string) (*fixtures.Organization, bool) {
	for i := range s.Fixture.Organizations {
		if o := &s.Fixture.Organizations[i]; strings.EqualFold(o.Name, name) {
			return o, true
		}
	}
	return nil, false
}

// OrganizationsOfDomain are those that have the domain of an e-mail address among the
// verified ones.
// Source: auth0/docs-v2 login-flows-for-organizations.mdx.
func (s *Setup) OrganizationsOfDomain(email string) (list []*fixtures.Organization) {
	_, domain, _ := strings.Cut(email, "@")
	for i := range s.Fixture.Organizations {
		o := &s.Fixture.Organizations[i]
		if slices.ContainsFunc(o.DiscoveryDomains, func(d fixtures.DiscoveryDomain) bool {
			return d.Status == "verified" && (d.UseForOrganizationDiscovery == nil || *d.UseForOrganizationDiscovery) && strings.EqualFold(d.Domain, domain)
		}) {
			list = append(list, o)
		}
	}
	return list
}

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

// An Entry is what became of a login at the door of an organization.
type Entry struct {
	// Organization is the one through which the user signs in; "" for none.
	Organization string
	// Pick are those among which the user has to choose; nil if there is no choice.
	Pick []*fixtures.Organization
	// Joined tells that the user has become a member.
	Joined bool
}

// Enter checks the membership of the user of a session, and makes who may become one a
// member: by assign_membership_on_login, or by an invitation, which is used up then. A
// login without an organization may get one here. silent is a login that can show no
// page.
// Source: https://community.auth0.com/t/200110 for the order: the connection, the
// membership, then all else.
func (t *Tenant) Enter(a Authorization, tx Transaction, s Session, silent bool) (Entry, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(s.UserID)
	if !ok || blocked(u, a.Effects) || tx.EnteredBy == s.UserID { // who is blocked learns so from Approve
		return Entry{Organization: a.Organization}, nil
	}
	if a.Organization == "" {
		chosen, pick, joined, err := t.chooseLocked(a, s, u, silent)
		if err != nil || pick != nil || chosen == "" {
			return Entry{Pick: pick, Joined: joined}, err
		}
		t.noteEntryLocked(tx, chosen, s.UserID)
		return Entry{Organization: chosen, Joined: joined}, nil
	}
	joined, err := t.enterLocked(a, tx, s, u)
	if err != nil {
		return Entry{}, err
	}
	t.noteEntryLocked(tx, a.Organization, s.UserID)
	return Entry{Organization: a.Organization, Joined: joined}, nil
}

// noteEntryLocked notes that a user may enter, so that the rest of the login does not ask
// again: an invitation is good once.
func (t *Tenant) noteEntryLocked(tx Transaction, organization, userID string) {
	if stored, ok := t.transactions.get(tx.ID); ok {
		stored.Authorization.Organization, stored.EnteredBy = organization, userID
	}
}

// enterLocked lets a user into the organization of a login.
func (t *Tenant) enterLocked(a Authorization, tx Transaction, s Session, u *user) (joined bool, err error) {
	o, ok := t.setup.orgs[a.Organization]
	if !ok {
		return false, refusal.OrganizationUnknown.Because("the organization " + a.Organization + " was deleted")
	}
	x, enabled := organizationConnection(o, s.Connection)
	if !enabled {
		return false, refusal.OrganizationConnectionDisabled.Because("add connection " + strconv.Quote(s.Connection) + " to the enabled_connections of organization " + o.Name)
	}
	if a.Invitation != "" && a.Effects.User("organization_full") {
		return false, refusal.OrganizationFull
	}
	if a.Invitation != "" {
		return !t.isMemberLocked(o.ID, u.UserID), t.acceptInvitationLocked(a, tx, u)
	}
	if t.isMemberLocked(a.Organization, u.UserID) {
		return false, nil
	}
	if !x.AssignMembershipOnLogin {
		return false, notMember(u.UserID, o)
	}
	if a.Effects.User("organization_full") {
		return false, refusal.OrganizationFull
	}
	t.memberships.of(o.ID).add(u.UserID).joined = true
	t.noteChange()
	return true, nil
}

func notMember(userID string, o *fixtures.Organization) error {
	return refusal.NotOrganizationMember.With("user", userID, "organization", o.ID).Because(
		"add the user to the members of organization " + o.Name + ", or give its connection assign_membership_on_login: true")
}

func (t *Tenant) isMemberLocked(organization, userID string) bool {
	ms := t.memberships[organization]
	return ms != nil && ms.byUser[userID] != nil && ms.byUser[userID].joined
}

// stillMemberLocked refuses a user who is no member of the organization of the login any
// more. Unverified: the status and words for codes and refresh tokens.
func (t *Tenant) stillMemberLocked(organization, userID string) error {
	if organization == "" || t.isMemberLocked(organization, userID) {
		return nil
	}
	o, ok := t.setup.orgs[organization]
	if !ok {
		o = &fixtures.Organization{ID: organization, Name: organization}
	}
	return notMember(userID, o)
}

// chooseLocked finds the organization of a login that names none. Without a page it is
// the one that the browser's session had last with the client.
func (t *Tenant) chooseLocked(a Authorization, s Session, u *user, silent bool) (chosen string, pick []*fixtures.Organization, joined bool, err error) {
	if a.Asks == "" || a.Personal {
		return "", nil, false, nil
	}
	required := a.Client.OrganizationUsage == "require"
	if last, known := s.organizations[a.Client.ClientID]; silent && known && (last == "" && !required || t.isMemberLocked(last, u.UserID) && t.setup.CanEnter(&Authorization{Organization: last}, s)) {
		return last, nil, false, nil
	}
	if a.Asks == BeforeLogin {
		return "", nil, false, refusal.LoginRequired.Because("the user has to name an organization, and prompt=none allows no page")
	}
	// Source: auth0/docs-v2 login-flows-for-organizations.mdx: a login without an
	// organization makes a member only if one organization alone takes such members.
	var all, open []*fixtures.Organization
	for i := range t.setup.Fixture.Organizations {
		o := &t.setup.Fixture.Organizations[i]
		x, enabled := organizationConnection(o, s.Connection)
		switch {
		case t.isMemberLocked(o.ID, u.UserID):
			all = append(all, o)
			if enabled && x.AssignMembershipOnLogin {
				open = append(open, nil)
			}
		case enabled && x.AssignMembershipOnLogin:
			open = append(open, o)
		}
	}
	if len(open) == 1 && open[0] != nil && a.Effects.User("organization_full") {
		return "", nil, false, refusal.OrganizationFull
	}
	if len(open) == 1 && open[0] != nil {
		t.memberships.of(open[0].ID).add(u.UserID).joined = true
		t.noteChange()
		all, joined = append(all, open[0]), true
	}
	switch {
	case len(all) == 0 && required:
		return "", nil, false, refusal.NoOrganization.Because("add the user to the members of an organization, or give its connection assign_membership_on_login: true")
	case len(all) == 0:
		return "", nil, false, nil
	case len(all) == 1 && required:
		if _, ok := organizationConnection(all[0], s.Connection); !ok {
			return "", nil, joined, refusal.OrganizationConnectionDisabled.Because("add connection " + strconv.Quote(s.Connection) + " to the enabled_connections of organization " + all[0].Name)
		}
		return all[0].ID, nil, joined, nil
	case silent:
		return "", nil, joined, refusal.LoginRequired.Because("the user has to pick an organization, and prompt=none allows no page")
	}
	return "", all[:min(len(all), maxPicked)], joined, nil
}

// Continue notes that a login goes on with the user of a browser that is signed in.
func (t *Tenant) Continue(tx Transaction, s Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if stored, ok := t.transactions.get(tx.ID); ok {
		stored.SignedIn, stored.Linked, stored.SignedUp = s.ID, Session{}, false
	}
}

// Pick notes the organization that a user has chosen on a page; "" is a login without
// one. The hint is the address that the user has given, if any.
func (t *Tenant) Pick(tx Transaction, organization, hint string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if stored, ok := t.transactions.get(tx.ID); ok {
		stored.Authorization.Organization, stored.Authorization.Personal, stored.EnteredBy = organization, organization == "", ""
		if hint != "" {
			stored.Hint = hint
		}
	}
}

// CheckInvitation returns the invitation that a login names, or refuses it. It must be
// one of that client to that organization.
func (t *Tenant) CheckInvitation(ticket, organization, clientID string, now time.Time) (Invitation, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v, err := t.invitationLocked(ticket, organization, clientID, now)
	if err != nil {
		return Invitation{}, err
	}
	return cloneInvitation(v), nil
}

func (t *Tenant) invitationLocked(ticket, organization, clientID string, now time.Time) (*Invitation, error) {
	for _, v := range t.invitations.all {
		switch {
		case v.TicketID != ticket:
		case v.Organization != organization:
			return nil, refusal.InvitationGone.Because("the invitation is one to the organization " + v.Organization)
		case v.ClientID != clientID:
			return nil, refusal.InvitationGone.Because("the invitation leads to the client " + strconv.Quote(v.ClientID))
		case !now.Before(v.ExpiresAt):
			return nil, refusal.InvitationGone.Because("the invitation expired at " + v.ExpiresAt.UTC().Format(time.RFC3339))
		default:
			return v, nil
		}
	}
	return nil, refusal.InvitationGone.Because("there is no such invitation; it may have been accepted, or taken back")
}

// acceptInvitationLocked makes the user a member, with the roles of the invitation, and uses the
// invitation up. The address counts as verified: the user has read what was sent there.
// Source: auth0/docs-v2 invite-members.mdx.
func (t *Tenant) acceptInvitationLocked(a Authorization, tx Transaction, u *user) error {
	v, err := t.invitationLocked(a.Invitation, a.Organization, a.Client.ClientID, a.Now)
	if err != nil {
		return err
	}
	if address.Key(u.Email) != address.Key(v.Invitee.Email) {
		return refusal.InvitationForAnother.Because("the invitation is for " + v.Invitee.Email + ", and the user is " + u.address())
	}
	t.invitations.remove(v.ID)
	m := t.memberships.of(a.Organization).add(u.UserID)
	m.joined = true
	for _, role := range t.setup.livingRoles(v.Roles) {
		if !slices.Contains(m.roles, role) {
			m.roles = append(slices.Clip(m.roles), role)
		}
	}
	changed := cloned(u.User)
	changed.EmailVerified = true
	if tx.SignedUp {
		changed.AppMetadata, changed.UserMetadata = joinedBags(changed.AppMetadata, v.AppMetadata), joinedBags(changed.UserMetadata, v.UserMetadata)
	}
	_, err = t.changeUserLocked(u, changed, a.Now)
	return err
}

// joinedBags are the members of two objects. Those of the second count.
func joinedBags(a, b map[string]any) map[string]any {
	if len(b) == 0 {
		return a
	}
	out := map[string]any{}
	for _, bag := range []map[string]any{a, b} {
		for name, value := range bag {
			out[name] = clonedValue(value)
		}
	}
	return out
}

// actingLocked is a user as the one who signs in through an organization: with the roles
// of the membership, and with no permissions but those of these roles.
// Source: auth0/docs-v2 using-tokens.mdx; https://community.auth0.com/t/99135.
func (t *Tenant) actingLocked(u *user, organization string) *user {
	if organization == "" || u == nil {
		return u
	}
	acting := *u
	acting.Roles, acting.Permissions = nil, nil
	if t.isMemberLocked(organization, u.UserID) {
		acting.Roles = slices.Clone(t.memberships[organization].byUser[u.UserID].roles)
	}
	return &acting
}

// grantedOrganizationLocked is the organization of a client's own token; "" for none.
// Source: auth0/docs-v2 configure-your-application-for-m2m-access.mdx.
func (t *Tenant) grantedOrganizationLocked(r TokenRequest, asked string, grant *fixtures.ClientGrant, audience string) (string, error) {
	if d := r.Client.DefaultOrganization; asked == "" && grant.OrganizationUsage == "require" && slices.Contains(d.Flows, "client_credentials") {
		asked = d.OrganizationID
	}
	mayName := grant.OrganizationUsage == "allow" || grant.OrganizationUsage == "require"
	switch {
	case asked == "" && grant.OrganizationUsage == "require":
		return "", refusal.OrganizationRequired.Because("the client_grants entry says organization_usage: require; name one, or set default_organization of the client")
	case asked == "":
		return "", nil
	case !mayName:
		return "", refusal.OrganizationNotAllowed.Because("set organization_usage of the client_grants entry to allow or require")
	}
	o, err := t.setup.AskedOrganization(asked)
	if err != nil {
		return "", err
	}
	named := fixtures.OrganizationGrant{ClientID: grant.ClientID, Audience: grant.Audience}
	if !grant.AllowAnyOrganization && !slices.Contains(o.ClientGrants, named) {
		return "", refusal.OrganizationNotGranted.With("client", grant.ClientID, "audience", audience).Because("add the grant to client_grants of organization " + o.Name + ", or set allow_any_organization of the client_grants entry")
	}
	return o.ID, nil
}

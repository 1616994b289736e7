package tenant

import (
	"slices"
	"strconv"

	"github.com/mockauth0/mockauth0/fixtures"
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

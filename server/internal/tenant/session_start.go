package tenant

import (
	"errors"
	"maps"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// MaxSessionTTL is the longest lifetime of a session that a test may ask for: that of
// Auth0's longest one.
// Source: auth0/docs-v2 manage-users/sessions/session-lifetime-limits.mdx.
const MaxSessionTTL = 365 * 24 * time.Hour

// A SessionRequest says whom a test signs in without a page, and how.
type SessionRequest struct {
	// User is a user_id, an e-mail address, a phone number or a username.
	User string
	// Create makes the user if there is none with that address, and a member of the
	// organization of who is none.
	Create bool
	// Client is the app to which the user signs in; nil for none.
	Client *fixtures.Client
	// Organization is the id or the name of the one through which the user signs in; ""
	// for none. Without a client, that is so for each client that allows organizations.
	Organization string
	// SecondFactor tells that the session has passed one.
	SecondFactor bool
	// TTL is how long the session lasts, used or not; 0 for Auth0's lifetime.
	TTL time.Duration
	// Old is the session that the browser has already, "" if it has none.
	Old    string
	Now    time.Time
	Caller Caller
}

// StartSession signs a user in to a browser, as if the user had gone through the
// login pages. Errors are of type *UserError, or refusals.
func (t *Tenant) StartSession(r SessionRequest) (Session, error) {
	a := Authorization{Client: r.Client, Now: r.Now, Caller: r.Caller}
	if err := t.Setup().asked(&a, r.Organization); err != nil {
		return Session{}, err
	}
	if r.Create {
		if err := t.createNamed(r.User); err != nil {
			return Session{}, err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.namedLocked(r.User)
	switch {
	case err != nil:
		return Session{}, err
	case u.Blocked:
		return Session{}, &UserError{"user_blocked", "the user " + u.address() + " is blocked"}
	}
	if a.Organization != "" {
		if err := t.admitLocked(a, u, r.Create); err != nil {
			return Session{}, err
		}
	} else if r.Client != nil {
		if _, err := t.setup.UsableConnection(u.Connection, r.Client); err != nil {
			return Session{}, err
		}
	}
	t.noteLoginLocked(u, r.Now)
	s := t.newSessionLocked(u, r.Old, u.Connection, methodOf(t.setup.Strategy(u.Connection)), a)
	if r.TTL != 0 {
		s.lifetime, s.idle = r.TTL, r.TTL
	}
	if r.SecondFactor {
		s.SecondFactor = r.Now
	}
	switch {
	case r.Client != nil:
		s.signedInTo(r.Client, a.Organization)
	case a.Organization != "":
		s.organizations = maps.Clone(s.organizations)
		if s.organizations == nil {
			s.organizations = map[string]string{}
		}
		for i := range t.setup.Fixture.Clients {
			if c := &t.setup.Fixture.Clients[i]; c.MayUseOrganizations() {
				s.organizations[c.ClientID] = a.Organization
			}
		}
	}
	return *s, nil
}

// asked notes the organization of a session in a login. It refuses one that there is not,
// one that the client does not take, and none if the client requires one.
func (s *Setup) asked(a *Authorization, organization string) error {
	c := a.Client
	switch {
	case organization == "" && c != nil && c.OrganizationUsage == "require":
		return refusal.OrganizationRequired.Because("client " + c.ClientID + " has organization_usage: require; name an organization")
	case organization == "":
		return nil
	case c != nil && !c.MayUseOrganizations():
		return refusal.OrganizationNotAllowed.Because("set organization_usage of client " + c.ClientID + " to allow or require")
	}
	o, err := s.CalledOrganization(organization)
	if err != nil {
		return err
	}
	a.Organization = o.ID
	return nil
}

// admitLocked lets a user into the organization of a session, as a login does. join makes
// who is no member one.
func (t *Tenant) admitLocked(a Authorization, u *user, join bool) error {
	o, ok := t.setup.orgs[a.Organization]
	if !ok { // it was deleted since
		return refusal.OrganizationUnknown
	}
	if _, enabled := organizationConnection(o, u.Connection); enabled && join && !t.isMemberLocked(o.ID, u.UserID) {
		t.memberships.of(o.ID).add(u.UserID).joined = true
		t.noteChange()
	}
	_, err := t.enterLocked(a, Transaction{}, Session{Connection: u.Connection}, u)
	return err
}

// createNamed makes the user with an address, if there is none.
func (t *Tenant) createNamed(name string) error {
	t.mu.Lock()
	_, err := t.namedLocked(name)
	t.mu.Unlock()
	if err == nil {
		return nil
	}
	u := fixtures.User{Email: fixtures.NormalizeRecipient(name), EmailVerified: true}
	if number, ok := fixtures.NormalizePhone(name); ok {
		u = fixtures.User{PhoneNumber: number, PhoneVerified: true}
	}
	_, err = t.AddUser(u)
	var why *UserError
	if errors.As(err, &why) && why.Code == "user_exists" { // another call was faster
		return nil
	}
	return err
}

// LoginOf is the login by which an app gets tokens in the browser of a session: what the
// app asks for, and what the user has proved.
func (s Session) LoginOf(a Authorization) (Authorization, Transaction, error) {
	if err := AllowsGrant(a.Client, fixtures.GrantAuthorizationCode); err != nil {
		return a, Transaction{}, err
	}
	a.ResponseTypes, a.SecondFactor, a.Organization = []string{"code"}, !s.SecondFactor.IsZero(), s.organizations[a.Client.ClientID]
	var tx Transaction
	if a.SecondFactor {
		tx.PassedBy = s.UserID
	}
	return a, tx, nil
}

// SessionTokens gives an app the tokens that it gets at the end of a login in the
// browser of a session. They are refused where the login needs a page.
func (t *Tenant) SessionTokens(a Authorization, tx Transaction, s Session) (*Tokens, error) {
	if t.SecondFactor(a, tx, s, nil).Due {
		return nil, &UserError{"mfa_required", "the login needs a second factor; ask for a session that has passed one: mfa: true"}
	}
	given, err := t.Approve(a, s)
	if err != nil {
		return nil, err
	}
	login, err := t.RedeemCode(a.request(), given.Code, "", "")
	if err != nil {
		return nil, err
	}
	return t.Issue(login)
}

package tenant

import (
	"errors"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// MaxSessionTTL is the longest lifetime of a session that a test may ask for: that of
// Auth0's longest one.
// Source: auth0/docs-v2 manage-users/sessions/session-lifetime-limits.mdx.
const MaxSessionTTL = 365 * 24 * time.Hour

// A SessionRequest says whom a test signs in without a page, and how.
type SessionRequest struct {
	// User is a user_id, an e-mail address, a phone number or a username.
	User string
	// Create makes the user if there is none with that address.
	Create bool
	// Client is the app to which the user signs in; nil for none.
	Client *fixtures.Client
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
	if r.Client != nil {
		if _, err := t.setup.UsableConnection(u.Connection, r.Client); err != nil {
			return Session{}, err
		}
	}
	t.noteLoginLocked(u, r.Now)
	s := t.newSessionLocked(u, r.Old, u.Connection, methodOf(t.setup.Strategy(u.Connection)), Authorization{Now: r.Now, Caller: r.Caller})
	if r.TTL != 0 {
		s.lifetime, s.idle = r.TTL, r.TTL
	}
	if r.SecondFactor {
		s.SecondFactor = r.Now
	}
	if r.Client != nil {
		s.signedInTo(r.Client, "")
	}
	return *s, nil
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

// SessionTokens gives an app the tokens that it gets at the end of a login in the
// browser of a session. They are refused where the login needs a page.
func (t *Tenant) SessionTokens(a Authorization, s Session) (*Tokens, error) {
	if err := AllowsGrant(a.Client, fixtures.GrantAuthorizationCode); err != nil {
		return nil, err
	}
	a.ResponseTypes, a.SecondFactor = []string{"code"}, !s.SecondFactor.IsZero()
	if t.SecondFactor(a, Transaction{}, s, nil).Due {
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

package tenant

import (
	"crypto/subtle"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// Database returns the database connection that a client names as its realm. The
// realm "" means the tenant's default directory.
func (t *Tenant) Database(realm string, c *fixtures.Client) (*fixtures.Connection, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if realm == "" {
		if realm = t.setup.Fixture.Tenant.DefaultDirectory; realm == "" {
			return nil, refusal.NoDefaultConnection.Because("set default_directory of the fixture's tenant to a database, or use the password-realm grant, which names one")
		}
	}
	conn, ok := t.setup.connections[realm]
	switch {
	case !ok:
		return nil, refusal.UnknownRealm.With("realm", realm).Because("connection " + strconv.Quote(realm) + " is not in the fixture")
	case !Enabled(conn, c.ClientID):
		return nil, refusal.UnknownRealm.With("realm", realm).Because("connection " + strconv.Quote(realm) + " is not enabled for client " + strconv.Quote(c.ClientID) + "; add it to enabled_clients")
	case conn.Disabled:
		return nil, refusal.RealmDisabled
	case conn.Strategy != StrategyDatabase:
		return nil, refusal.WrongStrategy.Because("connection " + strconv.Quote(realm) + " has the strategy " + conn.Strategy + ", which knows no passwords")
	}
	return conn, nil
}

// checkPasswordLocked returns the user with this name and password.
func (t *Tenant) checkPasswordLocked(conn *fixtures.Connection, username, password string, r TokenRequest) (*user, error) {
	address, ok := fixtures.NormalizeEmail(username)
	u := t.users.find(conn.Name, address)
	switch {
	case !ok || u == nil:
		return nil, refusal.WrongPassword.Because(withReason("there is no user "+username+" on connection "+conn.Name, t.setup.WhyUnknown(address)))
	case blocked(u, r.Effects):
		return nil, refusal.UserBlocked
	}
	if err := t.refuseBlockedLocked(conn, address, r); err != nil {
		return nil, err
	}
	if u.Password == "" || subtle.ConstantTimeCompare([]byte(u.Password), []byte(password)) != 1 {
		t.countFailureLocked(conn, address, u, r)
		return nil, refusal.WrongPassword.Because("the password is not the one that the user has")
	}
	t.bruteForce.attempts.remove(attemptKeyOf(conn, address, r))
	return u, nil
}

// AllowsSignup refuses sign-ups to a database that takes no new users.
func AllowsSignup(conn *fixtures.Connection, e *faults.Effects) error {
	if conn.Options.DisableSignup {
		return refusal.DatabaseSignupDisabled.Because("the options of connection " + strconv.Quote(conn.Name) + " say disable_signup")
	}
	if e.SignupDisabled() {
		return refusal.DatabaseSignupDisabled
	}
	return nil
}

// withReason is a hint, and behind it what explains it, if anything does.
func withReason(hint, why string) string {
	if why == "" {
		return hint
	}
	return hint + "; " + why
}

// SignUp adds a user to a database. The user has a password, and an address that
// nobody has verified.
func (t *Tenant) SignUp(conn *fixtures.Connection, u fixtures.User, now time.Time) (fixtures.User, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ready, err := t.signUpLocked(conn, u, now)
	if err != nil {
		return u, err
	}
	return cloned(ready.User), nil
}

func (t *Tenant) signUpLocked(conn *fixtures.Connection, u fixtures.User, now time.Time) (*user, error) {
	u.Connection = conn.Name
	if t.users.find(conn.Name, u.Email) != nil {
		taken := refusal.InvalidSignup
		if t.setup.Fixture.Tenant.Flags.EnablePublicSignupUserExistsError {
			taken = refusal.UserExists
		}
		return nil, taken.Because("there is a user " + u.Email + " on connection " + strconv.Quote(conn.Name))
	}
	ready, err := t.completeLocked(u, now)
	if err != nil {
		return nil, err
	}
	t.users.insert(ready)
	t.noteChange()
	return ready, nil
}

// SignUpAndIn is SignUp on a login page, which also signs the new user in.
func (t *Tenant) SignUpAndIn(a Authorization, tx Transaction, conn *fixtures.Connection, password, sessionID string) (Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, again := t.repeatedSignInLocked(tx, password, a.Now); again {
		return *s, nil
	}
	if err := AllowsSignup(conn, a.Effects); err != nil {
		return Session{}, err
	}
	u, err := t.signUpLocked(conn, fixtures.User{Email: tx.Recipient, Password: password}, a.Now)
	if err != nil {
		return Session{}, err
	}
	if blocked(u, a.Effects) {
		return Session{}, refusal.UserBlocked
	}
	t.noteLoginLocked(u, a.Now)
	s := t.newSessionLocked(u, sessionID, a.Now)
	t.noteSignInLocked(tx, password, s)
	return *s, nil
}

// SignInWithPassword is SignIn for a user of a database.
func (t *Tenant) SignInWithPassword(a Authorization, tx Transaction, conn *fixtures.Connection, password, sessionID string) (Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, again := t.repeatedSignInLocked(tx, password, a.Now); again {
		return *s, nil
	}
	u, err := t.checkPasswordLocked(conn, tx.Recipient, password, a.request())
	if err != nil {
		return Session{}, err
	}
	t.noteLoginLocked(u, a.Now)
	s := t.newSessionLocked(u, sessionID, a.Now)
	t.noteSignInLocked(tx, password, s)
	return *s, nil
}

// RedeemPassword is the password grant, and with a realm the password-realm grant.
func (t *Tenant) RedeemPassword(r TokenRequest, realm, username, password string) (*Login, error) {
	api, known := t.api(r)
	if !known {
		return nil, refusal.WrongAudience.Because(unknownAudienceHint(r.Audience))
	}
	if err := r.allowsBearer(api); err != nil {
		return nil, err
	}
	conn, err := t.Database(realm, r.Client)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.checkPasswordLocked(conn, username, password, r)
	if err != nil {
		return nil, err
	}
	if err := t.secondFactorLocked(r.Effects, conn.Name, u.UserID); err != nil {
		return nil, err
	}
	t.noteLoginLocked(u, r.Now)
	l := t.loginLocked(r, api, u, grantScopes(passwordScopes(r.Scope), r.Client, api, u), []string{"password"}, strconv.Itoa(u.LoginsCount))
	if slices.Contains(l.Scopes, "offline_access") {
		l.RefreshToken = t.newFamilyLocked(l, r.Now)
	}
	return l, nil
}

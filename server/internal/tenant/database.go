package tenant

import (
	"crypto/subtle"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/streams"
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

// learnPassword keeps the password of a user of whom only its hash was known, if this is
// the password. Auth0 replaces the hash at the first login, too. The hash is computed
// without the lock, since that may take a second.
func (t *Tenant) learnPassword(conn *fixtures.Connection, username, password string) {
	find := func() (*account, *fixtures.PasswordHash) {
		name, _ := conn.Identify(username)
		if a := t.users.find(conn.Name, name); a != nil {
			return a, a.HashedPassword()
		}
		return nil, nil
	}
	t.mu.Lock()
	a, hash := find()
	t.mu.Unlock()
	if hash == nil || !hash.Matches(password) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	again, now := find()
	if again != a || now == nil || *now != *hash {
		return // it was changed meanwhile
	}
	changed := cloned(a.user.User)
	changed.ChangeAccount(a.UserID, func(of *fixtures.User) { of.SetPassword(password) })
	t.users.replace(a.user, t.setup.newUser(changed))
	t.noteChange()
}

// checkPasswordLocked returns the user with this name and password.
func (t *Tenant) checkPasswordLocked(conn *fixtures.Connection, username, password string, r TokenRequest) (*user, error) {
	name, kind := conn.Identify(username)
	a := t.users.find(conn.Name, name)
	switch {
	case kind == "" || a == nil:
		return nil, refusal.WrongPassword.Logged("fu", nil).Because(withReason("there is no user "+username+" on connection "+conn.Name, t.setup.WhyUnknown(name)))
	case !conn.TakesPasswords():
		return nil, refusal.WrongPassword.Because("the options of connection " + strconv.Quote(conn.Name) + " say authentication_methods.password.enabled: false")
	case blocked(a.user, r.Effects):
		return nil, refusal.UserBlocked
	}
	if err := t.refuseBlockedLocked(conn, a.address, r); err != nil { // by whatever name the user is called
		return nil, err
	}
	if a.Password == "" || subtle.ConstantTimeCompare([]byte(a.Password), []byte(password)) != 1 {
		t.countFailureLocked(conn, a.address, a, r)
		return nil, refusal.WrongPassword.Because("the password is not the one that the user has")
	}
	t.bruteForce.attempts.remove(attemptKeyOf(conn, a.address, r))
	return a.user, nil
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
	for _, kind := range fixtures.Kinds {
		if name := u.Identifier(kind); name != "" && t.users.find(conn.Name, name) != nil {
			return nil, t.takenLocked(conn, kind, name)
		}
	}
	ready, err := t.completeLocked(u, now)
	if err != nil {
		return nil, err
	}
	t.users.insert(ready)
	t.tellLocked(streams.UserCreated, ready, nil, now)
	t.noteChange()
	return ready, nil
}

// takenLocked refuses a sign-up with a name that another user has.
func (t *Tenant) takenLocked(conn *fixtures.Connection, kind, name string) error {
	taken := refusal.InvalidSignup
	switch exists := t.setup.Fixture.Tenant.Flags.EnablePublicSignupUserExistsError; {
	case exists && kind == fixtures.KindUsername:
		taken = refusal.UsernameExists.With("username", name)
	case exists:
		taken = refusal.UserExists
	}
	return taken.Because("there is a user " + name + " on connection " + strconv.Quote(conn.Name))
}

// CheckSignup refuses a sign-up without a name that the database requires, or with a
// username that it does not allow. It takes those names away for which the database
// has no sign-up.
func CheckSignup(conn *fixtures.Connection, u *fixtures.User) error {
	for _, kind := range fixtures.Kinds {
		status, given := conn.SignupStatus(kind), u.Identifier(kind) != ""
		switch {
		case status == fixtures.SignupInactive:
			u.SetIdentifier(kind, "")
		case given || status == fixtures.SignupOptional:
		case kind == fixtures.KindEmail:
			return refusal.MissingEmail
		case kind == fixtures.KindPhone:
			return refusal.MissingPhoneNumber
		case conn.Options.RequiresUsername:
			return refusal.RequiredUsername.With("connection", conn.Name)
		default:
			return refusal.MissingUsername
		}
	}
	if u.MainIdentifier() == "" {
		return refusal.NoIdentifier
	}
	if u.Username != "" && conn.CheckUsername(u.Username) != "" {
		return refusal.BadUsername.With("reason", usernameWords(conn, u.Username))
	}
	return nil
}

// usernameWords say what is wrong with a username, in the words of Auth0's pages.
func usernameWords(conn *fixtures.Connection, username string) string {
	return UsernameMistake(conn, conn.CheckUsername(username))
}

// UsernameMistake is the sentence of Auth0's pages for what is wrong with a username.
// Source: auth0/docs-v2 customize-text-elements.mdx.
func UsernameMistake(conn *fixtures.Connection, code string) string {
	shortest, longest := conn.UsernameLengths()
	switch code {
	case fixtures.UsernameTooShort:
		return "The username must have at least " + strconv.Itoa(shortest) + " characters."
	case fixtures.UsernameTooLong:
		return "The username must not be longer than " + strconv.Itoa(longest) + " characters."
	case fixtures.UsernameIsEmail:
		return "The username cannot be an email."
	}
	return "The username has invalid characters."
}

// SignUpAndIn is SignUp on a login page, which also signs the new user in.
func (t *Tenant) SignUpAndIn(a Authorization, tx Transaction, conn *fixtures.Connection, newUser fixtures.User, sessionID string) (Session, error) {
	password := newUser.Password
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, again := t.repeatedSignInLocked(tx, password, a.Now); again {
		return *s, nil
	}
	if err := AllowsSignup(conn, a.Effects); err != nil {
		return Session{}, err
	}
	u, err := t.signUpLocked(conn, newUser, a.Now)
	if err != nil {
		return Session{}, err
	}
	a.Caller.signedUp(u)
	if blocked(u, a.Effects) {
		return Session{}, refusal.UserBlocked
	}
	t.noteLoginLocked(u, a.Now)
	s := t.newSessionLocked(u, sessionID, conn.Name, methodOf(conn.Strategy), a)
	t.noteSignInLocked(tx, password, s, true)
	return s.ofNewUser(true), nil
}

// SignInWithPassword is SignIn for a user of a database.
func (t *Tenant) SignInWithPassword(a Authorization, tx Transaction, conn *fixtures.Connection, password, sessionID string) (Session, error) {
	t.learnPassword(conn, tx.Recipient, password)
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
	s := t.newSessionLocked(u, sessionID, conn.Name, methodOf(conn.Strategy), a)
	t.noteSignInLocked(tx, password, s, false)
	return *s, nil
}

// RedeemPassword is the password grant, and with a realm the password-realm grant.
func (t *Tenant) RedeemPassword(r TokenRequest, realm, username, password string) (*Login, error) {
	if err := t.checkAPI(r); err != nil {
		return nil, err
	}
	conn, err := t.Database(realm, r.Client)
	if err != nil {
		return nil, err
	}
	t.learnPassword(conn, username, password)
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.checkPasswordLocked(conn, username, password, r)
	if err != nil {
		return nil, err
	}
	return t.afterFirstFactorLocked(r, u, t.passwordLoginLocked)
}

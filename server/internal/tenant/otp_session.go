package tenant

import (
	"cmp"
	"errors"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

const maxOTPSessions = 20_000

// An otpSession is what POST /otp/challenge starts: the login of a database user by
// a code. The app has its name, the auth_session, and redeems it with the code.
type otpSession struct {
	clientID, connection, recipient string
	allowSignup                     bool
	n                               int64  // which challenge of the recipient has its code
	silent                          string // why nothing was sent; "" if a code was
	expires                         time.Time
	used                            bool
}

type otpSessions struct{ bounded[string, *otpSession] }

func newOTPSessions() otpSessions {
	return otpSessions{newBounded[string](maxOTPSessions, func(s *otpSession) bool { return !s.used })}
}

func (ss *otpSessions) settle(now time.Time) {
	ss.removeIf(func(s *otpSession) bool { return !now.Before(s.expires) })
}

// An OTPSessionRequest asks for a code for a user of a database.
type OTPSessionRequest struct {
	ChallengeRequest
	Client      *fixtures.Client
	AllowSignup bool
}

// An OTPSession is the answer to an OTPSessionRequest.
type OTPSession struct {
	Started
	ID string // the auth_session
	// Silent says why nothing was sent, which the answer does not tell; "" if a code
	// was sent.
	Silent string
}

// StartOTPSession makes a code for a user of a database, if there is such a user or
// the user may sign up. In any case it makes a session, so that nobody learns who
// has an account.
func (t *Tenant) StartOTPSession(r OTPSessionRequest) OTPSession {
	t.mu.Lock()
	defer t.mu.Unlock()
	conn := r.Connection
	u := t.users.find(conn.Name, r.Recipient)
	s := &otpSession{
		clientID: r.Client.ClientID, connection: conn.Name, recipient: r.Recipient, allowSignup: r.AllowSignup,
		expires: r.Now.Add(time.Duration(conn.Code().TimeStep) * time.Second),
	}
	switch {
	case u != nil && u.user.Blocked:
		s.silent = "the user " + r.Recipient + " is blocked"
	case u != nil && !u.owns(r.Recipient):
		s.silent = nameOnly(r.Recipient)
	case u != nil:
	case !r.AllowSignup:
		s.silent = withReason("there is no user "+r.Recipient+" on connection "+strconv.Quote(conn.Name)+", and allow_signup is not true", t.setup.WhyUnknown(r.Recipient))
	case !conn.SignsUpWith(kindOfAddress(r.Recipient)):
		s.silent = "there is no user " + r.Recipient + ", and on connection " + strconv.Quote(conn.Name) + " nobody can sign up with that alone"
	case r.Effects.SignupDisabled():
		s.silent = "there is no user " + r.Recipient + ", and a scenario disables sign-ups"
	}
	out := OTPSession{Started: t.challengeLocked(r.ChallengeRequest, u, s.silent != ""), Silent: s.silent}
	key := challengeKeyOf(conn.Name, r.Recipient)
	c, _ := t.challenges.bounded.get(key) // challengeLocked has put it there
	s.n = c.n
	out.ID = t.setup.Seed.Hex(24, "otp session", key.connection, key.recipient, strconv.FormatInt(c.n, 10))
	t.otpSessions.put(out.ID, s)
	return out
}

// nameOnly tells why no code goes to an address.
func nameOnly(address string) string {
	return address + " is the username of a user, and not an address of that user"
}

// codeStrategy is the strategy of the connections that send codes to such addresses.
func codeStrategy(address string) string {
	if isNumber(address) {
		return StrategySMS
	}
	return StrategyEmail
}

// kindOfAddress is the kind of an address to which codes go.
func kindOfAddress(address string) string {
	if isNumber(address) {
		return fixtures.KindPhone
	}
	return fixtures.KindEmail
}

// OTPSessionOwner is the connection and the recipient of a session; "" if there is
// no such session.
func (t *Tenant) OTPSessionOwner(id string) (connection, recipient string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.otpSessions.get(id); ok {
		return s.connection, s.recipient
	}
	return "", ""
}

// RedeemOTPSession is the passwordless grant for users of databases. Whatever is wrong
// has one answer, so that nobody learns who has an account.
func (t *Tenant) RedeemOTPSession(r TokenRequest, id, otp string) (*Login, error) {
	if err := t.checkAPI(r); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s, conn, err := t.otpSessionLocked(r, id)
	if err != nil {
		return nil, err
	}
	if err := t.redeemLocked(conn, s.recipient, otp, r); err != nil {
		var refused *refusal.Refusal
		switch {
		case errors.Is(err, refusal.UserBlocked):
			return nil, refusal.OTPUserBlocked
		case errors.Is(err, refusal.TooManyAttempts) && errors.As(err, &refused):
			return nil, refusal.OTPUserBlocked.Because(refused.Hint)
		case errors.As(err, &refused):
			return nil, refusal.WrongOTPSession.Logged(refused.Log, nil).Because(cmp.Or(refused.Hint, refused.Description))
		}
		return nil, err
	}
	s.used = true
	return t.afterFirstFactorLocked(r, t.verifiedUserLocked(conn, s.recipient, r.Now, r.Caller), t.passwordLoginLocked)
}

// otpSessionLocked returns a session that a code could be for, and its connection.
func (t *Tenant) otpSessionLocked(r TokenRequest, id string) (*otpSession, *fixtures.Connection, error) {
	wrong := func(why string) error { return refusal.WrongOTPSession.Because(why) }
	s, ok := t.otpSessions.get(id)
	switch {
	case !ok:
		return nil, nil, wrong("there is no such auth_session; it may have expired")
	case s.clientID != r.Client.ClientID:
		return nil, nil, wrong("the auth_session was given to client " + strconv.Quote(s.clientID))
	case s.used:
		return nil, nil, wrong("the auth_session was used already")
	}
	conn, ok := t.setup.connections[s.connection]
	if !ok || conn.Disabled || !Enabled(conn, s.clientID) || !conn.SendsCodes(kindOfAddress(s.recipient)) {
		return nil, nil, wrong("connection " + strconv.Quote(s.connection) + " does not exist any more, or takes no such codes from this client")
	}
	u := t.users.find(conn.Name, s.recipient)
	switch c, _ := t.challenges.bounded.get(challengeKeyOf(conn.Name, s.recipient)); {
	case u != nil && u.user.Blocked:
		return nil, nil, refusal.OTPUserBlocked
	case s.silent != "":
		return nil, nil, wrong("nothing was sent: " + s.silent)
	case !r.Now.Before(s.expires):
		return nil, nil, wrong("the auth_session has expired")
	case c == nil || c.n != s.n:
		return nil, nil, wrong("a newer start has replaced the auth_session")
	case u == nil && !(s.allowSignup && conn.SignsUpWith(kindOfAddress(s.recipient))):
		return nil, nil, wrong("there is no user " + s.recipient + " any more")
	}
	return s, conn, nil
}

// ChallengeOfDatabase is Challenge for a login page: it sends a code to anybody but a
// blocked user. A person without an account learns so by the code.
func (t *Tenant) ChallengeOfDatabase(r ChallengeRequest) Started {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.users.find(r.Connection.Name, r.Recipient)
	return t.challengeLocked(r, u, u != nil && (u.user.Blocked || !u.owns(r.Recipient)))
}

// SignInWithCode is SignIn for a user of a database. known is false if there is no
// such user yet: ConfirmSignUp creates the user, who has proved to own the address.
// A user who came to sign up needs no confirmation.
func (t *Tenant) SignInWithCode(a Authorization, tx Transaction, conn *fixtures.Connection, otp, sessionID string) (session Session, known bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, again := t.repeatedSignInLocked(tx, otp, a.Now); again {
		return *s, true, nil
	}
	stored, ok := t.transactions.get(tx.ID)
	if ok && stored.Verified && stored.proof == otp { // a form that is sent twice
		return Session{}, false, nil
	}
	if err := t.redeemLocked(conn, tx.Recipient, otp, a.request()); err != nil {
		return Session{}, false, err
	}
	isNew := t.users.find(conn.Name, tx.Recipient) == nil
	if isNew {
		signsUp := tx.NewUser.MainIdentifier() != ""
		if err := CheckSignup(conn, &tx.NewUser); signsUp && err != nil || !signsUp && !conn.SignsUpWith(kindOfAddress(tx.Recipient)) {
			return Session{}, false, refusal.DatabaseSignupDisabled.Because("on connection " + strconv.Quote(conn.Name) + " nobody can sign up with " + tx.Recipient + " alone")
		}
		if !signsUp {
			if ok {
				stored.Verified, stored.proof = true, otp
			}
			return Session{}, false, nil
		}
		if err := AllowsSignup(conn, a.Effects); err != nil {
			return Session{}, false, err
		}
		u, err := t.signUpLocked(conn, tx.NewUser, a.Now)
		if err != nil {
			return Session{}, false, err
		}
		a.Caller.signedUp(u)
	}
	s := t.newSessionLocked(t.signInLocked(conn, tx.Recipient, a.Now, a.Caller), sessionID, conn.Name, methodOf(codeStrategy(tx.Recipient)), a)
	t.noteSignInLocked(tx, otp, s, isNew)
	return s.ofNewUser(isNew), true, nil
}

// ConfirmSignUp creates the user of a login whose code was right, and signs the user
// in.
func (t *Tenant) ConfirmSignUp(a Authorization, tx Transaction, conn *fixtures.Connection, sessionID string) (Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stored, ok := t.transactions.get(tx.ID)
	if !ok || !stored.Verified || stored.Realm != conn.Name || stored.Recipient != tx.Recipient {
		return Session{}, refusal.WrongTransaction.Because("the user did not enter the code of this login")
	}
	if s, again := t.repeatedSignInLocked(tx, stored.proof, a.Now); again {
		return *s, nil
	}
	u := t.users.find(conn.Name, tx.Recipient)
	if u == nil {
		if err := AllowsSignup(conn, a.Effects); err != nil {
			return Session{}, err
		}
	}
	if u != nil && (u.user.Blocked || !u.owns(tx.Recipient)) || a.Effects.User("blocked") {
		return Session{}, refusal.UserBlocked
	}
	s := t.newSessionLocked(t.signInLocked(conn, tx.Recipient, a.Now, a.Caller), sessionID, conn.Name, methodOf(codeStrategy(tx.Recipient)), a)
	t.noteSignInLocked(tx, stored.proof, s, u == nil)
	return s.ofNewUser(u == nil), nil
}

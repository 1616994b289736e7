package tenant

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/derive"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/outbox"
)

const (
	maxChallenges = 20_000
	// maxTries is how many wrong tries a code bears; the last of them burns it.
	// Source: auth0/docs-v2 authenticate/passwordless/best-practices.mdx.
	maxTries = 3
)

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

// A challenge is one started passwordless login. There is at most one for each
// connection and recipient: a new start replaces it.
type challenge struct {
	n        int64    // counts the starts of this connection and recipient
	code     string   // "" if nothing was sent
	messages []string // the ids of the messages that carry the code
	held     []string // those of them that wait for the next start
	expires  time.Time
	tries    int
	state    challengeState
	device   string // the browser that asked for a link, "" for a code
}

type challengeState int

const (
	pending challengeState = iota
	used
	expired
	locked
)

func (c *challenge) lapsed(now time.Time) bool {
	return c.state == expired || c.state == pending && !now.Before(c.expires)
}

type challengeKey struct{ connection, recipient string }

type challenges struct {
	bounded bounded[challengeKey, *challenge]
}

func newChallenges() challenges {
	return challenges{newBounded[challengeKey](maxChallenges, func(c *challenge) bool { return c.state == pending })}
}

func (cs *challenges) settle(now time.Time) {
	for _, c := range cs.bounded.all {
		if c.lapsed(now) {
			c.state = expired
		}
	}
}

// A Start asks for a code to be sent.
type Start struct {
	Client     *fixtures.Client
	Connection string
	Recipient  string // normalised
	Now        time.Time
	// Device is the browser that asks, "" if it is not known, and Link tells
	// that it asks for a magic link.
	Device string
	Link   bool
	// Effects are what scenarios do.
	Effects *scenarios.Effects
	// Compose makes the message that carries the code. It is called under the
	// tenant's lock, so that messages leave in the order of their codes.
	Compose func(Sending) outbox.Message
}

// A Sending is what a message is made of.
type Sending struct {
	Tenant     fixtures.Tenant
	Connection *fixtures.Connection
	Templates  fixtures.Templates // of the connection
	Code       string
	Expires    time.Time
	// CutLink cuts off a link that the message carries.
	CutLink bool
}

// A Started is Auth0's answer to a start: the id that the user has or will have.
type Started struct {
	ID       string // 24 hexadecimal digits
	Verified bool
	Device   string           // by which the browser that asked is known from now on
	Sent     []outbox.Message // as filed; none to a blocked user
}

// FindConnection returns a passwordless connection that the client may use, or
// the refusal of POST /passwordless/start.
func (t *Tenant) FindConnection(name string, c *fixtures.Client) (*fixtures.Connection, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	conn, ok := t.index.connections[name]
	switch {
	case !ok:
		return nil, refusal.NoSuchConnection.Because("connection " + strconv.Quote(name) + " is not in the fixture")
	case !enabled(conn, c.ClientID):
		return nil, refusal.NoSuchConnection.Because("connection " + strconv.Quote(name) + " is not enabled for client " + strconv.Quote(c.ClientID) + "; add it to enabled_clients")
	case conn.Disabled:
		return nil, refusal.ConnectionDisabled
	case !Passwordless(conn):
		return nil, refusal.NotPasswordless
	}
	return conn, nil
}

// Strategy is the strategy of a connection, or "" if there is no such one.
func (t *Tenant) Strategy(connection string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if conn, ok := t.index.connections[connection]; ok {
		return conn.Strategy
	}
	return ""
}

// Knows tells whether there is a user with the address on the connection.
func (t *Tenant) Knows(connection, recipient string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.users.find(connection, recipient) != nil
}

// Start makes a new code for the recipient, which ends the one before, and
// files the message. A blocked user gets the same answer and no message.
func (t *Tenant) Start(s Start) (Started, error) {
	conn, err := t.FindConnection(s.Connection, s.Client)
	if err != nil {
		return Started{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.users.find(conn.Name, s.Recipient)
	if u == nil && conn.Options.DisableSignup {
		return Started{}, refusal.SignupDisabled.Because("there is no user " + strconv.Quote(s.Recipient) + " on connection " + strconv.Quote(conn.Name) + ", and its options say disable_signup")
	}
	if u == nil && signupDisabled(s.Effects) {
		return Started{}, refusal.SignupDisabled
	}
	key := challengeKey{conn.Name, s.Recipient}
	before, _ := t.challenges.bounded.get(key)
	next := &challenge{n: 1}
	if before != nil {
		next.n = before.n + 1
	}
	device := cmp.Or(s.Device, t.seed.Opaque(43, "device", conn.Name, s.Recipient, strconv.FormatInt(next.n, 10)))
	if s.Link {
		next.device = device
	}
	if before != nil {
		if before.state == pending {
			t.markLocked(before, outbox.Superseded)
		}
	}
	if u != nil && u.Blocked {
		// Auth0 sends nothing to a blocked user, and does not say so.
		next.state = used
		if before != nil {
			next.held = before.held // they wait for the next message
		}
		t.challenges.bounded.put(key, next)
		return started(u, device), nil
	}
	next.code, next.n = t.makeCodeLocked(conn, s.Recipient, next.n, before)
	next.expires = s.Now.Add(time.Duration(conn.Options.TOTP.TimeStep) * time.Second)
	t.challenges.bounded.put(key, next)
	sent := t.sendLocked(s, Sending{Tenant: t.fixture.Tenant, Connection: conn, Templates: t.index.templates[conn.Name], Code: next.code, Expires: next.expires}, next)
	if before != nil {
		for _, id := range before.held {
			t.Outbox.Deliver(id)
		}
	}
	if u == nil {
		return Started{ID: t.newUserIDLocked(conn, s.Recipient), Device: device, Sent: sent}, nil
	}
	done := started(u, device)
	done.Sent = sent
	return done, nil
}

func started(u *user, device string) Started {
	return Started{ID: u.objectID(), Verified: u.verified(), Device: device}
}

// makeCodeLocked is the n-th code of the recipient, by preset or mode. Two
// successive derived codes are never equal: n moves on.
func (t *Tenant) makeCodeLocked(conn *fixtures.Connection, recipient string, n int64, before *challenge) (string, int64) {
	code, derived := t.nthCodeLocked(conn, recipient, n)
	if derived && before != nil && before.code == code {
		n++
		code, _ = t.nthCodeLocked(conn, recipient, n)
	}
	return code, n
}

// nthCodeLocked is a code and whether it was derived from the seed.
func (t *Tenant) nthCodeLocked(conn *fixtures.Connection, recipient string, n int64) (code string, derived bool) {
	otp, length := t.fixture.OTP, conn.Options.TOTP.Length
	if code, ok := otp.Preset(recipient); ok {
		return code, false
	}
	switch otp.Mode {
	case "fixed":
		return otp.Code, false
	case "sequence":
		return otp.Codes[(n-1)%int64(len(otp.Codes))], false
	case "random":
		return derive.RandomDigits(length), false
	}
	return t.seed.OTP(conn.Name, recipient, n, length), true
}

// ErrUnpredictable is the error of PredictOTP where codes are random.
var ErrUnpredictable = errors.New("the codes of otp.mode random cannot be known beforehand")

// PredictOTP is the n-th code of a recipient on a connection, counted from 1.
func (t *Tenant) PredictOTP(connection, recipient string, n int64) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	conn, ok := t.index.connections[connection]
	if !ok {
		return "", errors.New("there is no connection " + strconv.Quote(connection))
	}
	if _, fixed := t.fixture.OTP.Preset(recipient); !fixed && t.fixture.OTP.Mode == "random" {
		return "", ErrUnpredictable
	}
	code, _ := t.nthCodeLocked(conn, recipient, n)
	return code, nil
}

// redeemLocked uses up the recipient's code, or says why not.
func (t *Tenant) redeemLocked(conn *fixtures.Connection, recipient, otp string, r TokenRequest) error {
	if err := t.checkCodeLocked(conn, recipient, otp, r); err != nil {
		return err
	}
	if c, ok := t.challenges.bounded.get(challengeKey{conn.Name, recipient}); ok && c.state == pending {
		c.state = used
		t.markLocked(c, outbox.Used)
	}
	return nil
}

// CheckCode is RedeemOTP without a login: the code stays good.
func (t *Tenant) CheckCode(r TokenRequest, conn *fixtures.Connection, recipient, otp string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.checkCodeLocked(conn, recipient, otp, r)
}

// checkCodeLocked tells whether it is the recipient's code, and counts a wrong
// one.
func (t *Tenant) checkCodeLocked(conn *fixtures.Connection, recipient, otp string, r TokenRequest) error {
	now := r.Now
	wrong := refusal.WrongEmailCode
	if conn.Strategy == StrategySMS {
		wrong = refusal.WrongPhoneCode
	}
	u := t.users.find(conn.Name, recipient)
	if u != nil && u.Blocked || blocked(r.Effects) {
		return refusal.UserBlocked
	}
	if u != nil && t.bruteForceLocked(conn, u, now) {
		return refusal.TooManyAttempts
	}
	c, ok := t.challenges.bounded.get(challengeKey{conn.Name, recipient})
	if err := forced(r.Effects, wrong); err != nil {
		return err
	}
	right := rightCode(r.Effects, c)
	switch {
	case u == nil && conn.Options.DisableSignup:
		return wrong.Because("there is no user " + recipient + " on connection " + conn.Name + " any more, and its options say disable_signup")
	case u == nil && signupDisabled(r.Effects):
		return wrong
	case anyCode(r.Effects):
	case !ok:
		return wrong.Because("no code was sent to " + recipient + " on connection " + conn.Name)
	case c.state == locked:
		return refusal.TooManyTries
	case c.state == used:
		return wrong.Because("the code for " + recipient + " was used already")
	case c.lapsed(now):
		c.state = expired
		return refusal.CodeExpired
	case right != otp:
		c.tries++
		t.countFailureLocked(u, now)
		if c.tries < maxTries {
			return wrong.Because(wrongCodeHint(right, otp))
		}
		c.state = locked
		t.markLocked(c, outbox.Locked)
		return refusal.TooManyTries.Because("this was the third wrong try; a new start gives a new code")
	}
	return nil
}

// markLocked tells the outbox what became of a code.
func (t *Tenant) markLocked(c *challenge, state string) {
	for _, id := range c.messages {
		t.Outbox.SetOTPState(id, state)
	}
}

func wrongCodeHint(code, otp string) string {
	if strings.TrimSpace(otp) == code {
		return "otp is the live code with white space around it: trim it"
	}
	return "the live code is " + code
}

// ExpireMessage makes the code of a message lapse now, without moving the
// clock. It tells whether there is such a message.
func (t *Tenant) ExpireMessage(id string) bool {
	m, ok := t.Outbox.Get(id)
	if !ok {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.challenges.bounded.get(challengeKey{m.Connection, m.To}); ok && slices.Contains(c.messages, id) && c.state == pending {
		c.state = expired
	}
	t.Outbox.Expire(id)
	return true
}

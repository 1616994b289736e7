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
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/outbox"
)

const (
	maxChallenges = 20_000
	// maxTries is how many wrong tries lock a code.
	// Source: auth0/docs-v2 authenticate/passwordless/best-practices.mdx.
	maxTries = 3
)

// A challenge is one started passwordless login. A connection has at most one for
// each recipient: a new start replaces it.
type challenge struct {
	n        int64    // counts the starts of this connection and recipient
	code     string   // "" if nothing was sent
	messages []string // the ids of the messages that carry the code
	held     []string // those that arrive after the next message (deliver.swap)
	expires  time.Time
	tries    int
	state    challengeState
	usedBy   string // who used it, and when
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

// A challengeKey names a challenge. Make it with challengeKeyOf.
type challengeKey struct{ connection, recipient string }

func challengeKeyOf(connection, recipient string) challengeKey {
	return challengeKey{connection, address.Key(recipient)}
}

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

// A ChallengeRequest asks for a code, and for the message that carries it.
type ChallengeRequest struct {
	Connection *fixtures.Connection
	Recipient  string // normalised
	Now        time.Time
	// Device is the browser that asks; "" if it is not known. Link says that it
	// asks for a magic link.
	Device string
	Link   bool
	// Lifetime is that of the code; 0 is the connection's.
	Lifetime time.Duration
	// Effects are what scenarios do.
	Effects *faults.Effects
	// Compose makes the message. It is called under the tenant's lock, so that
	// messages leave in the order of their codes.
	Compose func(Secret) outbox.Message
}

// A Secret is what a message of a challenge carries.
type Secret struct {
	Tenant    fixtures.Tenant
	Templates fixtures.Templates // of the connection
	Code      string
	Expires   time.Time
	// CutLink cuts a link in two.
	CutLink bool
	// KeptBack says that the message does not arrive now, if ever.
	KeptBack bool
}

// A Started is what became of a ChallengeRequest.
type Started struct {
	UserID   string           // that the user has or will have: 24 hexadecimal digits, without the strategy
	Verified bool             // the user's address
	New      bool             // nobody has signed in with the address yet
	Device   string           // what the browser that asked is called from now on
	Sent     []outbox.Message // as they are in the outbox; none to a blocked user
}

// Knows tells whether there is a user with the address on the connection.
func (t *Tenant) Knows(connection, recipient string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.users.find(connection, recipient) != nil
}

// Challenge makes a new code for the recipient of a passwordless connection and puts
// the message into the outbox. The code before it lapses. A blocked user gets the
// same answer and no message.
func (t *Tenant) Challenge(r ChallengeRequest) (Started, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	conn := r.Connection
	// May the recipient sign in, or sign up?
	u := t.users.find(conn.Name, r.Recipient)
	if u == nil && conn.Options.DisableSignup {
		return Started{}, refusal.SignupDisabled.Because(withReason("there is no user "+strconv.Quote(r.Recipient)+" on connection "+strconv.Quote(conn.Name)+", and its options say disable_signup", t.setup.WhyUnknown(r.Recipient)))
	}
	if u == nil && r.Effects.SignupDisabled() {
		return Started{}, refusal.SignupDisabled
	}
	return t.challengeLocked(r, u, u != nil && u.Blocked), nil
}

// challengeLocked is the rest of Challenge, also for databases. With silent nothing is
// sent.
func (t *Tenant) challengeLocked(r ChallengeRequest, u *user, silent bool) Started {
	conn := r.Connection
	// 1. End the challenge before this one.
	t.noteChange() // of the number of starts
	key := challengeKeyOf(conn.Name, r.Recipient)
	before, _ := t.challenges.bounded.get(key)
	if before == nil {
		before = &challenge{state: used}
	}
	if before.state == pending {
		t.tellOutboxLocked(before, outbox.Superseded)
	}
	next := &challenge{n: before.n + 1}
	done := Started{New: u == nil, Device: cmp.Or(r.Device, t.setup.Seed.Opaque(43, "device", conn.Name, key.recipient, strconv.FormatInt(next.n, 10)))}
	if r.Link {
		next.device = done.Device
	}
	if u != nil {
		done.UserID, done.Verified = u.objectID(), u.verified()
	} else {
		done.UserID = t.newUserIDLocked(conn, r.Recipient)
	}
	// 2. Auth0 sends nothing to a blocked user, and does not say so.
	if silent {
		next.state, next.held = used, before.held // what is held waits for the next message
		t.challenges.bounded.put(key, next)
		return done
	}
	// 3. Make the code and send it.
	next.code, next.n = t.makeCodeLocked(conn, r.Recipient, next.n, before.code)
	next.expires = r.Now.Add(cmp.Or(r.Lifetime, time.Duration(conn.Code().TimeStep)*time.Second))
	t.challenges.bounded.put(key, next)
	done.Sent = t.sendLocked(r, Secret{Tenant: t.setup.Fixture.Tenant, Templates: t.setup.templates[conn.Name], Code: next.code, Expires: next.expires}, next)
	for _, id := range before.held {
		t.Outbox.Deliver(id)
	}
	return done
}

// sendLocked puts the message of a challenge into the outbox, in the way that
// scenarios say, and returns what it put there.
func (t *Tenant) sendLocked(r ChallengeRequest, secret Secret, c *challenge) []outbox.Message {
	parts := []string{"code"}
	if r.Link {
		parts = append(parts, "link")
	}
	sent, held := t.deliverLocked(r.Effects, r.Now, parts, func(how delivery) outbox.Message {
		secret.CutLink, secret.KeptBack = how.corrupt == "link", how.keptBack
		if how.corrupt == "code" {
			secret.Code = otherDigits(secret.Code)
		}
		return r.Compose(secret)
	})
	for _, m := range sent {
		c.messages = append(c.messages, m.ID)
		if held {
			c.held = append(c.held, m.ID)
		}
	}
	return sent
}

// A delivery is what scenarios do to a message that is composed now.
type delivery struct {
	corrupt  string // the part that is wrong: code, link or ""
	keptBack bool   // it does not arrive now, if ever
}

// deliverLocked puts a message with those parts into the outbox, in the way that
// scenarios say. held tells that it arrives after the next one.
func (t *Tenant) deliverLocked(e *faults.Effects, now time.Time, parts []string, compose func(delivery) outbox.Message) (sent []outbox.Message, held bool) {
	how, by := e.Deliver(parts...)
	m := compose(delivery{how.Corrupt, how.Outcome != "" || how.Delay > 0 || how.Swap != ""})
	m.Scenario = by
	m.State = map[string]string{"lost": outbox.Lost, "bounced": outbox.Bounced}[how.Outcome]
	switch {
	case m.State != "": // it never arrives
	case how.Delay > 0:
		m.DeliverAt = now.Add(how.Delay)
	case how.Swap != "":
		m.State, held = outbox.Queued, true
	}
	for range max(1, how.Copies) {
		sent = append(sent, t.Outbox.Add(m))
	}
	return sent, held
}

// redeemLocked uses up the recipient's code, or refuses it.
func (t *Tenant) redeemLocked(conn *fixtures.Connection, recipient, otp string, r TokenRequest) error {
	if err := t.checkCodeLocked(conn, recipient, otp, r); err != nil {
		return err
	}
	t.bruteForce.attempts.remove(attemptKeyOf(conn, recipient, r))
	if c, ok := t.challenges.bounded.get(challengeKeyOf(conn.Name, recipient)); ok && c.state == pending {
		c.state, c.usedBy = used, r.Caller.Name+" at "+r.Now.Format(time.TimeOnly)
		t.tellOutboxLocked(c, outbox.Used)
	}
	return nil
}

// CheckCode checks a code and does not use it up.
func (t *Tenant) CheckCode(r TokenRequest, conn *fixtures.Connection, recipient, otp string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.checkCodeLocked(conn, recipient, otp, r)
}

// checkCodeLocked refuses a wrong code, and counts it.
func (t *Tenant) checkCodeLocked(conn *fixtures.Connection, recipient, otp string, r TokenRequest) error {
	now := r.Now
	wrong := refusal.WrongEmailCode
	if isNumber(recipient) {
		wrong = refusal.WrongPhoneCode
	}
	u := t.users.find(conn.Name, recipient)
	if u != nil && blocked(u, r.Effects) {
		return refusal.UserBlocked
	}
	if err := t.refuseBlockedLocked(conn, recipient, r); err != nil {
		return err
	}
	if u != nil && !u.owns(recipient) {
		return wrong.Because(nameOnly(recipient))
	}
	if u == nil && conn.Options.DisableSignup {
		return wrong.Because("there is no user " + recipient + " on connection " + conn.Name + " any more, and its options say disable_signup")
	}
	c, ok := t.challenges.bounded.get(challengeKeyOf(conn.Name, recipient))
	sent := "" // the code that would sign the user in
	if ok && c.state == pending && !c.lapsed(now) {
		sent = c.code
	}
	how := otpEffect(r.Effects, otp, sent != "" && sent == otp, sent)
	switch how.Verdict {
	case "expired":
		return refusal.CodeExpired
	case "locked":
		return refusal.TooManyTries
	case "wrong":
		return wrong
	}
	switch right := cmp.Or(how.Code, sent); {
	case how.Verdict == "accept_any":
	case !ok:
		return wrong.Because("no code was sent to " + recipient + " on connection " + conn.Name)
	case c.state == locked:
		return refusal.TooManyTries
	case c.state == used:
		return wrong.Because("the code for " + recipient + " was used already" + by(c.usedBy))
	case c.lapsed(now):
		c.state = expired
		return refusal.CodeExpired
	case right != otp:
		c.tries++
		t.countFailureLocked(conn, recipient, u, r)
		if c.tries < maxTries {
			return wrong.Because(wrongCodeHint(right, otp))
		}
		c.state = locked
		t.tellOutboxLocked(c, outbox.Locked)
		return refusal.TooManyTries.Because("this was the third wrong try; a new start gives a new code")
	}
	switch {
	case u != nil:
		return nil
	case r.Effects.User("blocked"):
		return refusal.UserBlocked
	case r.Effects.SignupDisabled():
		return wrong
	}
	return nil
}

// by is the end of a hint that says who did something; "" if that is not known.
func by(whom string) string {
	if whom == "" {
		return ""
	}
	return ", by " + whom
}

// tellOutboxLocked tells the outbox what became of a code.
func (t *Tenant) tellOutboxLocked(c *challenge, state string) {
	for _, id := range c.messages {
		t.Outbox.SetOTPState(id, state)
	}
}

// expireCodesLocked lets all live codes expire.
func (t *Tenant) expireCodesLocked() {
	for _, c := range t.challenges.bounded.all {
		if c.state == pending {
			c.state = expired
			t.tellOutboxLocked(c, outbox.Expired)
		}
	}
}

func wrongCodeHint(code, otp string) string {
	if strings.TrimSpace(otp) == code {
		return "otp is the live code with white space around it: trim it"
	}
	return "the live code is " + code
}

// ExpireMessage lets the code of a message expire now. The clock does not move. It
// tells whether there is such a message.
func (t *Tenant) ExpireMessage(id string) bool {
	m, ok := t.Outbox.Get(id)
	if !ok {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.challenges.bounded.get(challengeKeyOf(m.Connection, m.To)); ok && slices.Contains(c.messages, id) && c.state == pending {
		c.state = expired
	}
	t.expireOOBLocked(id)
	t.Outbox.Expire(id)
	return true
}

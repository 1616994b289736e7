package tenant

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/outbox"
)

const (
	// oobLifetime is how long the code of a message works.
	// Source: auth0/docs-v2, the pages of the factors.
	oobLifetime = 5 * time.Minute
	// pushInterval is how often an app may ask for the answer to a push
	// notification. Unverified.
	pushInterval = 5 * time.Second
)

// How many messages a user may get. They count only where the fixture enforces
// limits.
// Source: auth0/docs-v2 rate-limit-configurations/authentication-api.
var (
	limitMFAPhone = Limit{"mfa.phone", 10, 1, time.Hour}
	limitMFAEmail = Limit{"mfa.email", 20, 1, time.Minute}
)

// An oobChallenge is a message with a code, or a push notification, that waits for
// the user. OOB is out of band.
type oobChallenge struct {
	id            string // the oob_code
	step          string // the ID of the second step
	userID        string
	authenticator Authenticator
	code          string // of a message
	messages      []string
	expires       time.Time
	state         challengeState
	answer        string // to a push notification: accept, reject or ""
	polled        time.Time
}

// An OOBRequest asks for a message or a push notification.
type OOBRequest struct {
	StepRequest
	// Authenticator is the ID of one of the user. It may be one that the user
	// enrolls now.
	Authenticator string
	// Compose makes the message. It is called under the tenant's lock.
	Compose func(OOBSecret) outbox.Message
}

// An OOBSecret is what the message of a second factor carries.
type OOBSecret struct {
	Tenant    fixtures.Tenant
	Client    *fixtures.Client // whom the user signs in to
	User      fixtures.User
	Channel   string
	To        string
	Code      string
	Enrolling bool // the message is part of an enrolment
	Now       time.Time
	Expires   time.Time
}

// An OOB is what became of an OOBRequest.
type OOB struct {
	Code          string // the oob_code
	UserID        string
	Authenticator Authenticator
	Sent          []outbox.Message // none of a push notification
}

// StartOOB sends a message with a code, or a push notification. Only the control
// API sees the latter. What came before it for the same step lapses.
func (t *Tenant) StartOOB(r OOBRequest) (OOB, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, u, err := t.secondStepLocked(r.StepRequest)
	if err != nil {
		return OOB{}, err
	}
	return t.startOOBLocked(s, u, r)
}

func (t *Tenant) startOOBLocked(s *secondStep, u *user, r OOBRequest) (OOB, error) {
	// 1. May the user have it?
	a, ok := t.oobAuthenticatorLocked(s, u, r.Authenticator)
	if !ok {
		return OOB{}, refusal.NoSuchAuthenticator
	}
	if blocked(u, r.Effects) {
		return OOB{}, refusal.UserBlocked
	}
	if t.setup.Fixture.Limits.Enforce && a.Channel != ChannelPush {
		l, refused := limitMFAPhone, refusal.TooManyMFAMessages
		if a.Channel == ChannelEmail {
			l, refused = limitMFAEmail, refusal.TooManyMFAEmails
		}
		if t.takeLocked(l, u.UserID, r.Now).Exceeded {
			return OOB{}, refused.Because("the limit of " + l.Name + " is used up, and the fixture says limits.enforce: true")
		}
	}
	// 2. End the one before.
	t.noteChange() // of the number of messages
	t.supersedeOOBLocked(s)
	// 3. Make the new one.
	key := oobKeyOf(a, u)
	n := t.oobCount.add(key)
	c := &oobChallenge{step: s.id, userID: u.UserID, authenticator: a, expires: r.Now.Add(oobLifetime)}
	c.id = t.sealedLocked(r.Now, c.expires, "oob code", key.channel, key.to, strconv.FormatInt(n, 10))
	t.oob.put(c.id, c)
	s.oob = c
	if a.Channel == ChannelPush {
		return OOB{Code: c.id, UserID: u.UserID, Authenticator: a}, nil
	}
	c.code = t.oobCodeLocked(key, n)
	secret := OOBSecret{
		Tenant: t.setup.Fixture.Tenant, Client: t.clientOfLocked(s), User: cloned(u.User), Channel: a.Channel, To: a.To, Code: c.code, Enrolling: !a.Active, Now: r.Now, Expires: c.expires,
	}
	// 4. Send it.
	sent, held := t.deliverLocked(r.Effects, r.Now, []string{"code"}, func(how delivery) outbox.Message {
		if how.corrupt == "code" {
			secret.Code = otherDigits(secret.Code)
		}
		return r.Compose(secret)
	})
	before := t.oobHeld[key]
	delete(t.oobHeld, key)
	for _, m := range sent {
		c.messages = append(c.messages, m.ID)
		if held {
			t.oobHeld[key] = append(t.oobHeld[key], m.ID)
		}
	}
	for _, m := range before {
		t.Outbox.Deliver(m)
	}
	return OOB{Code: c.id, UserID: u.UserID, Authenticator: a, Sent: sent}, nil
}

// oobAuthenticatorLocked is the authenticator to which a message or a notification of
// the step can go: one of the user, or the one that the user enrolls with the step.
func (t *Tenant) oobAuthenticatorLocked(s *secondStep, u *user, id string) (Authenticator, bool) {
	for _, a := range t.authenticatorsLocked(u) {
		if a.ID == id {
			return a, a.Channel != "" && (a.Active || t.enrollsLocked(s, u, a.device)) && t.usable(u, a)
		}
	}
	return Authenticator{}, false
}

// An oobKey is what messages are counted for: a channel, and a number, an address
// or a user.
type oobKey struct{ channel, to string }

func oobKeyOf(a Authenticator, u *user) oobKey {
	return oobKey{a.Channel, cmp.Or(address.Key(a.To), u.UserID)}
}

// oobCodeLocked is the n-th code of a channel and recipient. It is of a series of
// its own, which the modes and presets of otp rule, too. It is never the one before.
func (t *Tenant) oobCodeLocked(key oobKey, n int64) string {
	series := &fixtures.Connection{Name: "mfa-" + key.channel, Options: fixtures.ConnectionOptions{TOTP: fixtures.TOTP{Length: 6}}}
	before, _ := t.nthCodeLocked(series, key.to, max(1, n-1))
	if n == 1 {
		before = ""
	}
	code, after := t.makeCodeLocked(series, key.to, n, before)
	t.oobCount.set(key, after)
	return code
}

func (t *Tenant) clientOfLocked(s *secondStep) *fixtures.Client {
	if client, ok := t.setup.Client(s.clientID); ok {
		return client
	}
	return &fixtures.Client{ClientID: s.clientID}
}

// supersedeOOBLocked ends the newest message or notification of a step.
func (t *Tenant) supersedeOOBLocked(s *secondStep) {
	if c := s.oob; c != nil && c.state == pending {
		c.state = used
		t.tellOOBLocked(c, outbox.Superseded)
	}
}

func (t *Tenant) tellOOBLocked(c *oobChallenge, state string) {
	for _, id := range c.messages {
		t.Outbox.SetOTPState(id, state)
	}
}

// oobLocked is the challenge that an oob_code of the step names.
func (t *Tenant) oobLocked(s *secondStep, oobCode string, now time.Time) (*oobChallenge, error) {
	c, ok := t.oob.get(oobCode)
	switch {
	case !ok:
		return nil, refusal.MalformedOOBCode.Because("the mock did not make this oob_code, or does not know it any more")
	case c.step != s.id:
		return nil, refusal.OOBCodeOfAnother
	case c.state == used:
		return nil, refusal.MalformedOOBCode.Because("the oob_code was used already, or a newer one has replaced it")
	case c.state == expired || !now.Before(c.expires):
		return nil, refusal.OOBCodeExpired
	}
	return c, nil
}

// proveOOBLocked checks the code of a message, or the answer to a notification.
func (t *Tenant) proveOOBLocked(s *secondStep, u *user, p Proof, r StepRequest) (*user, error) {
	c, err := t.oobLocked(s, p.OOBCode, r.Now)
	if err != nil {
		return u, err
	}
	if a, ok := t.oobAuthenticatorLocked(s, u, c.authenticator.ID); !ok || a.To != c.authenticator.To {
		return u, refusal.MalformedOOBCode.Because("the authenticator of the oob_code was removed since, or its enrolment has ended")
	}
	switch {
	case c.authenticator.Channel == ChannelPush:
		if err := c.poll(r.Now, t.Clock.Running()); err != nil {
			return u, err
		}
		c.state = used
		if c.answer == pushReject {
			return u, refusal.MFARejected.Because("the user rejected the notification")
		}
		return t.confirmLocked(u, c.authenticator.device, r.Now)
	case p.BindingCode == "":
		return u, refusal.MissingParameter.With("parameter", "binding_code")
	}
	if err := judgeCode(r, p.BindingCode, c.code, refusal.WrongBindingCode, refusal.OOBCodeExpired); err != nil {
		return u, err
	}
	c.state = used
	t.tellOOBLocked(c, outbox.Used)
	return t.confirmLocked(u, c.authenticator.device, r.Now)
}

// poll refuses a request for an answer that has not come. With a stopped clock no
// request is too fast.
func (c *oobChallenge) poll(now time.Time, running bool) error {
	since, first := now.Sub(c.polled), c.polled.IsZero()
	c.polled = now
	switch {
	case c.answer != "":
		return nil
	case !first && running && since >= 0 && since < pushInterval: // below 0 the clock was set back
		return refusal.PollingTooFast
	}
	return refusal.AuthorizationPending
}

// expireOOBLocked lets the code of a message expire now.
func (t *Tenant) expireOOBLocked(message string) {
	for _, c := range t.oob.all {
		if c.state == pending && slices.Contains(c.messages, message) {
			c.state = expired
		}
	}
}

func (t *Tenant) settleOOBLocked(now time.Time) {
	for _, c := range t.oob.all {
		if c.state == pending && !now.Before(c.expires) {
			c.state = expired
		}
	}
}

package tenant

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
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

// An oobChallenge is a message with a code, or a push notification, that waits for
// the user. OOB is out of band.
type oobChallenge struct {
	id       string // the oob_code
	step     string // the ID of the second step
	userID   string
	device   string // the ID of the authenticator
	channel  string
	code     string // of a message
	messages []string
	expires  time.Time
	tries    int
	state    challengeState
	answer   string // to a push notification: accept, reject or ""
	polled   time.Time
}

// An OOBRequest asks for a message or a push notification.
type OOBRequest struct {
	Client        *fixtures.Client
	Authenticator Authenticator
	Now           time.Time
	Effects       *faults.Effects
	// Compose makes the message. It is called under the tenant's lock.
	Compose func(OOBSecret) outbox.Message
}

// An OOBSecret is what the message of a second factor carries.
type OOBSecret struct {
	Tenant    fixtures.Tenant
	Client    *fixtures.Client
	User      fixtures.User
	Channel   string
	To        string
	Code      string
	Enrolling bool // the message is part of an enrolment
	Now       time.Time
	Expires   time.Time
}

// startOOBLocked sends a message, or a push notification, which only the control
// API sees. A message that came before it for the same step lapses.
func (t *Tenant) startOOBLocked(s *secondStep, u *user, r OOBRequest) (oobCode string, sent []outbox.Message) {
	t.noteChange()
	for _, c := range t.oob.all {
		if c.step == s.id && c.state == pending {
			c.state = used
			t.tellOOBLocked(c, outbox.Superseded)
		}
	}
	a := r.Authenticator
	key := clientUser{a.Channel, cmp.Or(a.To, u.UserID)}
	n := t.oobCount.add(key)
	c := &oobChallenge{step: s.id, userID: u.UserID, device: a.device, channel: a.Channel, expires: r.Now.Add(oobLifetime)}
	c.id = t.sealedLocked(r.Now, c.expires, "oob code", a.Channel, key.userID, strconv.FormatInt(n, 10))
	t.oob.put(c.id, c)
	if a.Channel == ChannelPush {
		return c.id, nil
	}
	// A code of its own series, which the modes and presets of otp rule, too.
	c.code, _ = t.nthCodeLocked(&fixtures.Connection{Name: "mfa-" + a.Channel, Options: fixtures.ConnectionOptions{TOTP: fixtures.TOTP{Length: 6}}}, a.To, n)
	secret := OOBSecret{
		Tenant: t.setup.Fixture.Tenant, Client: r.Client, User: cloned(u.User), Channel: a.Channel, To: a.To, Code: c.code, Enrolling: !a.Active, Now: r.Now, Expires: c.expires,
	}
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
	return c.id, sent
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
		return nil, refusal.MalformedOOBCode.Because("the mock has not made this oob_code, or it has forgotten it since")
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
func (t *Tenant) proveOOBLocked(s *secondStep, u *user, p Proof, r TokenRequest) (*user, error) {
	c, err := t.oobLocked(s, p.OOBCode, r.Now)
	if err != nil {
		return u, err
	}
	if c.channel == ChannelPush {
		if err := c.poll(r.Now, t.Clock.Running()); err != nil {
			return u, err
		}
		c.state = used
		if c.answer == "reject" {
			return u, refusal.MFARejected.Because("the user has rejected the notification")
		}
		return t.confirmLocked(u, c.device, r.Now)
	}
	if p.BindingCode == "" {
		return u, refusal.MissingParameter.With("parameter", "binding_code")
	}
	how := otpEffect(r.Effects, p.BindingCode, p.BindingCode == c.code, c.code)
	switch right := cmp.Or(how.Code, c.code); {
	case how.Verdict == "accept_any":
	case how.Verdict == "expired":
		return u, refusal.OOBCodeExpired
	case how.Verdict == "locked":
		return u, refusal.TooManyMFAFailures
	case how.Verdict == "wrong":
		return u, refusal.WrongBindingCode
	case p.BindingCode != right:
		return u, refusal.WrongBindingCode.Because(wrongCodeHint(right, p.BindingCode))
	}
	c.state = used
	t.tellOOBLocked(c, outbox.Used)
	return t.confirmLocked(u, c.device, r.Now)
}

// poll refuses a request for an answer that has not come. With a stopped clock no
// request is too fast.
func (c *oobChallenge) poll(now time.Time, running bool) error {
	before := c.polled
	c.polled = now
	switch {
	case c.answer != "":
		return nil
	case running && !before.IsZero() && now.Sub(before) < pushInterval:
		return refusal.PollingTooFast
	}
	return refusal.AuthorizationPending
}

// AnswerPush gives the user's answer to the newest push notification that waits for
// one. It returns false if none does.
func (t *Tenant) AnswerPush(userID string, accept bool) bool {
	answer := "reject"
	if accept {
		answer = "accept"
	}
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	var newest *oobChallenge
	for _, c := range t.oob.all {
		if c.userID == userID && c.channel == ChannelPush && c.state == pending && c.answer == "" && now.Before(c.expires) {
			newest = c
		}
	}
	if newest == nil {
		return false
	}
	newest.answer = answer
	t.noteChange()
	return true
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

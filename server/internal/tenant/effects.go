package tenant

import (
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func signupDisabled(e *faults.Effects) bool { return e != nil && e.Signup == "disabled" }

func blocked(e *faults.Effects) bool { return e != nil && e.User == "blocked" }

// forced is the refusal that a scenario has for a code that is redeemed, right or
// wrong. The code itself stays as it is.
func forced(e *faults.Effects, wrong *refusal.Refusal) error {
	if e == nil || e.OTP == nil {
		return nil
	}
	switch e.OTP.Verdict {
	case "expired":
		return refusal.CodeExpired
	case "locked":
		return refusal.TooManyTries
	case "wrong":
		return wrong
	}
	return nil
}

// anyCode tells whether every code is right.
func anyCode(e *faults.Effects) bool {
	return e != nil && e.OTP != nil && e.OTP.Verdict == "accept_any"
}

// rightCode is the code that is right: the scenario's, or the challenge's.
func rightCode(e *faults.Effects, c *challenge) string {
	switch {
	case c == nil:
		return ""
	case e != nil && e.OTP != nil && e.OTP.Code != "":
		return e.OTP.Code
	}
	return c.code
}

// secondFactorLocked refuses a user who, by a scenario, has to give a second factor.
func (t *Tenant) secondFactorLocked(e *faults.Effects, names ...string) error {
	if e == nil || e.User != "mfa_required" {
		return nil
	}
	return refusal.MFARequired.With("mfa_token", "Fe26.2*1*"+t.setup.Seed.Opaque(43, append([]string{"mfa token"}, names...)...))
}

// sendLocked puts the message of a challenge into the outbox, in the way that
// scenarios say, and returns what it put there.
func (t *Tenant) sendLocked(r ChallengeRequest, secret Secret, c *challenge) []outbox.Message {
	var how scenarios.Deliver
	if r.Effects != nil {
		how = r.Effects.Deliver
	}
	secret.CutLink = how.Corrupt == "link"
	if how.Corrupt == "code" {
		secret.Code = otherDigits(secret.Code)
	}
	m := r.Compose(secret)
	if r.Effects != nil {
		m.Scenario = r.Effects.DeliverBy
	}
	m.State = map[string]string{"lost": outbox.Lost, "bounced": outbox.Bounced}[how.Outcome]
	held := false
	switch {
	case m.State != "": // it never arrives
	case how.Delay > 0:
		m.DeliverAt = r.Now.Add(how.Delay)
	case how.Swap != "":
		m.State, held = outbox.Queued, true
	}
	var sent []outbox.Message
	for range max(1, how.Copies) {
		added := t.Outbox.Add(m)
		sent = append(sent, added)
		c.messages = append(c.messages, added.ID)
		if held {
			c.held = append(c.held, added.ID)
		}
	}
	return sent
}

// otherDigits is a code of the same length in which every digit is another.
func otherDigits(code string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		return '0' + (r-'0'+5)%10
	}, code)
}

package tenant

import (
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
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

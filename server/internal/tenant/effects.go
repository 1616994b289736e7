package tenant

import (
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// blocked tells whether a user who was found may not sign in, by the user's own
// state or by a scenario.
func blocked(u *user, e *faults.Effects) bool { return u.Blocked || e.User("blocked") }

// otpEffect is what a scenario does to a code that is redeemed. right tells
// whether the code would sign the user in, and sent is the code that would. A
// scenario does nothing to a code that is wrong anyway.
func otpEffect(e *faults.Effects, otp string, right bool, sent string) scenarios.OTP {
	return e.OTP(func(o scenarios.OTP) bool {
		switch {
		case o.Verdict == "accept_any":
			return !right
		case o.Code != "":
			return sent != "" && o.Code != sent && (otp == o.Code || otp == sent)
		}
		return right
	})
}

// secondFactorLocked refuses a user who, by a scenario, has to give a second factor.
func (t *Tenant) secondFactorLocked(e *faults.Effects, names ...string) error {
	if !e.User("mfa_required") {
		return nil
	}
	return refusal.MFARequired.With("mfa_token", "Fe26.2*1*"+t.setup.Seed.Opaque(43, append([]string{"mfa token"}, names...)...))
}

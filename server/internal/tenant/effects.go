package tenant

import (
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

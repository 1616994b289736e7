package tenant

import (
	"crypto/subtle"
	"errors"
	"slices"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// A Proof is what a user gives as second factor: one of the three.
type Proof struct {
	OTP          string // of an authenticator app
	OOBCode      string // names the message or notification
	BindingCode  string // the code of the message
	RecoveryCode string
}

// TOTPPeriod is how long a code of an authenticator app is shown.
const TOTPPeriod = 30 * time.Second

// totpPeriod counts the periods of authenticator apps.
func totpPeriod(at time.Time) int64 { return at.Unix() / int64(TOTPPeriod/time.Second) }

// totpCode is the code of an authenticator app in a period.
func totpCode(secret string, period int64) string {
	at := time.Unix(period*int64(TOTPPeriod/time.Second), 0)
	code, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{Period: uint(TOTPPeriod / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "" // the secret was checked: it is base32
	}
	return code
}

// limitMFACodes is how many wrong codes a user may give. It counts only where the
// fixture enforces limits, as brute-force protection does.
// Source: auth0/docs-v2 deploy-monitor/logs/log-event-type-codes.mdx, gd_otp_rate_limit_exceed.
var limitMFACodes = Limit{"mfa.codes", 10, 1, 6 * time.Minute}

// proveLocked checks a second factor. It completes the enrolment of the factor, if
// that is open. It returns the user, and a new recovery code if the old one was
// used.
func (t *Tenant) proveLocked(s *secondStep, u *user, p Proof, r StepRequest) (*user, string, error) {
	if blocked(u, r.Effects) {
		return u, "", refusal.UserBlocked
	}
	code := limitMFACodes
	if t.setup.Fixture.Limits.Enforce && t.takeLocked(code, u.UserID, r.Now).Exceeded {
		return u, "", refusal.TooManyMFAFailures.Because("the user gave too many wrong codes, and the fixture says limits.enforce: true")
	}
	u, recoveryCode, err := t.checkProofLocked(s, u, p, r)
	if !isWrongCode(err, p) && t.setup.Fixture.Limits.Enforce {
		t.giveBackLocked(code, u.UserID)
	}
	return u, recoveryCode, err
}

// isWrongCode tells whether a proof was refused for its code. A user who rejects a
// notification has given none.
func isWrongCode(err error, p Proof) bool {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Name {
	case refusal.WrongOTPCode.Name, refusal.WrongBindingCode.Name:
		return true
	}
	return refused.Name == refusal.MFARejected.Name && p.RecoveryCode != ""
}

func (t *Tenant) checkProofLocked(s *secondStep, u *user, p Proof, r StepRequest) (*user, string, error) {
	switch {
	case p.OOBCode != "":
		u, err := t.proveOOBLocked(s, u, p, r)
		return u, "", err
	case p.RecoveryCode != "":
		return t.useRecoveryCodeLocked(u, p.RecoveryCode, r)
	}
	u, err := t.proveTOTPLocked(s, u, p.OTP, r)
	return u, "", err
}

// judgeCode compares a code with the right one, as scenarios say. wrong is the
// refusal of a wrong one, and late that of one whose time is over.
func judgeCode(r StepRequest, code, right string, wrong, late *refusal.Refusal) error {
	matches := subtle.ConstantTimeCompare([]byte(code), []byte(right)) == 1
	switch how := otpEffect(r.Effects, code, matches, right); {
	case how.Verdict == "accept_any":
		return nil
	case how.Verdict == "expired":
		return late
	case how.Verdict == "locked":
		return refusal.TooManyMFAFailures
	case how.Verdict == "wrong", how.Code != "" && how.Code != code:
		return wrong
	case how.Code == "" && !matches:
		return wrong.Because(wrongCodeHint(right, code))
	}
	return nil
}

// A usedTOTP is a code of an authenticator app that was used, by the period in which
// the app showed it. The last period alone would not do: the clock can be set back.
type usedTOTP struct {
	userID, device string
	period         int64
}

// addedAppLocked is the authenticator app that the user adds to others by a token of the
// MFA API, until it is confirmed; nil if there is none. Only its code confirms it.
func (t *Tenant) addedAppLocked(s *secondStep, u *user) *fixtures.Authenticator {
	if !s.managed || s.userID != u.UserID {
		return nil
	}
	for i := range u.MFA {
		if a := &u.MFA[i]; a.ID == s.enrolling && a.Type == fixtures.FactorOTP && !a.Confirmed() {
			return a
		}
	}
	return nil
}

// proveTOTPLocked checks the code of an authenticator app. A code works once.
// Unverified: by how many periods the clock of a phone may be wrong; here it is one.
func (t *Tenant) proveTOTPLocked(s *secondStep, u *user, code string, r StepRequest) (*user, error) {
	// 1. Find the app that shows the code; without one, the first that might.
	var app *fixtures.Authenticator
	period := totpPeriod(r.Now)
	shown := period // when the app shows the code
	found := false
	added := t.addedAppLocked(s, u)
	for i := range u.MFA {
		a := &u.MFA[i]
		if added != nil && a != added {
			continue
		}
		if a.Secret == "" || !a.Confirmed() && !t.enrollsLocked(s, u, a.ID) || !t.factorOn(a.Type) {
			continue
		}
		if app == nil {
			app = a
		}
		for p := period - 1; p <= period+1 && !found; p++ {
			if found = totpCode(a.Secret, p) == code; found {
				app, shown = a, p
			}
		}
	}
	if app == nil {
		return u, refusal.NotEnrolled.Because("user " + u.UserID + " has no authenticator app; add one to mfa of the user, or enroll one")
	}
	// 2. Judge it.
	if err := judgeCode(r, code, totpCode(app.Secret, shown), refusal.WrongOTPCode, refusal.WrongOTPCode); err != nil {
		return u, err
	}
	// 3. Nobody can use it again.
	used := usedTOTP{u.UserID, app.ID, shown}
	if _, again := t.totpUsed.get(used); found && again {
		return u, refusal.WrongOTPCode.Because("the code was used already; the app shows the next one after at most 30 seconds of the tenant's clock")
	}
	if found {
		t.totpUsed.put(used, struct{}{})
	}
	return t.confirmLocked(u, app.ID, r.Now)
}

// useRecoveryCodeLocked checks a recovery code and replaces it by a new one.
func (t *Tenant) useRecoveryCodeLocked(u *user, code string, r StepRequest) (*user, string, error) {
	i := slices.IndexFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.Type == fixtures.FactorRecovery && a.Confirmed() })
	if i < 0 || !t.factorOn(fixtures.FactorRecovery) {
		return u, "", refusal.NoRecoveryCode.Because("user " + u.UserID + " has none; add one to mfa of the user")
	}
	wrong := refusal.MFARejected.Logged("gd_recovery_failed", nil)
	if err := judgeCode(r, code, u.MFA[i].Code, wrong, wrong); err != nil {
		return u, "", err
	}
	entries := slices.Clone(u.MFA)
	entries[i].Code = t.newRecoveryCodeLocked(u)
	u, err := t.setAuthenticatorsLocked(u, entries, r.Now)
	return u, entries[i].Code, err
}

package tenant

import (
	"crypto/subtle"
	"slices"
	"strconv"
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

// totpCode is the code of an authenticator app at a time.
func totpCode(secret string, at time.Time) string {
	code, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{Period: uint(TOTPPeriod / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "" // the secret was checked: it is base32
	}
	return code
}

// proveLocked checks a second factor. It completes the enrolment of the factor, if
// that is open. It returns the user, and a new recovery code if the old one was
// used.
func (t *Tenant) proveLocked(s *secondStep, u *user, p Proof, r TokenRequest) (*user, string, error) {
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

// proveTOTPLocked checks the code of an authenticator app. A code works once.
// Unverified: how many steps a clock may be wrong; here it is one.
func (t *Tenant) proveTOTPLocked(s *secondStep, u *user, code string, r TokenRequest) (*user, error) {
	known := false
	for i := range u.MFA {
		a := &u.MFA[i]
		if a.Type != fixtures.FactorOTP && a.Type != fixtures.FactorPush || !a.Confirmed() && a.ID != s.enrolling {
			continue
		}
		if !t.factorOn(a.Type) {
			continue
		}
		known = true
		present := r.Now.Unix() / int64(TOTPPeriod/time.Second)
		for step := present - 1; step <= present+1; step++ {
			right := totpCode(a.Secret, time.Unix(step*int64(TOTPPeriod/time.Second), 0))
			matches := subtle.ConstantTimeCompare([]byte(code), []byte(right)) == 1
			how := otpEffect(r.Effects, code, matches, right)
			if how.Verdict == "accept_any" {
				return t.confirmLocked(u, a.ID, r.Now)
			}
			if !matches {
				continue
			}
			if how.Verdict != "" || how.Code != "" && how.Code != code {
				return u, refusal.WrongOTPCode
			}
			key := u.UserID + "\t" + a.ID
			if last, ok := t.totpUsed.get(key); ok && last >= step {
				return u, refusal.WrongOTPCode.Because("the code was used already; an authenticator app shows the next one after at most 30 seconds of the tenant's clock")
			}
			t.totpUsed.put(key, step)
			return t.confirmLocked(u, a.ID, r.Now)
		}
	}
	if !known {
		return u, refusal.NotEnrolled.Because("user " + u.UserID + " has no authenticator app; add one to mfa of the user, or enroll one")
	}
	return u, refusal.WrongOTPCode.Because("the code is not the one of the tenant's clock; see GET /_mock/users/{id}/totp")
}

// useRecoveryCodeLocked checks a recovery code and replaces it by a new one.
func (t *Tenant) useRecoveryCodeLocked(u *user, code string, r TokenRequest) (*user, string, error) {
	i := slices.IndexFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.Type == fixtures.FactorRecovery && a.Confirmed() })
	if i < 0 || !t.factorOn(fixtures.FactorRecovery) {
		return u, "", refusal.NoRecoveryCode
	}
	if subtle.ConstantTimeCompare([]byte(u.MFA[i].Code), []byte(code)) != 1 {
		return u, "", refusal.MFARejected.Because("the recovery code is not the one that the user has")
	}
	entries := slices.Clone(u.MFA)
	entries[i].Code = t.recoveryCode(u.UserID, strconv.FormatInt(t.enrollments.add(u.UserID), 10))
	u, err := t.setAuthenticatorsLocked(u, entries, r.Now)
	return u, entries[i].Code, err
}

// TOTP is the code that the authenticator app of a user shows now, and until when.
func (t *Tenant) TOTP(userID string) (code string, until time.Time, ok bool) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(userID)
	if !ok {
		return "", now, false
	}
	for i := range u.MFA {
		if a := &u.MFA[i]; a.Secret != "" {
			return totpCode(a.Secret, now), now.Truncate(TOTPPeriod).Add(TOTPPeriod), true
		}
	}
	return "", now, false
}

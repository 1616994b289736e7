package tenant

import (
	"encoding/base32"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// An Enrollment is a second factor that a user has begun to enroll. The user
// confirms it by the first proof.
type Enrollment struct {
	Authenticator Authenticator
	Secret        string // of an authenticator app, in base32
	BarcodeURI    string // what the QR code of an app says
	RecoveryCode  string // "" unless it is the user's first factor
}

// deviceID is the ID of an authenticator that has those names.
func (t *Tenant) deviceID(userID string, names ...string) string {
	return "dev_" + t.setup.Seed.Alphanumeric(16, append([]string{"authenticator", userID}, names...)...)
}

// totpSecret is a secret in the form of Auth0's: base32 of 20 letters and digits.
// Source: the recordings of auth0/go-auth0.
func (t *Tenant) totpSecret(userID, device string) string {
	return base32.StdEncoding.EncodeToString([]byte(t.setup.Seed.Alphanumeric(20, "totp secret", userID, device)))
}

func (t *Tenant) recoveryCode(userID, n string) string {
	return strings.ToUpper(t.setup.Seed.Alphanumeric(24, "recovery code", userID, n))
}

// completeAuthenticators fills in what the entries of a user leave out.
func (t *Tenant) completeAuthenticators(u *fixtures.User) error {
	if len(u.MFA) == 0 {
		return nil
	}
	u.MFA = slices.Clone(u.MFA)
	seen := map[string]bool{}
	for i := range u.MFA {
		a := &u.MFA[i]
		switch a.Type {
		case fixtures.FactorPhone:
			phone, ok := fixtures.NormalizePhone(a.PhoneNumber)
			if !ok {
				return invalidUser("mfa[%d].phone_number: %q is not a phone number in E.164 form, such as +12025550101", i, a.PhoneNumber)
			}
			a.PhoneNumber = phone
		case fixtures.FactorEmail:
			if a.Email == "" {
				a.Email = u.Email
			}
			email, ok := fixtures.NormalizeEmail(a.Email)
			if !ok {
				return invalidUser("mfa[%d].email: %q is not an e-mail address", i, a.Email)
			}
			a.Email = email
		}
		if a.ID == "" {
			a.ID = t.deviceID(u.UserID, a.Type, a.PhoneNumber+a.Email)
		}
		if seen[a.ID] {
			return invalidUser("mfa[%d].id: %q is taken by another entry of the user; give each an id", i, a.ID)
		}
		seen[a.ID] = true
		switch a.Type {
		case fixtures.FactorOTP, fixtures.FactorPush:
			if a.Secret == "" {
				a.Secret = t.totpSecret(u.UserID, a.ID)
			}
			if _, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(a.Secret, "=")); err != nil {
				return invalidUser("mfa[%d].secret: %q is not base32, which has the letters A to Z and the digits 2 to 7", i, a.Secret)
			}
		case fixtures.FactorRecovery:
			if a.Code == "" {
				a.Code = t.recoveryCode(u.UserID, "")
			}
		}
	}
	return nil
}

// enrollLocked begins the enrolment of a factor for the user of a step. to is the
// number or address of a factor by phone or e-mail.
func (t *Tenant) enrollLocked(s *secondStep, u *user, factor, channel, to string, now time.Time) (Enrollment, *user, error) {
	if !t.factorOn(factor) || factor == fixtures.FactorPhone && !slices.Contains(t.setup.Fixture.Guardian.Phone.MessageTypes, channel) {
		return Enrollment{}, u, refusal.UnsupportedChallenge.With("asked", "challenge type ("+factor+")", "supported", "").Because("the factor " + factor + " is off; see guardian.factors in the fixture")
	}
	n := strconv.FormatInt(t.enrollments.add(u.UserID), 10)
	entry := fixtures.Authenticator{ID: t.deviceID(u.UserID, "enrolment", n), Type: factor, Active: pointer(false)}
	switch factor {
	case fixtures.FactorPhone:
		entry.PhoneNumber = to
	case fixtures.FactorEmail:
		entry.Email = to
	default:
		entry.Secret = t.totpSecret(u.UserID, entry.ID)
	}
	first := !slices.ContainsFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.Confirmed() })
	entries := slices.DeleteFunc(slices.Clone(u.MFA), func(a fixtures.Authenticator) bool { // one that was begun before and not confirmed
		return !a.Confirmed() && (a.Type == factor || a.Type == fixtures.FactorRecovery)
	})
	entries = append(entries, entry)
	out := Enrollment{Secret: entry.Secret}
	if first && t.factorOn(fixtures.FactorRecovery) {
		out.RecoveryCode = t.recoveryCode(u.UserID, n)
		entries = append(entries, fixtures.Authenticator{ID: t.deviceID(u.UserID, "recovery", n), Type: fixtures.FactorRecovery, Code: out.RecoveryCode, Active: pointer(false)})
	}
	u, err := t.setAuthenticatorsLocked(u, entries, now)
	if err != nil {
		return out, u, err
	}
	if s != nil {
		s.enrolling = entry.ID
	}
	for _, a := range t.authenticatorsLocked(u) {
		if a.device == entry.ID && (a.Channel == channel || channel == "") {
			out.Authenticator = a
			break
		}
	}
	label := url.PathEscape(t.setup.Fixture.Tenant.FriendlyName) + ":" + url.PathEscape(u.Name)
	issuer := strings.ReplaceAll(url.QueryEscape(t.setup.Fixture.Tenant.FriendlyName), "+", "%20")
	switch factor {
	case fixtures.FactorOTP:
		out.BarcodeURI = "otpauth://totp/" + label + "?secret=" + entry.Secret + "&issuer=" + issuer + "&algorithm=SHA1&digits=6&period=30"
	case fixtures.FactorPush:
		out.BarcodeURI = "otpauth://totp/" + label + "?enrollment_tx_id=" + t.setup.Seed.Alphanumeric(32, "enrollment transaction", u.UserID, n) + "&base_url="
	}
	return out, u, nil
}

func pointer[T any](v T) *T { return &v }

// setAuthenticatorsLocked replaces the entries of a user.
func (t *Tenant) setAuthenticatorsLocked(u *user, entries []fixtures.Authenticator, now time.Time) (*user, error) {
	changed := cloned(u.User)
	changed.MFA = entries
	if _, err := t.changeUserLocked(u, changed, now); err != nil {
		return u, err
	}
	u, _ = t.users.get(changed.UserID)
	return u, nil
}

// confirmLocked completes the enrolment of an authenticator, and of the recovery
// code that was made with it.
func (t *Tenant) confirmLocked(u *user, device string, now time.Time) (*user, error) {
	if !slices.ContainsFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.ID == device && !a.Confirmed() }) {
		return u, nil
	}
	entries := slices.Clone(u.MFA)
	for i := range entries {
		if entries[i].ID == device || entries[i].Type == fixtures.FactorRecovery {
			entries[i].Active = nil
		}
	}
	return t.setAuthenticatorsLocked(u, entries, now)
}

// RemoveAuthenticator removes an authenticator of a user, and its twin. It returns
// false if the user has no such one.
func (t *Tenant) RemoveAuthenticator(userID, id string, now time.Time) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(userID)
	if !ok {
		return false, nil
	}
	for _, a := range t.authenticatorsLocked(u) {
		if a.ID != id {
			continue
		}
		if a.device == "" {
			return true, refusal.PrimaryEmail
		}
		entries := slices.DeleteFunc(slices.Clone(u.MFA), func(e fixtures.Authenticator) bool { return e.ID == a.device })
		_, err := t.setAuthenticatorsLocked(u, entries, now)
		return true, err
	}
	return false, nil
}

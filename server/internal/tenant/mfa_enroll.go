package tenant

import (
	"cmp"
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
		if field, text := a.Mistake(); field != "" {
			return invalidUser("mfa[%d].%s: %s", i, field, text)
		}
		switch a.Type {
		case fixtures.FactorPhone:
			a.PhoneNumber, _ = fixtures.NormalizePhone(a.PhoneNumber)
		case fixtures.FactorEmail:
			if a.Email == "" {
				a.Email = u.Email
			}
			a.Email, _ = fixtures.NormalizeEmail(a.Email)
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
		case fixtures.FactorRecovery:
			if a.Code == "" {
				a.Code = t.recoveryCode(u.UserID, "")
			}
		}
	}
	return nil
}

// newDeviceIDLocked is the ID of an authenticator that the user enrolls now.
func (t *Tenant) newDeviceIDLocked(u *user) string {
	for {
		id := t.deviceID(u.UserID, "enrolment", strconv.FormatInt(t.enrollments.add(u.UserID), 10))
		if !slices.ContainsFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.ID == id }) {
			return id
		}
	}
}

// newRecoveryCodeLocked is a recovery code that the user does not have yet.
func (t *Tenant) newRecoveryCodeLocked(u *user) string {
	for {
		code := t.recoveryCode(u.UserID, strconv.FormatInt(t.enrollments.add(u.UserID), 10))
		if !slices.ContainsFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.Code == code }) {
			return code
		}
	}
}

// An EnrollRequest asks for the enrolment of a factor.
type EnrollRequest struct {
	StepRequest
	Factor  string // fixtures.FactorOTP, FactorPhone, FactorEmail or FactorPush
	Channel string // of a factor by phone: ChannelSMS or ChannelVoice
	To      string // the number of a factor by phone, the address of one by e-mail: normalised
	Origin  string // by which the request reached the tenant
}

// Enroll begins the enrolment of a factor. One that was begun before and not
// confirmed ends.
func (t *Tenant) Enroll(r EnrollRequest) (Enrollment, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, u, err := t.secondStepLocked(r.StepRequest)
	if err != nil {
		return Enrollment{}, err
	}
	return t.enrollLocked(s, u, r)
}

// mayEnrollLocked tells whether the user may enroll a factor in a step. By the first
// factor alone that is so until there is a second one: who knows only the password
// must not add a factor to those of the user.
func (t *Tenant) mayEnrollLocked(s *secondStep, u *user) bool {
	return s.managed || s.adds || len(t.requirementsLocked(u).Enroll) > 0 || len(t.usableLocked(u)) == 0
}

// enrollsLocked tells whether the user enrolls an authenticator with a step, and may
// still do so: another step may have enrolled one meanwhile.
func (t *Tenant) enrollsLocked(s *secondStep, u *user, device string) bool {
	return device == s.enrolling && t.mayEnrollLocked(s, u)
}

func (t *Tenant) enrollLocked(s *secondStep, u *user, r EnrollRequest) (Enrollment, error) {
	if blocked(u, r.Effects) {
		return Enrollment{}, refusal.UserBlocked
	}
	if !t.mayEnrollLocked(s, u) {
		return Enrollment{}, refusal.AlreadyEnrolled.Because("an mfa_token enrolls the first factor only; for another one use an access token whose audience is the issuer with the path " + MFAPath + ", with the scope enroll")
	}
	if !t.factorOn(r.Factor) || r.Factor == fixtures.FactorPhone && !slices.Contains(t.setup.Fixture.Guardian.Phone.MessageTypes, r.Channel) {
		return Enrollment{}, refusal.FactorOff.With("factor", r.Factor).Because("the factor " + r.Factor + " is off; see guardian in the fixture")
	}
	entry := fixtures.Authenticator{ID: t.newDeviceIDLocked(u), Type: r.Factor, Active: pointer(false), CreatedAt: r.Now}
	channel := r.Channel
	switch r.Factor {
	case fixtures.FactorPhone:
		entry.PhoneNumber = r.To
	case fixtures.FactorEmail:
		entry.Email, channel = r.To, ChannelEmail
	case fixtures.FactorPush:
		channel = ChannelPush
		fallthrough
	default:
		entry.Secret = t.totpSecret(u.UserID, entry.ID)
	}
	first := !slices.ContainsFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.Confirmed() })
	entries := slices.DeleteFunc(slices.Clone(u.MFA), func(a fixtures.Authenticator) bool {
		return !a.Confirmed() && (a.Type == r.Factor || a.Type == fixtures.FactorRecovery)
	})
	entries = append(entries, entry)
	out := Enrollment{Secret: entry.Secret}
	if first && t.factorOn(fixtures.FactorRecovery) {
		out.RecoveryCode = t.newRecoveryCodeLocked(u)
		entries = append(entries, fixtures.Authenticator{ID: t.newDeviceIDLocked(u), Type: fixtures.FactorRecovery, Code: out.RecoveryCode, Active: pointer(false), CreatedAt: r.Now})
	}
	u, err := t.setAuthenticatorsLocked(u, entries, r.Now)
	if err != nil {
		return Enrollment{}, err
	}
	s.enrolling = entry.ID
	for _, a := range t.authenticatorsLocked(u) {
		if a.device == entry.ID && a.Channel == channel {
			out.Authenticator = a
		}
	}
	out.BarcodeURI = t.barcodeURI(u, &entry, r.Origin)
	return out, nil
}

// barcodeURI is what the QR code says that an app reads; "" of a factor without an
// app.
// Source: the recordings of auth0/go-auth0.
func (t *Tenant) barcodeURI(u *user, a *fixtures.Authenticator, origin string) string {
	tenant := t.setup.Fixture.Tenant.FriendlyName
	uri := "otpauth://totp/" + escape(tenant) + ":" + escape(cmp.Or(u.Email, u.PhoneNumber, u.UserID))
	switch a.Type {
	case fixtures.FactorOTP:
		return uri + "?secret=" + a.Secret + "&issuer=" + escape(tenant) + "&algorithm=SHA1&digits=6&period=30"
	case fixtures.FactorPush:
		return uri + "?enrollment_tx_id=" + t.setup.Seed.Alphanumeric(32, "enrollment transaction", u.UserID, a.ID) + "&base_url=" + escape(origin)
	}
	return ""
}

// escape is encodeURIComponent, as far as a name or an address needs it.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

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

// confirmLocked notes that the user has given an authenticator. That completes its
// enrolment, and that of the recovery code that was made with it.
func (t *Tenant) confirmLocked(u *user, device string, now time.Time) (*user, error) {
	at := slices.IndexFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.ID == device })
	if at < 0 {
		return u, nil // the verified address of the user
	}
	entries := slices.Clone(u.MFA)
	entries[at].LastAuthAt = now
	if !entries[at].Confirmed() {
		for i := range entries {
			if i == at || entries[i].Type == fixtures.FactorRecovery {
				entries[i].Active = nil
			}
		}
	}
	return t.setAuthenticatorsLocked(u, entries, now)
}

// NewAuthenticatorID is the ID of an authenticator that a user gets now.
func (t *Tenant) NewAuthenticatorID(userID string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(userID)
	if !ok {
		return ""
	}
	t.noteChange()
	return t.newDeviceIDLocked(u)
}

// RenewRecoveryCode gives a user a new recovery code, in the place of the old one if
// there is one. ok is false if there is no such user.
func (t *Tenant) RenewRecoveryCode(userID string, now time.Time) (code string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, known := t.users.get(userID)
	if !known {
		return "", false
	}
	at := slices.IndexFunc(u.MFA, func(a fixtures.Authenticator) bool { return a.Type == fixtures.FactorRecovery })
	entries := slices.Clone(u.MFA)
	if at < 0 {
		at = len(entries)
		entries = append(entries, fixtures.Authenticator{ID: t.newDeviceIDLocked(u), Type: fixtures.FactorRecovery, CreatedAt: now})
	}
	entries[at].Code = t.newRecoveryCodeLocked(u)
	_, err := t.setAuthenticatorsLocked(u, entries, now)
	return entries[at].Code, err == nil
}

// ForgetBrowsers makes all browsers of a user ask for the second factor again.
func (t *Tenant) ForgetBrowsers(userID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remembered.removeIf(func(b rememberedBrowser) bool { return b.userID == userID })
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

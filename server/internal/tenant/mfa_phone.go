package tenant

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

// TOTP is the code that the authenticator app of a user shows now, and when the app
// shows the next one. Of several apps it is the one that the user adds now by a token of
// the MFA API, or else one with which the user can sign in, or else the last. The user is
// a user_id, an e-mail address or a phone number.
// Errors are of type *UserError.
func (t *Tenant) TOTP(name string) (code string, expires time.Time, err error) {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.namedLocked(name)
	if err != nil {
		return "", now, err
	}
	var app *fixtures.Authenticator
	for i := range u.MFA {
		a := &u.MFA[i]
		if a.Secret != "" && (app == nil || t.factorOn(a.Type) && (!t.factorOn(app.Type) || !app.Confirmed())) {
			app = a
		}
	}
	for _, s := range t.secondSteps.all {
		if a := t.addedAppLocked(s, u); a != nil && now.Before(s.expires) {
			app = a
		}
	}
	if app != nil {
		return totpCode(app.Secret, totpPeriod(now)), now.Truncate(TOTPPeriod).Add(TOTPPeriod), nil
	}
	return "", now, &UserError{"no_totp", "user " + name + " has no authenticator app: mfa of the user has " + factorsOf(u) + "; add {type: otp} to it, or enroll one"}
}

// AnswerPush gives a user's answer to the newest push notification that waits for
// one. The user is named as for TOTP. Errors are of type *UserError.
func (t *Tenant) AnswerPush(name string, accept bool) error {
	now := t.Clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	u, err := t.namedLocked(name)
	if err != nil {
		return err
	}
	var newest *oobChallenge
	for _, c := range t.oob.all {
		if c.userID == u.UserID && c.authenticator.Channel == ChannelPush && c.state == pending && c.answer == "" && now.Before(c.expires) {
			newest = c
		}
	}
	if newest == nil {
		return &UserError{"no_push", "no push notification waits for user " + name + ", whose mfa has " + factorsOf(u) + "; an app asks for one by POST /mfa/challenge, and a login by its pages"}
	}
	if newest.answer = pushReject; accept {
		newest.answer = pushAccept
	}
	return nil
}

// The answers to a push notification.
const (
	pushAccept = "accept"
	pushReject = "reject"
)

// namedLocked is the user with a user_id, an e-mail address or a phone number.
func (t *Tenant) namedLocked(name string) (*user, error) {
	if u, ok := t.users.get(name); ok {
		return u, nil
	}
	if u := t.addressedLocked(fixtures.NormalizeRecipient(name)); u != nil {
		return u, nil
	}
	return nil, &UserError{"no_user", "there is no user " + strconv.Quote(name) + ", by user_id or address"}
}

// factorsOf lists the factors of a user, for people.
func factorsOf(u *user) string {
	var types []string
	for i := range u.MFA {
		if !slices.Contains(types, u.MFA[i].Type) {
			types = append(types, u.MFA[i].Type)
		}
	}
	if types == nil {
		return "no factors"
	}
	return strings.Join(types, ", ")
}

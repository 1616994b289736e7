package tenant

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// An Extra is what the Actions of a login change in its tokens.
type Extra struct {
	ID, Access     token.Claims // set by Actions
	Added, Removed []string     // scopes
}

type tokenKind int

const (
	idToken tokenKind = iota
	accessToken
)

// claims are the custom claims of a token: those of the fixture, and those of Actions,
// which win.
func (e *Extra) claims(of tokenKind, custom token.Claims) token.Claims {
	if e == nil {
		return custom
	}
	more := e.ID
	if of == accessToken {
		more = e.Access
	}
	for _, c := range more {
		custom.Set(c.Name, c.Value)
	}
	return custom
}

// forUserinfo are the claims that /userinfo shows for an opaque access token.
func (e *Extra) forUserinfo() map[string]any {
	if e == nil || len(e.ID) == 0 {
		return nil
	}
	out := make(map[string]any, len(e.ID))
	for _, c := range e.ID {
		out[c.Name] = c.Value
	}
	return out
}

// withClaims adds those claims to the custom ones.
func withClaims(custom token.Claims, more map[string]any) token.Claims {
	for _, name := range slices.Sorted(maps.Keys(more)) {
		custom.Set(name, more[name])
	}
	return custom
}

// addExtra lets a login have what Actions said before it was granted.
func (l *Login) addExtra(e *Extra) {
	if e == nil {
		return
	}
	l.Extra = e
	l.Scopes = slices.DeleteFunc(slices.Clone(l.Scopes), func(s string) bool { return slices.Contains(e.Removed, s) })
	for _, s := range e.Added {
		if !slices.Contains(l.Scopes, s) {
			l.Scopes = append(l.Scopes, s)
		}
	}
}

// Change changes the tokens of a login that was granted, as its Actions want it.
func (t *Tenant) Change(l *Login, e *Extra) {
	l.addExtra(e)
	if e == nil || l.Refreshes() || !slices.Contains(e.Removed, "offline_access") {
		return
	}
	t.TakeBack(l)
	l.RefreshToken = ""
}

// TakeBack undoes a login that its Actions have refused: nobody gets its refresh token,
// and one that it has rotated stays good.
func (t *Tenant) TakeBack(l *Login) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.takeBackLocked(l)
}

func (t *Tenant) takeBackLocked(l *Login) {
	f, generation := t.readRefreshLocked(l.RefreshToken)
	switch {
	case f == nil:
	case l.Rotated.Family == "":
		t.endFamilyLocked(f.ID)
	case f.Generation == generation && generation > 0:
		f.Generation--
		t.noteChange()
	}
}

// DemandSecondFactor takes a login back and asks for a second factor, unless the user has
// given one. It is nil if the login stays as it is.
func (t *Tenant) DemandSecondFactor(l *Login) error {
	if l.provedSecondFactor || l.finish == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(l.User.UserID)
	if !ok {
		return nil
	}
	t.takeBackLocked(l)
	return t.demandSecondFactorLocked(l.request, u, l.finish)
}

// Refreshes tells whether the login exchanges a refresh token.
func (l *Login) Refreshes() bool { return slices.Contains(l.GrantTypes, "refresh_token") }

// MayChallenge tells whether the login can be taken back until the user has given a second
// factor.
func (l *Login) MayChallenge() bool { return l.provedSecondFactor || l.finish != nil }

// ProvedSecondFactor tells whether the user has given a second factor.
func (l *Login) ProvedSecondFactor() bool { return l.provedSecondFactor }

// IsAuth0s tells whether the access token is for an API of Auth0.
func (l *Login) IsAuth0s() bool { return l.API == managementAPI || l.API == mfaAPI }

// FactorsOfActions are the factors by the names that Actions have for them.
// Source: auth0/docs-v2 actions/reference/post-login/post-login-api-object.mdx.
var FactorsOfActions = map[string]string{
	"otp": fixtures.FactorOTP, "email": fixtures.FactorEmail, "phone": fixtures.FactorPhone,
	"push-notification": fixtures.FactorPush, "recovery-code": fixtures.FactorRecovery,
}

// NoteActions keeps what the Actions of a login have said.
func (t *Tenant) NoteActions(tx Transaction, out *runner.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if stored, ok := t.transactions.get(tx.ID); ok {
		stored.Actions = out
	}
}

// MergeMetadata sets members of a user's metadata. A nil value removes the member.
func (t *Tenant) MergeMetadata(userID string, app, user map[string]any) {
	if len(app)+len(user) == 0 {
		return
	}
	_, _ = t.UpdateUser(userID, func(u *fixtures.User) error { // it fails if the user was deleted meanwhile
		u.AppMetadata, u.UserMetadata = mergedMembers(u.AppMetadata, app), mergedMembers(u.UserMetadata, user)
		return nil
	})
}

func mergedMembers(have, change map[string]any) map[string]any {
	if len(change) == 0 {
		return have
	}
	out := maps.Clone(have) // others hold the old one
	if out == nil {
		out = map[string]any{}
	}
	for name, value := range change {
		if value == nil {
			delete(out, name)
		} else {
			out[name] = value
		}
	}
	return out
}

// Taken tells whether a name of a user who signs up has an owner already.
func (t *Tenant) Taken(conn *fixtures.Connection, u fixtures.User) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(fixtures.Kinds, func(kind string) bool {
		name := u.Identifier(kind)
		return name != "" && t.users.find(conn.Name, name) != nil
	})
}

// SignsUp tells whether a code is right, perhaps by a scenario, and nobody has the
// recipient's address yet. It does not use the code up, and counts nothing.
func (t *Tenant) SignsUp(connection, recipient, otp string, now time.Time, e *faults.Effects) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.users.find(connection, recipient) != nil {
		return false
	}
	sent := "" // the code that would sign the user up
	if c, ok := t.challenges.bounded.get(challengeKeyOf(connection, recipient)); ok && c.state == pending && !c.lapsed(now) {
		sent = c.code
	}
	how := otpEffect(e, otp, sent != "" && sent == otp, sent)
	return how.Verdict == "accept_any" || how.Verdict == "" && sent != "" && otp == cmp.Or(how.Code, sent)
}

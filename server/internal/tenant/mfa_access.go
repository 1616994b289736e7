package tenant

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// The scopes of the MFA API.
const (
	ScopeEnroll               = "enroll"
	ScopeReadAuthenticators   = "read:authenticators"
	ScopeRemoveAuthenticators = "remove:authenticators"
)

// An MFAAccess is what the bearer token of the MFA API allows: an mfa_token, or an
// access token of that API.
type MFAAccess struct {
	StepRequest
	UserID  string
	Managed bool // it is an access token: the user may have factors already
	scopes  []string
}

// Allow refuses a token without a scope.
func (a MFAAccess) Allow(scope string) error {
	switch {
	case slices.Contains(a.scopes, scope):
		return nil
	case a.Managed:
		return refusal.InsufficientMFAScope.With("scope", scope).Because("the access token lacks the scope; the login has to ask for it")
	}
	return refusal.InsufficientMFAScope.With("scope", scope).Because("an mfa_token does not allow it; use an access token whose audience is the issuer with the path " + MFAPath)
}

// MFAAccess reads the bearer token of the MFA API. The issuer is the one of this
// request. The user of an access token proves a new factor with the token in the
// place of an mfa_token. Unverified: no public source has that proof.
func (t *Tenant) MFAAccess(bearer, issuer string, r StepRequest) (MFAAccess, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.secondSteps.get(bearer); ok && !s.managed {
		r.Step = bearer
		_, _, err := t.secondStepLocked(r)
		var refused *refusal.Refusal
		switch {
		case err == nil:
			return MFAAccess{StepRequest: r, UserID: s.userID, scopes: []string{ScopeEnroll, ScopeReadAuthenticators}}, nil
		case errors.As(err, &refused) && refused.Name != refusal.MFATokenExpired.Name:
			err = refusal.BadMFAToken.Because(refused.Hint)
		}
		return MFAAccess{}, err
	}
	s, scopes, why := t.managedStepLocked(bearer, strings.TrimSuffix(issuer, "/")+MFAPath, r.Now)
	if why != "" {
		return MFAAccess{}, refusal.BadMFAToken.Because(why)
	}
	r.Step = s.id
	return MFAAccess{StepRequest: r, UserID: s.userID, Managed: true, scopes: scopes}, nil
}

// managedStepLocked is the step of an access token of the MFA API, or says why it is
// no good.
func (t *Tenant) managedStepLocked(accessToken, audience string, now time.Time) (s *secondStep, scopes []string, why string) {
	payload, err := t.Keys.Verify(accessToken)
	if err != nil {
		return nil, nil, "it is neither an mfa_token of this tenant nor an access token"
	}
	var claims struct {
		Issuer   string  `json:"iss"`
		Audience any     `json:"aud"`
		Subject  string  `json:"sub"`
		Client   string  `json:"azp"`
		ClientID string  `json:"client_id"` // RFC 9068's name for azp
		Scope    string  `json:"scope"`
		Expires  float64 `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil || !isFor(claims.Audience, audience) {
		return nil, nil, "the access token is not for the audience " + audience
	}
	u, known := t.users.get(claims.Subject)
	switch {
	case !known:
		return nil, nil, "the user of the access token does not exist"
	case float64(now.Unix()) >= claims.Expires:
		return nil, nil, "the access token expired"
	}
	s, ok := t.secondSteps.get(accessToken)
	if !ok {
		s = &secondStep{
			id: accessToken, userID: u.UserID, clientID: cmp.Or(claims.Client, claims.ClientID), expires: time.Unix(int64(claims.Expires), 0), managed: true,
			audience: audience, scope: claims.Scope, finish: t.passwordLoginLocked,
		}
		t.secondSteps.put(s.id, s)
	}
	return s, strings.Fields(claims.Scope), ""
}

// AllAuthenticators are the second factors of a user, also those that are not
// confirmed.
func (t *Tenant) AllAuthenticators(userID string) []Authenticator {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.users.get(userID)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(t.authenticatorsLocked(u), func(a Authenticator) bool { return !t.usable(u, a) })
}

// ChooseAuthenticator is the one of a user that an app challenges: the one with that
// ID, or else the first one of the challenge types that the app takes, otp or oob.
func (s SecondStep) ChooseAuthenticator(id string, types []string) (Authenticator, error) {
	var found []Authenticator
	var supported []string
	for _, a := range s.Authenticators {
		kind := a.ChallengeType()
		if kind == "" {
			continue
		}
		if !slices.Contains(supported, kind) {
			supported = append(supported, kind)
		}
		if (id == "" || a.ID == id) && (len(types) == 0 || slices.Contains(types, kind)) {
			found = append(found, a)
		}
	}
	switch {
	case len(supported) == 0:
		return Authenticator{}, refusal.NotEnrolled.Because("user " + s.User.UserID + " has no second factor that can be challenged; add one to mfa of the user")
	case len(found) > 0:
		return found[0], nil
	case id != "" && !slices.ContainsFunc(s.Authenticators, func(a Authenticator) bool { return a.ID == id }):
		return Authenticator{}, refusal.NoSuchAuthenticator.Because("user " + s.User.UserID + " has no authenticator " + strconv.Quote(id) + " that is confirmed")
	case len(types) == 1:
		return Authenticator{}, refusal.UnsupportedChallenge.With("asked", "the requested challenge type ("+types[0]+")", "supported", strings.Join(supported, ", "))
	}
	return Authenticator{}, refusal.UnsupportedChallenge.With("asked", "any of the requested challenge types ("+strings.Join(types, ", ")+")", "supported", strings.Join(supported, ", "))
}

// ChallengeType is how the MFA API challenges it: otp or oob, and "" for a recovery
// code, which needs no challenge.
func (a Authenticator) ChallengeType() string {
	switch {
	case a.Channel != "":
		return "oob"
	case a.Type == fixtures.FactorOTP:
		return "otp"
	}
	return ""
}

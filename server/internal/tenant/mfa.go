package tenant

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

const (
	// secondStepLifetime is how much time a user has to give a second factor.
	// Unverified: Auth0 says ten minutes of the tokens of the MFA API, and nothing
	// of an mfa_token.
	secondStepLifetime = 10 * time.Minute
	maxSecondSteps     = 20_000
)

// MFAPath is the name of the MFA API. Its audience is the issuer with this path.
const MFAPath = "/mfa/"

// mfaAPI is the resource server of the MFA API.
// Source: auth0/docs-v2 manage-authenticator-factors-mfa-api.mdx.
var mfaAPI = &fixtures.ResourceServer{
	Identifier: MFAPath, Name: "Auth0 MFA API", TokenLifetime: 600, TokenLifetimeForWeb: 600, TokenDialect: "access_token", AllowOfflineAccess: true,
	Scopes: []fixtures.Scope{{Value: ScopeEnroll}, {Value: ScopeReadAuthenticators}, {Value: ScopeRemoveAuthenticators}},
}

// The channels by which a code or a question reaches the user, as the MFA API
// names them.
const (
	ChannelSMS   = "sms"
	ChannelVoice = "voice"
	ChannelEmail = "email"
	ChannelPush  = "auth0"
)

// An Authenticator is a second factor of a user, as the MFA API lists it. A phone
// number is two of them if codes come by text message and by voice, and so is an
// app with push notifications, which shows codes, too.
type Authenticator struct {
	ID      string // sms|dev_…
	Type    string // the factor: fixtures.FactorOTP and so on
	Channel string // one of the Channels; "" for a factor without
	To      string // the number or address
	Active  bool   // false: the enrolment was not confirmed

	device string // the ID of its entry in the fixture
}

// authenticatorsLocked lists the second factors of a user. A verified e-mail
// address is one without an entry.
func (t *Tenant) authenticatorsLocked(u *user) []Authenticator {
	var out []Authenticator
	ofEmail := false
	for i := range u.MFA {
		a := &u.MFA[i]
		one := Authenticator{Type: a.Type, Active: a.Confirmed(), device: a.ID}
		add := func(prefix, factor, channel, to string) {
			one.ID, one.Type, one.Channel, one.To = prefix+"|"+a.ID, factor, channel, to
			out = append(out, one)
		}
		switch a.Type {
		case fixtures.FactorOTP:
			add("totp", a.Type, "", "")
		case fixtures.FactorPhone:
			channels := slices.Clone(t.setup.Fixture.Guardian.Phone.MessageTypes)
			slices.SortStableFunc(channels, func(x, y string) int { // the preferred one comes first
				return strings.Compare(strconv.FormatBool(y == a.PreferredMethod), strconv.FormatBool(x == a.PreferredMethod))
			})
			for _, channel := range channels {
				add(channel, a.Type, channel, a.PhoneNumber)
			}
		case fixtures.FactorEmail:
			ofEmail = ofEmail || a.ID == t.deviceID(u.UserID, fixtures.FactorEmail, u.Email) || one.Active && address.Key(a.Email) == address.Key(u.Email)
			add("email", a.Type, ChannelEmail, a.Email)
		case fixtures.FactorPush:
			add("push", a.Type, ChannelPush, "")
			add("totp", fixtures.FactorOTP, "", "")
		case fixtures.FactorRecovery:
			add("recovery-code", a.Type, "", "")
		}
	}
	if t.factorOn(fixtures.FactorEmail) && u.Email != "" && u.EmailVerified && !ofEmail {
		out = append(out, Authenticator{
			ID: "email|" + t.deviceID(u.UserID, fixtures.FactorEmail, u.Email), Type: fixtures.FactorEmail, Channel: ChannelEmail, To: u.Email, Active: true,
		})
	}
	return out
}

// factorOn tells whether the tenant has a factor.
func (t *Tenant) factorOn(factor string) bool { return t.setup.Fixture.Guardian.On(factor) }

// usableLocked are the confirmed authenticators whose factor is on.
func (t *Tenant) usableLocked(u *user) []Authenticator {
	return slices.DeleteFunc(t.authenticatorsLocked(u), func(a Authenticator) bool { return !a.Active || !t.usable(u, a) })
}

// usable tells whether the factor of an authenticator is on. The codes of an app
// with push notifications are on with these.
func (t *Tenant) usable(u *user, a Authenticator) bool {
	for i := range u.MFA {
		if u.MFA[i].ID == a.device {
			return t.factorOn(u.MFA[i].Type)
		}
	}
	return t.factorOn(a.Type)
}

// Requirements are the factors by which a user can go on, in the form of
// mfa_requirements. One of the two is empty.
type Requirements struct {
	Challenge []string // of a user who has a second factor
	Enroll    []string // of a user who has none yet
}

// requirementsLocked: a user with nothing but an e-mail address has to enroll, if
// that is possible at all.
func (t *Tenant) requirementsLocked(u *user) Requirements {
	var r Requirements
	usable := t.usableLocked(u)
	has := func(factor string) bool {
		return slices.ContainsFunc(usable, func(a Authenticator) bool { return a.Type == factor })
	}
	if !t.enrolledLocked(u) {
		r.Enroll = slices.DeleteFunc(slices.Clone(fixtures.IndependentFactors), func(factor string) bool { return !t.factorOn(factor) })
	}
	if len(r.Enroll) == 0 {
		for _, factor := range []string{fixtures.FactorOTP, fixtures.FactorPhone, fixtures.FactorEmail, fixtures.FactorPush, fixtures.FactorRecovery} {
			if has(factor) {
				r.Challenge = append(r.Challenge, factor)
			}
		}
	}
	return r
}

// enrolledLocked tells whether a user has a second factor that needs no other one.
func (t *Tenant) enrolledLocked(u *user) bool {
	return slices.ContainsFunc(t.usableLocked(u), func(a Authenticator) bool { return slices.Contains(fixtures.IndependentFactors, a.Type) })
}

// secondFactorDueLocked tells whether every login of the user needs a second factor,
// by the tenant's policy or by the user's own setting.
func (t *Tenant) secondFactorDueLocked(u *user) bool {
	return u.MFARequired || slices.Contains(t.setup.Fixture.Guardian.Policies, "all-applications")
}

// asksLocked tells whether a login to an API needs a second factor. One to the MFA API
// does if the user has a factor, whatever the policy: who knows only the password
// must not remove factors, or add some.
// Source: auth0/docs-v2 manage-authenticator-factors-mfa-api.mdx.
func (t *Tenant) asksLocked(api *fixtures.ResourceServer, u *user) bool {
	return t.secondFactorDueLocked(u) || api == mfaAPI && t.enrolledLocked(u)
}

// A secondStep is a login whose user has given the first factor and has to give a
// second one. The MFA API names it by its mfa_token, the pages by their state.
type secondStep struct {
	id               string
	userID, clientID string
	enrolling        string        // the ID of the entry that the user enrolls with it
	oob              *oobChallenge // the newest message or notification; nil if there is none
	expires          time.Time
	used, lapsed     bool
	managed          bool // it is an access token of the MFA API: it is good for several proofs

	// The rest is for the MFA API.
	audience, scope string
	finish          func(TokenRequest, *user) (*Login, error) // the rest of the grant

	// The rest is for the pages.
	page PageStep
	only []string // the factors that an Action wants; nil if any will do
	adds bool     // an Action wants the user to enroll one of them
}

type secondSteps struct {
	bounded[string, *secondStep]
	count tally[string] // how many each user had so far
}

func newSecondSteps() secondSteps {
	underWay := func(s *secondStep) bool { return !s.used }
	return secondSteps{newBounded[string](maxSecondSteps, underWay), newTally[string](maxSecondSteps)}
}

func (ss *secondSteps) settle(now time.Time) {
	for _, s := range ss.all {
		s.lapsed = s.lapsed || !now.Before(s.expires)
	}
}

// afterFirstFactorLocked goes on with a grant whose user has given the first
// factor: it finishes the grant, or asks for a second factor.
func (t *Tenant) afterFirstFactorLocked(r TokenRequest, u *user, finish func(TokenRequest, *user) (*Login, error)) (*Login, error) {
	api, _ := t.findAPILocked(r)
	if due := !r.provedSecondFactor && t.asksLocked(api, u); !due && !r.Effects.User("mfa_required") {
		l, err := finish(r, u)
		if err == nil {
			l.request, l.finish = r, finish
		}
		return l, err
	}
	return nil, t.demandSecondFactorLocked(r, u, finish)
}

// demandSecondFactorLocked refuses a grant until the user has given a second factor.
func (t *Tenant) demandSecondFactorLocked(r TokenRequest, u *user, finish func(TokenRequest, *user) (*Login, error)) error {
	if !slices.ContainsFunc([]string{fixtures.GrantMFAOTP, fixtures.GrantMFAOOB, fixtures.GrantMFARecoveryCode}, func(g string) bool { return slices.Contains(r.Client.GrantTypes, g) }) {
		return refusal.GrantNotAllowed.With("grant", fixtures.GrantMFAOTP).Because("the login needs a second factor, and client " + strconv.Quote(r.Client.ClientID) + " has none of the MFA grants among its grant_types")
	}
	s := t.newSecondStepLocked(u, r.Client, r.Now)
	s.audience, s.scope, s.finish = r.Audience, r.Scope, finish
	required := refusal.MFARequired.With("mfa_token", s.id).WithMember("mfa_requirements", t.requirementsLocked(u).wire())
	if r.exchanges { // Source: auth0/docs-v2 cte-example-use-cases.mdx
		required.Members = slices.DeleteFunc(required.Members, func(m refusal.Member) bool { return m.Name == "mfa_requirements" })
	}
	return required
}

// wire is the value of mfa_requirements.
func (r Requirements) wire() map[string][]map[string]string {
	out := map[string][]map[string]string{}
	for name, factors := range map[string][]string{"challenge": r.Challenge, "enroll": r.Enroll} {
		for _, factor := range factors {
			out[name] = append(out[name], map[string]string{"type": factor})
		}
	}
	return out
}

// newSecondStepLocked has an ID in the form of Auth0's mfa_token.
// Source: the recordings of auth0/go-auth0, whose oob_code has the form.
func (t *Tenant) newSecondStepLocked(u *user, c *fixtures.Client, now time.Time) *secondStep {
	n := strconv.FormatInt(t.secondSteps.count.add(u.UserID), 10)
	s := &secondStep{userID: u.UserID, clientID: c.ClientID, expires: now.Add(secondStepLifetime)}
	s.id = t.sealedLocked(now, s.expires, "mfa token", u.UserID, c.ClientID, n)
	t.secondSteps.put(s.id, s)
	return s
}

// sealedLocked is an opaque text in the form of Iron, which Auth0 uses.
func (t *Tenant) sealedLocked(now, expires time.Time, names ...string) string {
	part := func(n int, what string) string { return t.setup.Seed.Opaque(n, append([]string{what}, names...)...) }
	hex := func(what string) string { return t.setup.Seed.Hex(64, append([]string{what}, names...)...) }
	return "Fe26.2*SERVER_" + strconv.FormatInt(now.Unix(), 10) + "*" + hex("salt") + "*" + part(22, "iv") + "*" + part(43, "content") +
		"*" + strconv.FormatInt(expires.UnixMilli(), 10) + "*" + hex("mac salt") + "*" + part(43, "mac")
}

// A StepRequest names the second step with which a user goes on.
type StepRequest struct {
	Step    string           // the mfa_token, or the ID of the step of a page
	Client  *fixtures.Client // who asks; nil if that is not known, as of a page
	Page    bool             // a page asks
	Now     time.Time
	Effects *faults.Effects
}

// A SecondStep is what both surfaces see of a second step.
type SecondStep struct {
	User           fixtures.User
	ClientID       string
	Authenticators []Authenticator // those with which the user can go on
	Requirements   Requirements
	// OOBCode names the newest message or notification of the step, which went to
	// OOBTo; "" if there is none. Answer is what the user has answered to a
	// notification: accept, reject or "".
	OOBCode string
	OOBTo   Authenticator
	Answer  string
}

// SecondStep returns the second step that a request names.
func (t *Tenant) SecondStep(r StepRequest) (SecondStep, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, u, err := t.secondStepLocked(r)
	if err != nil {
		return SecondStep{}, err
	}
	out := SecondStep{User: cloned(u.User), ClientID: s.clientID, Authenticators: t.usableLocked(u), Requirements: t.requirementsLocked(u)}
	if s.oob != nil {
		out.OOBCode, out.OOBTo, out.Answer = s.oob.id, s.oob.authenticator, s.oob.answer
	}
	return out, nil
}

func (t *Tenant) secondStepLocked(r StepRequest) (*secondStep, *user, error) {
	s, ok := t.secondSteps.get(r.Step)
	switch {
	case !ok || r.Page != (s.page.Login != ""):
		return nil, nil, refusal.MalformedMFAToken.Because("the mock did not make this mfa_token, or does not know it any more")
	case r.Client != nil && s.clientID != r.Client.ClientID:
		return nil, nil, refusal.MFATokenOfAnother.Because("the mfa_token was given to client " + strconv.Quote(s.clientID))
	case s.used:
		return nil, nil, refusal.MalformedMFAToken.Because("the mfa_token was used already")
	case s.lapsed || !r.Now.Before(s.expires):
		return nil, nil, refusal.MFATokenExpired
	}
	u, ok := t.users.get(s.userID)
	if !ok {
		return nil, nil, refusal.MalformedMFAToken.Because("the user of the mfa_token was deleted")
	}
	return s, u, nil
}

// RedeemMFA is the three MFA grants: it finishes the login that asked for a second
// factor.
func (t *Tenant) RedeemMFA(r TokenRequest, token string, p Proof) (*Login, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	step := StepRequest{Step: token, Client: r.Client, Now: r.Now, Effects: r.Effects}
	s, u, err := t.secondStepLocked(step)
	if err != nil {
		return nil, err
	}
	r.Audience, r.Scope, r.provedSecondFactor = s.audience, s.scope, true
	if api, known := t.findAPILocked(r); known {
		if err := r.allowsBearer(api); err != nil { // the proof stays good
			return nil, err
		}
	}
	before := u
	u, recoveryCode, err := t.proveLocked(s, u, p, step)
	if err != nil {
		return nil, err
	}
	l, err := s.finish(r, u)
	if err != nil {
		return nil, err
	}
	t.supersedeOOBLocked(s) // of a user who gave another factor in the end
	s.used = !s.managed
	l.RecoveryCode, l.Enrolled = recoveryCode, u != before && recoveryCode == ""
	return l, nil
}

// MFATokenOwner is the user whom an mfa_token is about.
func (t *Tenant) MFATokenOwner(token string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.secondSteps.get(token)
	if !ok {
		return fixtures.User{}, false
	}
	u, ok := t.users.get(s.userID)
	if !ok {
		return fixtures.User{}, false
	}
	return cloned(u.User), true
}

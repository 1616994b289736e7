package tenant

import (
	"crypto/subtle"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// authCodeLifetime is for how long a code can be exchanged.
const authCodeLifetime = 10 * time.Minute

const maxAuthCodes = 20_000

// An Authorization is what an app asks for when it sends a browser to /authorize,
// or what a magic link asks for.
type Authorization struct {
	Client *fixtures.Client
	// ResponseTypes are those of code, token and id_token that the app asks for.
	ResponseTypes []string
	RedirectURI   string
	// RedirectURIGiven tells that the app named RedirectURI. Otherwise it is the
	// client's first callback.
	RedirectURIGiven bool
	// Mode is how the answer gets to the app: query, fragment, form_post or
	// web_message.
	Mode string
	// State is the app's state parameter, nil if it sent none.
	State    *string
	Scope    string
	Audience string
	Nonce    string
	// Challenge is the code_challenge of PKCE, and Method is S256 or plain. Both
	// are "" if there is none.
	Challenge, Method string
	// ProofKey is the thumbprint of the key of which the exchange of the code needs a
	// DPoP proof, "" if it needs none.
	ProofKey string
	// TellsAuthTime asks for the auth_time claim.
	TellsAuthTime bool
	// StepUp tells that the app asks for a second factor.
	StepUp bool
	// SecondFactor tells that the user has given one in this login.
	SecondFactor bool
	// Organization is the id of the organization through which the user signs in; "" for
	// none. Without one, Asks says when the user is asked for it: BeforeLogin, AfterLogin or
	// "". Personal tells that the user wants none.
	Organization, Asks string
	Personal           bool
	// Invitation is the ticket of the invitation to the organization that the user
	// accepts; "" for none.
	Invitation string
	// UserCode is the code of the device for which the user signs in; "" for an app.
	// A device gets no response: it asks for its tokens.
	UserCode string
	Issuer   string
	Now      time.Time
	Caller   Caller
	// Effects are what scenarios do.
	Effects *faults.Effects
}

func (a *Authorization) wants(responseType string) bool {
	return slices.Contains(a.ResponseTypes, responseType)
}

// An Approval is what the app gets: a code, tokens, or both.
type Approval struct {
	Code   string
	Tokens *Tokens // nil if the app asked for none
}

// An authCode is a code that an app exchanges for tokens. It works once.
type authCode struct {
	Authorization
	userID   string
	sid      string // of the browser's session; "" for a magic link, which makes none
	authTime time.Time
	expires  time.Time
	used     bool
	familyID string // the family of the refresh token that the code gave
}

type authCodes struct {
	bounded[string, *authCode]
	count tally[clientUser] // how many codes each client and user had so far
}

func newAuthCodes() authCodes {
	unused := func(c *authCode) bool { return !c.used }
	return authCodes{newBounded[string](maxAuthCodes, unused), newTally[clientUser](maxAuthCodes)}
}

func (cs *authCodes) settle(now time.Time) {
	cs.removeIf(func(c *authCode) bool { return !now.Before(c.expires) })
}

// CheckAudience refuses an authorization for an API that does not exist.
func (t *Tenant) CheckAudience(a Authorization) error { return t.checkAudience(a.request()) }

func (t *Tenant) checkAudience(r TokenRequest) error {
	if _, known := t.api(r); !known {
		return refusal.NoSuchService.With("audience", r.Audience).Because(unknownAudienceHint(r))
	}
	return nil
}

func (a *Authorization) request() TokenRequest {
	return TokenRequest{Client: a.Client, Audience: a.Audience, Scope: a.Scope, Organization: a.Organization, Issuer: a.Issuer, Now: a.Now, Caller: a.Caller, Effects: a.Effects}
}

// Approve gives the app what it asked for, for the user of the session. For a device
// it notes the user.
func (t *Tenant) Approve(a Authorization, s Session) (Approval, error) {
	r := a.request()
	api, known := t.api(r)
	if !known {
		return Approval{}, t.CheckAudience(a)
	}
	if a.wants("token") { // which is a Bearer token: a browser's address brings no proof
		if err := r.allowsBearer(api); err != nil {
			return Approval{}, err
		}
	}
	t.mu.Lock()
	u, ok := t.users.get(s.UserID)
	if !ok || blocked(u, a.Effects) {
		t.mu.Unlock()
		return Approval{}, refusal.UserBlocked
	}
	if err := t.stillMemberLocked(a.Organization, u.UserID); err != nil {
		t.mu.Unlock()
		return Approval{}, err
	}
	if live, ok := t.sessions.get(s.ID); ok {
		live.signedInTo(a.Client, a.Organization)
		live.Device.Use(a.Caller.Agent, a.Caller.IP)
	}
	if a.UserCode != "" {
		defer t.mu.Unlock()
		d, refused := t.waitingDeviceLocked(a.UserCode, a.Now)
		if refused != nil {
			return Approval{}, refused
		}
		t.answerDeviceLocked(d, s)
		return Approval{}, nil
	}
	n := strconv.FormatInt(t.authCodes.count.add(clientUser{a.Client.ClientID, s.UserID}), 10)
	var out Approval
	if a.wants("code") {
		kept := a
		kept.Effects, kept.Caller = nil, Caller{} // they are of this request alone
		out.Code = t.setup.Seed.Opaque(43, "code", a.Client.ClientID, s.UserID, n)
		t.authCodes.put(out.Code, &authCode{
			Authorization: kept, userID: s.UserID, sid: s.SID, authTime: s.AuthTime, expires: a.Now.Add(authCodeLifetime),
		})
	}
	var l *Login
	if a.wants("token") || a.wants("id_token") {
		scopes := withoutRefresh(t.setup.grantScopes(strings.Fields(a.Scope), a.Client, api, t.actingLocked(u, a.Organization))) // a browser's address never carries a refresh token
		l = t.loginLocked(r, api, u, scopes, nil, "front", n)
		l.FrontChannel, l.Nonce, l.SID, l.Code = true, a.Nonce, s.SID, out.Code
		l.SecondFactor = a.SecondFactor
		l.ResponseTypes = a.ResponseTypes
		if a.TellsAuthTime {
			l.AuthTime = s.AuthTime
		}
	}
	t.mu.Unlock()
	if l == nil {
		return out, nil
	}
	var err error
	out.Tokens, err = t.Issue(l)
	return out, err
}

// RedeemCode is the authorization_code grant. A code that comes a second time is
// refused, and the refresh token that it gave the first time is revoked.
// Source: RFC 6749 §4.1.2.
func (t *Tenant) RedeemCode(r TokenRequest, code, redirectURI, verifier string) (*Login, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.authCodes.get(code)
	switch {
	case !ok:
		return nil, refusal.WrongAuthCode.Because("there is no such code; it may have expired")
	case c.Client.ClientID != r.Client.ClientID:
		return nil, refusal.WrongAuthCode.Because("the code was given to client " + strconv.Quote(c.Client.ClientID))
	case c.used:
		t.endFamilyLocked(c.familyID)
		return nil, refusal.WrongAuthCode.Because("the code was exchanged already; the refresh token that it gave is revoked")
	case !r.Now.Before(c.expires):
		return nil, refusal.WrongAuthCode.Because("the code has expired")
	case redirectURI == "" && c.RedirectURIGiven && c.sid != "": // the code of a magic link needs none
		return nil, refusal.MissingRedirectURI.Because("the redirect_uri of /authorize must come with its code, too: " + c.RedirectURI)
	case redirectURI != "" && redirectURI != c.RedirectURI:
		return nil, refusal.WrongRedirectURI.With("sent", originOf(redirectURI), "expected", originOf(c.RedirectURI))
	case !c.verifies(verifier):
		return nil, refusal.WrongVerifier
	case c.ProofKey != "" && c.ProofKey != r.ProofKey:
		return nil, refusal.WrongProofKey.Because(wrongKeyHint(r.ProofKey, "the app asked for the code with the dpop_jkt of another key"))
	}
	u, ok := t.users.get(c.userID)
	if !ok || blocked(u, r.Effects) {
		return nil, refusal.UserBlocked
	}
	if err := t.stillMemberLocked(c.Organization, u.UserID); err != nil {
		return nil, err
	}
	api, err := t.apiLocked(c.request())
	if err != nil {
		return nil, err
	}
	if err := r.allowsBearer(api); err != nil {
		return nil, err
	}
	c.used = true
	r.Organization = c.Organization
	scopes := t.setup.grantScopes(strings.Fields(c.Scope), r.Client, api, t.actingLocked(u, r.Organization))
	if c.sid == "" {
		scopes = withoutRefresh(scopes) // Source: auth0/docs-v2 passwordless-connection-limitations.mdx.
	}
	r.provedSecondFactor = t.asksLocked(api, u) // the pages have asked for it
	l := t.loginLocked(r, api, u, scopes, nil, "code", code)
	l.Nonce, l.SID, l.SecondFactor = c.Nonce, c.sid, c.SecondFactor
	if c.TellsAuthTime {
		l.AuthTime = c.authTime
	}
	if slices.Contains(l.Scopes, "offline_access") {
		l.RefreshToken = t.newFamilyLocked(l, r.Now)
		f, _ := t.readRefreshLocked(l.RefreshToken)
		c.familyID = f.ID
	}
	return l, nil
}

// CodeOwner returns the user of an authorization code.
func (t *Tenant) CodeOwner(code string) (fixtures.User, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.authCodes.get(code)
	if !ok {
		return fixtures.User{}, false
	}
	return t.ownerLocked(c.userID)
}

// ownerLocked returns the user to whom something was given. Nobody may change it.
func (t *Tenant) ownerLocked(userID string) (fixtures.User, bool) {
	u, ok := t.users.get(userID)
	if !ok {
		return fixtures.User{}, false
	}
	return u.User, true
}

// withoutRefresh takes the scope of refresh tokens out of the granted ones.
func withoutRefresh(scopes []string) []string {
	return slices.DeleteFunc(scopes, func(s string) bool { return s == "offline_access" })
}

// verifies compares a verifier with the challenge of PKCE (RFC 7636 §4.6). A
// client that sent no challenge must send no verifier.
// Source: auth0/auth0-auth-js, which omits it for a magic link's code.
func (c *authCode) verifies(verifier string) bool {
	computed := verifier
	if c.Method == "S256" {
		computed = hashOf(verifier)
	}
	if c.Challenge == "" {
		return verifier == ""
	}
	return verifier != "" && subtle.ConstantTimeCompare([]byte(computed), []byte(c.Challenge)) == 1
}

// originOf returns the part of a redirect URI that Auth0 prints.
func originOf(uri string) string {
	if u, err := url.Parse(uri); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return uri
}

// RedeemLink uses up the code of a magic link and signs its user in to the app.
// It makes no session of the browser. Unless a flag of the tenant allows more,
// the link works only in the browser that asked for it, which device names.
func (t *Tenant) RedeemLink(a Authorization, connection, username, otp, device string) (Session, error) {
	r := a.request()
	conn, recipient, err := t.realm(a.Client, connection, username)
	if err != nil {
		return Session{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wrongBrowserLocked(conn, recipient, device, a.Now) {
		return Session{}, refusal.LinkElsewhere.Because("the browser did not send the did cookie of POST /passwordless/start, which a page gets if it calls with credentials; the tenant's flag allow_magiclink_verify_without_session in the fixture does without")
	}
	if err := t.redeemLocked(conn, recipient, otp, r); err != nil {
		return Session{}, err
	}
	u := t.signInLocked(conn, recipient, a.Now, a.Caller)
	return Session{UserID: u.UserID, AuthTime: a.Now, Connection: conn.Name}, nil
}

// wrongBrowserLocked tells whether a live link must be refused because another
// browser asked for it.
func (t *Tenant) wrongBrowserLocked(conn *fixtures.Connection, recipient, device string, now time.Time) bool {
	if t.setup.Fixture.Tenant.LinksNeedNoSession() {
		return false
	}
	c, ok := t.challenges.bounded.get(challengeKeyOf(conn.Name, recipient))
	return ok && c.state == pending && !c.lapsed(now) && c.device != "" && c.device != device
}

// SignIn uses up a code that a user typed on a page and signs the browser in.
// sessionID is the session in the browser's cookie, "" if there is none.
func (t *Tenant) SignIn(a Authorization, tx Transaction, otp, sessionID string) (Session, error) {
	conn, err := t.Setup().LoginConnection(tx.Realm, &a)
	if err == nil && a.Organization == "" {
		conn, err = t.Setup().PasswordlessConnection(tx.Realm, a.Client)
	}
	if err != nil {
		return Session{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, again := t.repeatedSignInLocked(tx, otp, a.Now); again {
		return *s, nil
	}
	if err := t.redeemLocked(conn, tx.Recipient, otp, a.request()); err != nil {
		return Session{}, err
	}
	isNew := t.users.find(conn.Name, tx.Recipient) == nil
	s := t.newSessionLocked(t.signInLocked(conn, tx.Recipient, a.Now, a.Caller), sessionID, conn.Name, methodOf(conn.Strategy), a)
	t.noteSignInLocked(tx, otp, s, isNew)
	return *s, nil
}

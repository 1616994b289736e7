package tenant

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// authCodeLifetime is how long a code can be exchanged.
const authCodeLifetime = 10 * time.Minute

const maxAuthCodes = 20_000

// An Authorization is what an app sends a browser to /authorize for, or a
// magic link says.
type Authorization struct {
	Client *fixtures.Client
	// ResponseTypes are code, token and id_token, as many of them as are asked
	// for.
	ResponseTypes []string
	RedirectURI   string
	// Mode is how the answer gets back: query, fragment, form_post or
	// web_message.
	Mode string
	// State is the app's own, nil if it sent none.
	State    *string
	Scope    string
	Audience string
	Nonce    string
	// Challenge is PKCE's, and Method S256 or plain; "" if there is none.
	Challenge, Method string
	// TellsAuthTime asks for the auth_time claim.
	TellsAuthTime bool
	Issuer        string
	Now           time.Time
	// Effects are what scenarios do.
	Effects *faults.Effects
}

func (a *Authorization) wants(responseType string) bool {
	return slices.Contains(a.ResponseTypes, responseType)
}

// An Approval is what the app gets: a code, tokens, or both.
type Approval struct {
	Code   string
	Tokens *Tokens // nil if none is asked for
}

// An authCode is a code that an app exchanges for tokens, once.
type authCode struct {
	Authorization
	userID  string
	sid     string // "" for a magic link, which signs no browser in
	auth    time.Time
	expires time.Time
	used    bool
	family  string // of the refresh token that it gave
}

type authCodes struct {
	bounded bounded[string, *authCode]
	count   tally[challengeKey] // codes of each client and user so far
}

func newAuthCodes() authCodes {
	return authCodes{newBounded[string](maxAuthCodes, func(c *authCode) bool { return !c.used }), newTally[challengeKey](maxAuthCodes)}
}

func (cs *authCodes) settle(now time.Time) {
	for code, c := range cs.bounded.all {
		if !now.Before(c.expires) {
			cs.bounded.remove(code)
		}
	}
}

// CheckAudience refuses an authorization for an API that there is not.
func (t *Tenant) CheckAudience(a Authorization) error {
	if _, known := t.api(a.request()); !known {
		return refusal.NoSuchService.With("audience", a.Audience).Because(unknownAudienceHint(a.Audience))
	}
	return nil
}

func (a *Authorization) request() TokenRequest {
	return TokenRequest{Client: a.Client, Audience: a.Audience, Scope: a.Scope, Issuer: a.Issuer, Now: a.Now, Effects: a.Effects}
}

// Approve gives the app what it asked for, in the name of the session's user.
func (t *Tenant) Approve(a Authorization, s Session) (Approval, error) {
	r := a.request()
	api, known := t.api(r)
	if !known {
		return Approval{}, t.CheckAudience(a)
	}
	t.mu.Lock()
	u, ok := t.users.get(s.UserID)
	if !ok || u.blocked() || blocked(a.Effects) {
		t.mu.Unlock()
		return Approval{}, refusal.UserBlocked
	}
	if err := t.secondFactor(a.Effects, s.ID, s.UserID); err != nil {
		t.mu.Unlock()
		return Approval{}, err
	}
	if live, ok := t.sessions.bounded.get(s.ID); ok {
		live.signedInTo(a.Client.ClientID)
	}
	who := challengeKey{a.Client.ClientID, s.UserID}
	n := strconv.FormatInt(t.authCodes.count.add(who), 10)
	var out Approval
	if a.wants("code") {
		out.Code = t.setup.Seed.Opaque(43, "code", who.connection, who.recipient, n)
		t.authCodes.bounded.put(out.Code, &authCode{
			Authorization: a, userID: s.UserID, sid: s.SID, auth: s.AuthTime, expires: a.Now.Add(authCodeLifetime),
		})
	}
	var l *Login
	if a.wants("token") || a.wants("id_token") {
		scopes := grantScopes(strings.Fields(a.Scope), a.Client, api, u)
		scopes = slices.DeleteFunc(scopes, func(s string) bool { return s == "offline_access" }) // never in a browser's address
		l = t.loginLocked(r, api, u, scopes, nil, "front", n)
		l.Front, l.Nonce, l.SID, l.Code = true, a.Nonce, s.SID, out.Code
		l.Only = a.ResponseTypes
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

// RedeemCode is the authorization_code grant. A code that comes a second time
// is worth nothing, and what it gave the first time is revoked.
// Source: RFC 6749 §4.1.2.
func (t *Tenant) RedeemCode(r TokenRequest, code, redirectURI, verifier string) (*Login, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.authCodes.bounded.get(code)
	switch {
	case !ok:
		return nil, refusal.WrongAuthCode.Because("there is no such code; it may have expired")
	case c.Client.ClientID != r.Client.ClientID:
		return nil, refusal.WrongAuthCode.Because("the code was given to client " + strconv.Quote(c.Client.ClientID))
	case c.used:
		t.families.bounded.remove(c.family)
		return nil, refusal.WrongAuthCode.Because("the code was exchanged already; the refresh token that it gave is revoked")
	case !r.Now.Before(c.expires):
		return nil, refusal.WrongAuthCode.Because("the code has expired")
	case redirectURI != c.RedirectURI && (redirectURI != "" || c.sid != ""): // a link's code needs none
		return nil, refusal.WrongRedirectURI.With("sent", originOf(redirectURI), "expected", originOf(c.RedirectURI))
	case !c.verifies(verifier):
		return nil, refusal.WrongVerifier
	}
	u, ok := t.users.get(c.userID)
	if !ok || u.blocked() || blocked(r.Effects) {
		return nil, refusal.UserBlocked
	}
	asked := c.request()
	api, err := t.apiLocked(asked)
	if err != nil {
		return nil, err
	}
	c.used = true
	l := t.loginLocked(r, api, u, grantScopes(strings.Fields(c.Scope), r.Client, api, u), nil, "code", code)
	l.Nonce, l.SID = c.Nonce, c.sid
	if c.TellsAuthTime {
		l.AuthTime = c.auth
	}
	if slices.Contains(l.Scopes, "offline_access") {
		l.RefreshToken = t.newFamilyLocked(l, r.Now)
		f, _ := t.readRefreshLocked(l.RefreshToken)
		c.family = f.ID
	}
	return l, nil
}

// verifies holds a verifier against PKCE's challenge (RFC 7636 §4.6). Who sent
// no challenge must send no verifier.
// Source: auth0/auth0-auth-js, which omits it for a magic link's code.
func (c *authCode) verifies(verifier string) bool {
	have := verifier
	if c.Method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		have = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if c.Challenge == "" {
		return verifier == ""
	}
	return verifier != "" && subtle.ConstantTimeCompare([]byte(have), []byte(c.Challenge)) == 1
}

// originOf is what Auth0 prints of a redirect URI.
func originOf(uri string) string {
	if u, err := url.Parse(uri); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return uri
}

// RedeemLink uses up the code of a magic link and signs its user in. No
// browser is signed in by it: the app is. Unless the tenant's flag says so, the
// link opens only in the browser that asked for it, which device names.
func (t *Tenant) RedeemLink(a Authorization, connection, username, otp, device string) (Session, error) {
	r := a.request()
	conn, recipient, err := t.realm(a.Client, connection, username)
	if err != nil {
		return Session{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.elsewhereLocked(conn, recipient, device, a.Now) {
		return Session{}, refusal.LinkElsewhere.Because("the browser did not send the did cookie of POST /passwordless/start, which a page gets if it calls with credentials; the tenant's flag allow_magiclink_verify_without_session in the fixture does without")
	}
	if err := t.redeemLocked(conn, recipient, otp, r); err != nil {
		return Session{}, err
	}
	u := t.signInLocked(conn, recipient, a.Now)
	return Session{UserID: u.id(), AuthTime: a.Now}, nil
}

// elsewhereLocked tells whether a live link is opened in another browser than
// the one that asked for it, and may not be.
func (t *Tenant) elsewhereLocked(conn *fixtures.Connection, recipient, device string, now time.Time) bool {
	if t.setup.Fixture.Tenant.Flags.AllowMagicLinkVerifyWithoutSession {
		return false
	}
	c, ok := t.challenges.bounded.get(challengeKey{conn.Name, recipient})
	return ok && c.state == pending && !c.lapsed(now) && c.device != "" && c.device != device
}

// SignIn uses up a code that a user typed on a page, and signs the browser in
// whose cookie names the session have, which may be none.
func (t *Tenant) SignIn(a Authorization, tx Transaction, otp, have string) (Session, error) {
	conn, err := t.Setup().PasswordlessConnection(tx.Realm, a.Client)
	if err != nil {
		return Session{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, again := t.signedInLocked(tx, otp, a.Now); again {
		return *s, nil
	}
	if err := t.redeemLocked(conn, tx.Recipient, otp, a.request()); err != nil {
		return Session{}, err
	}
	s := t.newSessionLocked(t.signInLocked(conn, tx.Recipient, a.Now), have, a.Now)
	t.endInLocked(tx, otp, s)
	return *s, nil
}

package tenant

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// A Login is a granted token request. It has all that its tokens are made of.
type Login struct {
	Client       *fixtures.Client
	User         *fixtures.User           // nil for a client's own token; through an organization, with the roles there
	Organization *fixtures.Organization   // nil for a login through none
	API          *fixtures.ResourceServer // nil for an opaque access token
	Scopes       []string
	GrantTypes   []string // the gty claim: a string for one, an array for several
	RefreshToken string   // "" if the login gives none
	RecoveryCode string   // the user's new one, if the login has used the old one
	Issuer       string
	Now          time.Time
	Effects      *faults.Effects // what scenarios do to the tokens
	// ProofKey is the thumbprint of the key to which the access token is bound; "" for
	// a Bearer token.
	ProofKey string

	// Actor acts in the user's name, by an Action of custom-token-exchange; nil if nobody does.
	Actor map[string]any
	// IssuedTokenType is what the grant token-exchange says; "" for the other grants.
	IssuedTokenType string

	// Enrolled tells that the login has completed the enrolment of a second factor.
	Enrolled bool
	// Rotated is the refresh token that rotated, for the tenant's log.
	Rotated Rotated

	// Extra is what Actions change in the tokens; nil if they change nothing.
	Extra *Extra

	request TokenRequest                              // that granted it
	finish  func(TokenRequest, *user) (*Login, error) // grants it once more; nil if it has no second factor

	provedSecondFactor bool // as in the TokenRequest
	caller             Caller

	// The rest is for logins in a browser.
	Nonce    string
	SID      string
	AuthTime time.Time // zero unless the app asked for it
	// SecondFactor tells that the user gave one in the login that this is the end of.
	SecondFactor bool
	// FrontChannel says that the browser's address carries the tokens.
	FrontChannel  bool
	Code          string   // the code that goes with them
	ResponseTypes []string // which of the tokens the app asked for

	name []string // tells this login from others of the same client and user
}

// Rotated is a place in a family of refresh tokens.
type Rotated struct {
	Family  string // "" if the token does not rotate
	Counter int64
}

// Tokens is the answer of the token endpoint, with its members in Auth0's order.
type Tokens struct {
	AccessToken  string `json:"access_token,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int64  `json:"expires_in,omitempty"`
	RecoveryCode string `json:"recovery_code,omitempty"`
	IssuedType   string `json:"issued_token_type,omitempty"`
	TokenType    string `json:"token_type,omitempty"`
}

// loginLocked makes a login. The name must differ from that of every other login
// of the same client and user. It must not depend on logins of others, so that
// one test does not change the tokens of another.
func (t *Tenant) loginLocked(r TokenRequest, api *fixtures.ResourceServer, u *user, scopes, gty []string, name ...string) *Login {
	l := &Login{Client: r.Client, API: api, Scopes: scopes, GrantTypes: gty, Issuer: r.Issuer, Now: r.Now, Effects: r.Effects, ProofKey: r.boundKey(api), name: name, provedSecondFactor: r.provedSecondFactor, caller: r.Caller}
	if u != nil {
		copied := t.actingLocked(u, r.Organization).User
		l.User = &copied
	}
	l.Organization = t.setup.orgs[r.Organization]
	return l
}

// How many seconds an access token without audience lives: usually, and in the
// implicit flow.
// Source: auth0/docs-v2 secure/tokens/access-tokens.mdx.
const (
	opaqueLifetime         = 86400
	opaqueImplicitLifetime = 7200
)

// Issue signs the tokens of a login.
func (t *Tenant) Issue(l *Login) (*Tokens, error) {
	out := &Tokens{RefreshToken: l.RefreshToken, RecoveryCode: l.RecoveryCode, IssuedType: l.IssuedTokenType, Scope: strings.Join(l.Scopes, " "), ExpiresIn: l.accessLifetime(), TokenType: "Bearer"}
	if l.ProofKey != "" {
		out.TokenType = "DPoP"
	}
	withID := slices.Contains(l.Scopes, "openid") && l.User != nil
	signsID := withID && idSecret(l.Client) == nil
	signsAccess := l.API != nil && accessSecret(l.API) == nil
	if (signsAccess || signsID) && l.Effects.RotatesKeys() {
		t.ReplaceKey()
	}
	wrong := l.Effects.Token(func(part string) bool { return l.shows(part, withID) })
	switch {
	case wrong != nil:
		return out, t.issueWrong(l, wrong, out, withID)
	case l.FrontChannel:
		return out, t.issueFrontChannel(l, out, withID)
	}
	var err error
	out.AccessToken, err = t.accessToken(l, out.Scope)
	if withID && err == nil {
		out.IDToken, err = t.signID(l, t.idClaims(l))
	}
	return out, err
}

// accessToken makes an opaque access token, or a JWT for the login's API.
func (t *Tenant) accessToken(l *Login, scope string) (string, error) {
	if l.API == nil {
		return t.seal(t.opaqueOf(l, scope))
	}
	return t.sign(accessSecret(l.API), l.accessType(), t.accessClaims(l, scope))
}

// Audience returns the API of the login, as a request names it: "" if it has none.
func (l *Login) Audience() string {
	switch {
	case l.API == nil:
		return ""
	case l.API.Identifier == ManagementPath, l.API.Identifier == MFAPath:
		return strings.TrimSuffix(l.Issuer, "/") + l.API.Identifier
	}
	return l.API.Identifier
}

// accessLifetime returns how many seconds the access token lives.
func (l *Login) accessLifetime() int64 {
	switch {
	case l.API == nil && l.FrontChannel && l.Code == "":
		return opaqueImplicitLifetime
	case l.API == nil:
		return opaqueLifetime
	case l.FrontChannel:
		return l.API.TokenLifetimeForWeb
	}
	return l.API.TokenLifetime
}

// issueFrontChannel signs those tokens for the browser's address that the app
// asked for.
// Source: OpenID Connect Core 3.2.2.10 and 3.3.2.11.
func (t *Tenant) issueFrontChannel(l *Login, out *Tokens, withID bool) (err error) {
	if slices.Contains(l.ResponseTypes, "token") {
		out.AccessToken, err = t.accessToken(l, out.Scope)
	} else {
		out.Scope, out.ExpiresIn, out.TokenType = "", 0, ""
	}
	if err == nil && withID && slices.Contains(l.ResponseTypes, "id_token") {
		out.IDToken, err = t.signID(l, l.hashed(t.idClaims(l), out.AccessToken))
	}
	return err
}

// hashed adds to the claims of an ID token the hashes of the access token and of
// the code that go with it in the browser's address.
func (l *Login) hashed(claims token.Claims, accessToken string) token.Claims {
	if l.FrontChannel && slices.Contains(l.ResponseTypes, "token") {
		claims.Add("at_hash", halfHash(accessToken))
	}
	if l.Code != "" {
		claims.Add("c_hash", halfHash(l.Code))
	}
	return claims
}

// signID signs an ID token as the client's jwt_configuration says: with the
// tenant's key or, without a kid, with the client's secret.
func (t *Tenant) signID(l *Login, claims token.Claims) (string, error) {
	return t.sign(idSecret(l.Client), token.JWT, claims)
}

// halfHash returns the left half of a SHA-256.
func halfHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// opaqueOf returns the content of a login's opaque access token.
func (t *Tenant) opaqueOf(l *Login, scope string) opaqueContent {
	id := t.Setup().Seed.Hex(32, append([]string{"login", l.Client.ClientID, l.User.UserID}, l.name...)...)
	content := opaqueContent{
		ID: id, Issuer: l.Issuer, Subject: l.User.UserID, Client: l.Client.ClientID, Scope: scope,
		Issued: l.Now.Unix(), Expires: l.Now.Unix() + l.accessLifetime(), ProofKey: l.ProofKey, Actor: l.Actor, Claims: l.Extra.forUserinfo(),
	}
	if l.Organization != nil {
		content.OrgID, content.OrgName = l.Organization.ID, t.organizationName(l)
	}
	return content
}

// IsThrough tells whether the login is through the organization with this id or name. SDKs
// name it at a refresh, too.
func (l *Login) IsThrough(organization string) bool {
	return l.Organization != nil && (l.Organization.ID == organization || strings.EqualFold(l.Organization.Name, organization))
}

// organizationClaims tell through which organization a user has signed in. SDKs compare
// the name in lower case.
// Source: auth0/docs-v2 using-tokens.mdx, use-org-name-authentication-api.mdx.
func (t *Tenant) organizationClaims(l *Login) (claims token.Claims) {
	if l.Organization == nil {
		return nil
	}
	claims.Add("org_id", l.Organization.ID)
	if name := t.organizationName(l); name != "" {
		claims.Add("org_name", name)
	}
	return claims
}

// organizationName is "" if the tenant does not take names.
func (t *Tenant) organizationName(l *Login) string {
	if !t.Setup().Fixture.Tenant.AllowOrganizationName {
		return ""
	}
	return strings.ToLower(l.Organization.Name)
}

func (t *Tenant) seal(content opaqueContent) (string, error) {
	plain, err := json.Marshal(content)
	return t.opaqueTokens().Seal(content.Issuer, plain), err
}

func (t *Tenant) opaqueTokens() *token.Opaque {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.opaque
}

// idClaims returns the claims of an ID token, in Auth0's order of 2025. The
// passwordless grant gives no sid, nonce, auth_time, amr or at_hash.
func (t *Tenant) idClaims(l *Login) token.Claims {
	claims := l.Extra.claims(idToken, customClaims(l.User, l.Client, l.Scopes))
	addProfile(&claims, *l.User, l.Scopes)
	claims = append(claims,
		token.Claim{Name: "iss", Value: l.Issuer},
		token.Claim{Name: "aud", Value: l.Client.ClientID},
		token.Claim{Name: "sub", Value: l.User.UserID},
		token.Claim{Name: "iat", Value: l.Now.Unix()},
		token.Claim{Name: "exp", Value: l.Now.Unix() + l.Client.JWTConfiguration.LifetimeInSeconds},
	)
	if l.SecondFactor {
		claims.Add("acr", MultiFactor)
		claims.Add("amr", []string{"mfa"})
	}
	if l.SID != "" {
		claims.Add("sid", l.SID)
	}
	if l.Nonce != "" {
		claims.Add("nonce", l.Nonce)
	}
	if !l.AuthTime.IsZero() {
		claims.Add("auth_time", l.AuthTime.Unix())
	}
	claims = append(claims, t.organizationClaims(l)...)
	if l.Actor != nil {
		claims.Add("act", l.Actor)
	}
	return claims
}

// ofRFC9068 tells whether the API of the login has the profile of RFC 9068 for its
// access tokens, and not Auth0's own.
// Source: auth0/docs-v2 secure/tokens/access-tokens/access-token-profiles.mdx.
func (l *Login) ofRFC9068() bool {
	return l.API.TokenDialect == fixtures.DialectRFC9068 || l.API.TokenDialect == fixtures.DialectRFC9068Authz
}

// accessType returns the typ of the access token for the login's API.
func (l *Login) accessType() token.Type {
	if l.ofRFC9068() {
		return token.AccessToken
	}
	return token.JWT
}

// accessClaims returns the claims of a JWT access token with that scope, in
// Auth0's order of 2025. The profile of RFC 9068 has jti and client_id in place of
// gty and azp.
func (t *Tenant) accessClaims(l *Login, scope string) token.Claims {
	subject := l.Client.ClientID + "@clients"
	if l.User != nil {
		subject = l.User.UserID
	}
	identifier := l.Audience()
	var audience any = identifier
	// Source: auth0/docs-v2 secure/tokens/access-tokens/get-access-tokens.mdx: only an
	// API with RS256 has tokens with two audiences.
	if slices.Contains(l.Scopes, "openid") && l.User != nil && accessSecret(l.API) == nil {
		audience = []string{identifier, l.Issuer + "userinfo"}
	}
	claims := append(l.Extra.claims(accessToken, customClaims(l.User, l.Client, l.Scopes)),
		token.Claim{Name: "iss", Value: l.Issuer},
		token.Claim{Name: "sub", Value: subject},
		token.Claim{Name: "aud", Value: audience},
		token.Claim{Name: "iat", Value: l.Now.Unix()},
		token.Claim{Name: "exp", Value: l.Now.Unix() + l.accessLifetime()},
	)
	if len(l.Scopes) > 0 {
		claims = append(claims, token.Claim{Name: "scope", Value: scope})
	}
	claims = append(claims, t.organizationClaims(l)...)
	if l.Actor != nil {
		claims.Add("act", l.Actor)
	}
	if l.ofRFC9068() {
		jti := t.Setup().Seed.Opaque(22, append([]string{"jti", l.Client.ClientID, subject, l.API.Identifier}, l.name...)...)
		claims = append(claims, token.Claim{Name: "jti", Value: jti}, token.Claim{Name: "client_id", Value: l.Client.ClientID})
	} else {
		switch len(l.GrantTypes) {
		case 0: // a login in a browser
		case 1:
			claims = append(claims, token.Claim{Name: "gty", Value: l.GrantTypes[0]})
		default:
			claims = append(claims, token.Claim{Name: "gty", Value: l.GrantTypes})
		}
		claims = append(claims, token.Claim{Name: "azp", Value: l.Client.ClientID})
	}
	if l.API.TokenDialect == fixtures.DialectAuthz || l.API.TokenDialect == fixtures.DialectRFC9068Authz {
		claims = append(claims, token.Claim{Name: "permissions", Value: t.Setup().permissionsOf(l)})
	}
	if l.ProofKey != "" {
		claims = append(claims, token.Claim{Name: "cnf", Value: confirmation{l.ProofKey}})
	}
	return claims
}

// A confirmation is the claim cnf: the key to which a token is bound (RFC 9449 §6.1).
type confirmation struct {
	ProofKey string `json:"jkt"`
}

// permissionsOf returns the permissions claim. For a user without permissions it is
// [], never null.
func (s *Setup) permissionsOf(l *Login) []string {
	granted := l.Scopes
	if l.User != nil {
		granted = s.Permissions(l.User, l.API.Identifier)
	}
	return append([]string{}, granted...)
}

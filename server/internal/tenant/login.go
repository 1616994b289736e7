package tenant

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// A Login is a granted token request: all that its tokens are made of.
type Login struct {
	Client       *fixtures.Client
	User         *fixtures.User           // nil for a client's own token
	API          *fixtures.ResourceServer // nil: an opaque access token
	Scopes       []string
	GrantTypes   []string // the gty claim: one is a string, more are an array
	RefreshToken string   // "" if none is given
	Issuer       string
	Now          time.Time
	Wrong        *scenarios.Token // what is wrong with the tokens; nil for nothing

	// What only logins in a browser have.
	Nonce    string
	SID      string
	AuthTime time.Time // zero unless it is asked for
	Front    bool      // the tokens travel in the browser's address
	Code     string    // the code beside them there
	Only     []string  // the response types, of which the others are left out

	name []string // tells this login from the others of the same client and user
}

// Tokens is the answer of the token endpoint, its members in Auth0's order.
type Tokens struct {
	AccessToken  string `json:"access_token,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int64  `json:"expires_in,omitempty"`
	TokenType    string `json:"token_type,omitempty"`
}

// loginLocked makes a login. Its name tells it from the others of the same
// client and user, and from nobody else's: other tests' logins do not count.
func (t *Tenant) loginLocked(r TokenRequest, api *fixtures.ResourceServer, u *user, scopes, gty []string, name ...string) *Login {
	l := &Login{Client: r.Client, API: api, Scopes: scopes, GrantTypes: gty, Issuer: r.Issuer, Now: r.Now, name: name}
	if r.Effects != nil {
		l.Wrong = r.Effects.Token
	}
	if u != nil {
		copied := u.full()
		l.User = &copied
	}
	return l
}

// How long a token without audience lives, in seconds: one that a server asked
// for, and one that travelled in a browser's address.
const (
	opaqueLifetime      = 86400
	opaqueFrontLifetime = 7200
)

// Issue signs the tokens of a login.
func (t *Tenant) Issue(l *Login) (*Tokens, error) {
	out := &Tokens{RefreshToken: l.RefreshToken, Scope: strings.Join(l.Scopes, " "), ExpiresIn: l.accessLifetime(), TokenType: "Bearer"}
	withID := slices.Contains(l.Scopes, "openid") && l.User != nil
	if l.Wrong != nil {
		return out, t.issueWrong(l, out, withID)
	}
	var err error
	if l.Front {
		return out, t.issueFront(l, out, withID)
	}
	if l.API == nil {
		out.AccessToken, err = t.seal(t.opaqueOf(l, out.Scope))
		if withID && err == nil {
			out.IDToken, err = t.signID(l, idClaims(l))
		}
		return out, err
	}
	if withID && l.Client.JWTConfiguration.Alg == fixtures.AlgHS256 {
		out.IDToken, _ = t.signID(l, idClaims(l))
		withID = false
	}
	if withID {
		out.AccessToken, out.IDToken, err = t.Keys.SignBoth(accessClaims(l, out.Scope), idClaims(l))
	} else {
		out.AccessToken, err = t.Keys.Sign(accessClaims(l, out.Scope))
	}
	return out, err
}

// accessLifetime is how long the access token lives, in seconds.
func (l *Login) accessLifetime() int64 {
	switch {
	case l.API == nil && l.Front:
		return opaqueFrontLifetime
	case l.API == nil:
		return opaqueLifetime
	case l.Front:
		return l.API.TokenLifetimeForWeb
	}
	return l.API.TokenLifetime
}

// issueFront signs the tokens that travel in a browser's address, those that
// are asked for.
// Source: OpenID Connect Core 3.2.2.10 and 3.3.2.11.
func (t *Tenant) issueFront(l *Login, out *Tokens, withID bool) (err error) {
	if slices.Contains(l.Only, "token") {
		if l.API == nil {
			out.AccessToken, err = t.seal(t.opaqueOf(l, out.Scope))
		} else {
			out.AccessToken, err = t.Keys.Sign(accessClaims(l, out.Scope))
		}
	} else {
		out.Scope, out.ExpiresIn, out.TokenType = "", 0, ""
	}
	if err == nil && withID && slices.Contains(l.Only, "id_token") {
		out.IDToken, err = t.signID(l, l.hashed(idClaims(l), out.AccessToken))
	}
	return err
}

// hashed are the claims of an ID token with the hashes of what travels beside
// it in the browser's address.
func (l *Login) hashed(claims token.Claims, accessToken string) token.Claims {
	if l.Front && slices.Contains(l.Only, "token") {
		claims.Add("at_hash", halfHash(accessToken))
	}
	if l.Code != "" {
		claims.Add("c_hash", halfHash(l.Code))
	}
	return claims
}

// signID signs an ID token as the client's jwt_configuration says: with the
// tenant's key, or with the client's secret, which has no kid.
func (t *Tenant) signID(l *Login, claims token.Claims) (string, error) {
	if l.Client.JWTConfiguration.Alg == fixtures.AlgHS256 {
		return token.SignHS256(claims, []byte(l.Client.ClientSecret)), nil
	}
	return t.Keys.Sign(claims)
}

// halfHash is the left half of a SHA-256.
func halfHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// opaqueOf is what a login's opaque access token says.
func (t *Tenant) opaqueOf(l *Login, scope string) opaqueContent {
	id := t.Setup().Seed.Hex(32, append([]string{"login", l.Client.ClientID, l.User.UserID}, l.name...)...)
	return opaqueContent{id, l.Issuer, l.User.UserID, l.Client.ClientID, scope, l.Now.Unix() + l.accessLifetime()}
}

func (t *Tenant) seal(content opaqueContent) (string, error) {
	plain, err := json.Marshal(content)
	return t.sealer().Seal(content.Issuer, plain), err
}

func (t *Tenant) sealer() *token.Opaque {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.opaque == nil {
		t.opaque = token.NewOpaque(t.setup.Seed.Bytes("opaque access tokens"))
	}
	return t.opaque
}

// idClaims are the claims of an ID token, in Auth0's order of 2025. The
// passwordless grant gives no sid, nonce, auth_time, amr or at_hash.
func idClaims(l *Login) token.Claims {
	claims := customClaims(l.User, l.Client)
	addProfile(&claims, *l.User, l.Scopes)
	claims = append(claims,
		token.Claim{Name: "iss", Value: l.Issuer},
		token.Claim{Name: "aud", Value: l.Client.ClientID},
		token.Claim{Name: "sub", Value: l.User.UserID},
		token.Claim{Name: "iat", Value: l.Now.Unix()},
		token.Claim{Name: "exp", Value: l.Now.Unix() + l.Client.JWTConfiguration.LifetimeInSeconds},
	)
	if l.SID != "" {
		claims.Add("sid", l.SID)
	}
	if l.Nonce != "" {
		claims.Add("nonce", l.Nonce)
	}
	if !l.AuthTime.IsZero() {
		claims.Add("auth_time", l.AuthTime.Unix())
	}
	return claims
}

// accessClaims are the claims of a JWT access token with that scope, in Auth0's
// order of 2025.
func accessClaims(l *Login, scope string) token.Claims {
	subject := l.Client.ClientID + "@clients"
	if l.User != nil {
		subject = l.User.UserID
	}
	identifier := l.API.Identifier
	if identifier == ManagementPath {
		identifier = strings.TrimSuffix(l.Issuer, "/") + ManagementPath
	}
	var audience any = identifier
	if slices.Contains(l.Scopes, "openid") && l.User != nil {
		audience = []string{identifier, l.Issuer + "userinfo"}
	}
	claims := append(customClaims(l.User, l.Client),
		token.Claim{Name: "iss", Value: l.Issuer},
		token.Claim{Name: "sub", Value: subject},
		token.Claim{Name: "aud", Value: audience},
		token.Claim{Name: "iat", Value: l.Now.Unix()},
		token.Claim{Name: "exp", Value: l.Now.Unix() + l.accessLifetime()},
	)
	if len(l.Scopes) > 0 {
		claims = append(claims, token.Claim{Name: "scope", Value: scope})
	}
	switch len(l.GrantTypes) { // a login in a browser has none
	case 0:
	case 1:
		claims = append(claims, token.Claim{Name: "gty", Value: l.GrantTypes[0]})
	default:
		claims = append(claims, token.Claim{Name: "gty", Value: l.GrantTypes})
	}
	claims = append(claims, token.Claim{Name: "azp", Value: l.Client.ClientID})
	if l.API.TokenDialect == "access_token_authz" {
		claims = append(claims, token.Claim{Name: "permissions", Value: permissions(l)})
	}
	return claims
}

// permissions is never null: a user without any has [].
func permissions(l *Login) []string {
	have := l.Scopes
	if l.User != nil {
		have = l.User.Permissions[l.API.Identifier]
	}
	return append([]string{}, have...)
}

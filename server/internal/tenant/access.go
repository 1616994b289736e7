package tenant

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// Access is the content of an access token for /userinfo.
type Access struct {
	opaqueContent
	validFrom float64 // unix seconds
}

// opaqueContent is what an opaque access token holds, encrypted.
type opaqueContent struct {
	ID      string `json:"jti"`
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	Client  string `json:"azp"`
	Scope   string `json:"scope"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
	// OrgID and OrgName are those of the organization through which the user signed in.
	OrgID   string `json:"org_id,omitempty"`
	OrgName string `json:"org_name,omitempty"`
	// Actor is the claim act; nil if nobody acts in the user's name.
	Actor map[string]any `json:"act,omitempty"`
	// ProofKey is the thumbprint of the key to which the token is bound; "" for a
	// Bearer token.
	ProofKey string `json:"jkt,omitempty"`
	// Claims are those of Actions, which an opaque token shows at /userinfo only.
	Claims map[string]any `json:"claims,omitempty"`
}

// Userinfo returns the profile of the token's user, with sub first. If the issuer
// is pinned, the token must name it: all tenants sign with the same embedded
// keys, so the signature does not tell whose token it is. Without a pinned issuer
// the issuer does not matter, since a tenant answers under many names.
func (t *Tenant) Userinfo(content Access, pinned string, now time.Time) (token.Claims, error) {
	if pinned != "" && content.Issuer != pinned {
		return nil, badAccess("The access token was issued by another issuer")
	}
	if float64(now.Unix()) < content.validFrom {
		return nil, badAccess("The access token is not valid yet: its iat or nbf is in the future")
	}
	if now.Unix() >= content.Expires {
		return nil, badAccess("The access token expired")
	}
	scopes := strings.Fields(content.Scope)
	if !slices.Contains(scopes, "openid") {
		return nil, badAccess("The access token lacks the scope openid")
	}
	u, ok := t.User(content.Subject)
	if !ok {
		return nil, badAccess("The user of the access token does not exist")
	}
	if u.Blocked {
		return nil, BlockedAccess
	}
	claims := token.Claims{{Name: "sub", Value: u.UserID}}
	addProfile(&claims, u, scopes)
	if content.OrgID != "" {
		claims.Add("org_id", content.OrgID)
	}
	if content.OrgName != "" {
		claims.Add("org_name", content.OrgName)
	}
	if content.Actor != nil {
		claims.Add("act", content.Actor)
	}
	client, ok := t.Setup().Client(content.Client)
	if !ok {
		client = &fixtures.Client{}
	}
	return override(claims, withClaims(customClaims(&u, client, scopes), content.Claims)), nil
}

// override replaces claims by custom claims of the same name, and appends the
// other custom claims. Tokens are made by the same rule.
func override(claims, custom token.Claims) token.Claims {
	for i := range claims {
		if at := slices.IndexFunc(custom, func(c token.Claim) bool { return c.Name == claims[i].Name }); at >= 0 {
			claims[i].Value = custom[at].Value
		}
	}
	claims.Merge(custom)
	return claims
}

// BlockedAccess refuses the access token of a blocked user.
var BlockedAccess = badAccess("user is blocked")

func badAccess(reason string) error { return refusal.BadAccessToken.With("reason", reason) }

// ReadAccess reads an opaque access token, or a JWT whose audience includes the
// /userinfo of its issuer. It does not check the times of the token; Userinfo does.
func (t *Tenant) ReadAccess(accessToken string) (Access, error) {
	if accessToken == "" {
		return Access{}, refusal.NoAccessToken.Because("the request has no access token; send the header Authorization: Bearer ACCESS_TOKEN")
	}
	var content Access
	if payload, err := t.opaqueTokens().Open(accessToken); err == nil {
		if err := json.Unmarshal(payload, &content); err != nil {
			return content, badAccess("The access token is malformed")
		}
		content.validFrom = float64(content.Issued)
		return content, nil
	}
	payload, err := t.Keys.Verify(accessToken)
	if err != nil {
		if _, err := t.verifyShared(accessToken); err == nil {
			return content, badAccess("The access token is not for /userinfo: its signature is by HS256, which only an API or a client can verify")
		}
		return content, badAccess("The access token signature could not be validated")
	}
	var jwt struct {
		opaqueContent
		Audience  any     `json:"aud"`
		ClientID  string  `json:"client_id"` // RFC 9068's name for azp
		Issued    float64 `json:"iat"`
		NotBefore float64 `json:"nbf"`
		Expires   float64 `json:"exp"`
		// Confirmation is the claim in which a JWT has the ProofKey.
		Confirmation confirmation `json:"cnf"`
	}
	if err := json.Unmarshal(payload, &jwt); err != nil {
		return content, badAccess("The access token is malformed")
	}
	if !isFor(jwt.Audience, jwt.Issuer+"userinfo") {
		return content, badAccess("The access token is not for /userinfo: its audience is an API alone, or it is an ID token")
	}
	jwt.opaqueContent.Expires = int64(jwt.Expires)
	jwt.opaqueContent.ProofKey = jwt.Confirmation.ProofKey
	jwt.Client = cmp.Or(jwt.Client, jwt.ClientID)
	return Access{jwt.opaqueContent, max(jwt.Issued, jwt.NotBefore)}, nil
}

// isFor tells whether an audience is that address, or a list that has it.
func isFor(audience any, address string) bool {
	list, ok := audience.([]any)
	if !ok {
		list = []any{audience}
	}
	return slices.Contains(list, any(address))
}

// A ManagementToken is the content of an access token for the Management API.
type ManagementToken struct {
	Issuer   string  `json:"iss"`
	Subject  string  `json:"sub"`
	Audience any     `json:"aud"`
	Client   string  `json:"azp"`
	Scope    string  `json:"scope"`
	Expires  float64 `json:"exp"`
}

// ReadManagementToken reads a token that this tenant signed. It checks neither the
// time nor the audience.
func (t *Tenant) ReadManagementToken(accessToken string) (content ManagementToken, ok bool) {
	payload, err := t.Keys.Verify(accessToken)
	return content, err == nil && json.Unmarshal(payload, &content) == nil
}

// ManagementClaims are those of an access token for the Management API with these
// scopes, as a client gets it by client_credentials.
func ManagementClaims(issuer string, scopes []string) map[string]any {
	const client = "mockauth0"
	return map[string]any{
		"sub": client + "@clients", "azp": client, "gty": "client-credentials",
		"aud": strings.TrimSuffix(issuer, "/") + ManagementPath, "scope": strings.Join(scopes, " "),
	}
}

// For tells whether the token is for the Management API of the issuer that it names.
// A tenant answers under many names, so this may be another name than that of the
// request.
func (content ManagementToken) For() bool {
	return isFor(content.Audience, strings.TrimSuffix(content.Issuer, "/")+ManagementPath)
}

// An IDToken is the content of an ID token that a logout names as its hint, or that
// links an account.
type IDToken struct {
	Issuer   string  `json:"iss"`
	Audience string  `json:"aud"`
	Subject  string  `json:"sub"`
	SID      string  `json:"sid"`
	Expires  float64 `json:"exp"`
	// Shared tells that a secret of a client has signed it, which proves nothing about
	// who made it.
	Shared bool `json:"-"`
}

// ReadIDToken reads an ID token that this tenant signed. It may have expired.
func (t *Tenant) ReadIDToken(idToken string) (content IDToken, ok bool) {
	payload, err := t.Keys.Verify(idToken)
	if err != nil {
		if payload, err = t.verifyShared(idToken); err != nil {
			return content, false
		}
		content.Shared = true
	}
	return content, json.Unmarshal(payload, &content) == nil
}

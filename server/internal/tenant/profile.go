package tenant

import (
	"crypto/md5" //nolint:gosec // gravatar names pictures by MD5
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// Profile is a user as others see it: every default that Auth0 fills is filled.
func Profile(u fixtures.User) fixtures.User {
	address := u.Email
	if address == "" {
		address = u.PhoneNumber
	}
	if u.Name == "" {
		u.Name = address
	}
	if u.Nickname == "" {
		u.Nickname, _, _ = strings.Cut(address, "@")
	}
	if u.Picture == "" {
		u.Picture = picture(u.Email, address)
	}
	return u
}

// picture is Auth0's default: gravatar with letters to fall back on for an
// e-mail address, the letters alone for a phone number.
func picture(email, address string) string {
	letters := initials(address) + ".png"
	if email == "" {
		return "https://cdn.auth0.com/avatars/" + letters
	}
	sum := md5.Sum([]byte(strings.ToLower(email))) //nolint:gosec // see the import
	url := hex.AppendEncode(append(make([]byte, 0, 160), "https://s.gravatar.com/avatar/"...), sum[:])
	url = append(append(url, "?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2F"...), letters...)
	return string(url)
}

// initials are the first two characters of an address, less those that are no
// letter or digit: "ad" of ada@…, "n" of n.globe@…, "1" of +1202….
func initials(address string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(address[:min(2, len(address))]))
}

// isoTime is how Auth0 writes times: milliseconds and Z.
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// An identity is one entry of a user's identities.
type identity struct {
	UserID     string `json:"user_id"`
	Provider   string `json:"provider"`
	Connection string `json:"connection"`
	IsSocial   bool   `json:"isSocial"`
}

// addProfile adds the claims of an ID token or of /userinfo that the scopes
// release, in Auth0's order. A scope that is a claim's name releases that one.
func addProfile(claims *token.Claims, u fixtures.User, scopes []string) {
	released := func(name, scope string) bool { return slices.Contains(scopes, scope) || slices.Contains(scopes, name) }
	add := func(name, scope, value string) {
		if value != "" && released(name, scope) {
			claims.Add(name, value)
		}
	}
	p := Profile(u)
	add("given_name", "profile", p.GivenName)
	add("family_name", "profile", p.FamilyName)
	add("nickname", "profile", p.Nickname)
	add("name", "profile", p.Name)
	add("picture", "profile", p.Picture)
	add("updated_at", "profile", isoTime(p.UpdatedAt))
	if p.Email != "" {
		add("email", "email", p.Email)
		if released("email_verified", "email") {
			claims.Add("email_verified", p.EmailVerified)
		}
	}
	add("phone_number", "phone", p.PhoneNumber)
	if slices.Contains(scopes, "created_at") {
		claims.Add("created_at", isoTime(p.CreatedAt))
	}
	if slices.Contains(scopes, "identities") {
		provider, id, _ := strings.Cut(p.UserID, "|")
		claims.Add("identities", []identity{{id, provider, p.Connection, false}})
	}
}

// reserved are the claims that no custom claim replaces.
// Source: auth0/docs-v2 secure/tokens/json-web-tokens/create-custom-claims.mdx,
// and scope.
var reserved = strings.Fields(`
	acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash client_id cnf cty dest
	entitlements events exp groups gty htm htu iat internalService iss jcard jku jti jwe jwk kid may_act mky nbf nonce
	object_id org_id org_name orig origid permissions roles rph s_hash scope sid sip_callid sip_cseq_num sip_date
	sip_from_tag sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256`)

// customClaims are the user's and the client's own claims, the user's first to
// count, sorted by name.
func customClaims(u *fixtures.User, c *fixtures.Client) token.Claims {
	claims := make(token.Claims, 0, usualClaims)
	var ofClient token.Claims
	if u != nil {
		for name, value := range u.Claims {
			claims = append(claims, token.Claim{Name: name, Value: value})
		}
	}
	for name, value := range c.Claims {
		ofClient = append(ofClient, token.Claim{Name: name, Value: value})
	}
	claims.Merge(ofClient)
	claims = slices.DeleteFunc(claims, func(c token.Claim) bool { return slices.Contains(reserved, c.Name) })
	slices.SortFunc(claims, func(a, b token.Claim) int { return strings.Compare(a.Name, b.Name) })
	return claims
}

// usualClaims is room for the claims of most tokens.
const usualClaims = 16

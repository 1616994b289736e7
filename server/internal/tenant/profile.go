package tenant

import (
	"cmp"
	"crypto/md5" //nolint:gosec // gravatar names pictures by MD5
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// Profile returns a user with every default that Auth0 fills in.
func Profile(u fixtures.User) fixtures.User {
	address := cmp.Or(u.Email, u.Username, u.PhoneNumber)
	if u.Name == "" {
		u.Name = address
	}
	if u.Nickname == "" {
		u.Nickname = address
		if at := strings.LastIndexByte(address, '@'); at >= 0 {
			u.Nickname = address[:at]
		}
	}
	if u.Picture == "" {
		u.Picture = picture(u.Email, address)
	}
	return u
}

// picture returns Auth0's default picture: for an e-mail address that of
// gravatar, which falls back on a picture of letters, and for a phone number the
// letters alone.
func picture(email, address string) string {
	letters := initials(address) + ".png"
	if email == "" {
		return "https://cdn.auth0.com/avatars/" + letters
	}
	sum := md5.Sum([]byte(strings.ToLower(email))) //nolint:gosec // see the import
	return "https://s.gravatar.com/avatar/" + hex.EncodeToString(sum[:]) + "?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2F" + letters
}

// initials returns the letters and digits among the first two characters of an
// address: "ad" of ada@…, "n" of n.globe@…, "1" of +1202….
func initials(address string) string {
	first := []rune(strings.ToLower(address))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, string(first[:min(2, len(first))]))
}

// isoTime writes a time as Auth0 does: with milliseconds and Z.
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// An identity is one entry of a user's identities.
type identity struct {
	UserID     string `json:"user_id"`
	Provider   string `json:"provider"`
	Connection string `json:"connection"`
	IsSocial   bool   `json:"isSocial"`
}

// standardClaims are the claims of OpenID Connect about a user, each with the scope
// that releases it.
// Source: OpenID Connect Core 5.4.
var standardClaims = map[string]string{
	"name": "profile", "family_name": "profile", "given_name": "profile", "middle_name": "profile", "nickname": "profile",
	"preferred_username": "profile", "profile": "profile", "picture": "profile", "website": "profile", "gender": "profile",
	"birthdate": "profile", "zoneinfo": "profile", "locale": "profile", "updated_at": "profile",
	"email": "email", "email_verified": "email",
	"phone_number": "phone", "phone_number_verified": "phone",
	"address": "address",
}

// released tells whether the scopes release a claim. Every claim that is no
// standard one is. A scope that has a claim's name releases that claim.
// Source: auth0/docs-v2 get-started/apis/scopes/openid-connect-scopes.mdx.
func released(name string, scopes []string) bool {
	scope, standard := standardClaims[name]
	return !standard || slices.Contains(scopes, scope) || slices.Contains(scopes, name)
}

// addProfile adds the claims that the scopes release to those of an ID token or of
// /userinfo, in Auth0's order.
func addProfile(claims *token.Claims, u fixtures.User, scopes []string) {
	add := func(name, value string) {
		if value != "" && released(name, scopes) {
			claims.Add(name, value)
		}
	}
	p := Profile(u)
	add("given_name", p.GivenName)
	add("family_name", p.FamilyName)
	add("nickname", p.Nickname)
	add("name", p.Name)
	add("picture", p.Picture)
	add("updated_at", isoTime(p.UpdatedAt))
	if p.Email != "" {
		add("email", p.Email)
		if released("email_verified", scopes) {
			claims.Add("email_verified", p.EmailVerified)
		}
	}
	add("phone_number", p.PhoneNumber)
	if slices.Contains(scopes, "created_at") {
		claims.Add("created_at", isoTime(p.CreatedAt))
	}
	if slices.Contains(scopes, "identities") {
		own := u.Identity()
		list := []identity{{own.UserID, own.Provider, own.Connection, false}}
		for _, i := range u.Identities {
			list = append(list, identity{i.UserID, i.Provider, i.Connection, i.IsSocial})
		}
		claims.Add("identities", list)
	}
}

// customClaims returns the custom claims of the user and of the client, sorted by
// name. If both have a claim, that of the user counts. The scopes filter standard
// claims, in whatever way they were added.
func customClaims(u *fixtures.User, c *fixtures.Client, scopes []string) token.Claims {
	values := maps.Clone(c.Claims)
	if u != nil && len(u.Claims) > 0 {
		if values == nil {
			values = map[string]any{}
		}
		maps.Copy(values, u.Claims)
	}
	var claims token.Claims
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !token.Reserved(name) && released(name, scopes) {
			claims = append(claims, token.Claim{Name: name, Value: values[name]})
		}
	}
	return claims
}

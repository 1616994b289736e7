package tenant

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// shows tells whether the app can notice it if a part of the tokens is wrong:
// alg, claim sub, drop id_token and so on.
func (l *Login) shows(part string, withID bool) bool {
	given := func(member string) bool {
		return !l.FrontChannel || slices.Contains(l.ResponseTypes, member)
	}
	accessToken, idToken := given("token"), withID && given("id_token")
	what, member, _ := strings.Cut(part, " ")
	switch what {
	case "iss", "exp", "skew", "malformed": // also of an opaque token
		return accessToken || idToken
	case "drop":
		switch member {
		case "id_token":
			return idToken
		case "refresh_token":
			return l.RefreshToken != ""
		}
		return accessToken
	}
	return accessToken && l.API != nil || idToken
}

// issueWrong is Issue for tokens that a scenario breaks.
func (t *Tenant) issueWrong(l *Login, w *scenarios.Token, out *Tokens, withID bool) error {
	var err error
	if l.API == nil {
		content := t.opaqueOf(l, out.Scope)
		content.Issued += int64(w.Skew / time.Second)
		content.Expires += int64(w.Skew / time.Second)
		if at, ok := w.Exp.Time(l.Now); ok {
			content.Expires = at.Unix()
		}
		if w.Iss != "" {
			content.Issuer = w.Iss
		}
		out.AccessToken, err = t.seal(content)
	} else {
		out.AccessToken, err = t.signWrong(w, accessSecret(l.API), l.accessType(), t.accessClaims(l, out.Scope), l.Now)
	}
	if withID && err == nil {
		out.IDToken, err = t.signWrong(w, idSecret(l.Client), token.JWT, l.hashed(t.idClaims(l), out.AccessToken), l.Now)
	}
	if w.Malformed {
		out.AccessToken, out.IDToken = malformed(out.AccessToken), malformed(out.IDToken)
	}
	out.drop(w.Drop)
	if l.FrontChannel && !slices.Contains(l.ResponseTypes, "token") {
		out.drop([]string{"access_token", "scope", "expires_in", "token_type"})
	}
	if l.FrontChannel && !slices.Contains(l.ResponseTypes, "id_token") {
		out.drop([]string{"id_token"})
	}
	return err
}

// signWrong signs claims in the wrong way that a scenario asks for.
func (t *Tenant) signWrong(w *scenarios.Token, secret sharedSecret, typ token.Type, claims token.Claims, now time.Time) (string, error) {
	claims = wrongClaims(w, claims, now)
	switch {
	case w.Alg == "none":
		return t.Keys.Unsigned(typ, claims)
	case w.Signature == "bad":
		return t.forge(secret, typ, claims)
	case w.KID == "unknown":
		return t.Keys.SignUnknown(typ, claims)
	}
	return t.sign(secret, typ, claims)
}

// wrongClaims changes claims as a scenario says.
func wrongClaims(w *scenarios.Token, claims token.Claims, now time.Time) token.Claims {
	if w.Iss != "" {
		claims.Set("iss", w.Iss)
	}
	switch len(w.Aud) {
	case 0:
	case 1:
		claims.Set("aud", w.Aud[0])
	default:
		claims.Set("aud", []string(w.Aud))
	}
	if w.Skew != 0 {
		for i, c := range claims {
			if at, ok := c.Value.(int64); ok && slices.Contains([]string{"iat", "exp", "auth_time"}, c.Name) {
				claims[i].Value = at + int64(w.Skew/time.Second)
			}
		}
	}
	if at, ok := w.Exp.Time(now); ok { // a time is a time, whatever the clock says
		claims.Set("exp", at.Unix())
	}
	for _, name := range slices.Sorted(maps.Keys(w.Claims)) {
		if value := w.Claims[name]; value != nil {
			claims.Set(name, value)
		} else {
			claims = slices.DeleteFunc(claims, func(c token.Claim) bool { return c.Name == name })
		}
	}
	return claims
}

// malformed joins the parts of a token to one, so that nobody can decode it.
func malformed(jwt string) string { return strings.ReplaceAll(jwt, ".", "") }

// drop removes members from the answer.
func (t *Tokens) drop(members []string) {
	for _, name := range members {
		switch name {
		case "access_token":
			t.AccessToken = ""
		case "refresh_token":
			t.RefreshToken = ""
		case "id_token":
			t.IDToken = ""
		case "scope":
			t.Scope = ""
		case "expires_in":
			t.ExpiresIn = 0
		case "token_type":
			t.TokenType = ""
		}
	}
}

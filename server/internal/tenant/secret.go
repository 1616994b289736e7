package tenant

import (
	"crypto/sha256"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/token"
)

// A sharedSecret signs tokens by HS256. Nil stands for the tenant's keys, which sign
// by RS256.
type sharedSecret []byte

// idSecret signs the ID tokens of a client.
func idSecret(c *fixtures.Client) sharedSecret {
	if c.JWTConfiguration.Alg == fixtures.AlgHS256 {
		return sharedSecret(c.ClientSecret)
	}
	return nil
}

// accessSecret signs the access tokens for an API.
func accessSecret(api *fixtures.ResourceServer) sharedSecret {
	if api.SigningAlg == fixtures.AlgHS256 {
		return sharedSecret(api.SigningSecret)
	}
	return nil
}

// secretFor signs the tokens with an audience: of an API, or of a client for its ID
// tokens. Of a list of audiences the first with a secret counts.
func (s *Setup) secretFor(audience any) sharedSecret {
	var names []string
	switch audience := audience.(type) {
	case string:
		names = []string{audience}
	case []string: // of claims that Go code made
		names = audience
	case []any:
		for _, one := range audience {
			name, _ := one.(string)
			names = append(names, name)
		}
	}
	for _, name := range names {
		if api, ok := s.apis[name]; ok && accessSecret(api) != nil {
			return accessSecret(api)
		}
		if client, ok := s.clients[name]; ok && idSecret(client) != nil {
			return idSecret(client)
		}
	}
	return nil
}

// sign signs claims with a secret, or with the tenant's keys.
func (t *Tenant) sign(secret sharedSecret, typ token.Type, claims token.Claims) (string, error) {
	if secret != nil {
		return token.SignHS256(typ, claims, secret)
	}
	return t.Keys.Sign(typ, claims)
}

// forge is sign with a signature that neither the secret nor a published key verifies.
func (t *Tenant) forge(secret sharedSecret, typ token.Type, claims token.Claims) (string, error) {
	if secret != nil {
		other := sha256.Sum256(secret)
		return token.SignHS256(typ, claims, other[:])
	}
	return t.Keys.Forge(typ, claims)
}

// Mint signs any claims as the tenant signs those of its own tokens with that
// audience.
func (t *Tenant) Mint(claims token.Claims) (string, error) {
	return t.sign(t.secretOf(claims), token.JWT, claims)
}

// Forge is Mint with a wrong signature. The token is right in everything else.
func (t *Tenant) Forge(claims token.Claims) (string, error) {
	return t.forge(t.secretOf(claims), token.JWT, claims)
}

func (t *Tenant) secretOf(claims token.Claims) sharedSecret {
	for _, c := range claims {
		if c.Name == "aud" {
			return t.Setup().secretFor(c.Value)
		}
	}
	return nil
}

// verifyShared returns the payload of a token that a client's or an API's secret
// signed.
func (t *Tenant) verifyShared(compact string) ([]byte, error) {
	var claims struct {
		Audience any `json:"aud"`
	}
	if err := token.Unverified(compact, &claims); err != nil {
		return nil, err
	}
	secret := t.Setup().secretFor(claims.Audience)
	if secret == nil {
		return nil, token.ErrSignature
	}
	return token.VerifyHS256(compact, secret)
}

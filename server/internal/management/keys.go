package management

import (
	"net/http"
	"slices"

	"github.com/mockauth0/mockauth0/internal/refusal"
	keyring "github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// keyOperations are /keys/signing: the keys that sign tokens.
var keyOperations = []operation{
	{method: "GET", path: "/keys/signing", summary: "lists the signing keys", scopes: []string{"read:signing_keys"}, run: listKeys},
	{method: "POST", path: "/keys/signing/rotate", summary: "makes the next key sign", scopes: []string{"create:signing_keys", "update:signing_keys"}, run: rotateKeys},
	{method: "GET", path: "/keys/signing/{kid}", summary: "reads a signing key", scopes: []string{"read:signing_keys"}, run: readKey},
	{method: "PUT", path: "/keys/signing/{kid}/revoke", summary: "takes the previous key out of the key set", scopes: []string{"update:signing_keys"}, run: revokeKey},
}

func showKey(k keyring.SigningKey) object {
	shown := object{
		{Key: "kid", Value: k.KID},
		{Key: "cert", Value: k.PEM()},
		{Key: "pkcs7", Value: k.PKCS7()},
		{Key: "current", Value: k.Current},
		{Key: "next", Value: k.Next},
		{Key: "previous", Value: k.Previous},
	}
	if !k.Since.IsZero() {
		shown = append(shown, member{Key: "current_since", Value: isoTime(k.Since)})
	}
	shown = append(shown, object{
		{Key: "fingerprint", Value: k.Fingerprint()}, {Key: "thumbprint", Value: k.Thumbprint()}, {Key: "revoked", Value: !k.RevokedAt.IsZero()},
	}...)
	if !k.RevokedAt.IsZero() {
		shown = append(shown, member{Key: "revoked_at", Value: isoTime(k.RevokedAt)})
	}
	return shown
}

func listKeys(c *call) (any, error) {
	list := []object{}
	for _, k := range c.Tenant.Keys.SigningKeys() {
		list = append(list, showKey(k))
	}
	return list, nil
}

// signingKey is the key that the path names.
func (c *call) signingKey() (keyring.SigningKey, error) {
	keys := c.Tenant.Keys.SigningKeys()
	at := slices.IndexFunc(keys, func(k keyring.SigningKey) bool { return k.KID == c.Vars["kid"] })
	if at < 0 {
		return keyring.SigningKey{}, refusal.InexistentSigningKey
	}
	return keys[at], nil
}

func readKey(c *call) (any, error) {
	k, err := c.signingKey()
	if err != nil {
		return nil, err
	}
	return showKey(k), nil
}

func rotateKeys(c *call) (any, error) {
	c.Tenant.RotateKey()
	return web.Status{Code: http.StatusCreated, Value: named(c.Tenant.Keys.SigningKeys()[0])}, nil
}

// named is a key as the answer to a change has it.
func named(k keyring.SigningKey) object {
	return object{{Key: "cert", Value: k.PEM()}, {Key: "kid", Value: k.KID}}
}

func revokeKey(c *call) (any, error) {
	k, err := c.signingKey()
	switch {
	case err != nil:
		return nil, err
	case !k.Previous:
		return nil, refusal.KeyInUse
	}
	c.Tenant.RevokePreviousKey()
	return named(k), nil
}

package token

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// A PublicKey is a key of a client. KID may be empty.
type PublicKey struct {
	Key      *rsa.PublicKey
	Alg, KID string
}

// VerifyAssertion returns the payload of a token that one of the keys signed, with
// the key's algorithm. It does not check the claims.
func VerifyAssertion(compact string, keys []PublicKey) ([]byte, error) {
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.PS256})
	if err != nil {
		return nil, errors.New("it is no token signed with RS256, RS384 or PS256")
	}
	h := jws.Signatures[0].Header
	for _, k := range keys {
		if h.Algorithm != k.Alg || h.KeyID != "" && k.KID != "" && h.KeyID != k.KID {
			continue
		}
		if payload, err := jws.Verify(k.Key); err == nil {
			return payload, nil
		}
	}
	return nil, errors.New("none of the client's credentials signed it (alg " + h.Algorithm + ", kid " + h.KeyID + ")")
}

// Unverified reads the claims of a token without verifying it.
func Unverified(compact string, claims any) error {
	parts := strings.SplitN(compact, ".", 4)
	if len(parts) != 3 {
		return errors.New("not three parts")
	}
	payload, err := decode([]byte(parts[1]))
	if err != nil {
		return err
	}
	return json.Unmarshal(payload, claims)
}

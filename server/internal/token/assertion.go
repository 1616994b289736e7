package token

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// A PublicKey is a key of a client's. KID may be empty.
type PublicKey struct {
	Key      *rsa.PublicKey
	Alg, KID string
}

// VerifyAssertion returns the payload of a token that one of the keys signed,
// by the algorithm that the key is for. It does not look at the claims.
func VerifyAssertion(compact string, keys []PublicKey) ([]byte, error) {
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.PS256})
	if err != nil {
		return nil, errors.New("it is no token signed with RS256, RS384 or PS256")
	}
	head := jws.Signatures[0].Header
	for _, k := range keys {
		if head.Algorithm != k.Alg || head.KeyID != "" && k.KID != "" && head.KeyID != k.KID {
			continue
		}
		if payload, err := jws.Verify(k.Key); err == nil {
			return payload, nil
		}
	}
	return nil, errors.New("none of the client's credentials signed it (alg " + head.Algorithm + ", kid " + head.KeyID + ")")
}

// VerifyHS256 returns the payload of a token that the secret signed.
func VerifyHS256(compact string, secret []byte) ([]byte, error) {
	if !wellSpelled(compact) {
		return nil, ErrSignature
	}
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return nil, err
	}
	return jws.Verify(secret)
}

// Unverified reads claims of a token that nobody has verified: who it says it
// is from.
func Unverified(compact string, claims any) error {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return errors.New("not three parts")
	}
	payload, err := decode([]byte(parts[1]))
	if err != nil {
		return err
	}
	return json.Unmarshal(payload, claims)
}

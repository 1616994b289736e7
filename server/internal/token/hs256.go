package token

import (
	"crypto/hmac"
	"crypto/sha256"

	"github.com/go-jose/go-jose/v4"
)

// SignHS256 signs claims with a secret of any length. It does not use go-jose,
// which refuses secrets of less than 32 bytes. Auth0 accepts them, and the one in
// its own example has 22.
func SignHS256(claims Claims, secret []byte) (string, error) {
	input, err := signingInput(header{Alg: "HS256", Typ: JWT}, claims)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	return input + "." + encode(mac.Sum(nil)), nil
}

// VerifyHS256 returns the payload of a token that the secret signed.
func VerifyHS256(compact string, secret []byte) ([]byte, error) {
	if !canonical(compact) {
		return nil, ErrSignature
	}
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return nil, err
	}
	return jws.Verify(secret)
}

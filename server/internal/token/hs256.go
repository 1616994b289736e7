package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"strings"
)

// SignHS256 signs claims with a secret of any length. Neither it nor VerifyHS256 uses
// go-jose, which refuses secrets of less than 32 bytes. Auth0 accepts them, and the
// one in its own example has 22.
func SignHS256(typ Type, claims Claims, secret []byte) (string, error) {
	input, err := signingInput(header{Alg: "HS256", Typ: typ}, claims)
	if err != nil {
		return "", err
	}
	return input + "." + encode(mac(input, secret)), nil
}

// VerifyHS256 returns the payload of a token that the secret signed.
func VerifyHS256(compact string, secret []byte) ([]byte, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 || !canonical(compact) {
		return nil, ErrSignature
	}
	var raw [3][]byte
	for i, part := range parts {
		raw[i], _ = decode([]byte(part)) // canonical has decoded it
	}
	var head header
	if err := json.Unmarshal(raw[0], &head); err != nil || head.Alg != "HS256" || !hmac.Equal(raw[2], mac(parts[0]+"."+parts[1], secret)) {
		return nil, ErrSignature
	}
	return raw[1], nil
}

func mac(input string, secret []byte) []byte {
	hash := hmac.New(sha256.New, secret)
	hash.Write([]byte(input))
	return hash.Sum(nil)
}

package token

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"fmt"
)

// A signer makes RS256 tokens with one key. It does not use go-jose, which writes
// the header in the order of the alphabet; Auth0's order is alg, typ, kid.
type signer struct {
	key crypto.Signer
	kid string
}

// A Type is the typ in a token's header.
type Type string

// The types of tokens. Auth0's own profile of access tokens uses JWT, too.
const (
	JWT         Type = "JWT"
	AccessToken Type = "at+jwt" // RFC 9068 §2.1
)

// A header is the first part of a token.
type header struct {
	Alg string `json:"alg"`
	Typ Type   `json:"typ"`
	Kid string `json:"kid,omitempty"`
}

// signingInput returns the part of a token that is signed (RFC 7515 §5.1).
func signingInput(h header, claims Claims) (string, error) {
	payload, err := claims.MarshalJSON()
	if err != nil {
		return "", fmt.Errorf("claims: %w", err)
	}
	var head bytes.Buffer
	if err := newEncoder(&head).Encode(h); err != nil {
		return "", err
	}
	return encode(bytes.TrimSpace(head.Bytes())) + "." + encode(payload), nil
}

func (s signer) sign(typ Type, claims Claims) (string, error) {
	input, err := signingInput(header{"RS256", typ, s.kid}, claims)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256([]byte(input))
	signature, err := s.key.Sign(nil, digest[:], crypto.SHA256) // PKCS #1 v1.5 needs no random numbers
	if err != nil {
		return "", err
	}
	return input + "." + encode(signature), nil
}

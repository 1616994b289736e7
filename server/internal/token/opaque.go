package token

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// An Opaque makes and opens the access tokens that Auth0 issues if the app names
// no audience. Only /userinfo reads them. They are JWEs of five parts ("dir",
// "A256GCM"), of which the second is empty.
//
// It does not use go-jose, which makes random nonces. Here the nonce derives from
// the content, so that equal runs give equal tokens. Two contents have the same
// nonce only if HMAC-SHA256 has a collision.
type Opaque struct {
	aead     cipher.AEAD
	nonceKey [32]byte
}

// NewOpaque makes an Opaque with a secret key.
func NewOpaque(key [32]byte) *Opaque {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("token: " + err.Error()) // 32 bytes are always a key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("token: " + err.Error()) // AES always fits GCM
	}
	return &Opaque{aead: aead, nonceKey: sha256.Sum256(append([]byte("nonce\x00"), key[:]...))}
}

// opaqueHeader is Auth0's protected header.
type opaqueHeader struct {
	Alg string `json:"alg"`
	Enc string `json:"enc"`
	Iss string `json:"iss"`
}

// Seal makes a token. Its header names the issuer, and its content is payload.
func (o *Opaque) Seal(issuer string, payload []byte) string {
	header, err := json.Marshal(opaqueHeader{"dir", "A256GCM", issuer})
	if err != nil {
		panic("token: " + err.Error()) // strings only: cannot fail
	}
	protected := encode(header)
	mac := hmac.New(sha256.New, o.nonceKey[:])
	mac.Write([]byte(protected + "."))
	mac.Write(payload)
	nonce := mac.Sum(nil)[:o.aead.NonceSize()]
	sealed := o.aead.Seal(nil, nonce, payload, []byte(protected))
	text, tag := sealed[:len(payload)], sealed[len(payload):]
	return protected + ".." + encode(nonce) + "." + encode(text) + "." + encode(tag)
}

// ErrNotOpaque is the error of Open for a token that Seal did not make.
var ErrNotOpaque = errors.New("not an opaque access token of this tenant")

// Open returns the content of a token that Seal made.
func (o *Opaque) Open(compact string) ([]byte, error) {
	parts := bytes.SplitN([]byte(compact), []byte("."), 6)
	if len(parts) != 5 || len(parts[1]) != 0 || !canonical(compact) {
		return nil, ErrNotOpaque
	}
	nonce, errNonce := decode(parts[2])
	text, errText := decode(parts[3])
	tag, errTag := decode(parts[4])
	if errors.Join(errNonce, errText, errTag) != nil || len(nonce) != o.aead.NonceSize() {
		return nil, ErrNotOpaque
	}
	payload, err := o.aead.Open(nil, nonce, append(text, tag...), parts[0])
	if err != nil {
		return nil, ErrNotOpaque
	}
	return payload, nil
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func decode(text []byte) ([]byte, error) {
	return base64.RawURLEncoding.Strict().DecodeString(string(text))
}

// canonical tells whether each part of a token is base64url as an encoder writes
// it. A decoder ignores line ends and unused bits; without this check several
// texts would pass for the same token.
func canonical(compact string) bool {
	for part := range strings.SplitSeq(compact, ".") {
		if _, err := decode([]byte(part)); err != nil || strings.ContainsAny(part, "\r\n") {
			return false
		}
	}
	return true
}

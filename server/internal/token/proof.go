package token

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// A Proof is a DPoP proof: a token that a client signs for one request, with a key
// of its own. Source: RFC 9449 §4.2.
type Proof struct {
	// Key is the thumbprint of the key that signed the proof (RFC 7638).
	Key string `json:"-"`

	ID       string   `json:"jti"`
	Method   string   `json:"htm"`
	URL      string   `json:"htu"`
	IssuedAt *float64 `json:"iat"` // unix seconds
	Nonce    string   `json:"nonce"`
	// AccessTokenHash is the hash of the access token that goes with the proof.
	AccessTokenHash string `json:"ath"`
}

// maxProof is how many bytes a proof may have.
const maxProof = 8 << 10

// minProofBits is the size that RFC 7518 §3.3 requires of an RSA key.
const minProofBits = 2048

// ReadProof reads a proof and verifies its signature by the public key in its
// header. It does not check the claims.
func ReadProof(compact string) (*Proof, error) {
	if len(compact) > maxProof {
		return nil, fmt.Errorf("it has %d bytes, and may have %d", len(compact), maxProof)
	}
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256, jose.RS256})
	if err != nil {
		return nil, fmt.Errorf("it is no token that ES256 or RS256 signed: %s", strings.ReplaceAll(err.Error(), "go-jose/go-jose: ", ""))
	}
	header := jws.Signatures[0].Protected
	if typ, _ := header.ExtraHeaders[jose.HeaderType].(string); !strings.EqualFold(typ, "dpop+jwt") {
		return nil, fmt.Errorf("its typ is %q, not dpop+jwt", typ)
	}
	key := header.JSONWebKey // go-jose has refused private keys
	if key == nil {
		return nil, errors.New("its header has no jwk")
	}
	if public, ok := key.Key.(*rsa.PublicKey); ok && public.N.BitLen() < minProofBits {
		return nil, fmt.Errorf("the RSA key in its header has %d bits, and needs %d", public.N.BitLen(), minProofBits)
	}
	payload, err := jws.Verify(key)
	if err != nil {
		return nil, errors.New("the key in its header did not sign it")
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	p := &Proof{Key: base64.RawURLEncoding.EncodeToString(thumbprint)}
	if err := json.Unmarshal(payload, p); err != nil {
		return nil, fmt.Errorf("its claims cannot be read: %w", err)
	}
	return p, nil
}

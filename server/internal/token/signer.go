package token

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"runtime"

	"github.com/go-jose/go-jose/v4"
)

// A signer makes tokens with a key of any kind. It is one of go-jose's opaque
// signers, and go-jose's own tokens by it are as good; but go-jose makes the
// header anew for each, in 50 allocations and in the order of the alphabet. Here
// it is made once for each key, in Auth0's order.
type signer struct {
	key       crypto.Signer
	public    jose.JSONWebKey
	protected string // the header, in base64url, with the dot
	slow      bool   // a signature takes a millisecond rather than microseconds
}

var _ jose.OpaqueSigner = (*signer)(nil)

func newSigner(p *pair, keyID string) *signer {
	header := []byte(`{"alg":"RS256","typ":"JWT","kid":`)
	header = append(appendString(header, keyID), '}')
	_, slow := p.signer.(*rsa.PrivateKey)
	return &signer{p.signer, jose.JSONWebKey{Key: p.public(), KeyID: keyID}, encode(header) + ".", slow}
}

// Public is the key that verifies, with its id.
func (s *signer) Public() *jose.JSONWebKey { return &s.public }

// Algs are the algorithms that the signer knows.
func (s *signer) Algs() []jose.SignatureAlgorithm { return []jose.SignatureAlgorithm{jose.RS256} }

// SignPayload signs header and payload of a token (RFC 7515 §5.1).
func (s *signer) SignPayload(input []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	digest := sha256.Sum256(input)
	signature, err := s.key.Sign(nil, digest[:], crypto.SHA256) // PKCS #1 v1.5 draws nothing at random
	if s.slow {
		// That is a millisecond without a scheduling point: yielding lets
		// goroutines that wait on the network go first, which halves the p99.
		runtime.Gosched()
	}
	return signature, err
}

// signingInput is header and payload of a token, with room for the dot and the
// signature (RFC 7515 §5.1). The header is in base64url already, with its dot.
func signingInput(protected string, payload []byte) []byte {
	base64url := base64.RawURLEncoding
	input := make([]byte, 0, len(protected)+base64url.EncodedLen(len(payload))+len(".")+base64url.EncodedLen(2048/8))
	return base64url.AppendEncode(append(input, protected...), payload)
}

// sign makes a token of the claims.
func (s *signer) sign(claims Claims) (string, error) {
	payload, err := claims.MarshalJSON()
	if err != nil {
		return "", fmt.Errorf("claims: %w", err)
	}
	token := signingInput(s.protected, payload)
	signature, err := s.SignPayload(token, jose.RS256)
	if err != nil {
		return "", err
	}
	return string(base64.RawURLEncoding.AppendEncode(append(token, '.'), signature)), nil
}

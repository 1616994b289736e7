package token

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"runtime"

	"github.com/go-jose/go-jose/v4"
)

// A joseSigner signs for go-jose, as its opaque signers do, with a key of any
// kind.
type joseSigner struct {
	key    crypto.Signer
	public jose.JSONWebKey
}

func (s *joseSigner) Public() *jose.JSONWebKey { return &s.public }

func (s *joseSigner) Algs() []jose.SignatureAlgorithm { return []jose.SignatureAlgorithm{jose.RS256} }

func (s *joseSigner) SignPayload(payload []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	digest := sha256.Sum256(payload)
	signature, err := s.key.Sign(nil, digest[:], crypto.SHA256) // PKCS #1 v1.5 draws nothing at random
	if _, slow := s.key.(*rsa.PrivateKey); slow {
		// Such a signature is a millisecond without a scheduling point: yielding
		// lets goroutines that wait on the network go first, which halves the p99.
		runtime.Gosched()
	}
	return signature, err
}

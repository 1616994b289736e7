// Package token holds a tenant's keys and makes and reads its tokens. It is
// the only importer of go-jose.
package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/go-jose/go-jose/v4"
)

// A Ring is the signing keys of one tenant: one signs, the next one is
// published already, and after a rotation the previous one still is. It is
// safe for use by many goroutines.
type Ring struct {
	mu         sync.RWMutex
	keys       *Keys
	generation int
	revoked    bool // all but the current key are gone
	signatures atomic.Int64
	signer     *signer // nil until the first signature
	jwks       []byte  // nil until first asked for
}

// NewRing makes a ring whose first key signs.
func NewRing(keys *Keys) *Ring { return &Ring{keys: keys} }

// Sign makes an RS256 token of the claims with the current key.
func (r *Ring) Sign(claims Claims) (string, error) {
	r.signatures.Add(1)
	return r.current().sign(claims)
}

// SignBoth makes two tokens; side by side if a signature takes long, so that a
// login on two cores takes the time of one.
func (r *Ring) SignBoth(a, b Claims) (tokenA, tokenB string, err error) {
	r.signatures.Add(2)
	signer := r.current()
	var errA, errB error
	if !signer.slow {
		tokenA, errA = signer.sign(a)
		tokenB, errB = signer.sign(b)
		return tokenA, tokenB, errors.Join(errA, errB)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		tokenA, errA = signer.sign(a)
	}()
	tokenB, errB = signer.sign(b)
	<-done
	return tokenA, tokenB, errors.Join(errA, errB)
}

// Signatures is how many tokens Sign and SignBoth have made since the last Reset.
func (r *Ring) Signatures() int64 { return r.signatures.Load() }

// SignUnknown makes a token by a key that is never published, and bears its id.
func (r *Ring) SignUnknown(claims Claims) (string, error) {
	keys := r.Keys()
	return newSigner(keys.rogue(), keys.rogueKID()).sign(claims)
}

// Unsigned makes a token with alg none and an empty signature (RFC 7519 §6.1),
// which every verifier must refuse.
func (r *Ring) Unsigned(claims Claims) (string, error) {
	payload, err := claims.MarshalJSON()
	if err != nil {
		return "", fmt.Errorf("claims: %w", err)
	}
	return string(append(signingInput(encode([]byte(`{"alg":"none","typ":"JWT"}`))+".", payload), '.')), nil
}

// Forge makes a token that is right in everything but the signature: it bears
// the current key's id, and is signed by a key that is never published.
func (r *Ring) Forge(claims Claims) (string, error) {
	return newSigner(r.Keys().rogue(), r.KeyID()).sign(claims)
}

// Certificate is that of the key that signs, in DER.
func (r *Ring) Certificate() []byte {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys.of(r.generation).cert
}

// KeyID is the kid of the key that signs.
func (r *Ring) KeyID() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys.kid(r.generation)
}

// KeyIDs are the kids of the published keys: the one that signs, the next one
// and the previous one, each "" where there is none.
func (r *Ring) KeyIDs() (current, next, previous string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	current = r.keys.kid(r.generation)
	if !r.revoked {
		next = r.keys.kid(r.generation + 1)
		if r.generation > 0 {
			previous = r.keys.kid(r.generation - 1)
		}
	}
	return current, next, previous
}

// Rotate makes the next key sign, and returns its kid. The previous key stays
// published until the rotation after this one.
func (r *Ring) Rotate() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation++
	r.signer, r.jwks, r.revoked = nil, nil, false
	return r.keys.kid(r.generation)
}

// Replace makes a key sign that nobody has seen, if there are three or more,
// and takes all others out of the key set at once, as when Auth0's keys are rotated and the old one is
// revoked. It returns the new kid.
func (r *Ring) Replace() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation += 2 // past the one that was published as the next
	r.signer, r.jwks, r.revoked = nil, nil, true
	return r.keys.kid(r.generation)
}

// Reset goes back to the first of the keys, which may be others than before.
func (r *Ring) Reset(keys *Keys) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys, r.generation, r.signer, r.jwks, r.revoked = keys, 0, nil, nil, false
	r.signatures.Store(0)
}

// Use is Reset if the keys are others than before.
func (r *Ring) Use(keys *Keys) {
	if r.Keys().name != keys.name {
		r.Reset(keys)
	}
}

// Keys are what the ring signs with.
func (r *Ring) Keys() *Keys {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys
}

// JWKS is the key set document: current, next and, after a rotation, previous.
// The caller must not change the bytes.
func (r *Ring) JWKS() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.jwks == nil {
		r.jwks = keySet(r.keys, r.published())
	}
	return r.jwks
}

// StaleJWKS is the key set without the key that signs: as it was before that
// one came.
func (r *Ring) StaleJWKS() []byte {
	r.mu.RLock()
	defer r.mu.RUnlock()
	old := r.generation - 1
	if r.generation == 0 {
		old = 1 // there was none before the first; the next is as unable to verify
	}
	return keySet(r.keys, []int{old})
}

// EmptyJWKS is a key set without keys.
func EmptyJWKS() []byte { return keySet(nil, nil) }

func keySet(keys *Keys, generations []int) []byte {
	set := struct {
		Keys []jwk `json:"keys"`
	}{[]jwk{}}
	for _, g := range generations {
		set.Keys = append(set.Keys, keys.publish(g))
	}
	data, err := json.Marshal(set)
	if err != nil {
		panic("token: " + err.Error()) // strings only: cannot fail
	}
	return data
}

// ErrSignature is the error of Verify for a token that no published key signed.
var ErrSignature = errors.New("the signature is not by a published key")

// Verify returns the payload of a token that a published key signed. It does
// not look at the claims.
func (r *Ring) Verify(compact string) ([]byte, error) {
	if !wellSpelled(compact) {
		return nil, ErrSignature
	}
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, fmt.Errorf("not an RS256 token: %w", err)
	}
	r.mu.RLock()
	keys, published := r.keys, r.published()
	r.mu.RUnlock()
	for _, g := range published {
		if jws.Signatures[0].Header.KeyID == keys.kid(g) {
			payload, err := jws.Verify(keys.of(g).public())
			if err != nil {
				return nil, ErrSignature
			}
			return payload, nil
		}
	}
	return nil, ErrSignature
}

func (r *Ring) published() []int {
	switch {
	case r.revoked:
		return []int{r.generation}
	case r.generation == 0:
		return []int{0, 1}
	}
	return []int{r.generation, r.generation + 1, r.generation - 1}
}

func (r *Ring) current() *signer {
	r.mu.RLock()
	current := r.signer
	r.mu.RUnlock()
	if current != nil {
		return current
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.signer == nil {
		r.signer = newSigner(r.keys.of(r.generation), r.keys.kid(r.generation))
	}
	return r.signer
}

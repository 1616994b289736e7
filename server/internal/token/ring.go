// Package token holds a tenant's keys and makes and reads its tokens. It is
// the only importer of go-jose.
package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// A Ring holds the signing keys of one tenant. One key signs, the next one is
// published already, and after a rotation the previous one is still published. A
// Ring is safe for use by many goroutines.
//
// The rule of the lock: a method whose name ends in Locked needs the caller to
// hold it, and every other method takes it by itself.
type Ring struct {
	mu         sync.Mutex
	keys       *Keys
	generation int               // of the key that signs
	revoked    bool              // only the key that signs is published
	since      map[int]time.Time // when a generation began to sign, if that is known
	withdrawn  map[int]time.Time // when a generation was revoked
	signatures int64             // that Sign has made
	// jwks is the key set, nil until somebody asks for it. To make it for each
	// request takes 15 µs, and the mock would serve fewer key sets in a second
	// than mockoidc.
	jwks []byte
}

// NewRing makes a ring. The first of the keys signs.
func NewRing(keys *Keys) *Ring { return &Ring{keys: keys} }

// Sign makes an RS256 token of the claims with the current key.
func (r *Ring) Sign(typ Type, claims Claims) (string, error) {
	r.mu.Lock()
	r.signatures++
	s := signer{r.keys.of(r.generation).key, r.keys.kid(r.generation)}
	r.mu.Unlock()
	return s.sign(typ, claims)
}

// Signatures returns how many tokens Sign has made since the last Reset.
func (r *Ring) Signatures() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.signatures
}

// SignUnknown makes a token with a key that is never published, and with that
// key's id.
func (r *Ring) SignUnknown(typ Type, claims Claims) (string, error) {
	keys := r.Keys()
	return signer{keys.rogue().key, keys.rogueKID()}.sign(typ, claims)
}

// Unsigned makes a token with alg none and an empty signature (RFC 7519 §6.1),
// which every verifier must refuse.
func (r *Ring) Unsigned(typ Type, claims Claims) (string, error) {
	input, err := signingInput(header{Alg: "none", Typ: typ}, claims)
	if err != nil {
		return "", err
	}
	return input + ".", nil
}

// Forge makes a token in which only the signature is wrong: it names the current
// key, but a key that is never published signs it.
func (r *Ring) Forge(typ Type, claims Claims) (string, error) {
	return signer{r.Keys().rogue().key, r.KeyID()}.sign(typ, claims)
}

// Certificate returns the certificate of the key that signs, in DER.
func (r *Ring) Certificate() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys.of(r.generation).cert
}

// KeyID returns the kid of the key that signs.
func (r *Ring) KeyID() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys.kid(r.generation)
}

// KeyIDs returns the kids of the published keys: of the one that signs, the next
// one and the previous one. A kid is "" if there is no such key.
func (r *Ring) KeyIDs() (current, next, previous string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	current = r.keys.kid(r.generation)
	if !r.revoked {
		next = r.keys.kid(r.generation + 1)
		if r.generation > 0 && r.withdrawn[r.generation-1].IsZero() {
			previous = r.keys.kid(r.generation - 1)
		}
	}
	return current, next, previous
}

// Rotate makes the next key sign and returns its kid. The present key stays
// published until the rotation after this one.
func (r *Ring) Rotate(now time.Time) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation++
	r.jwks, r.revoked = nil, false
	if r.since == nil {
		r.since = map[int]time.Time{}
	}
	r.since[r.generation] = now
	delete(r.since, r.generation-3) // of a key that nobody asks for any more
	return r.keys.kid(r.generation)
}

// Replace makes a key sign that was not published before, if there are three keys
// or more, and withdraws all other keys at once. That is what happens at Auth0
// when the key is rotated and the old one revoked. It returns the new kid.
func (r *Ring) Replace() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation += 2 // past the one that was published as the next
	r.jwks, r.revoked = nil, true
	return r.keys.kid(r.generation)
}

// Reset starts anew with the first of the keys, which may be other keys than
// before.
func (r *Ring) Reset(keys *Keys) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resetLocked(keys)
}

// Use is Reset if the keys differ from the present ones.
func (r *Ring) Use(keys *Keys) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys.name != keys.name {
		r.resetLocked(keys)
	}
}

func (r *Ring) resetLocked(keys *Keys) {
	r.keys, r.generation, r.revoked, r.signatures, r.jwks = keys, 0, false, 0, nil
	r.since, r.withdrawn = nil, nil
}

// Keys returns the keys that the ring has.
func (r *Ring) Keys() *Keys {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys
}

// JWKS returns the key set document: the current key, the next one and, after a
// rotation, the previous one. The caller must not change the bytes.
func (r *Ring) JWKS() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.jwks == nil {
		r.jwks = keySet(r.keys, r.publishedLocked())
	}
	return r.jwks
}

// StaleJWKS returns a key set without the key that signs, as a verifier has it
// that fetched the key set too long ago.
func (r *Ring) StaleJWKS() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.generation - 1
	if r.generation == 0 {
		old = 1 // no key came before the first one, but the next one cannot verify its tokens either
	}
	return keySet(r.keys, []int{old})
}

// EmptyJWKS returns a key set without keys.
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

// ErrSignature is the error for a token that no published key signed.
var ErrSignature = errors.New("the signature is not by a published key")

// Verify returns the payload of a token that a published key signed. It does not
// check the claims.
func (r *Ring) Verify(compact string) ([]byte, error) {
	if !canonical(compact) {
		return nil, ErrSignature
	}
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, fmt.Errorf("not an RS256 token: %w", err)
	}
	r.mu.Lock()
	keys, published := r.keys, r.publishedLocked()
	r.mu.Unlock()
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

// publishedLocked returns the generations of the published keys.
func (r *Ring) publishedLocked() []int {
	switch {
	case r.revoked:
		return []int{r.generation}
	case r.generation == 0:
		return []int{0, 1}
	}
	published := []int{r.generation, r.generation + 1, r.generation - 1}
	return slices.DeleteFunc(published, func(g int) bool { return !r.withdrawn[g].IsZero() })
}

package token

import (
	"crypto"
	"io"
	"sync"
	"testing"
	"time"
)

// A pairwise signer ends no signature before another one has begun.
type pairwise struct {
	crypto.Signer
	both *sync.WaitGroup
}

func (p pairwise) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	p.both.Done()
	p.both.Wait()
	return p.Signer.Sign(r, digest, opts)
}

// The two signatures of a login are made side by side if they take long.
func TestSlowSignaturesAreMadeSideBySide(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	ring := NewRing(fast)
	ring.signer = newSigner(fast.of(0), fast.kid(0))
	ring.signer.key, ring.signer.slow = pairwise{ring.signer.key, &both}, true
	done := make(chan error, 1)
	go func() {
		_, _, err := ring.SignBoth(Claims{{"sub", "a"}}, Claims{{"sub", "b"}})
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the second signature waits for the first")
	}
	if !newSigner(ordinary.of(0), "k").slow || newSigner(fast.of(0), "k").slow {
		t.Error("which keys are slow is wrong")
	}
}

// What is the same for all tokens of a key is made once: the header, and the
// key set.
func TestARingMakesOnceWhatIsTheSame(t *testing.T) {
	ring := NewRing(fast)
	claims := Claims{{"sub", "email|1"}, {"iat", int64(1)}}
	sign := func() {
		if _, err := ring.Sign(claims); err != nil {
			t.Fatal(err)
		}
	}
	sign()
	if objects := testing.AllocsPerRun(100, sign); objects > 6 {
		t.Errorf("a token takes %.0f allocations", objects)
	}
	before := ring.JWKS()
	if again := ring.JWKS(); &again[0] != &before[0] {
		t.Error("the key set is made anew for each who asks")
	}
	ring.Rotate()
	if after := ring.JWKS(); &after[0] == &before[0] {
		t.Error("the key set outlives a rotation")
	}
}

package token_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/mockauth0/mockauth0/server/internal/token"
)

func claims(sub string) token.Claims {
	return token.Claims{{"nickname", "a&<b"}, {"iss", "http://localhost/"}, {"sub", sub}, {"iat", int64(1)}}
}

// verifyWithJWKS verifies a token by nothing but the JWKS document.
func verifyWithJWKS(t *testing.T, document []byte, compact string) error {
	t.Helper()
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(document, &set); err != nil {
		t.Fatal(err)
	}
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	keys := set.Key(jws.Signatures[0].Header.KeyID)
	if len(keys) != 1 {
		return fmt.Errorf("%d keys of the set have the kid", len(keys))
	}
	_, err = jws.Verify(keys[0])
	return err
}

func TestAfterARotationTheNextKeySigns(t *testing.T) {
	ring := token.NewRing(token.Embedded("fast"))
	first, _ := ring.Sign(token.JWT, claims("1"))
	before := ring.JWKS()
	if err := verifyWithJWKS(t, before, first); err != nil {
		t.Fatal(err)
	}
	kid := ring.Rotate(time.Time{})
	second, _ := ring.Sign(token.JWT, claims("2"))
	if err := verifyWithJWKS(t, before, second); err != nil {
		t.Errorf("the next key was published before it signed: %v", err)
	}
	if err := verifyWithJWKS(t, ring.JWKS(), first); err != nil {
		t.Errorf("the previous key stays published: %v", err)
	}
	if kid != ring.KeyID() || strings.Count(string(ring.JWKS()), `"kid"`) != 3 {
		t.Errorf("after a rotation three keys are published and %s signs: %s", kid, ring.JWKS())
	}
	ring.Rotate(time.Time{})
	if err := verifyWithJWKS(t, ring.JWKS(), first); err == nil {
		t.Error("after two rotations the first key is gone")
	}
	if _, err := ring.Verify(first); !errors.Is(err, token.ErrSignature) {
		t.Errorf("Verify after two rotations: %v", err)
	}
	if payload, err := ring.Verify(second); err != nil || !strings.Contains(string(payload), `"sub":"2"`) {
		t.Errorf("Verify of the previous key's token: %s, %v", payload, err)
	}
	ring.Reset(token.Embedded("fast"))
	if third, _ := ring.Sign(token.JWT, claims("1")); third != first {
		t.Error("Reset goes back to the first key")
	}
}

// Tokens that a scenario breaks are refused, by a verifier that has the key set
// and by the ring. A forged one has the right kid and a wrong signature.
func TestBrokenTokensAreRefused(t *testing.T) {
	ring := token.NewRing(token.Embedded("fast"))
	for name, sign := range map[string]func(token.Type, token.Claims) (string, error){"unsigned": ring.Unsigned, "unknown key": ring.SignUnknown, "forged": ring.Forge} {
		broken, err := sign(token.JWT, claims("1"))
		if err != nil {
			t.Fatal(err)
		}
		if err := verifyWithJWKS(t, ring.JWKS(), broken); err == nil || errors.Is(err, jose.ErrCryptoFailure) != (name == "forged") {
			t.Errorf("%s: by the key set: %v", name, err)
		}
		if payload, err := ring.Verify(broken); err == nil || name == "forged" && !errors.Is(err, token.ErrSignature) {
			t.Errorf("%s: by the ring: %s, %v", name, payload, err)
		}
	}
	if unsigned, _ := ring.Unsigned(token.JWT, nil); unsigned != "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30." {
		t.Errorf("unsigned: %s", unsigned)
	}
	if n := ring.Signatures(); n != 0 {
		t.Errorf("%d of them count as signatures", n)
	}
}

func TestReplaceWithdrawsAllOtherKeys(t *testing.T) {
	ring := token.NewRing(token.Embedded("fast"))
	old, _ := ring.Sign(token.JWT, claims("1"))
	current, next, previous := ring.KeyIDs()
	if current != ring.KeyID() || next == "" || previous != "" {
		t.Errorf("at first: %q, %q, %q", current, next, previous)
	}
	if kid := ring.Rotate(time.Time{}); kid != next {
		t.Errorf("the rotation goes to %q, not to %q", kid, next)
	}
	if _, _, previous := ring.KeyIDs(); previous != current {
		t.Errorf("the previous key is %q, not %q", previous, current)
	}
	published := string(ring.JWKS())
	kid := ring.Replace()
	if strings.Contains(published, kid) {
		t.Errorf("%s was published before", kid)
	}
	if current, next, previous := ring.KeyIDs(); current != kid || next+previous != "" {
		t.Errorf("after it: %q, %q, %q", current, next, previous)
	}
	if _, err := ring.Verify(old); !errors.Is(err, token.ErrSignature) {
		t.Errorf("a token of a withdrawn key: %v", err)
	}
	signed, _ := ring.Sign(token.JWT, claims("2"))
	if err := verifyWithJWKS(t, ring.JWKS(), signed); err != nil {
		t.Error(err)
	}
	for name, set := range map[string][]byte{"stale": ring.StaleJWKS(), "empty": token.EmptyJWKS(), "stale at first": token.NewRing(token.Embedded("fast")).StaleJWKS()} {
		if err := verifyWithJWKS(t, set, signed); err == nil {
			t.Errorf("the %s key set verifies the token", name)
		}
	}
	if ring.Use(token.Embedded("fast")); ring.KeyID() != kid {
		t.Error("the same keys start anew")
	}
	if ring.Use(token.Embedded("rsa")); ring.KeyID() == kid || ring.Signatures() != 0 {
		t.Error("other keys do not start anew")
	}
}

func FuzzVerify(f *testing.F) {
	ring := token.NewRing(token.Embedded("fast"))
	good, _ := ring.Sign(token.JWT, claims("1"))
	o := token.NewOpaque([32]byte{1})
	opaque := o.Seal("i", []byte("{}"))
	f.Add(good)
	f.Add(opaque)
	f.Add("a.b.c")
	f.Add(good[:100] + "\n" + good[100:])
	f.Add(good[:len(good)-1] + string(good[len(good)-1]+1))
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := ring.Verify(s); err == nil && s != good {
			t.Errorf("accepted %q", s)
		}
		if _, err := o.Open(s); err == nil && s != opaque {
			t.Errorf("opened %q", s)
		}
	})
}

// A whole token: claims as JSON, base64url, signature.
func BenchmarkToken(b *testing.B) {
	ring := token.NewRing(token.Embedded("fast"))
	c := claims("email|1")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ring.Sign(token.JWT, c); err != nil {
			b.Fatal(err)
		}
	}
}

package token_test

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/mockauth0/mockauth0/server/internal/token"
)

func claims(sub string) token.Claims {
	return token.Claims{{"nickname", "a&<b"}, {"iss", "http://localhost/"}, {"sub", sub}, {"iat", int64(1)}}
}

func TestSignedTokenIsAuth0Shaped(t *testing.T) {
	ring := token.NewRing(token.Embedded("fast"))
	signed, err := ring.Sign(claims("email|1"))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(signed, ".")
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	var h map[string]string
	if err := json.Unmarshal(header, &h); err != nil || len(h) != 3 || h["alg"] != "RS256" || h["typ"] != "JWT" || len(h["kid"]) != 21 {
		t.Errorf("header %s, want alg, typ and a kid of 21 characters", header)
	}
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if got, want := string(payload), `{"nickname":"a&<b","iss":"http://localhost/","sub":"email|1","iat":1}`; got != want {
		t.Errorf("payload %s, want %s", got, want)
	}
	again, _ := ring.Sign(claims("email|1"))
	if again != signed {
		t.Error("equal claims must give equal bytes")
	}
}

// The verifier here sees the JWKS document only.
func verifyWithJWKS(t *testing.T, document []byte, compact string) error {
	t.Helper()
	var set struct {
		Keys []struct{ Kty, Use, N, E, Kid, Alg string }
	}
	if err := json.Unmarshal(document, &set); err != nil {
		t.Fatal(err)
	}
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	for _, k := range set.Keys {
		if k.Kid != jws.Signatures[0].Header.KeyID {
			continue
		}
		n, _ := base64.RawURLEncoding.DecodeString(k.N)
		e, _ := base64.RawURLEncoding.DecodeString(k.E)
		_, err := jws.Verify(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())})
		return err
	}
	return errors.New("kid is not in the set")
}

func TestRotation(t *testing.T) {
	ring := token.NewRing(token.Embedded("fast"))
	first, _ := ring.Sign(claims("1"))
	before := ring.JWKS()
	if err := verifyWithJWKS(t, before, first); err != nil {
		t.Fatal(err)
	}
	kid := ring.Rotate()
	second, _ := ring.Sign(claims("2"))
	if err := verifyWithJWKS(t, before, second); err != nil {
		t.Errorf("the next key was published before it signed: %v", err)
	}
	if err := verifyWithJWKS(t, ring.JWKS(), first); err != nil {
		t.Errorf("the previous key stays published: %v", err)
	}
	if kid != ring.KeyID() || strings.Count(string(ring.JWKS()), `"kid"`) != 3 {
		t.Errorf("after a rotation three keys are published and %s signs: %s", kid, ring.JWKS())
	}
	ring.Rotate()
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
	if third, _ := ring.Sign(claims("1")); third != first {
		t.Error("Reset goes back to the first key")
	}
}

func TestForgedTokenHasTheRightKidAndAWrongSignature(t *testing.T) {
	ring := token.NewRing(token.Embedded("fast"))
	forged, err := ring.Forge(claims("1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := verifyWithJWKS(t, ring.JWKS(), forged); !errors.Is(err, jose.ErrCryptoFailure) {
		t.Errorf("got %v, want a failed signature", err)
	}
	if _, err := ring.Verify(forged); !errors.Is(err, token.ErrSignature) {
		t.Errorf("Verify: %v", err)
	}
}

func TestSignBoth(t *testing.T) {
	ring := token.NewRing(token.Embedded("fast"))
	a, b, err := ring.SignBoth(claims("a"), claims("b"))
	if err != nil {
		t.Fatal(err)
	}
	wantA, _ := ring.Sign(claims("a"))
	wantB, _ := ring.Sign(claims("b"))
	if a != wantA || b != wantB {
		t.Error("SignBoth must give what Sign gives")
	}
	if _, _, err := ring.SignBoth(token.Claims{{"x", make(chan int)}}, claims("b")); err == nil {
		t.Error("a claim that is no JSON must be an error")
	}
}

func TestOpaque(t *testing.T) {
	o := token.NewOpaque([32]byte{1})
	sealed := o.Seal("https://localhost:2884/", []byte(`{"sub":"email|1"}`))
	parts := strings.Split(sealed, ".")
	if len(parts) != 5 || parts[1] != "" {
		t.Fatalf("%s: want five parts, the second empty", sealed)
	}
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	if got, want := string(header), `{"alg":"dir","enc":"A256GCM","iss":"https://localhost:2884/"}`; got != want {
		t.Errorf("header %s, want %s", got, want)
	}
	payload, err := o.Open(sealed)
	if err != nil || string(payload) != `{"sub":"email|1"}` {
		t.Errorf("Open: %s, %v", payload, err)
	}
	// Any JOSE library that holds the key can open it.
	jwe, err := jose.ParseEncryptedCompact(sealed, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		t.Fatal(err)
	}
	key := [32]byte{1}
	if plain, err := jwe.Decrypt(key[:]); err != nil || string(plain) != `{"sub":"email|1"}` {
		t.Errorf("go-jose opens it as %s, %v", plain, err)
	}
	for name, bad := range map[string]string{
		"other key":  token.NewOpaque([32]byte{2}).Seal("i", []byte("x")),
		"empty":      "",
		"four parts": strings.Join(parts[:4], "."),
		"bent":       parts[0] + ".." + parts[2] + "." + parts[3] + ".AAAAAAAAAAAAAAAAAAAAAA",
		"no nonce":   parts[0] + "..." + parts[3] + "." + parts[4],
		"short":      parts[0] + ".." + parts[2] + "." + parts[3] + ".AA",
	} {
		if _, err := o.Open(bad); !errors.Is(err, token.ErrNotOpaque) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	ring := token.NewRing(token.Embedded("fast"))
	good, _ := ring.Sign(claims("1"))
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
		if _, err := ring.Sign(c); err != nil {
			b.Fatal(err)
		}
	}
}

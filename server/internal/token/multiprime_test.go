package token

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	mathrand "math/rand/v2"
	"testing"
)

// power returns m^d modulo n, for the private exponent d. It works as Sign does,
// but for any m.
func (k *multiPrime) power(m *natural) *big.Int {
	var x residue
	k.add(&x, m[:])
	k.exponentiate(&x)
	power := k.join(&x)
	return new(big.Int).SetBytes(power.octets())
}

// undone reports whether the public exponent undoes a power. Exactly one number
// below n has that property, so the power is then the right one.
func (k *multiPrime) undone(power, m *big.Int) bool {
	back := new(big.Int).Exp(power, big.NewInt(publicExponent), k.public.N)
	return power.Cmp(k.public.N) < 0 && back.Cmp(m) == 0
}

func fastMultiPrime(i int) *multiPrime { return fastPair(i)().key.(*multiPrime) }

func TestPowersAreUndoneByThePublicExponent(t *testing.T) {
	random := mathrand.NewChaCha8([32]byte{1})
	for i := range fastKeys {
		k := fastMultiPrime(i)
		n := k.public.N
		less := func(d int64) *big.Int { return new(big.Int).Sub(n, big.NewInt(d)) }
		numbers := []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(2), less(1), less(2)}
		for j, p := range k.prime { // what is 0 modulo a prime, and what is 0 modulo all but one
			prime := new(big.Int).SetUint64(p)
			numbers = append(numbers, prime, new(big.Int).Quo(n, prime), less(int64(j)+3))
		}
		for range 250 {
			var octets [8 * words]byte
			_, _ = random.Read(octets[:])
			numbers = append(numbers, new(big.Int).Mod(new(big.Int).SetBytes(octets[:]), n))
		}
		for _, m := range numbers {
			word := toNatural(m)
			if got := k.power(&word); !k.undone(got, m) {
				t.Fatalf("key %d: %x to the private exponent is not %x", i, m, got)
			}
		}
	}
}

// PKCS #1 v1.5 has one signature of a digest, so one that crypto/rsa verifies is
// the one that crypto/rsa would make.
func TestSignaturesAreThoseOfRSA(t *testing.T) {
	for i := range fastKeys {
		k := fastMultiPrime(i)
		for n := range uint64(1000) {
			digest := sha256.Sum256(binary.BigEndian.AppendUint64([]byte{byte(i)}, n))
			signature, err := k.Sign(nil, digest[:], crypto.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			if err := rsa.VerifyPKCS1v15(k.public, crypto.SHA256, digest[:], signature); err != nil || len(signature) != 256 {
				t.Fatalf("key %d, digest %x: a signature of %d bytes: %v", i, digest, len(signature), err)
			}
		}
	}
}

// A multi-prime key signs no other digest than SHA-256, and by no other scheme.
func TestMultiPrimeSignsSHA256Only(t *testing.T) {
	k := fastMultiPrime(0)
	digest := make([]byte, 64)
	for _, opts := range []crypto.SignerOpts{crypto.SHA512, crypto.SHA256, crypto.Hash(0), &rsa.PSSOptions{Hash: crypto.SHA256}} {
		if _, err := k.Sign(nil, digest, opts); err == nil {
			t.Errorf("%v: a digest of 64 bytes was signed", opts)
		}
	}
	if _, err := k.Sign(nil, digest[:32], &rsa.PSSOptions{Hash: crypto.SHA256}); err == nil {
		t.Error("PSS was signed with PKCS #1 v1.5")
	}
}

func FuzzPower(f *testing.F) {
	f.Add(uint8(0), []byte{1})
	f.Add(uint8(3), bytes.Repeat([]byte{0xff}, 8*words))
	f.Fuzz(func(t *testing.T, which uint8, octets []byte) {
		k := fastMultiPrime(int(which) % len(fastKeys))
		m := new(big.Int).Mod(new(big.Int).SetBytes(octets), k.public.N)
		word := toNatural(m)
		if got := k.power(&word); !k.undone(got, m) {
			t.Errorf("%x to the private exponent is not %x", m, got)
		}
	})
}

// A signature with 33 primes, and with two.
func BenchmarkSign(b *testing.B) {
	digest := sha256.Sum256([]byte("header.payload"))
	for _, c := range []struct {
		name string
		keys *Keys
	}{{"fast", fast}, {"rsa", ordinary}} {
		b.Run(c.name, func(b *testing.B) {
			key := c.keys.of(0).key
			b.ReportAllocs()
			for b.Loop() {
				if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A process makes each key ready once.
func BenchmarkNewMultiPrime(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newMultiPrime(fastKeys[0].primes)
	}
}

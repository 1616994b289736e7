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

// power is m^d modulo n, for any m and d the private exponent, as Sign computes
// it for what it signs.
func (k *multiPrime) power(m *natural) natural {
	var x residue
	k.add(&x, m[:])
	k.exponentiate(&x)
	return k.join(&x)
}

// plainPower is m^d modulo n by big integers, for one private exponent modulo
// the least common multiple of all p-1: nothing of it is shared with what it
// is compared with.
func plainPower(k *multiPrime) func(m *big.Int) *big.Int {
	n, lambda := big.NewInt(1), big.NewInt(1)
	for _, prime := range k.prime {
		p := new(big.Int).SetUint64(prime)
		n.Mul(n, p)
		p.Sub(p, big.NewInt(1))
		gcd := new(big.Int).GCD(nil, nil, lambda, p)
		lambda.Mul(lambda, p.Quo(p, gcd))
	}
	d := new(big.Int).ModInverse(big.NewInt(publicExponent), lambda)
	return func(m *big.Int) *big.Int { return new(big.Int).Exp(m, d, n) }
}

func fastMultiPrime(i int) *multiPrime { return fastPair(i)().signer.(*multiPrime) }

func TestPowerIsPlainPower(t *testing.T) {
	random := mathrand.NewChaCha8([32]byte{1})
	sample := 1_000
	if testing.Short() {
		sample = 100
	}
	for i := range fastKeys {
		k := fastMultiPrime(i)
		plain, n := plainPower(k), k.public.N
		less := func(d int64) *big.Int { return new(big.Int).Sub(n, big.NewInt(d)) }
		numbers := []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(2), less(1), less(2)}
		for j, p := range k.prime { // what is 0 modulo a prime, and what is 0 modulo all but one
			prime := new(big.Int).SetUint64(p)
			numbers = append(numbers, prime, new(big.Int).Quo(n, prime), less(int64(j)+3))
		}
		for range sample / len(fastKeys) {
			var octets [8 * words]byte
			_, _ = random.Read(octets[:])
			numbers = append(numbers, new(big.Int).Mod(new(big.Int).SetBytes(octets[:]), n))
		}
		for _, m := range numbers {
			word := toNatural(m)
			power := k.power(&word)
			if got, want := new(big.Int).SetBytes(power.octets()), plain(m); got.Cmp(want) != 0 {
				t.Fatalf("key %d: %x to the private exponent is %x, want %x", i, m, got, want)
			}
		}
	}
}

// encodePKCS1v15 is RFC 8017 §9.2 by string operations.
func encodePKCS1v15(digest []byte) *big.Int {
	info := append(append([]byte{}, sha256Info[:]...), digest...)
	return new(big.Int).SetBytes(bytes.Join([][]byte{{0, 1}, bytes.Repeat([]byte{0xff}, 256-3-len(info)), {0}, info}, nil))
}

func TestSignaturesAreThoseOfRSA(t *testing.T) {
	sample := uint64(4_000)
	if testing.Short() {
		sample = 100
	}
	for i := range fastKeys {
		k := fastMultiPrime(i)
		plain := plainPower(k)
		for n := range sample / uint64(len(fastKeys)) {
			digest := sha256.Sum256(binary.BigEndian.AppendUint64([]byte{byte(i)}, n))
			signature, err := k.Sign(nil, digest[:], crypto.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			if len(signature) != 256 {
				t.Fatalf("a signature of %d bytes", len(signature))
			}
			if err := rsa.VerifyPKCS1v15(k.public, crypto.SHA256, digest[:], signature); err != nil {
				t.Fatal(err)
			}
			if n < sample/40 && new(big.Int).SetBytes(signature).Cmp(plain(encodePKCS1v15(digest[:]))) != 0 {
				t.Fatalf("key %d, digest %x: not the signature that big integers give", i, digest)
			}
		}
	}
}

// A multi-prime key refuses what it does not do, rather than sign something
// else.
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
	var plain [len(fastKeys)]func(*big.Int) *big.Int
	for i := range plain {
		plain[i] = plainPower(fastMultiPrime(i))
	}
	f.Fuzz(func(t *testing.T, which uint8, octets []byte) {
		i := int(which) % len(plain)
		k := fastMultiPrime(i)
		m := new(big.Int).Mod(new(big.Int).SetBytes(octets), k.public.N)
		word := toNatural(m)
		power := k.power(&word)
		got := new(big.Int).SetBytes(power.octets())
		if want := plain[i](m); got.Cmp(want) != 0 {
			t.Errorf("%x to the private exponent is %x, want %x", m, got, want)
		}
		if back := got.Exp(got, big.NewInt(publicExponent), k.public.N); back.Cmp(m) != 0 {
			t.Errorf("%x is not undone by the public exponent: %x", m, back)
		}
	})
}

// What a signature costs: by 33 primes, and by two.
func BenchmarkSign(b *testing.B) {
	digest := sha256.Sum256([]byte("header.payload"))
	for _, c := range []struct {
		name string
		keys *Keys
	}{{"fast", fast}, {"rsa", ordinary}} {
		b.Run(c.name, func(b *testing.B) {
			key := c.keys.of(0).signer
			b.ReportAllocs()
			for b.Loop() {
				if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What it takes to make a key ready, once a process.
func BenchmarkNewMultiPrime(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newMultiPrime(fastKeys[0].primes)
	}
}

package token

import (
	"crypto"
	"crypto/rsa"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"math/bits"
)

// primeCount is how many primes a multi-prime key has, and words how many
// 64-bit words its modulus of 2,048 bits.
const (
	primeCount = 33
	words      = 32
)

// publicExponent is that of all embedded keys.
const publicExponent = 65537

// A natural is a number below 2^2048, its lowest word first.
type natural [words]uint64

// A residue is a number modulo each of a key's primes.
type residue [primeCount]uint64

// A multiPrime is an RSA key whose modulus is the product of 33 primes of 63 bits
// (multi-prime RSA, RFC 8017 §3.2). A verifier sees an ordinary modulus of 2,048
// bits. The signer computes modulo each prime by itself, in machine words, and
// joins the results by the Chinese remainder theorem (§5.1.2). That is 80 times
// faster or more than with two primes of 1,024 bits.
//
// Anyone can factor such a modulus. That does no harm to a test key, whose primes
// are public anyway.
//
// All arithmetic is Montgomery's, with R = 2^64 modulo each prime.
type multiPrime struct {
	public *rsa.PublicKey
	n      natural

	prime    residue // p, odd and below 2^63
	inverse  residue // 1/p mod R
	one      residue // R mod p, the 1 of Montgomery's form
	exponent residue // 1/e mod p-1

	weight   [words]residue      // R^i R^2 mod p: the value of word i of a number
	cofactor [primeCount]natural // n/p
	scale    residue             // 1/(n/p) mod p

	frame residue // what is the same in all signed numbers, in Montgomery's form
}

func newMultiPrime(primes [primeCount]uint64) *multiPrime {
	k := &multiPrime{prime: primes}
	n := big.NewInt(1)
	for _, p := range primes {
		n.Mul(n, new(big.Int).SetUint64(p))
	}
	k.public = &rsa.PublicKey{N: n, E: publicExponent}
	k.n = toNatural(n)
	for i, word := range primes {
		p := new(big.Int).SetUint64(word)
		cofactor := new(big.Int).Quo(n, p)
		k.cofactor[i] = toNatural(cofactor)
		k.scale[i] = new(big.Int).ModInverse(cofactor, p).Uint64()
		k.exponent[i] = new(big.Int).ModInverse(big.NewInt(publicExponent), new(big.Int).SetUint64(word-1)).Uint64()
		k.one[i] = bits.Rem64(1, 0, word)
		k.inverse[i] = word // right in the lowest 3 bits, and each step doubles them
		for range 5 {
			k.inverse[i] *= 2 - word*k.inverse[i]
		}
		square := bits.Rem64(k.one[i], 0, word)
		k.weight[0][i] = square
		for j := 1; j < words; j++ {
			k.weight[j][i] = k.mul(i, k.weight[j-1][i], square)
		}
	}
	common := frame()
	k.add(&k.frame, common[:])
	return k
}

// Public is the key that verifies.
func (k *multiPrime) Public() crypto.PublicKey { return k.public }

// sha256Info stands before a SHA-256 digest in the signed number: the DigestInfo of
// RFC 8017 §9.2, note 1.
var sha256Info = [...]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}

// Sign makes an RSASSA-PKCS1-v1_5 signature (RFC 8017 §8.2.1) of a SHA-256 digest,
// and of nothing else. It needs no random numbers: each digest has one signature.
func (k *multiPrime) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, pss := opts.(*rsa.PSSOptions); pss || opts.HashFunc() != crypto.SHA256 || len(digest) != crypto.SHA256.Size() {
		return nil, errors.New("a multi-prime key signs SHA-256 digests, by PKCS #1 v1.5")
	}
	x := k.frame
	k.add(&x, digestWords(digest))
	k.exponentiate(&x) // RFC 8017 §5.2.1, RSASP1
	signature := k.join(&x)
	return signature.octets(), nil
}

// frame returns the number that is signed, without the digest in its lowest words:
// 00 01 FF … FF 00 and the DigestInfo (RFC 8017 §9.2).
func frame() natural {
	var octets [8 * words]byte
	info := len(octets) - crypto.SHA256.Size() - len(sha256Info)
	octets[1] = 1
	for i := 2; i < info-1; i++ {
		octets[i] = 0xff
	}
	copy(octets[info:], sha256Info[:])
	return fromOctets(&octets)
}

// digestWords returns a SHA-256 digest as a number, its lowest word first.
func digestWords(digest []byte) []uint64 {
	return []uint64{
		binary.BigEndian.Uint64(digest[24:]), binary.BigEndian.Uint64(digest[16:]),
		binary.BigEndian.Uint64(digest[8:]), binary.BigEndian.Uint64(digest),
	}
}

// mul returns a b / R modulo prime i. One of a and b must be below the prime.
func (k *multiPrime) mul(i int, a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	excess, _ := bits.Mul64(low*k.inverse[i], k.prime[i])
	r, borrow := bits.Sub64(high, excess, 0)
	return r + k.prime[i]&-borrow
}

// add adds the number m to x. m has its lowest word first; x is in Montgomery's
// form.
func (k *multiPrime) add(x *residue, m []uint64) {
	for j, word := range m {
		for i := range x {
			sum := x[i] + k.mul(i, word, k.weight[j][i]) // below 2^64, since primes are below 2^63
			reduced, borrow := bits.Sub64(sum, k.prime[i], 0)
			x[i] = reduced + k.prime[i]&-borrow
		}
	}
}

// exponentiate raises x to the private exponent, four bits at a time. The inner
// loops go over the primes, because the products of different primes do not wait
// for each other.
func (k *multiPrime) exponentiate(x *residue) {
	var powers [16]residue
	powers[0] = k.one
	for e := 1; e < len(powers); e++ {
		for i := range x {
			powers[e][i] = k.mul(i, powers[e-1][i], x[i])
		}
	}
	for i := range x {
		x[i] = powers[k.exponent[i]>>60][i]
	}
	for shift := 56; shift >= 0; shift -= 4 {
		for range 4 {
			for i := range x {
				x[i] = k.mul(i, x[i], x[i])
			}
		}
		for i := range x {
			x[i] = k.mul(i, x[i], powers[k.exponent[i]>>shift&15][i])
		}
	}
}

// join returns the number below n that is x modulo each prime: the sum of
// (x scale mod p) n/p, minus a multiple of n.
func (k *multiPrime) join(x *residue) (sum natural) {
	var top uint64 // the word above the sum, which is below 33 n
	for i := range x {
		factor := k.mul(i, x[i], k.scale[i])
		var carry uint64
		for j, word := range k.cofactor[i] {
			high, low := bits.Mul64(factor, word)
			low, c := bits.Add64(low, sum[j], 0)
			high += c
			low, c = bits.Add64(low, carry, 0)
			sum[j], carry = low, high+c
		}
		top += carry
	}
	for top > 0 || !below(&sum, &k.n) {
		var borrow uint64
		for j, word := range k.n {
			sum[j], borrow = bits.Sub64(sum[j], word, borrow)
		}
		top -= borrow
	}
	return sum
}

func below(a, b *natural) bool {
	for j := words - 1; j >= 0; j-- {
		if a[j] != b[j] {
			return a[j] < b[j]
		}
	}
	return false
}

// toNatural converts a number below 2^2048.
func toNatural(n *big.Int) natural {
	var octets [8 * words]byte
	n.FillBytes(octets[:])
	return fromOctets(&octets)
}

// fromOctets and octets are RFC 8017 §4's OS2IP and I2OSP.
func fromOctets(octets *[8 * words]byte) (n natural) {
	for j := range n {
		n[j] = binary.BigEndian.Uint64(octets[8*(words-1-j):])
	}
	return n
}

func (n *natural) octets() []byte {
	octets := make([]byte, 0, 8*words)
	for j := words - 1; j >= 0; j-- {
		octets = binary.BigEndian.AppendUint64(octets, n[j])
	}
	return octets
}

package token

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is a SHA-1 thumbprint by definition (RFC 7517 §4.8)
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strconv"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
)

// A pair is a private key and its certificate.
type pair struct {
	key  crypto.Signer
	cert []byte // in DER
	kid  string // the kid in the key's file; "" if there is none
}

func (p *pair) public() *rsa.PublicKey { return p.key.Public().(*rsa.PublicKey) }

// Keys are the keys that a tenant can sign with. They do not change, so any
// number of rings may share them.
type Keys struct {
	// name is the same for the same keys.
	name string
	// turns are the keys in the order in which they sign: generation n is number
	// n modulo their count. At most three generations are published at a time
	// (previous, current, next), so with three keys no two published ones are
	// the same. With fewer, a key comes back under another kid.
	turns []func() *pair
	// rogue is a key that is never published.
	rogue func() *pair
}

var (
	fast     = &Keys{name: "fast", turns: []func() *pair{fastPair(0), fastPair(1), fastPair(2)}, rogue: fastPair(3)}
	ordinary = &Keys{name: "rsa", turns: []func() *pair{pemPair("1"), pemPair("2"), pemPair("3")}, rogue: pemPair("rogue")}
)

// Embedded returns the embedded keys of a keys.mode: "rsa" means ordinary RSA keys
// of two primes, anything else the fast keys of many primes.
func Embedded(mode string) *Keys {
	if mode == "rsa" {
		return ordinary
	}
	return fast
}

func fastPair(i int) func() *pair {
	return sync.OnceValue(func() *pair {
		cert, err := base64.StdEncoding.DecodeString(fastKeys[i].certificate)
		if err != nil {
			panic("token: the certificate of an embedded key: " + err.Error())
		}
		return &pair{key: newMultiPrime(fastKeys[i].primes), cert: cert}
	})
}

func pemPair(name string) func() *pair {
	return sync.OnceValue(func() *pair {
		keyBlock, rest := pem.Decode(fixtures.Key(name))
		certBlock, _ := pem.Decode(rest)
		key, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
		if err != nil {
			panic("token: embedded key " + name + ": " + err.Error())
		}
		return &pair{key: key.(*rsa.PrivateKey), cert: certBlock.Bytes}
	})
}

func (k *Keys) of(generation int) *pair { return k.turns[generation%len(k.turns)]() }

// kid returns the key id of a generation: the one in the key's file when the key
// signs for the first time, else 21 characters, as in new tenants of Auth0. Each
// generation has a kid of its own, even if it shares its key with another.
func (k *Keys) kid(generation int) string {
	p := k.of(generation)
	if p.kid != "" && generation < len(k.turns) {
		return p.kid
	}
	return derivedKID(strconv.Itoa(generation), p)
}

func (k *Keys) rogueKID() string { return derivedKID("rogue", k.rogue()) }

func derivedKID(name string, p *pair) string {
	sum := sha256.Sum256(append([]byte(name+"\x00"), p.cert...))
	return encode(sum[:])[:21]
}

// A jwk is a published key. Its members have Auth0's order.
type jwk struct {
	Kty string   `json:"kty"`
	Use string   `json:"use"`
	N   string   `json:"n"`
	E   string   `json:"e"`
	Kid string   `json:"kid"`
	X5t string   `json:"x5t"`
	X5c []string `json:"x5c"`
	Alg string   `json:"alg"`
}

func (k *Keys) publish(generation int) jwk {
	p := k.of(generation)
	public, thumb := p.public(), sha1.Sum(p.cert) //nolint:gosec // see the import
	return jwk{
		Kty: "RSA",
		Use: "sig",
		N:   encode(public.N.Bytes()),
		E:   encode(big.NewInt(int64(public.E)).Bytes()),
		Kid: k.kid(generation),
		X5t: encode(thumb[:]),
		X5c: []string{base64.StdEncoding.EncodeToString(p.cert)},
		Alg: "RS256",
	}
}

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

// A pair is a key that signs, with its certificate.
type pair struct {
	signer crypto.Signer
	cert   []byte
	id     string // its own kid; "" has one derived
}

func (p *pair) public() *rsa.PublicKey { return p.signer.Public().(*rsa.PublicKey) }

// Keys are what a tenant's tokens may be signed with. They do not change, so
// any number of rings may share them.
type Keys struct {
	// name is equal if the keys are.
	name string
	// turn are the keys that sign in turn. Each is made ready when it is first
	// needed, once a process. Since at most three generations are published at
	// a time (previous, current, next), no two published ones are the same if
	// there are three; with fewer a key comes back under another kid.
	turn []func() *pair
	// rogue is never published.
	rogue func() *pair
}

var (
	fast     = &Keys{name: "fast", turn: []func() *pair{fastPair(0), fastPair(1), fastPair(2)}, rogue: fastPair(3)}
	ordinary = &Keys{name: "rsa", turn: []func() *pair{pemPair("1"), pemPair("2"), pemPair("3")}, rogue: pemPair("rogue")}
)

// Embedded are the keys that a fixture's keys.mode names: "rsa" are keys with
// two primes; all others are the fast ones, with many.
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
		return &pair{signer: newMultiPrime(fastKeys[i].primes), cert: cert}
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
		return &pair{signer: key.(*rsa.PrivateKey), cert: certBlock.Bytes}
	})
}

func (k *Keys) of(generation int) *pair { return k.turn[generation%len(k.turn)]() }

// kid is a generation's key id: in its first turn that of the key's file, else
// 21 characters, as new Auth0 tenants have. Each generation has a kid of its
// own, whichever key it signs with.
func (k *Keys) kid(generation int) string {
	p := k.of(generation)
	if p.id != "" && generation < len(k.turn) {
		return p.id
	}
	return keyID(strconv.Itoa(generation), p)
}

func (k *Keys) rogueKID() string { return keyID("rogue", k.rogue()) }

func keyID(name string, p *pair) string {
	sum := sha256.Sum256(append([]byte(name+"\x00"), p.cert...))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:21]
}

// jwk is a published key; the order of its members is Auth0's.
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
		N:   base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		E:   base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
		Kid: k.kid(generation),
		X5t: base64.RawURLEncoding.EncodeToString(thumb[:]),
		X5c: []string{base64.StdEncoding.EncodeToString(p.cert)},
		Alg: "RS256",
	}
}

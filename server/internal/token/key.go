package token

import (
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

// A material is an embedded key pair with its certificate.
type material struct {
	private *rsa.PrivateKey
	cert    []byte
}

// The embedded keys are parsed once a process, each when it is first needed.
var materials = [...]func() material{
	sync.OnceValue(func() material { return parse("1") }),
	sync.OnceValue(func() material { return parse("2") }),
	sync.OnceValue(func() material { return parse("3") }),
}

var rogue = sync.OnceValue(func() material { return parse("rogue") })

func parse(name string) material {
	keyBlock, rest := pem.Decode(fixtures.Key(name))
	certBlock, _ := pem.Decode(rest)
	key, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		panic("token: embedded key " + name + ": " + err.Error())
	}
	return material{key.(*rsa.PrivateKey), certBlock.Bytes}
}

// key returns the material of a generation. Three keys sign in turn; since at
// most three generations are published at a time (previous, current, next), no
// two published ones share a key, and each generation has a kid of its own.
func key(generation int) material { return materials[generation%len(materials)]() }

// kid is a generation's key id: 21 characters, as new Auth0 tenants have.
func kid(generation int) string { return keyID(strconv.Itoa(generation), key(generation)) }

func rogueKID() string { return keyID("rogue", rogue()) }

func keyID(name string, m material) string {
	sum := sha256.Sum256(append([]byte(name+"\x00"), m.cert...))
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

func publish(generation int) jwk {
	m := key(generation)
	thumb := sha1.Sum(m.cert) //nolint:gosec // see the import
	return jwk{
		Kty: "RSA",
		Use: "sig",
		N:   base64.RawURLEncoding.EncodeToString(m.private.N.Bytes()),
		E:   base64.RawURLEncoding.EncodeToString(big.NewInt(int64(m.private.E)).Bytes()),
		Kid: kid(generation),
		X5t: base64.RawURLEncoding.EncodeToString(thumb[:]),
		X5c: []string{base64.StdEncoding.EncodeToString(m.cert)},
		Alg: "RS256",
	}
}

package servertest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"testing"
)

// A ProofKey signs the DPoP proofs of an app. It uses nothing but crypto/ecdsa, so
// that the server's own code checks nothing here.
type ProofKey struct{ private *ecdsa.PrivateKey }

// NewProofKey makes a key of a name.
func NewProofKey(t testing.TB, name string) ProofKey {
	t.Helper()
	scalar := sha256.Sum256([]byte(name))
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		t.Fatal(err)
	}
	return ProofKey{private}
}

// jwk is the public key, with its members in the order of RFC 7638 §3.2.
func (k ProofKey) jwk(t testing.TB) json.RawMessage {
	t.Helper()
	point, err := k.private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return json.RawMessage(`{"crv":"P-256","kty":"EC","x":"` + encode(point[1:33]) + `","y":"` + encode(point[33:]) + `"}`)
}

// Thumbprint is the jkt of the key.
func (k ProofKey) Thumbprint(t testing.TB) string {
	t.Helper()
	sum := sha256.Sum256(k.jwk(t))
	return encode(sum[:])
}

// Proof signs a DPoP proof with these claims.
func (k ProofKey) Proof(t testing.TB, claims Object) string {
	t.Helper()
	return k.Sign(t, nil, claims)
}

// Sign is Proof with other members of the header.
func (k ProofKey) Sign(t testing.TB, header, claims Object) string {
	t.Helper()
	whole := Object{"typ": "dpop+jwt", "alg": "ES256", "jwk": k.jwk(t)}
	maps.Copy(whole, header)
	var parts []string
	for _, part := range []Object{whole, claims} {
		data, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, encode(data))
	}
	input := parts[0] + "." + parts[1]
	digest := sha256.Sum256([]byte(input))
	signed, err := k.private.Sign(nil, digest[:], crypto.SHA256) // without randomness: RFC 6979
	if err != nil {
		t.Fatal(err)
	}
	var signature struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signed, &signature); err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 64)
	signature.R.FillBytes(raw[:32])
	signature.S.FillBytes(raw[32:])
	return input + "." + encode(raw)
}

// AccessTokenHash is the ath of a proof for an access token.
func AccessTokenHash(accessToken string) string {
	sum := sha256.Sum256([]byte(accessToken))
	return encode(sum[:])
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

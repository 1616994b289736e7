package token

import (
	"crypto/sha1" //nolint:gosec // the thumbprint of a certificate is SHA-1, as x5t is
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"time"
)

// A SigningKey is a key of a ring, as the Management API lists it.
type SigningKey struct {
	KID                     string
	Current, Next, Previous bool
	Since, RevokedAt        time.Time // zero: not known, or never
	certificate             []byte    // in DER
}

// SigningKeys are the key that signs, the next one, and after a rotation the previous
// one, even if it was revoked.
func (r *Ring) SigningKeys() []SigningKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := []SigningKey{r.signingKeyLocked(r.generation), r.signingKeyLocked(r.generation + 1)}
	list[0].Current, list[1].Next = true, true
	if r.generation > 0 && !r.revoked {
		previous := r.signingKeyLocked(r.generation - 1)
		previous.Previous = true
		list = append(list, previous)
	}
	return list
}

func (r *Ring) signingKeyLocked(generation int) SigningKey {
	return SigningKey{
		KID: r.keys.kid(generation), Since: r.since[generation], RevokedAt: r.withdrawn[generation], certificate: r.keys.of(generation).cert,
	}
}

// RevokePrevious withdraws the previous key: the key set does not have it any more.
func (r *Ring) RevokePrevious(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.generation > 0 && r.withdrawn[r.generation-1].IsZero() {
		r.jwks, r.withdrawn = nil, map[int]time.Time{r.generation - 1: now}
	}
}

// A Turn is how far a ring has come.
type Turn struct {
	Generation       int
	Since, RevokedAt time.Time // of the key that signs, and of the previous one
	Alone            bool      // only the key that signs is published
}

// Turn says how far the ring has come.
func (r *Ring) Turn() Turn {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Turn{r.generation, r.since[r.generation], r.withdrawn[r.generation-1], r.revoked}
}

// Take goes on from where another ring with the same keys has come.
func (r *Ring) Take(t Turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation, r.revoked, r.jwks = t.Generation, t.Alone, nil
	r.since, r.withdrawn = nil, nil
	if !t.Since.IsZero() {
		r.since = map[int]time.Time{t.Generation: t.Since}
	}
	if !t.RevokedAt.IsZero() {
		r.withdrawn = map[int]time.Time{t.Generation - 1: t.RevokedAt}
	}
}

// PEM is the certificate.
func (k SigningKey) PEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.certificate}))
}

// Thumbprint is the SHA-1 of the certificate, in hexadecimal digits.
func (k SigningKey) Thumbprint() string {
	sum := sha1.Sum(k.certificate) //nolint:gosec // see the import
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Fingerprint is the thumbprint with a colon after each byte but the last.
func (k SigningKey) Fingerprint() string {
	digits := k.Thumbprint()
	var pairs []string
	for i := 0; i+2 <= len(digits); i += 2 {
		pairs = append(pairs, digits[i:i+2])
	}
	return strings.Join(pairs, ":")
}

// The identifiers of PKCS #7 (RFC 2315).
var (
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
)

// PKCS7 is the certificate in a PKCS #7 message that has nothing else (RFC 2315,
// section 9), in PEM.
func (k SigningKey) PKCS7() string {
	type contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"optional"`
	}
	signed, err := asn1.Marshal(struct {
		Version      int
		Algorithms   asn1.RawValue
		Content      contentInfo
		Certificates asn1.RawValue
		Signers      asn1.RawValue
	}{
		Version:      1,
		Algorithms:   asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSet, IsCompound: true},
		Content:      contentInfo{Type: oidData},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: k.certificate},
		Signers:      asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSet, IsCompound: true},
	})
	if err != nil {
		panic("token: " + err.Error()) // a certificate is DER already
	}
	message, err := asn1.Marshal(contentInfo{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: signed}})
	if err != nil {
		panic("token: " + err.Error())
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: message}))
}

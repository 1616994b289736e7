package localtls

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"
)

const (
	day          = 24 * time.Hour
	caLifetime   = 3650 * day
	backdate     = day // so that a client whose clock is behind accepts what was just made
	leafLifetime = 397 * day

	organization = "mockauth0" // in the subject of what we make
)

// An authority is one certificate authority. Clients trust the anchor; the
// issuer, which the anchor signed, signs what a server shows, and its key is
// the only one that is kept. The anchor's own key is forgotten as soon as it
// has signed the issuer: Java and others do not look at name constraints in a
// certificate that they trust, but all look at those in the issuer, so that a
// stolen key is good for none but the permitted names.
type authority struct {
	anchor *x509.Certificate
	issuer *x509.Certificate // the anchor itself, if a user put a CA of another make into the folder
	key    crypto.Signer     // of the issuer
}

// newAuthority makes an authority that may sign for the standard names and
// for the extra ones, and for nothing else.
func newAuthority(extra []host, from, to time.Time) (*authority, error) {
	anchorKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("no key could be made for the CA: %w", err)
	}
	issuerKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("no key could be made for the CA: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&anchorKey.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("the public key of the CA could not be encoded: %w", err)
	}
	// The names hold a part of the key's hash, because some clients look an issuer up by its name alone.
	hash := sha256.Sum256(public)
	id := hex.EncodeToString(hash[:4])

	template := caTemplate(extra, from, to)
	template.Subject.CommonName = "mockauth0 local test CA " + id
	template.MaxPathLen = 1
	anchor, err := sign(template, template, &anchorKey.PublicKey, anchorKey)
	if err != nil {
		return nil, err
	}
	template = caTemplate(extra, from, to)
	template.Subject.CommonName = "mockauth0 local test issuer " + id
	template.MaxPathLenZero = true
	issuer, err := sign(template, anchor, &issuerKey.PublicKey, anchorKey)
	if err != nil {
		return nil, err
	}
	return &authority{anchor: anchor, issuer: issuer, key: issuerKey}, nil
}

// caTemplate is what the anchor and the issuer have in common.
func caTemplate(extra []host, from, to time.Time) *x509.Certificate {
	template := &x509.Certificate{
		Subject:   pkix.Name{Organization: []string{organization}},
		NotBefore: from,
		NotAfter:  to,
		KeyUsage:  x509.KeyUsageCertSign,
		// A root that some system trusts must not be good for signing programs or mail.
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid:       true,
		IsCA:                        true,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         slices.Clone(standardDomains),
		PermittedIPRanges:           standardRanges(),
	}
	for _, h := range extra {
		if h.name != "" {
			template.PermittedDNSDomains = append(template.PermittedDNSDomains, h.name)
			continue
		}
		bits := h.ip.BitLen()
		template.PermittedIPRanges = append(template.PermittedIPRanges,
			&net.IPNet{IP: h.ip.AsSlice(), Mask: net.CIDRMask(bits, bits)})
	}
	return template
}

func sign(template, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("the CA's certificate could not be made: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("the CA's certificate could not be read back: %w", err)
	}
	return cert, nil
}

// permits tells whether the authority may sign for a host.
func (a *authority) permits(h host) bool { return permits(a.issuer, h) && permits(a.anchor, h) }

// certPEM is what clients are given.
func (a *authority) certPEM() []byte { return encodeCert(a.anchor) }

// keyPEM is what the key file holds: the issuer's key and certificate, and the
// anchor's once more, so that one file decides which CA a folder has.
func (a *authority) keyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return nil, fmt.Errorf("the CA's key could not be encoded: %w", err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return slices.Concat(key, encodeCert(a.issuer), encodeCert(a.anchor)), nil
}

func encodeCert(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}

// The causes for which a pair of files is no authority.
var (
	errNoCertificate = errors.New("it holds no certificate")
	errNoKey         = errors.New("it holds no private key")
	errNotCA         = errors.New("its certificate is not that of a certificate authority")
	errMismatch      = errors.New("its key does not belong to the certificate")
)

// parseCerts reads the certificates of a PEM file, of which there must be one
// at least.
func parseCerts(data []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, errNoCertificate
	}
	return certs, nil
}

// parseKey reads the first private key of a PEM file, in any usual encoding.
func parseKey(data []byte) (crypto.Signer, error) {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		var key any
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
	}
	return nil, errNoKey
}

// join finds the certificate that belongs to the key: the anchor itself, or
// one of those beside the key that the anchor signed.
func join(anchor *x509.Certificate, key crypto.Signer, beside []*x509.Certificate) (*authority, error) {
	if !anchor.IsCA || !anchor.BasicConstraintsValid {
		return nil, errNotCA
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, errMismatch
	}
	for _, cert := range append([]*x509.Certificate{anchor}, beside...) {
		if !bytes.Equal(public, cert.RawSubjectPublicKeyInfo) || !cert.IsCA {
			continue
		}
		if cert == anchor || cert.CheckSignatureFrom(anchor) == nil {
			return &authority{anchor: anchor, issuer: cert, key: key}, nil
		}
	}
	return nil, errMismatch
}

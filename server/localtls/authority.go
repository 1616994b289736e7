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
	backdate     = day // so that a client whose clock is late accepts a new certificate
	leafLifetime = 397 * day

	organization = "mockauth0" // in the subject of our CAs
)

// An authority is one certificate authority. Clients trust the anchor. The anchor
// signed the issuer, and the issuer signs the certificates of servers. Only the
// issuer's key is kept; the anchor's key is forgotten at once. Java and others do
// not check the name constraints of a certificate that they trust, but all clients
// check those of the issuer. So a stolen key is useful for the permitted names only.
type authority struct {
	anchor *x509.Certificate
	issuer *x509.Certificate // the anchor itself if the user put another CA into the folder
	key    crypto.Signer     // of the issuer
}

// newAuthority makes an authority that may sign the standard names and the extra
// ones, and no others.
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
	// Some clients find an issuer by its name alone, so the names have a part of
	// the key's hash.
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

// caTemplate returns what is the same in the anchor and the issuer.
func caTemplate(extra []host, from, to time.Time) *x509.Certificate {
	template := &x509.Certificate{
		Subject:   pkix.Name{Organization: []string{organization}},
		NotBefore: from,
		NotAfter:  to,
		KeyUsage:  x509.KeyUsageCertSign,
		// A CA that a system trusts must not be able to sign programs or mail.
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

// permits tells whether the authority may sign a host.
func (a *authority) permits(h host) bool { return permits(a.issuer, h) && permits(a.anchor, h) }

// certPEM returns what clients must trust.
func (a *authority) certPEM() []byte { return encodeCert(a.anchor) }

// keyPEM returns the content of the key file: the issuer's key and certificate, and
// a copy of the anchor's certificate, so that one file is enough to restore the CA.
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

// Why two files are no authority.
var (
	errNoCertificate = errors.New("it holds no certificate")
	errNoKey         = errors.New("it holds no private key")
	errNotCA         = errors.New("its certificate is not that of a certificate authority")
	errMismatch      = errors.New("its key does not belong to the certificate")
)

// parseCerts reads the certificates in a PEM file. There must be at least one.
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

// parseKey reads the first private key in a PEM file, in any usual encoding.
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

// join makes an authority of an anchor and a key. The key belongs to the anchor
// itself, or to one of the other certificates, which the anchor must have signed.
func join(anchor *x509.Certificate, key crypto.Signer, others []*x509.Certificate) (*authority, error) {
	if !anchor.IsCA || !anchor.BasicConstraintsValid {
		return nil, errNotCA
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, errMismatch
	}
	for _, cert := range append([]*x509.Certificate{anchor}, others...) {
		if !bytes.Equal(public, cert.RawSubjectPublicKeyInfo) || !cert.IsCA {
			continue
		}
		if cert == anchor || cert.CheckSignatureFrom(anchor) == nil {
			return &authority{anchor: anchor, issuer: cert, key: key}, nil
		}
	}
	return nil, errMismatch
}

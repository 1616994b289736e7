package localtls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"slices"
	"time"
)

// newLeaf makes a certificate for hosts. The authority must permit all of them. After
// the time renew another certificate should replace it.
func (a *authority) newLeaf(hosts []host, now time.Time) (leaf *tls.Certificate, renew time.Time, err error) {
	if now.After(a.issuer.NotAfter) {
		return nil, time.Time{}, fmt.Errorf("the CA expired on %s and can sign no certificate; delete its two files, start again and trust the new one", date(a.issuer.NotAfter))
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("no key could be made for %s: %w", hosts[0], err)
	}
	start := later(now.Add(-backdate), a.issuer.NotBefore)
	end := earlier(start.Add(leafLifetime), a.issuer.NotAfter)
	template := &x509.Certificate{
		// There is no common name. The alternative names say what the certificate is for.
		Subject:     pkix.Name{Organization: []string{"mockauth0 local test certificate"}},
		NotBefore:   start,
		NotAfter:    end,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// Python and others need this, although it is the default.
		BasicConstraintsValid: true,
	}
	for _, h := range hosts {
		if h.name != "" {
			template.DNSNames = append(template.DNSNames, h.name)
		} else {
			template.IPAddresses = append(template.IPAddresses, net.IP(h.ip.AsSlice()))
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.issuer, &key.PublicKey, a.key)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("the certificate for %s could not be signed: %w", hosts[0], err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("the certificate for %s could not be read back: %w", hosts[0], err)
	}
	// It is renewed a tenth of its time before the end: about a month of a year.
	renew = end.Add(-end.Sub(now) / 10)
	chain := [][]byte{der}
	if a.issuer != a.anchor {
		chain = append(chain, a.issuer.Raw) // clients know only the anchor
	}
	return &tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: parsed}, renew, nil
}

// allowed returns those of the hosts that the authority may sign. One name too many
// would make clients refuse the whole certificate.
func (a *authority) allowed(hosts []host) []host {
	return slices.DeleteFunc(slices.Clone(hosts), func(h host) bool { return !a.permits(h) })
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

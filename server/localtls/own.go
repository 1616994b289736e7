package localtls

import (
	"crypto/tls"
	"fmt"
)

// An ownCertificate is one that the user brought.
type ownCertificate struct{ certificate *tls.Certificate }

// UseCertificate makes the server answer with the user's own certificate, from
// PEM files that hold the certificate (with the chain below it) and its key.
// The CA still answers for the standard names that it does not cover, so that
// https://localhost keeps working. What signed it is not part of [CA.PEM]. A
// certificate out of its dates is allowed, since a test may want one, and
// leaves a note. Call it before the first handshake.
func (ca *CA) UseCertificate(certFile, keyFile string) error {
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return fmt.Errorf("the certificate %s with the key %s cannot be used: %w; give --tls-cert and --tls-key two PEM files that belong together", certFile, keyFile, err)
	}
	now := ca.now()
	switch {
	case now.After(certificate.Leaf.NotAfter):
		ca.note("The certificate %s expired on %s.", certFile, date(certificate.Leaf.NotAfter))
	case now.Before(certificate.Leaf.NotBefore):
		ca.note("The certificate %s is valid from %s only.", certFile, date(certificate.Leaf.NotBefore))
	}
	ca.own.Store(&ownCertificate{certificate: &certificate})
	return nil
}

func (o *ownCertificate) covers(h host) bool {
	return h != (host{}) && o.certificate.Leaf.VerifyHostname(h.String()) == nil
}

package localtls

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// maxLeaves is how many certificates are kept for names that clients asked for.
const maxLeaves = 256

// GetCertificate finds or makes the certificate for a handshake. It fits
// [tls.Config.GetCertificate]. A client that connects to an IP address names no
// server. It gets a certificate for that address and the usual names. If the CA may
// not sign the name, the error is a full sentence that says what to do.
func (ca *CA) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	asked, err := askedFor(hello)
	given := ca.given.Load()
	if given != nil && (err != nil || covers(given, asked)) {
		return given, nil
	}
	if err != nil {
		return nil, fmt.Errorf("a client asked for %s, which no certificate can name; use a DNS name of letters, digits and hyphens", shorten(hello.ServerName))
	}
	key, hosts := host{}, ca.usual
	switch {
	case slices.Contains(ca.usual, asked):
	case asked != (host{}) && ca.authority.permits(asked):
		key, hosts = asked, []host{asked}
		if asked.name == "" {
			hosts = append(hosts, ca.usual...)
		}
	case given != nil:
		return given, nil
	case hello.ServerName != "":
		return nil, fmt.Errorf("a client asked for %s, which the CA may not sign; use localhost, a name below localhost or test, or start with --tls-host %s", shorten(hello.ServerName), asked)
	default:
		// The client named nothing, and the CA may not sign the address that it
		// reached, such as that of a container which the client knows as 127.0.0.1.
		// Clients refuse a certificate with a name that its CA may not sign.
	}
	now := ca.now()
	return ca.leaves.get(key, now, func() (*tls.Certificate, time.Time, error) { return ca.authority.newLeaf(hosts, now) })
}

// askedFor returns the host that a client wants, the zero host if it does not say.
func askedFor(hello *tls.ClientHelloInfo) (host, error) {
	if hello.ServerName == "" {
		if hello.Conn == nil {
			return host{}, nil
		}
		if tcp, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			if ip, ok := netip.AddrFromSlice(tcp.IP); ok {
				return host{ip: cleanIP(ip)}, nil
			}
		}
		return host{}, nil
	}
	// Some clients name an address, though the protocol forbids it.
	if ip, err := netip.ParseAddr(hello.ServerName); err == nil {
		return host{ip: cleanIP(ip)}, nil
	}
	name, err := cleanName(hello.ServerName)
	return host{name: name}, err
}

// shorten quotes a name that a client sent, and cuts off a long one.
func shorten(name string) string {
	if len(name) > 80 {
		return fmt.Sprintf("%q… (%d bytes)", name[:80], len(name))
	}
	return fmt.Sprintf("%q", name)
}

// UseCertificate makes the server answer with a certificate of the user, from PEM
// files with the certificate, the chain below it, and its key. For standard names
// that it does not cover the CA still answers, so that https://localhost keeps
// working. [CA.PEM] does not hold the authority that signed it. An expired
// certificate is allowed, since a test may need one, and leaves a note. Call
// UseCertificate before the first handshake.
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
	ca.given.Store(&certificate)
	return nil
}

// covers tells whether a certificate names a host.
func covers(certificate *tls.Certificate, h host) bool {
	return h != (host{}) && certificate.Leaf.VerifyHostname(h.String()) == nil
}

// A leafCache keeps certificates that were made. The zero value is empty.
type leafCache struct {
	mu     sync.Mutex
	leaves map[host]cachedLeaf
}

type cachedLeaf struct {
	certificate *tls.Certificate
	renew       time.Time
}

// get returns the certificate for h. It makes one if there is none that is valid
// now. Handshakes at the same time wait for it. A full cache starts anew.
func (c *leafCache) get(h host, now time.Time, create func() (*tls.Certificate, time.Time, error)) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if leaf, ok := c.leaves[h]; ok && now.Before(leaf.renew) && !now.Before(leaf.certificate.Leaf.NotBefore) {
		return leaf.certificate, nil
	}
	certificate, renew, err := create()
	if err != nil {
		return nil, err
	}
	if c.leaves == nil || len(c.leaves) == maxLeaves {
		c.leaves = map[host]cachedLeaf{}
	}
	c.leaves[h] = cachedLeaf{certificate, renew}
	return certificate, nil
}

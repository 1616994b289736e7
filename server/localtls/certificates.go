package localtls

import (
	"container/list"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// maxLeaves bounds the certificates kept for names that clients asked for.
const maxLeaves = 256

// GetCertificate finds or makes the certificate for a handshake. It fits
// [tls.Config.GetCertificate]. A client that names no server, because it was
// given an IP address, gets one for the address that it reached and for the
// usual names. A name that the CA may not sign is an error; its text is a full
// sentence that says what to do.
func (ca *CA) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	asked, err := askedFor(hello)
	own := ca.own.Load()
	if err != nil {
		if own != nil {
			return own.certificate, nil
		}
		return nil, fmt.Errorf("a client asked for %s, which is no name that a certificate could hold; use a DNS name of letters, digits and hyphens", shorten(hello.ServerName))
	}
	if own != nil && own.covers(asked) {
		return own.certificate, nil
	}
	if asked != (host{}) && !slices.Contains(ca.usual, asked) && ca.authority.permits(asked) {
		hosts := []host{asked}
		if asked.name == "" {
			hosts = append(hosts, ca.usual...)
		}
		return ca.leaves.get(asked, func() (*tls.Certificate, time.Time, error) {
			return ca.authority.newLeaf(hosts, ca.now())
		}, ca.now())
	}
	if !slices.Contains(ca.usual, asked) {
		switch {
		case own != nil:
			return own.certificate, nil
		case hello.ServerName != "":
			return nil, fmt.Errorf("a client asked for %s, which the CA may not sign; use localhost, a name below localhost or test, or start with --tls-host %s", shorten(hello.ServerName), asked)
		}
		// The address may lie beyond the constraints, such as that of a container
		// which the client knows as 127.0.0.1: with it inside, no certificate would hold.
	}
	return ca.leaves.get(host{}, func() (*tls.Certificate, time.Time, error) {
		return ca.authority.newLeaf(ca.usual, ca.now())
	}, ca.now())
}

// askedFor is the host that a client wants to talk to, or the zero host if
// nothing tells.
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

// shorten makes what a stranger sent fit for a sentence.
func shorten(name string) string {
	if len(name) > 80 {
		return fmt.Sprintf("%q… (%d bytes)", name[:80], len(name))
	}
	return fmt.Sprintf("%q", name)
}

// A leafCache keeps the certificates that were used last. The zero value is
// empty and ready.
type leafCache struct {
	mu     sync.Mutex
	byHost map[host]*list.Element
	recent list.List // of *cachedLeaf, the last used first
}

// A cachedLeaf is made by whoever comes first; others wait for it.
type cachedLeaf struct {
	host host

	mu          sync.Mutex
	certificate *tls.Certificate
	renew       time.Time
}

// get returns the certificate for h, and makes it if there is none or if it is
// not good at the time now.
func (c *leafCache) get(h host, create func() (*tls.Certificate, time.Time, error), now time.Time) (*tls.Certificate, error) {
	leaf := c.entry(h)
	leaf.mu.Lock()
	defer leaf.mu.Unlock()
	if leaf.certificate != nil && now.Before(leaf.renew) && !now.Before(leaf.certificate.Leaf.NotBefore) {
		return leaf.certificate, nil
	}
	certificate, renew, err := create()
	if err != nil {
		return nil, err
	}
	leaf.certificate, leaf.renew = certificate, renew
	return certificate, nil
}

func (c *leafCache) entry(h host) *cachedLeaf {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byHost[h]; ok {
		c.recent.MoveToFront(e)
		return e.Value.(*cachedLeaf)
	}
	if c.byHost == nil {
		c.byHost = make(map[host]*list.Element)
	}
	if c.recent.Len() == maxLeaves {
		last := c.recent.Back()
		delete(c.byHost, last.Value.(*cachedLeaf).host)
		c.recent.Remove(last)
	}
	leaf := &cachedLeaf{host: h}
	c.byHost[h] = c.recent.PushFront(leaf)
	return leaf
}

package localtls

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// standardDomains are the DNS names that the CA may sign, together with all names
// below them.
var standardDomains = []string{"localhost", "test", "host.docker.internal"}

// standardRanges returns the addresses that the CA may sign.
func standardRanges() []*net.IPNet {
	return []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		// The address of this machine in an Android emulator.
		{IP: net.IPv4(10, 0, 2, 2).To4(), Mask: net.CIDRMask(32, 32)},
	}
}

// The names in the certificate for a client that names none.
var (
	usualNames = []string{"localhost", "host.docker.internal"}
	usualIPs   = []string{"127.0.0.1", "::1", "10.0.2.2"}
)

const maxHosts = 100 // names that a user may add; one certificate has all of them

var errNotAName = errors.New("not a DNS name")

// cleanName returns a DNS name in the form that is compared and signed: in lower case,
// without a final dot. It fails for what no certificate can name.
func cleanName(name string) (string, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || len(name) > 253 {
		return "", errNotAName
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "", errNotAName
		}
		for _, c := range []byte(label) {
			switch {
			case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
			default:
				return "", errNotAName
			}
		}
	}
	return name, nil
}

// cleanIP returns an address in the form that is compared and signed.
func cleanIP(ip netip.Addr) netip.Addr { return ip.Unmap().WithZone("") }

// A host is a DNS name or an IP address.
type host struct {
	name string // "" for an address
	ip   netip.Addr
}

func (h host) String() string {
	if h.name == "" {
		return h.ip.String()
	}
	return h.name
}

// cleanHosts reads the hosts that a user gave, sorts them and removes doubles.
// "*.acme.dev" means acme.dev, because the names below it are always included.
func cleanHosts(given []string) ([]host, error) {
	if len(given) > maxHosts {
		return nil, fmt.Errorf("%d TLS host names were given, and at most %d are allowed; leave some --tls-host out", len(given), maxHosts)
	}
	all := map[string]host{}
	for _, g := range given {
		trimmed := strings.TrimSpace(g)
		if ip, err := netip.ParseAddr(strings.Trim(trimmed, "[]")); err == nil {
			ip = cleanIP(ip)
			all[ip.String()] = host{ip: ip}
			continue
		}
		name, err := cleanName(strings.TrimPrefix(trimmed, "*."))
		if err != nil {
			return nil, fmt.Errorf("the TLS host %q is neither a DNS name nor an IP address; give --tls-host a name without scheme, port or path, such as auth.acme.dev", g)
		}
		all[name] = host{name: name}
	}
	var hosts []host
	for _, name := range slices.Sorted(maps.Keys(all)) {
		hosts = append(hosts, all[name])
	}
	return hosts, nil
}

// permits tells whether a CA certificate lets its key sign a host. It reads the
// constraints in the certificate, because clients do, and because the user may have
// put another CA into the folder.
func permits(ca *x509.Certificate, h host) bool {
	if h.name != "" {
		below := func(domain string) bool { return isBelow(h.name, domain) }
		return !slices.ContainsFunc(ca.ExcludedDNSDomains, below) &&
			(len(ca.PermittedDNSDomains) == 0 || slices.ContainsFunc(ca.PermittedDNSDomains, below))
	}
	ip := net.IP(h.ip.AsSlice())
	inside := func(r *net.IPNet) bool { return r.Contains(ip) }
	return !slices.ContainsFunc(ca.ExcludedIPRanges, inside) &&
		(len(ca.PermittedIPRanges) == 0 || slices.ContainsFunc(ca.PermittedIPRanges, inside))
}

func isBelow(name, domain string) bool {
	domain = strings.ToLower(domain)
	if below, ok := strings.CutPrefix(domain, "."); ok {
		return strings.HasSuffix(name, "."+below) // a domain with a leading dot does not mean itself
	}
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// beyondStandard returns those of the hosts that a CA with the standard names may not
// sign.
func beyondStandard(hosts []host) []host {
	standard := &x509.Certificate{PermittedDNSDomains: standardDomains, PermittedIPRanges: standardRanges()}
	return slices.DeleteFunc(slices.Clone(hosts), func(h host) bool { return permits(standard, h) })
}

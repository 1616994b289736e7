package localtls

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// reached is a connection that tells where it arrived, and can do nothing else.
type reached struct {
	net.Conn
	at net.Addr
}

func (r reached) LocalAddr() net.Addr { return r.at }

func reachedAt(ip string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{Conn: reached{at: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(ip), 2884))}}
}

func TestLeafForEachName(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	usual := []string{"localhost", "127.0.0.1", "::1", "10.0.2.2", "host.docker.internal"}
	for _, c := range []struct {
		name  string
		hello *tls.ClientHelloInfo
		good  []string
	}{
		{"localhost", &tls.ClientHelloInfo{ServerName: "localhost"}, usual},
		{"upper case and a final dot", &tls.ClientHelloInfo{ServerName: "LocalHost."}, usual},
		{"docker", &tls.ClientHelloInfo{ServerName: "host.docker.internal"}, usual},
		{"no name, no connection", &tls.ClientHelloInfo{}, usual},
		{"no name, 127.0.0.1", reachedAt("127.0.0.1"), usual},
		{"no name, ::1", reachedAt("::1"), usual},
		{"no name, mapped", reachedAt("::ffff:127.0.0.1"), usual},
		{"no name, another loopback", reachedAt("127.8.9.10"), append(usual, "127.8.9.10")},
		{"no name, a container's address", reachedAt("172.17.0.2"), usual},
		{"no name, with a zone", reachedAt("fe80::1%eth0"), usual},
		{"no name, no TCP", &tls.ClientHelloInfo{Conn: reached{at: &net.UnixAddr{Name: "x"}}}, usual},
		{"an address as a name", &tls.ClientHelloInfo{ServerName: "127.0.0.1"}, usual},
		{"below localhost", &tls.ClientHelloInfo{ServerName: "foo.localhost"}, []string{"foo.localhost"}},
		{"deep below localhost", &tls.ClientHelloInfo{ServerName: "a.b.c.localhost"}, []string{"a.b.c.localhost"}},
		{"below test", &tls.ClientHelloInfo{ServerName: "tenant.test"}, []string{"tenant.test"}},
		{"with an underscore", &tls.ClientHelloInfo{ServerName: "my_app.test"}, []string{"my_app.test"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaf, err := ca.GetCertificate(c.hello)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range c.good {
				if ip := net.ParseIP(name); ip != nil {
					name = "[" + name + "]"
				}
				if err := verify(ca, leaf, name); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if got := len(leaf.Leaf.DNSNames) + len(leaf.Leaf.IPAddresses); got != len(c.good) {
				t.Errorf("the certificate names %v %v, want %v", leaf.Leaf.DNSNames, leaf.Leaf.IPAddresses, c.good)
			}
			if life := leaf.Leaf.NotAfter.Sub(leaf.Leaf.NotBefore); life > 398*day {
				t.Errorf("the certificate lives %v, and browsers allow 398 days", life)
			}
			if _, ok := leaf.PrivateKey.(*ecdsa.PrivateKey); !ok {
				t.Errorf("the key is a %T", leaf.PrivateKey)
			}
			if again, _ := ca.GetCertificate(c.hello); again != leaf {
				t.Error("the second handshake has another certificate")
			}
		})
	}
}

func TestRefusedNames(t *testing.T) {
	var told []error
	ca := open(t, Options{InMemory: true, Refused: func(err error) { told = append(told, err) }})
	names := []string{
		"example.com", "localhost.example.com", "xlocalhost", "127.0.0.1.example.com", "8.8.8.8", "10.0.2.3", "::2",
		"*.localhost", "*", ".", "..", ".localhost", "a..localhost", "-.test", "a b.test", "a\x00.localhost", "localhost\x00.example.com",
		"ä.test", strings.Repeat("a", 64) + ".test", strings.Repeat("a.", 130) + "test", strings.Repeat("x", 60000),
	}
	for _, name := range names {
		_, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
		if err == nil {
			t.Errorf("%.50q got a certificate", name)
			continue
		}
		if len(err.Error()) > 500 || strings.ContainsAny(err.Error(), "\x00\n") {
			t.Errorf("%.50q: the sentence is not fit for a log: %.600q", name, err)
		}
	}
	if _, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: "example.com"}); !strings.Contains(err.Error(), "--tls-host example.com") {
		t.Errorf("the sentence names no way out: %v", err)
	}
	if len(told) > 0 {
		t.Error("GetCertificate called Refused; only TLSConfig's does")
	}
	if leaf, err := ca.TLSConfig().GetCertificate(&tls.ClientHelloInfo{ServerName: "example.com"}); leaf != nil || err != nil || len(told) != 1 {
		t.Errorf("TLSConfig: %v, %v, and Refused was called %d times", leaf, err, len(told))
	}
	if len(ca.leaves.leaves) > 0 {
		t.Error("a refused name takes room in the cache")
	}
}

// A thief of the CA's key cannot sign for another site: neither
// where constraints of what is trusted count, nor where, as in Java, only those
// of what was signed do.
func TestConstraintsBite(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	lax := *ca.authority.anchor
	lax.PermittedDNSDomains, lax.PermittedIPRanges = nil, nil
	trustsLax, issuers := x509.NewCertPool(), x509.NewCertPool()
	trustsLax.AddCert(&lax)
	issuers.AddCert(ca.authority.issuer)
	for _, forged := range []host{{name: "example.com"}, {name: "localhost.example.com"}, {name: "internal"}, {ip: netip.MustParseAddr("8.8.8.8")}, {ip: netip.MustParseAddr("10.0.2.3")}} {
		// One good name does not save a bad one.
		for _, hosts := range [][]host{{forged}, {{name: "localhost"}, forged}} {
			leaf, _, err := ca.authority.newLeaf(hosts, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			for _, trusted := range []*x509.CertPool{ca.CertPool(), trustsLax} {
				_, err = leaf.Leaf.Verify(x509.VerifyOptions{Roots: trusted, Intermediates: issuers, DNSName: hosts[0].String()})
				var invalid x509.CertificateInvalidError
				if !errors.As(err, &invalid) || invalid.Reason != x509.CANotAuthorizedForThisName {
					t.Errorf("%s: the error is %v, want that the CA is not authorized for this name", forged, err)
				}
			}
		}
	}
	leaf, _, err := ca.authority.newLeaf([]host{{name: "localhost"}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(ca, leaf, "localhost"); err != nil {
		t.Error(err)
	}
	if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: ca.CertPool(), Intermediates: issuers, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}); err == nil {
		t.Error("a certificate of this CA is good for signing programs")
	}
}

func TestLeafIsRenewed(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	now := time.Now()
	ca.now = func() time.Time { return now }
	hello := &tls.ClientHelloInfo{ServerName: "tenant.test"}
	get := func() *tls.Certificate {
		t.Helper()
		leaf, err := ca.GetCertificate(hello)
		if err != nil {
			t.Fatal(err)
		}
		if now.Before(leaf.Leaf.NotBefore) || now.After(leaf.Leaf.NotAfter) {
			t.Errorf("at %v the certificate is valid from %v to %v", now, leaf.Leaf.NotBefore, leaf.Leaf.NotAfter)
		}
		return leaf
	}
	first := get()
	now = now.Add(300 * day)
	if get() != first {
		t.Error("a certificate with months to live was replaced")
	}
	now = now.Add(70 * day)
	second := get()
	if second == first {
		t.Error("a certificate with a month to live was kept")
	}
	now = now.Add(-369 * day) // the clock was set back, to a time before the second
	if third := get(); third == second {
		t.Error("a certificate of the future was kept")
	}
	now = ca.Certificate().NotAfter.Add(-time.Hour)
	get()
	now = now.Add(2 * time.Hour)
	if _, err := ca.GetCertificate(hello); err == nil || !strings.Contains(err.Error(), "the CA expired on") {
		t.Errorf("after the CA's end the error is %v", err)
	}
}

func TestLeafCacheIsBounded(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	hello := func(i int) *tls.ClientHelloInfo {
		return &tls.ClientHelloInfo{ServerName: fmt.Sprintf("n%d.localhost", i)}
	}
	first, err := ca.GetCertificate(hello(0))
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxLeaves + 50 {
		if _, err := ca.GetCertificate(hello(i)); err != nil {
			t.Fatal(err)
		}
		if i == maxLeaves/2 {
			if again, _ := ca.GetCertificate(hello(0)); again != first {
				t.Error("a certificate was dropped before the cache was full")
			}
		}
	}
	if n := len(ca.leaves.leaves); n > maxLeaves {
		t.Errorf("the cache holds %d certificates, and may hold %d", n, maxLeaves)
	}
}

func TestOneLeafForManyAtOnce(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	made := make([]*tls.Certificate, 32)
	var wg sync.WaitGroup
	for i := range made {
		wg.Go(func() { made[i], _ = ca.GetCertificate(&tls.ClientHelloInfo{ServerName: "tenant.test"}) })
	}
	wg.Wait()
	for _, leaf := range made {
		if leaf == nil || leaf != made[0] {
			t.Fatal("handshakes at the same time have different certificates")
		}
	}
}

// writePair writes a certificate and its key where UseCertificate can read them.
func writePair(t *testing.T, leaf *tls.Certificate) (certFile, keyFile string) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: leaf.Certificate[0]},
		keyFile:  {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func TestUseCertificate(t *testing.T) {
	other := open(t, Options{InMemory: true, Hosts: []string{"auth.acme.dev"}})
	acme := host{name: "auth.acme.dev"}
	theirs, _, err := other.authority.newLeaf([]host{acme}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ca := open(t, Options{InMemory: true})
	if err := ca.UseCertificate(writePair(t, theirs)); err != nil {
		t.Fatal(err)
	}
	for name, own := range map[string]bool{"auth.acme.dev": true, "localhost": false, "tenant.test": false, "example.com": true, "a\x00b": true} {
		leaf, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
		if err != nil || leaf.Leaf.Equal(theirs.Leaf) != own {
			t.Errorf("%q: is it the user's own certificate: %v, want %v (%v)", name, !own, own, err)
		}
	}
	if leaf, err := ca.GetCertificate(reachedAt("172.17.0.2")); err != nil || !leaf.Leaf.Equal(theirs.Leaf) {
		t.Errorf("an address that the CA may not sign: %v", err)
	}
	if leaf, err := ca.GetCertificate(reachedAt("127.0.0.1")); err != nil || leaf.Leaf.Equal(theirs.Leaf) {
		t.Errorf("127.0.0.1 has no certificate of the CA: %v", err)
	}

	old, _, err := other.authority.newLeaf([]host{acme}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ca.now = func() time.Time { return time.Now().Add(500 * day) }
	if err := ca.UseCertificate(writePair(t, old)); err != nil || !slices.ContainsFunc(ca.Notes(), func(n string) bool { return strings.Contains(n, "expired on") }) {
		t.Errorf("an expired certificate: %v, notes %q", err, ca.Notes())
	}
	ca.now = func() time.Time { return time.Now().Add(-500 * day) }
	if err := ca.UseCertificate(writePair(t, old)); err != nil || !slices.ContainsFunc(ca.Notes(), func(n string) bool { return strings.Contains(n, "is valid from") }) {
		t.Errorf("a certificate of the future: %v, notes %q", err, ca.Notes())
	}

	cert, _ := writePair(t, theirs)
	_, key := writePair(t, mustLeaf(t, ca, "tenant.test"))
	for _, pair := range [][2]string{{cert, key}, {cert, cert}, {key, key}, {"missing.pem", key}} {
		if err := ca.UseCertificate(pair[0], pair[1]); err == nil || !strings.Contains(err.Error(), pair[0]) || !strings.Contains(err.Error(), "--tls-cert") {
			t.Errorf("%v: the error is %v", pair, err)
		}
	}
}

func mustLeaf(t *testing.T, ca *CA, name string) *tls.Certificate {
	t.Helper()
	ca.now = time.Now
	leaf, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

func FuzzServerName(f *testing.F) {
	for _, seed := range []string{"localhost", "a.test", "*.localhost", "example.com", "a\x00b", "[::1]", "127.0.0.1", "::1%lo", "xn--a.test", "LOCALHOST."} {
		f.Add(seed)
	}
	ca, err := NewInMemory()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		leaf, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
		if err != nil {
			return
		}
		// Whatever was signed, a client accepts for what it asked.
		asked := strings.TrimSuffix(name, ".")
		if ip, err := netip.ParseAddr(name); err == nil {
			asked = cleanIP(ip).String()
		}
		if err := verify(ca, leaf, asked); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	})
}

func TestNobodyIsToldToTrustAnotherCAForNamesThatTheirCertificateCovers(t *testing.T) {
	ours := open(t, Options{Dir: t.TempDir(), Hosts: []string{"auth.acme.dev"}})
	pair, err := ours.GetCertificate(&tls.ClientHelloInfo{ServerName: "auth.acme.dev"})
	if err != nil {
		t.Fatal(err)
	}
	for host, notes := range map[string]int{"auth.acme.dev": 0, "auth.other.dev": 1} {
		ca := open(t, Options{Dir: t.TempDir(), Hosts: []string{host}})
		if err := ca.UseCertificate(writePair(t, pair)); err != nil {
			t.Fatal(err)
		}
		if got := ca.Notes(); len(got) != notes {
			t.Errorf("%s: %q", host, got)
		}
	}
}

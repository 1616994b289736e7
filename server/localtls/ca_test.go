package localtls

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, o Options) *CA {
	t.Helper()
	ca, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// verify is what a client does with the chain of a handshake if it trusts the CA.
func verify(ca *CA, leaf *tls.Certificate, name string) error {
	chain := x509.NewCertPool()
	for _, der := range leaf.Certificate[1:] {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		chain.AddCert(cert)
	}
	_, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: ca.CertPool(), Intermediates: chain, DNSName: name})
	return err
}

func TestCAIsMadeOnceAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "ca")
	first := open(t, Options{Dir: dir})
	second := open(t, Options{Dir: dir})
	if !first.Created() || second.Created() {
		t.Errorf("Created: first %v, second %v; want true, false", first.Created(), second.Created())
	}
	if !first.Certificate().Equal(second.Certificate()) {
		t.Error("the second Open has another CA")
	}
	if onDisk, _ := os.ReadFile(first.Path()); string(onDisk) != string(first.PEM()) || first.Path() != filepath.Join(dir, "ca.pem") {
		t.Errorf("Path is %s, and its content is not what PEM returns", first.Path())
	}
	if notes := second.Notes(); len(notes) > 0 {
		t.Errorf("a healthy CA has notes: %q", notes)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Join(dir, "ca-key.pem"): 0o600, filepath.Join(dir, "ca.pem"): 0o644} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v (%v), want %v", path, info.Mode().Perm(), err, want)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("the folder holds %v, want two files", entries)
	}
}

func TestCAShape(t *testing.T) {
	a := open(t, Options{Dir: t.TempDir()}).authority
	for pathLen, cert := range []*x509.Certificate{a.issuer, a.anchor} {
		checkShape(t, cert, pathLen)
	}
	kept, err := a.keyPEM()
	if err != nil {
		t.Fatal(err)
	}
	key, err := parseKey(kept)
	if err != nil || strings.Count(string(kept), "PRIVATE KEY-----") != 2 {
		t.Fatalf("the key file holds more or less than one key: %v", err)
	}
	if public := key.Public().(*ecdsa.PublicKey); !public.Equal(a.issuer.PublicKey) || public.Equal(a.anchor.PublicKey) {
		t.Error("the key that is kept is not that of the issuer alone")
	}
}

func checkShape(t *testing.T, cert *x509.Certificate, pathLen int) {
	t.Helper()
	if !cert.IsCA || cert.MaxPathLen != pathLen || !cert.PermittedDNSDomainsCritical || cert.KeyUsage != x509.KeyUsageCertSign {
		t.Errorf("the CA is not as it should be: %+v", cert)
	}
	if want := []string{"localhost", "test", "host.docker.internal"}; !slices.Equal(cert.PermittedDNSDomains, want) {
		t.Errorf("permitted names are %v, want %v", cert.PermittedDNSDomains, want)
	}
	var ranges []string
	for _, r := range cert.PermittedIPRanges {
		ranges = append(ranges, r.String())
	}
	if want := []string{"127.0.0.0/8", "::1/128", "10.0.2.2/32"}; !slices.Equal(ranges, want) {
		t.Errorf("permitted addresses are %v, want %v", ranges, want)
	}
	if years := time.Until(cert.NotAfter).Hours() / 24 / 365; years < 9.9 || years > 10.1 {
		t.Errorf("the CA lives %.1f years, want 10", years)
	}
}

func TestInMemoryWritesNothing(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("AppData", home)
	a, err := NewInMemory()
	if err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(home); len(entries) > 0 || a.Path() != "" {
		t.Errorf("in memory, yet the path is %q and the folder holds %v", a.Path(), entries)
	}
	if b := open(t, Options{InMemory: true}); a.Certificate().Equal(b.Certificate()) || a.Certificate().Subject.String() == b.Certificate().Subject.String() {
		t.Error("two CAs in memory are the same, or have the same name")
	}
}

func TestDefaultDir(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("HOME", home)
	t.Setenv("AppData", home)
	want, err := DefaultDir()
	if err != nil || !strings.HasPrefix(want, home) || !strings.HasSuffix(want, filepath.Join("mockauth0", "ca")) {
		t.Errorf("DefaultDir is %q, %v", want, err)
	}
	if got := open(t, Options{}).Path(); got != filepath.Join(want, "ca.pem") {
		t.Errorf("the CA is at %s, want it in %s", got, want)
	}
	if runtime.GOOS == "linux" {
		t.Setenv("XDG_CONFIG_HOME", "")
		t.Setenv("HOME", "")
		if _, err := Open(Options{}); !errors.Is(err, ErrNoStorage) || !strings.Contains(err.Error(), "--tls-dir") {
			t.Errorf("without a home the error is %v", err)
		}
	}
}

func TestHostsBeyondTheConstraints(t *testing.T) {
	dir := t.TempDir()
	usual := open(t, Options{Dir: dir, Hosts: []string{"auth.test", "deep.tenant.localhost", "127.0.0.7", "[::1]", "LOCALHOST."}})
	if len(usual.Beyond()) > 0 || len(usual.Notes()) > 0 || filepath.Base(usual.Path()) != "ca.pem" {
		t.Errorf("names within the constraints made another CA: %v at %s", usual.Beyond(), usual.Path())
	}
	another := open(t, Options{Dir: dir, Hosts: []string{"Auth.Acme.dev", "192.168.1.5", "auth.test", "*.acme.dev", "mockauth0"}})
	if want := []string{"192.168.1.5", "acme.dev", "auth.acme.dev", "mockauth0"}; !slices.Equal(another.Beyond(), want) {
		t.Errorf("Beyond is %v, want %v", another.Beyond(), want)
	}
	if another.Path() == usual.Path() || filepath.Dir(another.Path()) != dir || !another.Created() {
		t.Errorf("the other CA is at %s", another.Path())
	}
	if notes := another.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "auth.acme.dev") || !strings.Contains(notes[0], another.Path()) {
		t.Errorf("notes are %q", notes)
	}
	again := open(t, Options{Dir: dir, Hosts: []string{"mockauth0", "mockauth0", "auth.acme.dev", "acme.dev.", "192.168.1.5"}})
	if !again.Certificate().Equal(another.Certificate()) || again.Created() {
		t.Error("the same hosts in another order made another CA")
	}
	if now := open(t, Options{Dir: dir}); !now.Certificate().Equal(usual.Certificate()) {
		t.Error("the usual CA changed")
	}
	memory := open(t, Options{InMemory: true, Hosts: []string{"auth.acme.dev"}})
	if len(memory.Beyond()) > 0 || len(memory.Notes()) > 0 {
		t.Error("a CA in memory needs no second one")
	}
	for _, ca := range []*CA{another, again, memory} {
		for _, name := range []string{"auth.acme.dev", "localhost", "foo.test", ""} {
			leaf, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
			if err != nil {
				t.Errorf("%q: %v", name, err)
				continue
			}
			if err := verify(ca, leaf, name); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
	leaf, _ := another.GetCertificate(&tls.ClientHelloInfo{})
	if err := verify(another, leaf, "192.168.1.5"); err != nil {
		t.Errorf("the address that a user added: %v", err)
	}
}

func TestBadHosts(t *testing.T) {
	for _, bad := range []string{"", " ", "https://auth.acme.dev", "auth.acme.dev:2884", "a b", "*.*.dev", "-a.dev", "a..b", ".dev", "ä.dev", strings.Repeat("a", 64) + ".dev", "a\x00.dev"} {
		_, err := Open(Options{InMemory: true, Hosts: []string{bad}})
		if err == nil || !strings.Contains(err.Error(), "--tls-host") {
			t.Errorf("%q: the error is %v", bad, err)
		}
	}
	if _, err := Open(Options{InMemory: true, Hosts: make([]string, maxHosts+1)}); err == nil {
		t.Error("too many hosts are no error")
	}
}

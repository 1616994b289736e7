// Package localtls lets one port of this machine speak both http and https.
//
//   - A [CA] is a certificate authority of one machine. It is made once and kept in
//     a folder. It makes a certificate for each name that a client asks for. Name
//     constraints limit it to names that mean this machine, so nobody can misuse
//     it for another site.
//   - A [Listener] looks at the first byte of each connection and answers with TLS
//     or without.
//   - A [TrustStore] makes an operating system trust the CA. [Advice] says how to do
//     that for each language runtime.
//
// Unlike Auth0, whose certificates come from a public authority, clients must be
// told to trust this one.
package localtls

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Options say where a CA is kept and which names it can sign. The zero value means
// the CA of this user on this machine, with the standard names.
type Options struct {
	// Dir is the folder of the CA. It is made if it does not exist. Empty means
	// [DefaultDir].
	Dir string
	// InMemory makes a new CA that is not written to disk. Dir is then ignored.
	InMemory bool
	// Hosts are more DNS names and IP addresses that the CA must be able to
	// sign. The standard ones are localhost and *.localhost, *.test,
	// host.docker.internal, 127.0.0.0/8, ::1 and 10.0.2.2. Other names need
	// another CA; see [CA.Beyond].
	Hosts []string
	// Refused, if not nil, is called for each handshake that fails because the
	// CA may not sign the name that the client asked for. The error is a full
	// sentence. Many goroutines may call Refused at once.
	Refused func(error)
}

// A CA is a certificate authority for names that mean this machine. It makes the
// certificates of a TLS server, each at the first handshake that needs it. It is
// safe for use by many goroutines and needs no closing.
type CA struct {
	authority *authority
	path      string
	copied    bool // CopyTo was called, so the clients know where the certificate is
	beyond    []string
	notes     []string
	created   bool
	refused   func(error)
	now       func() time.Time

	usual  []host                          // the names in the certificate for a client that names none
	given  atomic.Pointer[tls.Certificate] // the user's own certificate, or nil
	leaves leafCache
}

// realNow is the only place in this package that reads the time. Clients check
// certificates by their own clocks, so a tenant's clock does not count here.
func realNow() time.Time { return time.Now() }

// DefaultDir returns the folder of the CA if the user named none: mockauth0/ca in the
// folder for the user's configuration. It fails if the system has no such folder,
// as in a container without HOME.
func DefaultDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to keep the CA in (%w); name one with --tls-dir", err)
	}
	return filepath.Join(dir, "mockauth0", "ca"), nil
}

// NewInMemory makes a CA with the standard names that is not written to disk.
func NewInMemory() (*CA, error) { return Open(Options{InMemory: true}) }

// Open loads the CA from its folder. If there is none it makes one. It never
// overwrites a CA: if a file is damaged, missing or expired, the error names the
// file. If several processes start at once, one makes the CA and all use it.
//
// If the folder cannot be read or written, errors.Is(err, [ErrNoStorage]) is true.
// The caller can then use a CA in memory.
func Open(o Options) (*CA, error) {
	hosts, err := cleanHosts(o.Hosts)
	if err != nil {
		return nil, err
	}
	ca := &CA{refused: o.Refused, now: realNow}
	if o.InMemory {
		err = ca.openInMemory(hosts)
	} else {
		err = ca.openDir(o.Dir, hosts)
	}
	if err != nil {
		return nil, err
	}
	ca.usual = ca.authority.allowed(append(usualHosts(), hosts...))
	if len(ca.usual) == 0 {
		return nil, fmt.Errorf("the CA at %s may sign neither localhost nor 127.0.0.1; put one there that may, or delete ca.pem and ca-key.pem and start again", ca.path)
	}
	return ca, nil
}

func (ca *CA) openInMemory(hosts []host) (err error) {
	// No client trusts this CA yet, so it can sign all names. It must be valid
	// from 1999: a test in a bubble of testing/synctest, where it is the year 2000,
	// can make the CA of the whole process.
	ca.created = true
	ca.authority, err = newAuthority(beyondStandard(hosts), time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), ca.now().AddDate(100, 0, 0))
	return err
}

func (ca *CA) openDir(dir string, hosts []host) (err error) {
	if dir == "" {
		if dir, err = DefaultDir(); err != nil {
			return &sentence{text: err.Error(), causes: []error{ErrNoStorage, err}}
		}
	}
	files := filesIn(dir, nil)
	if ca.authority, ca.created, err = files.open(nil, ca.now()); err != nil {
		return err
	}
	beyond := slices.DeleteFunc(slices.Clone(hosts), func(h host) bool { return ca.authority.permits(h) })
	if len(beyond) > 0 {
		files = filesIn(dir, beyond)
		if ca.authority, ca.created, err = files.open(beyond, ca.now()); err != nil {
			return err
		}
		for _, h := range beyond {
			if !ca.authority.permits(h) {
				return files.unusable(files.cert, fmt.Errorf("its certificate may not sign %s", h))
			}
			ca.beyond = append(ca.beyond, h.String())
		}
	}
	ca.path = files.cert
	if left := ca.authority.anchor.NotAfter.Sub(ca.now()); left < 30*day {
		ca.note("The CA at %s expires on %s.", ca.path, date(ca.authority.anchor.NotAfter))
	}
	if files.keyIsOpen() {
		ca.note("Others on this machine can read the CA's key; run: chmod 600 %s", files.key)
	}
	return nil
}

func (ca *CA) note(format string, args ...any) {
	ca.notes = append(ca.notes, fmt.Sprintf(format, args...))
}

// usualHosts returns the standard names that need no wildcard.
func usualHosts() []host {
	var hosts []host
	for _, name := range usualNames {
		hosts = append(hosts, host{name: name})
	}
	for _, ip := range usualIPs {
		hosts = append(hosts, host{ip: netip.MustParseAddr(ip)})
	}
	return hosts
}

// PEM returns the certificate that a client must trust, in PEM.
func (ca *CA) PEM() []byte { return ca.authority.certPEM() }

// Path returns the name of a file that holds what [CA.PEM] returns: the file of
// [CA.CopyTo] if that was called, else the CA's own. It is empty for a CA in memory
// that was not copied.
func (ca *CA) Path() string { return ca.path }

// Created tells whether [Open] has just made the CA, so that no client can trust it
// yet.
func (ca *CA) Created() bool { return ca.created }

// Beyond returns those of [Options.Hosts] that the usual CA of the folder may not
// sign. If there are any, this is another CA, with files of its own. It may sign the
// standard names, these hosts and all names below them. The order of the hosts does
// not matter. For a CA in memory Beyond is always empty.
func (ca *CA) Beyond() []string { return slices.Clone(ca.beyond) }

// Notes returns full sentences that the user should read: that there is another CA,
// that the CA expires soon, that other users can read its key.
func (ca *CA) Notes() []string {
	beyond := ca.Beyond()
	if given := ca.given.Load(); given != nil { // it answers for what it covers
		beyond = slices.DeleteFunc(beyond, func(name string) bool { return given.Leaf.VerifyHostname(name) == nil })
	}
	if len(beyond) == 0 || ca.copied {
		return slices.Clone(ca.notes)
	}
	return append([]string{fmt.Sprintf("%s lies outside the names that the usual CA may sign, so another CA signs for it and for every name below it: a client must trust %s.",
		strings.Join(beyond, ", "), ca.path)}, ca.notes...)
}

// Certificate returns the certificate that a client must trust. It must not be
// changed.
func (ca *CA) Certificate() *x509.Certificate { return ca.authority.anchor }

// CertPool returns a new pool with this CA alone, for a client in Go.
func (ca *CA) CertPool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.authority.anchor)
	return pool
}

// TLSConfig returns a new configuration for a server, with TLS 1.2 or later, HTTP/2
// and HTTP/1.1. [CA.GetCertificate] makes its certificates.
func (ca *CA) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			leaf, err := ca.GetCertificate(hello)
			if err != nil && ca.refused != nil {
				ca.refused(err)
				// For no certificate and no error crypto/tls sends the alert
				// unrecognized_name. For an error it would send internal_error, which
				// tells the client less.
				return nil, nil
			}
			return leaf, err
		},
	}
}

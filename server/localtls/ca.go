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

// Options say where a CA is kept and what it must be able to sign. The zero
// value is the CA of this user on this machine, with the standard names.
type Options struct {
	// Dir is the folder that holds the CA, made if it is not there. Empty
	// means [DefaultDir].
	Dir string
	// InMemory makes a new CA that is written nowhere. Dir is then ignored.
	InMemory bool
	// Hosts are DNS names and IP addresses to answer for besides the standard
	// ones: localhost and *.localhost, *.test, host.docker.internal,
	// 127.0.0.0/8, ::1 and 10.0.2.2. Names beyond these need a CA of their
	// own; see [CA.Beyond].
	Hosts []string
	// Refused, if not nil, is told about each handshake that failed because
	// no certificate may be made for the name that the client asked for. Its
	// argument is a full sentence. It may be called from many goroutines.
	Refused func(error)
}

// A CA is a certificate authority for names that mean this machine. It makes
// the certificates of a TLS server, each at the first handshake that needs it.
// It is safe for use by many goroutines, and needs no closing.
type CA struct {
	authority *authority
	path      string
	copied    bool // to where the clients look, so that they need not be told
	beyond    []string
	notes     []string
	created   bool
	refused   func(error)
	now       func() time.Time

	usual  []host // what the certificate names that answers when a client names nothing
	own    atomic.Pointer[ownCertificate]
	leaves leafCache
}

// DefaultDir is the folder of the CA where the user named none: mockauth0/ca
// below the folder for the user's configuration. It fails where the system
// knows no such folder, such as in a container without HOME.
func DefaultDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to keep the CA in (%w); name one with --tls-dir", err)
	}
	return filepath.Join(dir, "mockauth0", "ca"), nil
}

// NewInMemory makes a CA with the standard names that is written nowhere.
func NewInMemory() (*CA, error) { return Open(Options{InMemory: true}) }

// Open loads the CA from its folder, or makes it if none is there. What is
// there is never overwritten: a CA that is damaged, half missing or expired is
// an error which names the file. Of several processes that start at once, one
// makes the CA and all use it.
//
// An error for which errors.Is(err, [ErrNoStorage]) holds means that the
// folder cannot be read or written; a CA in memory can take its place.
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
	// Nobody has trusted this one yet, so one CA does for all names. It ends with
	// the process, and not before: a test in a bubble of testing/synctest, where
	// it is the year 2000, may make it for all others.
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
	kept := filesIn(dir, nil)
	if ca.authority, ca.created, err = kept.open(nil, ca.now()); err != nil {
		return err
	}
	beyond := slices.DeleteFunc(slices.Clone(hosts), func(h host) bool { return ca.authority.permits(h) })
	if len(beyond) > 0 {
		kept = filesIn(dir, beyond)
		if ca.authority, ca.created, err = kept.open(beyond, ca.now()); err != nil {
			return err
		}
		for _, h := range beyond {
			if !ca.authority.permits(h) {
				return kept.unusable(kept.cert, fmt.Errorf("its certificate may not sign %s", h))
			}
			ca.beyond = append(ca.beyond, h.String())
		}
	}
	ca.path = kept.cert
	if left := ca.authority.anchor.NotAfter.Sub(ca.now()); left < 30*day {
		ca.note("The CA at %s expires on %s.", ca.path, date(ca.authority.anchor.NotAfter))
	}
	if kept.keyIsOpen() {
		ca.note("Others on this machine can read the CA's key; run: chmod 600 %s", kept.key)
	}
	return nil
}

func (ca *CA) note(format string, args ...any) {
	ca.notes = append(ca.notes, fmt.Sprintf(format, args...))
}

// usualHosts are the standard names that need no wildcard.
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

// PEM is the certificate that a client must trust, in PEM.
func (ca *CA) PEM() []byte { return ca.authority.certPEM() }

// Path is a file that holds what [CA.PEM] returns: the one of [CA.CopyTo] if
// that was called, else the CA's own. It is empty for a CA in memory that was
// not copied.
func (ca *CA) Path() string { return ca.path }

// Created tells whether this call of [Open] made the CA, so that no client can
// trust it yet.
func (ca *CA) Created() bool { return ca.created }

// Beyond lists the hosts which the usual CA of the folder may not sign. If
// there are any, this is another CA: it may sign the standard names, these,
// and the names below these, and has files of its own, the same for the same
// hosts in whatever order. It is always empty for a CA in memory.
func (ca *CA) Beyond() []string { return slices.Clone(ca.beyond) }

// Notes are full sentences that the user should read: about another CA,
// a coming expiry, a key that others can read.
func (ca *CA) Notes() []string {
	if len(ca.beyond) == 0 || ca.copied {
		return slices.Clone(ca.notes)
	}
	return append([]string{fmt.Sprintf("%s lies outside the names that the usual CA may sign, so another CA signs for it and for every name below it: a client must trust %s.",
		strings.Join(ca.beyond, ", "), ca.path)}, ca.notes...)
}

// Certificate is the one that a client must trust. It must not be changed.
func (ca *CA) Certificate() *x509.Certificate { return ca.authority.anchor }

// CertPool is a new pool that holds this CA alone, for a client in Go.
func (ca *CA) CertPool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.authority.anchor)
	return pool
}

// TLSConfig is a new configuration for a server: TLS 1.2 or later, HTTP/2 and
// HTTP/1.1, certificates by [CA.GetCertificate].
func (ca *CA) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			leaf, err := ca.GetCertificate(hello)
			if err != nil && ca.refused != nil {
				ca.refused(err)
				// Without a certificate and without an error crypto/tls sends the alert
				// unrecognized_name, which tells the client more than internal_error.
				return nil, nil
			}
			return leaf, err
		},
	}
}

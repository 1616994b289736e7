package localtls

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// ErrNoStorage is in the chain of an error of [Open] if the CA's folder or a file in
// it cannot be read or written. The cause, such as [io/fs.ErrPermission], is in the
// chain as well.
var ErrNoStorage = errors.New("the CA cannot be kept on disk")

// A store is the two files of a CA.
type store struct{ dir, cert, key string }

// filesIn returns the files in a folder: ca.pem and ca-key.pem. For a CA with hosts
// beyond the usual ones, their names derive from these hosts.
func filesIn(dir string, beyond []host) store {
	base := "ca"
	if len(beyond) > 0 {
		hash := sha256.New()
		for _, h := range beyond { // sorted and without doubles
			fmt.Fprintln(hash, h)
		}
		base += "-" + hex.EncodeToString(hash.Sum(nil)[:6])
	}
	return store{dir: dir, cert: filepath.Join(dir, base+".pem"), key: filepath.Join(dir, base+"-key.pem")}
}

// open loads the CA, or makes one that may sign extra hosts.
func (s store) open(extra []host, now time.Time) (a *authority, created bool, err error) {
	a, err = s.load(now)
	if !errors.Is(err, errNothingThere) {
		return a, false, err
	}
	if a, err = newAuthority(extra, now.Add(-backdate), now.Add(caLifetime)); err != nil {
		return nil, false, err
	}
	key, err := a.keyPEM()
	if err != nil {
		return nil, false, err
	}
	if err = os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, false, s.noStorage("made", s.dir, err)
	}
	// The process that first links the key file has made the CA. The key file
	// holds the certificate too, so there is never half a CA.
	err = writeNew(s.key, key, 0o600)
	created = err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, false, s.noStorage("written", s.key, err)
	}
	a, err = s.load(now)
	return a, created, err
}

var errNothingThere = errors.New("neither file is there")

// load reads the CA. If there is none, the error is errNothingThere.
func (s store) load(now time.Time) (*authority, error) {
	// The certificate file is written last. If it is there, the key file must be
	// too, so the certificate is read first.
	certPEM, certErr := os.ReadFile(s.cert)
	if certErr != nil && !errors.Is(certErr, fs.ErrNotExist) {
		return nil, s.noStorage("read", s.cert, certErr)
	}
	keyPEM, keyErr := os.ReadFile(s.key)
	if keyErr != nil && !errors.Is(keyErr, fs.ErrNotExist) {
		return nil, s.noStorage("read", s.key, keyErr)
	}
	if keyErr != nil {
		if certErr != nil {
			return nil, errNothingThere
		}
		return nil, s.unusable(s.key, errors.New("the file is missing"))
	}
	key, err := parseKey(keyPEM)
	if err != nil {
		return nil, s.unusable(s.key, err)
	}
	inKeyFile, err := parseCerts(keyPEM)
	if err != nil && !errors.Is(err, errNoCertificate) {
		return nil, s.unusable(s.key, err)
	}
	if certErr != nil {
		// Another process has not written it yet, or somebody deleted it. The key
		// file has a copy.
		if len(inKeyFile) == 0 {
			return nil, s.unusable(s.cert, errors.New("the file is missing"))
		}
		certPEM = encodeCert(inKeyFile[len(inKeyFile)-1])
		if err := writeNew(s.cert, certPEM, 0o644); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, s.noStorage("written", s.cert, err)
		}
	}
	anchors, err := parseCerts(certPEM)
	if err != nil {
		return nil, s.unusable(s.cert, err)
	}
	a, err := join(anchors[0], key, inKeyFile)
	switch {
	case errors.Is(err, errMismatch):
		return nil, s.unusable(s.key, err)
	case err != nil:
		return nil, s.unusable(s.cert, err)
	case now.After(a.anchor.NotAfter):
		return nil, s.unusable(s.cert, fmt.Errorf("it expired on %s", date(a.anchor.NotAfter)))
	case now.Before(a.anchor.NotBefore):
		return nil, s.unusable(s.cert, fmt.Errorf("it is valid from %s only, and this machine's clock shows %s", date(a.anchor.NotBefore), date(now)))
	}
	return a, nil
}

func (s store) unusable(file string, cause error) error {
	return fmt.Errorf("the CA in %s cannot be used, because of %s: %w; restore that file, or delete both %s and %s, start again, and trust the new CA",
		s.dir, filepath.Base(file), cause, filepath.Base(s.cert), filepath.Base(s.key))
}

func (s store) noStorage(verb, file string, cause error) error {
	cause = withoutPath(cause)
	return &sentence{
		text:   fmt.Sprintf("%s could not be %s (%v); name another folder with --tls-dir", file, verb, cause),
		causes: []error{ErrNoStorage, cause},
	}
}

// withoutPath returns the cause of an error of a file, for a sentence that names the
// file already.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// A sentence is an error whose text does not contain that of its causes.
// [errors.Is] and [errors.As] find them.
type sentence struct {
	text   string
	causes []error
}

func (s *sentence) Error() string   { return s.text }
func (s *sentence) Unwrap() []error { return s.causes }

// keyIsOpen tells whether other users of the machine may read the key.
func (s store) keyIsOpen() bool {
	if runtime.GOOS == "windows" { // it has no such bits
		return false
	}
	info, err := os.Stat(s.key)
	return err == nil && info.Mode().Perm()&0o077 != 0
}

// writeNew writes a file, so that no reader ever finds a part of it. It fails with
// fs.ErrExist if there is a file of that name.
func writeNew(path string, data []byte, mode fs.FileMode) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+strings.TrimSuffix(filepath.Base(path), ".pem")+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := fill(temp, data, mode); err != nil {
		return err
	}
	err = os.Link(temp.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return writeNewUnlinked(path, data, mode)
}

// writeNewUnlinked is writeNew for a file system without links. Here a reader can
// find a part of the file, but still only one process makes the file.
func writeNewUnlinked(path string, data []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if err := fill(file, data, mode); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func fill(file *os.File, data []byte, mode fs.FileMode) error {
	_, err := file.Write(data)
	if runtime.GOOS != "windows" {
		err = errors.Join(err, file.Chmod(mode))
	}
	return errors.Join(err, file.Sync(), file.Close())
}

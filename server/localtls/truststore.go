package localtls

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// A TrustStore makes an operating system trust a CA, for the present user only. Its
// fields are what it uses of the machine.
type TrustStore struct {
	// GOOS is the operating system, as in [runtime.GOOS].
	GOOS string
	// Home is the user's home folder.
	Home string
	// SystemRoot is the folder of Windows itself, such as C:\Windows.
	SystemRoot string
	// LookPath finds a program, as [exec.LookPath] does.
	LookPath func(name string) (string, error)
	// Exists tells whether there is a file or folder of that name.
	Exists func(path string) bool
	// MakeDir makes a folder that only the user can read, and the folders above it.
	MakeDir func(path string) error
	// Run runs a program and returns what it printed.
	Run func(ctx context.Context, program string, args ...string) ([]byte, error)
}

// ErrNotInstalled is in the chain of an error of [TrustStore.Install] and
// [TrustStore.Uninstall] if nothing was changed, because the user can change no trust
// store on this machine.
var ErrNotInstalled = errors.New("nothing was changed")

// SystemTrustStore returns the trust store of this machine and user.
func SystemTrustStore() TrustStore {
	home, _ := os.UserHomeDir() // if it is empty, the programs below fail and say so
	return TrustStore{
		GOOS:       runtime.GOOS,
		Home:       home,
		SystemRoot: os.Getenv("SystemRoot"),
		LookPath:   exec.LookPath,
		Exists: func(path string) bool {
			_, err := os.Stat(path)
			return err == nil
		},
		MakeDir: func(path string) error { return os.MkdirAll(path, 0o700) },
		Run: func(ctx context.Context, program string, args ...string) ([]byte, error) {
			return exec.CommandContext(ctx, program, args...).CombinedOutput()
		},
	}
}

// Install makes this machine trust the CA for the present user. It is
// [TrustStore.Install] of [SystemTrustStore].
func Install(ctx context.Context, ca *CA) (report string, err error) {
	return SystemTrustStore().Install(ctx, ca)
}

// Uninstall undoes Install. It is [TrustStore.Uninstall] of [SystemTrustStore].
func Uninstall(ctx context.Context, ca *CA) (report string, err error) {
	return SystemTrustStore().Uninstall(ctx, ca)
}

// Install makes the system trust the CA. The report says in full sentences what was
// done and what the user still has to do. It uses only the rights that the user has.
// macOS and Windows show a window in which the user must confirm. A CA in memory
// cannot be installed. To install a CA twice does no harm.
func (s TrustStore) Install(ctx context.Context, ca *CA) (report string, err error) {
	if ca.Path() == "" {
		return "", errors.New("this CA lives in memory and is gone when the program ends, so it was not installed; keep one on disk with --tls-dir")
	}
	switch s.GOOS {
	case "darwin":
		return s.installDarwin(ctx, ca)
	case "windows":
		return s.installWindows(ctx, ca)
	}
	return s.installNSS(ctx, ca)
}

// Uninstall removes the CA from the system's trust store. The report says in full
// sentences what was done. The files of the CA stay.
func (s TrustStore) Uninstall(ctx context.Context, ca *CA) (report string, err error) {
	if ca.Path() == "" {
		return "", errors.New("this CA lives in memory, so it is installed nowhere; name the folder of the one to remove with --tls-dir")
	}
	switch s.GOOS {
	case "darwin":
		return s.uninstallDarwin(ctx, ca)
	case "windows":
		return s.uninstallWindows(ctx, ca)
	}
	return s.uninstallNSS(ctx, ca)
}

// macOS: the login keychain and the trust settings of the user. The option -d would
// mean the settings of all users and need an administrator.

func (s TrustStore) installDarwin(ctx context.Context, ca *CA) (string, error) {
	err := s.run(ctx, "/usr/bin/security", "add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-p", "basic", "-k", s.loginKeychain(), ca.Path())
	if err != nil {
		return "", fmt.Errorf("macOS did not trust the CA: %w; confirm the question it asks, or open %s in Keychain Access and set it to Always Trust", err, ca.Path())
	}
	return "The CA is in your login keychain and trusted for TLS: Safari, Chrome, curl and programs in Go and Swift accept it. " + stillByVariable, nil
}

func (s TrustStore) uninstallDarwin(ctx context.Context, ca *CA) (string, error) {
	trustErr := s.run(ctx, "/usr/bin/security", "remove-trusted-cert", ca.Path())
	err := s.run(ctx, "/usr/bin/security", "delete-certificate", "-Z", thumbprint(ca), "-t", s.loginKeychain())
	if err != nil {
		return "", fmt.Errorf("macOS did not remove the CA: %w; delete %q in Keychain Access if it is there", errors.Join(trustErr, err), ca.Certificate().Subject.CommonName)
	}
	return "The CA is no longer in your login keychain.", nil
}

func (s TrustStore) loginKeychain() string {
	return s.Home + "/Library/Keychains/login.keychain-db"
}

// Windows: the user's Root store. The path of certutil is complete, because NSS has
// another program of that name.

func (s TrustStore) installWindows(ctx context.Context, ca *CA) (string, error) {
	err := s.run(ctx, s.windowsCertutil(), "-user", "-addstore", "Root", ca.Path())
	if err != nil {
		return "", fmt.Errorf("Windows did not trust the CA: %w; confirm the question it asks, or open %s and install it for the current user into Trusted Root Certification Authorities", err, ca.Path())
	}
	return "The CA is in your user's Trusted Root store: Edge, Chrome and programs in Go and .NET accept it. " + stillByVariable, nil
}

func (s TrustStore) uninstallWindows(ctx context.Context, ca *CA) (string, error) {
	err := s.run(ctx, s.windowsCertutil(), "-user", "-delstore", "Root", thumbprint(ca))
	if err != nil {
		return "", fmt.Errorf("Windows did not remove the CA: %w; delete %q with certmgr.msc if it is there", err, ca.Certificate().Subject.CommonName)
	}
	return "The CA is no longer in your user's Trusted Root store.", nil
}

func (s TrustStore) windowsCertutil() string {
	root := s.SystemRoot
	if root == "" {
		root = `C:\Windows`
	}
	return root + `\System32\certutil.exe`
}

// Linux and others have no trust store of one user. Chromium reads a database of NSS
// in the user's home.

func (s TrustStore) installNSS(ctx context.Context, ca *CA) (string, error) {
	certutil, err := s.LookPath("certutil")
	if err != nil {
		return "", fmt.Errorf("%w: this system has no trust store of a single user, and certutil, which adds a CA to Chromium's, is missing; install it (package libnss3-tools or nss-tools), or point each program at %s (SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and so on)", ErrNotInstalled, ca.Path())
	}
	dir := s.nssFolder()
	database := "sql:" + dir
	if !s.Exists(filepath.Join(dir, "cert9.db")) {
		if err := s.MakeDir(dir); err != nil {
			return "", fmt.Errorf("the folder %s for Chromium's trust store could not be made: %w; make it yourself and try again", dir, err)
		}
		if err := s.run(ctx, certutil, "-d", database, "-N", "--empty-password"); err != nil {
			return "", fmt.Errorf("Chromium's trust store in %s could not be made: %w; start Chromium once and try again", dir, err)
		}
	}
	if err := s.run(ctx, certutil, "-d", database, "-A", "-t", "C,,", "-n", nickname(ca), "-i", ca.Path()); err != nil {
		return "", fmt.Errorf("Chromium's trust store in %s did not take the CA: %w; close Chromium and try again, or import %s in its settings", dir, err, ca.Path())
	}
	return "The CA is in " + dir + ": Chromium and Chrome accept it once they are started anew. Firefox wants it imported in its settings. " +
		"Programs use no trust store of a single user here: give them SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and so on.", nil
}

func (s TrustStore) uninstallNSS(ctx context.Context, ca *CA) (string, error) {
	certutil, err := s.LookPath("certutil")
	if err != nil {
		return "", fmt.Errorf("%w: certutil, which takes a CA out of Chromium's trust store, is missing; install it (package libnss3-tools or nss-tools) if the CA was installed", ErrNotInstalled)
	}
	dir := s.nssFolder()
	if !s.Exists(filepath.Join(dir, "cert9.db")) {
		return "There is no trust store of Chromium in " + dir + ", so the CA was not in it.", nil
	}
	if err := s.run(ctx, certutil, "-d", "sql:"+dir, "-D", "-n", nickname(ca)); err != nil {
		return "", fmt.Errorf("Chromium's trust store in %s did not let go of the CA: %w; delete %q in the browser's settings if it is there", dir, err, nickname(ca))
	}
	return "The CA is no longer in " + dir + ".", nil
}

func (s TrustStore) nssFolder() string { return filepath.Join(s.Home, ".pki", "nssdb") }

// nickname returns the name of the CA in NSS. Every CA has another.
func nickname(ca *CA) string { return ca.Certificate().Subject.CommonName }

// thumbprint returns the name of the certificate for the tools of macOS and Windows.
func thumbprint(ca *CA) string {
	sum := sha1.Sum(ca.Certificate().Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

const stillByVariable = "Node, Python, Java and Ruby keep lists of their own: give them NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and so on."

// run runs a program. The error contains what it printed.
func (s TrustStore) run(ctx context.Context, program string, args ...string) error {
	out, err := s.Run(ctx, program, args...)
	if err == nil {
		return nil
	}
	said := strings.Join(strings.Fields(string(out)), " ")
	if said == "" {
		said = "it printed nothing"
	}
	return fmt.Errorf("%s %s failed (%w: %s)", program, strings.Join(args, " "), err, said)
}

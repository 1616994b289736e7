package localtls

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// A CA that cannot be used is left alone, and the error names the file.
func TestUnusableCA(t *testing.T) {
	other := open(t, Options{Dir: t.TempDir()})
	otherKey, err := os.ReadFile(filepath.Join(filepath.Dir(other.Path()), "ca-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := other.GetCertificate(&tls.ClientHelloInfo{ServerName: "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	leafPEM := encodeCert(leaf.Leaf)
	keyOnly := regexp.MustCompile(`(?s)-----BEGIN CERTIFICATE.*`).ReplaceAll(otherKey, nil)

	for _, c := range []struct {
		name, file, content, want string
	}{
		{"cert is garbage", "ca.pem", "garbage", "ca.pem: it holds no certificate"},
		{"cert is empty", "ca.pem", "", "ca.pem: it holds no certificate"},
		{"cert is damaged", "ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "ca.pem: x509:"},
		{"cert is a leaf", "ca.pem", string(leafPEM), "ca.pem: its certificate is not that of a certificate authority"},
		{"key's own certificate is damaged", "ca-key.pem", string(keyOnly) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "ca-key.pem: x509:"},
		{"key without its certificate", "ca-key.pem", string(keyOnly), "ca-key.pem: its key does not belong"},
		{"key is garbage", "ca-key.pem", "garbage", "ca-key.pem: it holds no private key"},
		{"key is damaged", "ca-key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "ca-key.pem: "},
		{"key of another", "ca-key.pem", string(otherKey), "ca-key.pem: its key does not belong"},
		{"key is gone", "ca-key.pem", "-", "ca-key.pem: the file is missing"},
		{"cert and its copy are gone", "ca.pem", "-", "ca.pem: the file is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			open(t, Options{Dir: dir})
			path := filepath.Join(dir, c.file)
			if c.content == "-" {
				os.Remove(path)
				if c.file == "ca.pem" {
					os.WriteFile(filepath.Join(dir, "ca-key.pem"), keyOnly, 0o600)
				}
			} else if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			before := folder(t, dir)
			_, err := Open(Options{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "delete both ca.pem and ca-key.pem") {
				t.Errorf("the error is %v, want %q in it", err, c.want)
			}
			if errors.Is(err, ErrNoStorage) {
				t.Error("a broken CA passes for a folder that cannot be written")
			}
			if after := folder(t, dir); after != before {
				t.Errorf("the folder was changed:\n%s\nwas\n%s", after, before)
			}
		})
	}
}

func folder(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(e.Name() + "\n" + string(data) + "\n")
	}
	return all.String()
}

func TestCertificateIsRestoredFromTheKeyFile(t *testing.T) {
	dir := t.TempDir()
	before := open(t, Options{Dir: dir})
	if err := os.Remove(before.Path()); err != nil {
		t.Fatal(err)
	}
	after := open(t, Options{Dir: dir})
	if !after.Certificate().Equal(before.Certificate()) || after.Created() {
		t.Error("another CA took the place of the one whose ca.pem was deleted")
	}
	if data, err := os.ReadFile(before.Path()); err != nil || string(data) != string(before.PEM()) {
		t.Errorf("ca.pem was not restored: %v", err)
	}
}

func TestDatesOfTheCA(t *testing.T) {
	files := filesIn(t.TempDir(), nil)
	now := time.Now()
	if _, _, err := files.open(nil, now); err != nil {
		t.Fatal(err)
	}
	if _, err := files.load(now.Add(11 * 365 * day)); err == nil || !strings.Contains(err.Error(), "expired on 20") {
		t.Errorf("an expired CA: %v", err)
	}
	if _, err := files.load(now.Add(-2 * day)); err == nil || !strings.Contains(err.Error(), "this machine's clock shows") {
		t.Errorf("a CA of the future: %v", err)
	}

	// Near its end the CA says so, and certificates end with it.
	dir := t.TempDir()
	if _, _, err := filesIn(dir, nil).open(nil, now.Add(-caLifetime+10*day)); err != nil {
		t.Fatal(err)
	}
	ca := open(t, Options{Dir: dir})
	if notes := ca.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "expires on") {
		t.Errorf("notes are %q", notes)
	}
	leaf, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: "localhost"})
	if err != nil || leaf.Leaf.NotAfter.After(ca.Certificate().NotAfter) {
		t.Errorf("the leaf outlives its CA: %v", err)
	}
}

func TestOpenKeyIsNoted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such bits")
	}
	dir := t.TempDir()
	open(t, Options{Dir: dir})
	if err := os.Chmod(filepath.Join(dir, "ca-key.pem"), 0o644); err != nil {
		t.Fatal(err)
	}
	if notes := open(t, Options{Dir: dir}).Notes(); len(notes) != 1 || !strings.Contains(notes[0], "chmod 600") {
		t.Errorf("notes are %q", notes)
	}
}

func TestFolderThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	certIsFolder := t.TempDir()
	if err := os.Mkdir(filepath.Join(certIsFolder, "ca.pem"), 0o700); err != nil {
		t.Fatal(err)
	}
	dirs := []string{file, filepath.Join(file, "below"), certIsFolder}
	if runtime.GOOS == "linux" {
		dirs = append(dirs, "/proc/mockauth0")
	}
	for _, dir := range dirs {
		_, err := Open(Options{Dir: dir})
		if !errors.Is(err, ErrNoStorage) {
			t.Errorf("%s: the error is %v, want one that is ErrNoStorage", dir, err)
			continue
		}
		if text := err.Error(); !strings.Contains(text, dir) || !strings.HasSuffix(text, "; name another folder with --tls-dir") || strings.Contains(text, "\n") {
			t.Errorf("%s: the sentence is %s", dir, text)
		}
	}
	cause := &fs.PathError{Op: "mkdir", Path: "/x", Err: fs.ErrPermission}
	if err := filesIn("/x", nil).noStorage("made", "/x", cause); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("the cause cannot be found in %v", err)
	}
}

func TestGoroutinesAgreeOnOneCA(t *testing.T) {
	for range 20 {
		dir := filepath.Join(t.TempDir(), "ca")
		cas := make([]*CA, 16)
		errs := make([]error, len(cas))
		var wg sync.WaitGroup
		for i := range cas {
			wg.Go(func() { cas[i], errs[i] = Open(Options{Dir: dir}) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		makers := 0
		for _, ca := range cas {
			if !ca.Certificate().Equal(cas[0].Certificate()) {
				t.Fatal("two goroutines have different CAs")
			}
			if ca.Created() {
				makers++
			}
		}
		if makers != 1 {
			t.Fatalf("%d goroutines say that they made the CA, want 1", makers)
		}
	}
}

const childDir = "LOCALTLS_TEST_DIR"

// TestChild is what TestProcessesAgreeOnOneCA runs in other processes.
func TestChild(t *testing.T) {
	dir := os.Getenv(childDir)
	if dir == "" {
		t.Skip("only for TestProcessesAgreeOnOneCA")
	}
	os.Stdout.Write(open(t, Options{Dir: dir}).PEM())
}

func TestProcessesAgreeOnOneCA(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	const processes = 4
	outputs := make([][]byte, processes)
	errs := make([]error, processes)
	var wg sync.WaitGroup
	for i := range processes {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
			cmd.Env = append(os.Environ(), childDir+"="+dir)
			outputs[i], errs[i] = cmd.Output()
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	want := string(open(t, Options{Dir: dir}).PEM())
	for i, out := range outputs {
		if !strings.Contains(string(out), want) {
			t.Errorf("process %d has another CA:\n%s", i, out)
		}
	}
}

// A CA that the user put into the folder is used as it is.
func TestForeignCA(t *testing.T) {
	dir := t.TempDir()
	kept := filesIn(dir, nil)
	foreign, err := newAuthority(nil, time.Now(), time.Now().Add(caLifetime))
	if err != nil {
		t.Fatal(err)
	}
	key, err := foreign.keyPEM()
	if err != nil {
		t.Fatal(err)
	}
	key = key[:strings.Index(string(key), "-----BEGIN CERTIFICATE")]
	for path, data := range map[string][]byte{kept.cert: encodeCert(foreign.issuer), kept.key: key} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ca := open(t, Options{Dir: dir})
	if !ca.Certificate().Equal(foreign.issuer) || ca.Created() {
		t.Error("the CA in the folder was not used")
	}
	leaf, err := ca.GetCertificate(&tls.ClientHelloInfo{ServerName: "tenant.test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(ca, leaf, "tenant.test"); err != nil || len(leaf.Certificate) != 1 {
		t.Errorf("the chain has %d certificates: %v", len(leaf.Certificate), err)
	}
}

func TestWriteNew(t *testing.T) {
	for name, write := range map[string]func(string, []byte, fs.FileMode) error{"linked": writeNew, "unlinked": writeNewUnlinked} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := write(path, []byte("first"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := write(path, []byte("second"), 0o600); !errors.Is(err, fs.ErrExist) {
				t.Errorf("the second write: %v, want fs.ErrExist", err)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != "first" {
				t.Errorf("the file holds %q, %v", data, err)
			}
			if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
				t.Errorf("the folder holds %v", entries)
			}
		})
	}
}

package localtls

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The copy is alone in its folder, replaces that of an earlier CA, and is what
// a client is told to trust.
func TestCopy(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ca.pem")
	for _, o := range []Options{{InMemory: true}, {Dir: t.TempDir()}, {Dir: t.TempDir(), Hosts: []string{"mockauth0"}}} {
		ca := open(t, o)
		for range 2 { // the second time it is there already
			if err := ca.CopyTo(file); err != nil {
				t.Fatal(err)
			}
		}
		if data, err := os.ReadFile(file); err != nil || string(data) != string(ca.PEM()) {
			t.Errorf("%+v: the copy is %q, %v", o, data, err)
		}
		if ca.Path() != file {
			t.Errorf("%+v: the path is %s", o, ca.Path())
		}
		if notes := ca.Notes(); len(notes) != 0 {
			t.Errorf("%+v: a client is sent elsewhere: %q", o, notes)
		}
		if all, err := os.ReadDir(dir); len(all) != 1 || err != nil {
			t.Errorf("%+v: the folder holds %v, %v", o, all, err)
		}
	}
}

// A copy never replaces a file that somebody else put there.
func TestCopyLeavesOtherFilesAlone(t *testing.T) {
	ca := open(t, Options{InMemory: true})
	ours := string(open(t, Options{InMemory: true}).PEM())
	key, err := ca.authority.keyPEM()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a bundle": ours + ours, "text": "hello", "a key": string(key)} {
		file := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := ca.CopyTo(file); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.ReadFile(file); err != nil || string(now) != content {
			t.Errorf("%s was changed to %q, %v", name, now, err)
		}
		if ca.Path() != "" {
			t.Errorf("%s: the path is %s", name, ca.Path())
		}
	}
	file := filepath.Join(t.TempDir(), "no", "ca.pem")
	if err := ca.CopyTo(file); !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), file) != 1 {
		t.Errorf("a folder that is not there: %v", err)
	}
}

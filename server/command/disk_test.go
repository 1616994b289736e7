package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A faultyDisk is the real one with errors in some places, and tells what was
// done.
type faultyDisk struct {
	disk
	full      string // no new file can be written in this folder
	mounted   string // no file can be renamed to this one
	room      int64  // a file that is there has room for so many bytes
	dies      bool   // only half is written over the old text of a file
	opened    func() // is called before a file is written in place
	synced    map[string]bool
	overwrote int
}

func newFaultyDisk() *faultyDisk {
	d := &faultyDisk{room: 1 << 30, synced: map[string]bool{}, opened: func() {}}
	d.create = func(dir, pattern string) (diskFile, error) {
		file, err := os.CreateTemp(dir, pattern)
		if err != nil {
			return nil, err
		}
		room := int64(1 << 30)
		if dir == d.full {
			room = 3
		}
		return &faultyFile{file, d, room, false}, nil
	}
	d.open = func(name string) (diskFile, error) {
		d.opened()
		d.overwrote++
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		return &faultyFile{file, d, d.room, d.dies}, err
	}
	d.rename = func(from, to string) error {
		if to == d.mounted {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.EBUSY}
		}
		d.synced[to] = d.synced[from]
		return os.Rename(from, to)
	}
	return d
}

type faultyFile struct {
	*os.File
	disk *faultyDisk
	room int64
	dies bool
}

func (f *faultyFile) WriteAt(data []byte, at int64) (int, error) {
	n := max(0, min(f.room-at, int64(len(data))))
	if f.dies && at == 0 {
		n /= 2
	}
	if _, err := f.File.WriteAt(data[:n], at); err != nil || n == int64(len(data)) {
		return int(n), err
	}
	return int(n), &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
}

func (f *faultyFile) Sync() error {
	f.disk.synced[f.Name()] = true
	return f.File.Sync()
}

const (
	oldState   = `{"version": 1, "extends": "default", "users": [{"email": "old@example.com"}]}`
	newState   = `{"version": 1, "extends": "default", "users": [{"email": "old@example.com"}, {"email": "new@example.com"}]}`
	shortState = `{"version": 1}`
)

// fileOn is a state file in a folder, with a text, on a disk. The folder for
// temporary files is another one, which is returned, too.
func fileOn(t *testing.T, d *faultyDisk, text string) (f *stateFile, elsewhere string) {
	t.Helper()
	elsewhere = t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, elsewhere)
	}
	path := write(t, "state.json", text)
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, "state.json")
	}
	return &stateFile{path: path, disk: d.disk}, elsewhere
}

// holds checks what is in a file, and which files are in its folder.
func holds(t *testing.T, path, want string, files ...string) {
	t.Helper()
	if got, err := os.ReadFile(path); string(got) != want {
		t.Errorf("%s holds %q, want %q (%v)", path, got, want, err)
	}
	names := list(t, filepath.Dir(path))
	if got := strings.Join(names, " "); got != strings.Join(files, " ") {
		t.Errorf("beside %s there are %q, want %q", path, got, files)
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A file that is itself a mount is written in place, after a complete copy is
// beside it, on the disk. It is not made anew.
func TestAMountedFileIsWrittenInPlace(t *testing.T) {
	for _, text := range []string{newState, shortState, ""} {
		d := newFaultyDisk()
		f, elsewhere := fileOn(t, d, oldState)
		d.mounted = f.path
		before, _ := os.Stat(f.path)
		beside, _ := f.copies()
		d.opened = func() {
			if !d.synced[beside] {
				t.Error("the file is written in place, and no copy is on the disk")
			}
			holds(t, beside, text, ".state.json.copy", "state.json")
			holds(t, f.path, oldState, ".state.json.copy", "state.json")
		}
		if err := f.save([]byte(text)); err != nil {
			t.Fatal(err)
		}
		holds(t, f.path, text, "state.json")
		if after, _ := os.Stat(f.path); !os.SameFile(before, after) || d.overwrote != 1 || !d.synced[f.path] {
			t.Errorf("it is another file, or not on the disk: written in place %d times", d.overwrote)
		}
		if left := list(t, elsewhere); left != nil {
			t.Errorf("%q is left behind", left)
		}
	}
}

// Where a new file cannot be written beside it, the copy is in the folder for
// temporary files.
func TestTheCopyIsElsewhereWhereItCannotBeBeside(t *testing.T) {
	d := newFaultyDisk()
	f, elsewhere := fileOn(t, d, oldState)
	d.full = filepath.Dir(f.path)
	_, name := f.copies()
	d.opened = func() {
		if !d.synced[name] {
			t.Error("the file is written in place, and no copy is on the disk")
		}
		holds(t, name, newState, filepath.Base(name))
	}
	if err := f.save([]byte(newState)); err != nil {
		t.Fatal(err)
	}
	holds(t, f.path, newState, "state.json")
	if left := list(t, elsewhere); left != nil {
		t.Errorf("%q is left behind", left)
	}
}

// Without a copy the file stays as it is.
func TestWithoutACopyTheFileStays(t *testing.T) {
	d := newFaultyDisk()
	f, _ := fileOn(t, d, oldState)
	d.mounted = f.path
	rename := d.rename
	f.disk.rename = func(from, to string) error {
		if strings.HasSuffix(to, "copy") {
			return &os.LinkError{Err: syscall.EROFS}
		}
		return rename(from, to)
	}
	err := f.save([]byte(newState))
	if !errors.Is(err, syscall.EBUSY) || !errors.Is(err, syscall.EROFS) || d.overwrote != 0 {
		t.Errorf("%v, written in place %d times", err, d.overwrote)
	}
	holds(t, f.path, oldState, "state.json")
	f.disk = d.disk
	d.full, d.mounted = filepath.Dir(f.path), ""
	f.disk.create = func(dir, pattern string) (diskFile, error) {
		if dir != d.full {
			return nil, &os.PathError{Err: syscall.ENOENT} // as in an image without /tmp
		}
		return d.create(dir, pattern)
	}
	err = f.save([]byte(newState))
	if want := syscall.ENOSPC.Error() + "; and to write it in place needs a copy elsewhere first: " + syscall.ENOENT.Error(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	holds(t, f.path, oldState, "state.json")
}

// On a full disk a mounted file keeps the old text, complete, and the error says
// where the new one is.
func TestAFullDiskDoesNotCutAMountedFile(t *testing.T) {
	d := newFaultyDisk()
	f, _ := fileOn(t, d, oldState)
	d.mounted, d.room = f.path, int64(len(oldState))+5
	beside, _ := f.copies()
	err := f.save([]byte(newState))
	if want := syscall.ENOSPC.Error() + "; a complete copy is in " + beside; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	holds(t, f.path, oldState, ".state.json.copy", "state.json")
	holds(t, beside, newState, ".state.json.copy", "state.json")
}

// A program that was killed while it wrote the file in place left it damaged or old,
// and a complete copy. The next one takes the copy, says so, and saves the file.
func TestAStartTakesTheCopy(t *testing.T) {
	d := newFaultyDisk()
	f, _ := fileOn(t, d, oldState)
	d.mounted, d.dies = f.path, true
	beside, _ := f.copies()
	if err := f.save([]byte(newState)); err == nil {
		t.Fatal("there is no error")
	}
	damaged, _ := os.ReadFile(f.path)
	for _, text := range []string{string(damaged), oldState} {
		if err := os.WriteFile(beside, []byte(newState), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		before := time.Now().Add(-time.Hour)
		if err := os.Chtimes(f.path, before, before); err != nil {
			t.Fatal(err)
		}
		_, said := stopped(t, environ(), false, "--log", "text", "--state", f.path)
		if !strings.Contains(said, f.path+" was not saved to its end; the state is that of the copy "+beside) {
			t.Error(said)
		}
		if saved, _ := os.ReadFile(f.path); !strings.Contains(string(saved), "new@example.com") {
			t.Errorf("the file holds %s", saved)
		}
		if _, err := os.Stat(beside); err == nil {
			t.Error("the copy is still there")
		}
	}
}

// A file that somebody has put there after the copy is newer.
func TestANewerFileGoesBeforeTheCopy(t *testing.T) {
	f, _ := fileOn(t, newFaultyDisk(), oldState)
	beside, _ := f.copies()
	if err := os.WriteFile(beside, []byte(newState), 0o600); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Hour)
	if err := os.Chtimes(beside, before, before); err != nil {
		t.Fatal(err)
	}
	if name, _ := f.findCopy(false); name != "" {
		t.Errorf("it is %s", name)
	}
	if name, saved := f.findCopy(true); name != beside || saved == nil {
		t.Errorf("of a damaged file it is %q", name)
	}
}

// What somebody else put into a folder that all share is no copy of ours.
func TestACopyThatOthersCanReadIsNotOurs(t *testing.T) {
	f, _ := fileOn(t, newFaultyDisk(), oldState)
	_, elsewhere := f.copies()
	if err := os.WriteFile(elsewhere, []byte(newState), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(elsewhere, 0o644); err != nil {
		t.Fatal(err)
	}
	if name, _ := f.findCopy(true); name != "" {
		t.Errorf("it is %s", name)
	}
}

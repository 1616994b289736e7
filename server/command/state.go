package command

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// A stateFile is the file of --state. It belongs to one process at a time.
type stateFile struct {
	path string // with no link in it
	disk disk
	lock lock
}

// openState takes the file of --state for this process and reads what an earlier
// run saved there. It checks that this run can save: an error at the end would
// come too late. Without the flag the file is nil.
func openState(in *input, warn func(string)) (_ *stateFile, saved *fixtures.Fixture, err error) {
	given := in.text(stateFlag)
	if given == "" {
		return nil, nil, nil
	}
	refuse := func(format string, args ...any) (*stateFile, *fixtures.Fixture, error) {
		return nil, nil, in.refuse(stateFlag, given, format, args...)
	}
	f := &stateFile{path: follow(given), disk: realDisk}
	info, err := os.Stat(f.path)
	switch {
	case err == nil && info.IsDir():
		return refuse("that is a folder; name a file in it")
	case err == nil && !info.Mode().IsRegular():
		return refuse("that is a device or a pipe; name a file")
	case err == nil && info.Mode().Perm()&0o200 == 0:
		return refuse("the file is read-only and could not be saved; make it writable, or load it with --fixture")
	}
	var used *inUseError
	notLocked := f.lock.take(f.path)
	if errors.As(notLocked, &used) {
		return refuse("%s saves its state there; stop that first, or name another file", used.by)
	}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if err := f.checkWritable(); err != nil {
		return refuse("no file can be written in %s (%w); name another place", filepath.Dir(f.path), cause(err))
	}
	if notLocked != nil {
		warn(fmt.Sprintf("another process that uses %s would not be noticed (%v)", given, cause(notLocked)))
	}
	f.clearTemporary()
	saved, err = f.read()
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return refuse("the file cannot be read (%w); correct that, or name another", unread.Err)
	}
	if name, newer := f.findCopy(err != nil); newer != nil {
		warn(fmt.Sprintf("%s was not saved to its end; the state is that of the copy %s", given, name))
		return f, newer, nil // the next save makes the file whole, and removes the copy
	}
	if err != nil {
		return nil, nil, mistakes(in.flag(stateFlag).called()+" "+given, "correct these, or delete the file to begin anew", err)
	}
	f.removeCopies()
	return f, saved, nil
}

// follow is the file to which links lead, which need not be there yet. The links
// stay.
func follow(file string) string {
	for range 40 { // as many as Linux follows
		if dir, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
			file = filepath.Join(dir, filepath.Base(file))
		}
		target, err := os.Readlink(file)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(file), target)
		}
		file = target
	}
	return file
}

// checkWritable is an error if nothing can be saved.
func (f *stateFile) checkWritable() error {
	err := f.tryFolder(filepath.Dir(f.path))
	if err == nil {
		return nil
	}
	// A file in a read-only folder can still be written in its place.
	if file, open := f.disk.open(f.path); open == nil {
		file.Close()
		if f.tryFolder(os.TempDir()) == nil {
			return nil
		}
	}
	return err
}

func (f *stateFile) tryFolder(dir string) error {
	name, err := f.disk.write(dir, f.temporary(dir), nil)
	if err == nil {
		err = os.Remove(name)
	}
	return err
}

// read reads what was saved: nil if there is no file, or an empty one, which
// somebody made to mount it in a container.
func (f *stateFile) read() (*fixtures.Fixture, error) {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil, nil
	}
	return fixtures.ParseFile(f.path)
}

// save writes the state. The usual way is a new file that is renamed, so that no
// reader sees half of it. A file that is itself a mount cannot be replaced. It is
// written in place, once there is a complete copy elsewhere.
func (f *stateFile) save(data []byte) error {
	if len(data) > strictyaml.MaxSize {
		return fmt.Errorf("it has %d bytes, more than the %d of the largest file that can be loaded", len(data), strictyaml.MaxSize)
	}
	info, err := os.Stat(f.path)
	canWriteOver := err == nil && info.Mode().IsRegular()
	dir := filepath.Dir(f.path)
	temp, err := f.disk.write(dir, f.temporary(dir), data)
	if err == nil {
		if err = f.disk.move(temp, f.path); err == nil {
			f.removeCopies()
			return nil
		}
	}
	if !canWriteOver {
		os.Remove(temp)
		return err
	}
	copied, noCopy := f.copy(temp, data)
	if noCopy != nil {
		return fmt.Errorf("%w; and to write it in place needs a copy elsewhere first: %w", cause(err), cause(noCopy))
	}
	if err := f.disk.overwrite(f.path, data); err != nil {
		return fmt.Errorf("%w; a complete copy is in %s", cause(err), copied)
	}
	f.removeCopies()
	return nil
}

// copy puts a complete copy of the state beside the file, for which temp is used
// if that is there, or else in the folder for temporary files.
func (f *stateFile) copy(temp string, data []byte) (name string, err error) {
	beside, elsewhere := f.copies()
	if temp != "" {
		if f.disk.move(temp, beside) == nil {
			return beside, nil
		}
		os.Remove(temp)
	}
	dir := os.TempDir()
	if temp, err = f.disk.write(dir, f.temporary(dir), data); err != nil {
		return "", err
	}
	if err = f.disk.move(temp, elsewhere); err != nil {
		os.Remove(temp)
		return "", err
	}
	return elsewhere, nil
}

// copies are where a copy can be. The paths are absolute, since they are printed.
func (f *stateFile) copies() (beside, elsewhere string) {
	in := func(dir string) string {
		name := filepath.Join(dir, f.prefix(dir)+"copy")
		if abs, err := filepath.Abs(name); err == nil {
			return abs
		}
		return name
	}
	return in(filepath.Dir(f.path)), in(os.TempDir())
}

// findCopy is a complete copy that differs from the file, if it is newer or the
// file is damaged: a run before this one could not save it, or was killed while it
// did. It is nil if there is none.
func (f *stateFile) findCopy(damaged bool) (name string, saved *fixtures.Fixture) {
	current, _ := os.ReadFile(f.path)
	file, errFile := os.Stat(f.path)
	beside, elsewhere := f.copies()
	for _, name := range []string{beside, elsewhere} {
		info, err := os.Lstat(name)
		if err != nil || !info.Mode().IsRegular() || !isOurs(info) {
			continue // in a folder that all share, a copy may be somebody else's
		}
		if !damaged && errFile == nil && file.ModTime().After(info.ModTime()) {
			continue // somebody has put another file there since
		}
		data, err := os.ReadFile(name)
		if err != nil || bytes.Equal(data, current) {
			continue
		}
		if saved, err := fixtures.Parse(name, data); err == nil {
			return name, saved
		}
	}
	return "", nil
}

func (f *stateFile) removeCopies() {
	beside, elsewhere := f.copies()
	os.Remove(beside)
	os.Remove(elsewhere)
}

// clearTemporary removes what a run left behind that was killed while it saved.
func (f *stateFile) clearTemporary() {
	for _, dir := range []string{filepath.Dir(f.path), os.TempDir()} {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), f.prefix(dir)) && strings.HasSuffix(e.Name(), ".tmp") {
				os.Remove(filepath.Join(dir, e.Name()))
			}
		}
	}
}

// temporary is the pattern of a temporary file's name in a folder.
func (f *stateFile) temporary(dir string) string { return f.prefix(dir) + "*.tmp" }

// prefix is how the names of our own files begin in a folder.
func (f *stateFile) prefix(dir string) string {
	if dir == filepath.Dir(f.path) {
		return "." + filepath.Base(f.path) + "."
	}
	path, err := filepath.Abs(f.path)
	if err != nil {
		path = f.path
	}
	sum := sha256.Sum256([]byte(path))
	return "mockauth0-state-" + hex.EncodeToString(sum[:8]) + "."
}

// close gives the file free for other processes.
func (f *stateFile) close() {
	if f != nil {
		f.lock.release()
	}
}

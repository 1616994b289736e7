package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// A lock keeps a file for one process. It ends with the process, however that
// ends.
type lock struct{ held []*flock.Flock }

// An inUseError says that another process has the file.
type inUseError struct{ by string }

func (e *inUseError) Error() string { return e.by + " uses the file" }

// take takes a file, or fails with an *inUseError. Another error says that the
// file cannot be locked.
func (l *lock) take(path string) error {
	beside := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".lock")
	err := l.takeBeside(beside)
	var used *inUseError
	if errors.As(err, &used) || runtime.GOOS == "windows" { // where a locked file cannot be read
		return err
	}
	// Two containers that mount one file have a folder each. A file that is
	// renamed loses this lock, but then the folder is shared.
	own := flock.New(path, flock.SetFlag(os.O_RDONLY))
	switch ok, errOwn := own.TryLock(); {
	case ok:
		l.held = append(l.held, own)
		return nil
	case errOwn == nil:
		l.release()
		return &inUseError{"another process"}
	}
	return err
}

// takeBeside locks a file that is only for this, and writes the process into it.
func (l *lock) takeBeside(name string) error {
	for range 100 {
		beside := flock.New(name)
		ok, err := beside.TryLock()
		switch {
		case err != nil:
			return err
		case !ok:
			return &inUseError{owner(name)}
		}
		// A process that ends removes the file, which this one may have opened just
		// before.
		ours, errOurs := beside.Stat()
		named, errNamed := os.Stat(name)
		if errOurs == nil && errNamed == nil && os.SameFile(ours, named) {
			l.held = append(l.held, beside)
			return writeOwner(name)
		}
		_ = beside.Unlock()
	}
	return &inUseError{"another process"}
}

// ownerAt is where the process is in the file. Windows locks the byte before it,
// which then nobody can read.
const ownerAt = 1

func writeOwner(name string) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), ownerAt)
	return errors.Join(err, file.Close())
}

// owner is the process that wrote itself into a lock.
func owner(name string) string {
	if file, err := os.Open(name); err == nil {
		defer file.Close()
		var text [20]byte
		n, _ := file.ReadAt(text[:], ownerAt)
		line, _, _ := strings.Cut(string(text[:n]), "\n")
		if pid, err := strconv.Atoi(line); err == nil {
			return fmt.Sprintf("process %d", pid)
		}
	}
	return "another process"
}

func (l *lock) release() {
	for _, held := range l.held {
		beside := strings.HasSuffix(held.Path(), ".lock")
		removed := beside && os.Remove(held.Path()) == nil
		_ = held.Unlock()
		if beside && !removed {
			os.Remove(held.Path()) // Windows removes no file that is open
		}
	}
	l.held = nil
}

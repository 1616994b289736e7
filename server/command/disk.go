package command

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// A disk is how the state is written. A test can put an error in the place of
// each function.
type disk struct {
	create func(dir, pattern string) (diskFile, error) // a new file with mode 0600
	open   func(name string) (diskFile, error)         // a file that is there
	rename func(from, to string) error
}

// A diskFile is what is needed of an *os.File.
type diskFile interface {
	io.WriterAt
	io.Seeker
	Truncate(size int64) error
	Sync() error
	io.Closer
	Name() string
}

// realDisk is the disk of the machine.
var realDisk = disk{
	create: func(dir, pattern string) (diskFile, error) { return os.CreateTemp(dir, pattern) },
	open:   func(name string) (diskFile, error) { return os.OpenFile(name, os.O_WRONLY, 0) },
	rename: os.Rename,
}

// write writes a new file and returns its name. The file is complete, or it is
// not there.
func (d disk) write(dir, pattern string, data []byte) (name string, err error) {
	file, err := d.create(dir, pattern)
	if err != nil {
		return "", err
	}
	_, err = file.WriteAt(data, 0)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// move renames a file, and makes that last if the power fails.
func (d disk) move(from, to string) error {
	if err := d.rename(from, to); err != nil {
		return err
	}
	// The file is in its place. Some systems cannot sync a folder.
	if dir, err := os.Open(filepath.Dir(to)); err == nil {
		_ = dir.Sync()
		dir.Close()
	}
	return nil
}

// overwrite writes over the text of a file that is there. Until all of it is
// written, the file has a mixture of both texts.
func (d disk) overwrite(name string, data []byte) error {
	file, err := d.open(name)
	if err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil && int64(len(data)) > size {
		// What is behind the end of the old text comes first: if the disk is full,
		// the old text is still complete.
		_, err = file.WriteAt(data[size:], size)
		if err = errors.Join(err, file.Sync()); err != nil {
			err = errors.Join(err, file.Truncate(size))
		}
	}
	if err == nil {
		_, err = file.WriteAt(data[:min(size, int64(len(data)))], 0)
	}
	if err == nil {
		err = file.Truncate(int64(len(data)))
	}
	return errors.Join(err, file.Sync(), file.Close())
}

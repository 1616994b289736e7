package localtls

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// CopyTo writes the certificate that a client must trust to another file, for
// clients that must not see the folder with the key. It replaces the copy of an
// earlier CA, so that a reader never finds a part of a file. If the file holds
// anything else, CopyTo fails and leaves it as it is.
func (ca *CA) CopyTo(file string) error {
	old, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && isCopy(old):
		err = replace(file, ca.PEM())
	case err == nil && !bytes.Equal(old, ca.PEM()):
		return fmt.Errorf("%s holds something other than a certificate of mockauth0, and stays as it is; name another file", file)
	}
	if err != nil {
		return &sentence{text: fmt.Sprintf("%s could not be written (%v)", file, withoutPath(err)), causes: []error{err}}
	}
	ca.path, ca.copied = file, true
	return nil
}

// isCopy tells whether CopyTo can have written a file.
func isCopy(data []byte) bool {
	if len(data) == 0 {
		return true
	}
	certs, err := parseCerts(data)
	return err == nil && len(certs) == 1 && slices.Equal(certs[0].Subject.Organization, []string{organization})
}

// replace writes a file. It replaces an existing file as a whole.
func replace(file string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".ca-*")
	if err != nil {
		return err
	}
	err = fill(temp, data, 0o644)
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

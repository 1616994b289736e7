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

// CopyTo writes the certificate that a client must trust to one more file, for
// clients which must not see the folder with the key. A copy of an earlier CA
// is replaced, as a whole: a reader never finds half a file. A file that holds
// anything else is left alone, and is an error.
func (ca *CA) CopyTo(file string) error {
	old, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && isCopy(old):
		err = replace(file, ca.PEM())
	case err == nil && !bytes.Equal(old, ca.PEM()):
		return fmt.Errorf("%s holds something else than a certificate of mockauth0's, and stays as it is; name another file", file)
	}
	if err != nil {
		return &sentence{text: fmt.Sprintf("%s could not be written (%v)", file, why(err)), causes: []error{err}}
	}
	ca.path, ca.copied = file, true
	return nil
}

// isCopy tells whether a file can be what CopyTo once wrote.
func isCopy(data []byte) bool {
	if len(data) == 0 {
		return true
	}
	certs, err := parseCerts(data)
	return err == nil && len(certs) == 1 && slices.Equal(certs[0].Subject.Organization, []string{organization})
}

// replace puts a whole file in the place of another.
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

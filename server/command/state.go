package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

// loadState reads what an earlier run saved, if it did, and checks that this
// run can save: an error at the end would come too late.
func loadState(in *input) (saved *fixtures.Fixture, file string, err error) {
	file = in.text(stateFlag)
	if file == "" {
		return nil, "", nil
	}
	given := file
	refuse := func(format string, args ...any) (*fixtures.Fixture, string, error) {
		return nil, "", in.refuse(stateFlag, given, format, args...)
	}
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target // the link itself stays
	}
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		return refuse("that is a folder; name a file in it")
	case err == nil && info.Mode().Perm()&0o200 == 0:
		return refuse("the file is read-only and could not be saved at the end; make it writable, or load it with --fixture")
	}
	probe, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return refuse("no file can be written in %s (%w); name another place", filepath.Dir(file), cause(err))
	}
	probe.Close()
	os.Remove(probe.Name())
	saved, err = fixtures.ParseFile(file)
	var unread *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, file, nil
	case errors.As(err, &unread):
		return refuse("the file cannot be read (%w); correct that, or name another", unread.Err)
	case err != nil:
		return nil, "", mistakes(in.flag(stateFlag).called()+" "+given, "correct these, or delete the file to begin anew", err)
	}
	return saved, file, nil
}

// saveState writes a new file and renames it, so that no reader sees half of
// the state. Only the user can read it.
func saveState(file string, s *server.Server) error {
	if file == "" {
		return nil
	}
	data, err := s.State().JSON()
	if err == nil {
		err = replace(file, data)
	}
	if err != nil {
		return fmt.Errorf("the state cannot be saved in %s (%w)", file, cause(err))
	}
	return nil
}

func replace(file string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if os.Rename(temp.Name(), file) == nil {
		return nil
	}
	// A file that is itself a container's mount can be written, but not replaced.
	return os.WriteFile(file, data, 0o600)
}

package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInit(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "my.yaml")
	golden := "Wrote " + file + ".\nCheck it with: mockauth0 validate " + file + "\nServe it with: mockauth0 --fixture " + file + "\n"
	if got := run(t, nil, "init", file); got != (result{out: golden}) {
		t.Errorf("%+v", got)
	}
	if got := run(t, nil, "validate", file); got != (result{out: file + ": ok\n"}) {
		t.Errorf("what init writes is no fixture: %+v", got)
	}
	before, _ := os.ReadFile(file)
	refused(t, nil, file+" is there already and stays as it is; name another file: mockauth0 init FILE", "init", file)
	if after, _ := os.ReadFile(file); string(after) != string(before) {
		t.Error("the file has changed")
	}
	nowhere := filepath.Join(file, "x")
	if got := run(t, nil, "init", nowhere); got.status != 1 || !strings.HasPrefix(got.errout, "mockauth0: "+nowhere+" cannot be written (") {
		t.Errorf("%+v", got)
	}
}

// Without a name it is the file that serve takes from the folder.
func TestInitInFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	refused(t, nil, "there is no mockauth0.yaml in this folder; name a file, or write one with mockauth0 init", "validate")
	if got := run(t, nil, "init"); got.status != 0 || !strings.HasSuffix(got.out, "\nServe it with: mockauth0\n") {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat("mockauth0.yaml"); err != nil {
		t.Error(err)
	}
}

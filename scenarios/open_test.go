package scenarios_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/scenarios"
)

const mine = "version: 1\nname: mine\nrules: [{id: a, then: {delay: 1s}}]\n"

func TestOpen(t *testing.T) {
	t.Parallel()
	loaded, _ := scenarios.Load("slow")
	if s, err := scenarios.Open("slow"); err != nil || s != loaded {
		t.Errorf("%v, %v", s, err)
	}
	file := write(t, t.TempDir(), "mine.yaml", mine)
	if s, err := scenarios.Open(file); err != nil || s.Name != "mine" || s.Source != file {
		t.Errorf("%v, %v", s, err)
	}
	if _, err := scenarios.ParseFile(file + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	if _, err := scenarios.ParseFile(t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "the scenario cannot be read: ") {
		t.Errorf("a folder: %v", err)
	}
	for name, want := range map[string]string{
		"sms-lsot":     `there is no file sms-lsot, and no built-in scenario of that name; did you mean "sms-lost"?`,
		"no/such.yaml": "there is no file no/such.yaml, and no built-in scenario of that name; mockauth0 scenarios lists them",
	} {
		if _, err := scenarios.Open(name); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestOpenAll(t *testing.T) {
	t.Parallel()
	file, again := write(t, t.TempDir(), "mine.yaml", mine), write(t, t.TempDir(), "again.yaml", mine)
	list, err := scenarios.OpenAll([]string{file, "slow"})
	if err != nil || len(list) != 2 || list[0].Source != file || list[1].Name != "slow" {
		t.Errorf("%v, %v", list, err)
	}
	_, err = scenarios.OpenAll([]string{"slow", "slow", file, again, "sms-lsot"})
	want := "slow is given twice; give it once\n" + file + " and " + again + " are both called mine; rename one\n" +
		`there is no file sms-lsot, and no built-in scenario of that name; did you mean "sms-lost"?`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Built-in scenarios are found by name, files beside the fixture, in its order.
func TestOfFixture(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	beside := write(t, dir, filepath.Join("sub", "mine.yaml"), mine)
	elsewhere := write(t, t.TempDir(), "other.yaml", strings.Replace(mine, "mine", "other", 1))
	f, err := fixtures.ParseFile(write(t, dir, "fixture.yaml", "version: 1\nextends: minimal\nscenarios: [sub/mine.yaml, slow, '"+elsewhere+"']\n"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := scenarios.OfFixture(f)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		got = append(got, s.Name, s.Source)
	}
	if want := []string{"mine", beside, "slow", "", "other", elsewhere}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	d, _ := fixtures.Load("default")
	if list, err := scenarios.OfFixture(d); list != nil || err != nil {
		t.Errorf("the default has %v, %v", list, err)
	}
}

// A wrong name is a mistake of the fixture; a mistake in a file has its place
// there.
func TestOfFixtureFindsMistakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := write(t, dir, "bad.yaml", "version: 1\nname: bad\nrules: [{id: a, then: {fault: rest}}, {id: b, then: {}}]\n")
	write(t, dir, "mine.yaml", mine)
	write(t, dir, "again.yaml", mine)
	file := write(t, dir, "fixture.yaml", "version: 1\nextends: minimal\nscenarios:\n  - slwo\n  - bad.yaml\n  - mine.yaml\n  - missing.yaml\n  - again.yaml\n  - .\n")
	f, err := fixtures.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = scenarios.OfFixture(f)
	var problems *strictyaml.Errors
	if !errors.As(err, &problems) || len(*problems) != 6 {
		t.Fatalf("got %v", err)
	}
	folder := (*problems)[5]
	if reason := "the file " + dir + " cannot be read ("; !strings.HasPrefix(folder.Message, reason) || folder.Line != 9 || folder.Path != "scenarios[5]" {
		t.Errorf("a folder: %s", folder)
	}
	*problems = (*problems)[:5]
	want := strings.Join([]string{
		file + `:4:5: scenarios[0]: there is no built-in scenario "slwo", and no file ` + filepath.Join(dir, "slwo") + `; did you mean "slow"?`,
		bad + `:3:31: rules[0].then.fault: unknown value "rest"; did you mean "reset"?`,
		bad + `:3:53: rules[1].then: nothing happens; add delay, fault, respond, otp, user, signup, deliver, token, keys, patch or headers`,
		file + `:7:5: scenarios[3]: there is no built-in scenario "missing.yaml", and no file ` + filepath.Join(dir, "missing.yaml") + `; mockauth0 scenarios lists them`,
		file + `:8:5: scenarios[4]: the scenario's name "mine" is also that of mine.yaml; rename one`,
	}, "\n")
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// The files of a fixture made in Go are relative to the working directory, and
// its mistakes have no lines.
func TestOfFixtureMadeInGo(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "mine.yaml", mine)
	f, err := fixtures.Complete(&fixtures.Fixture{Extends: "minimal", Scenarios: []string{"mine.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	list, err := scenarios.OfFixture(f)
	if err != nil || len(list) != 1 || list[0].Source != "mine.yaml" {
		t.Errorf("%v, %v", list, err)
	}
	f.Scenarios[0] = "slwo"
	_, err = scenarios.OfFixture(f)
	if want := `scenarios[0]: there is no built-in scenario "slwo", and no file slwo; did you mean "slow"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

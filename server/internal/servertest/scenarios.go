package servertest

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
)

// Answering is a scenario that answers every start with a status.
func Answering(name string, status int) string {
	return fmt.Sprintf("version: 1\nname: %s\nrules: [{id: a, when: {endpoint: passwordless.start}, then: {respond: {status: %d}}}]\n", name, status)
}

// SwitchOn switches a scenario on by the control API. A string is a YAML file.
func SwitchOn(t testing.TB, s *server.Server, body any) scenarios.Status {
	t.Helper()
	w := Call(t, s, "POST", "/_mock/scenarios", body, Header("Content-Type", "application/yaml"))
	if w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return DecodeAnswer[scenarios.Status](t, w)
}

// StatusOf is how a scenario stands, by name or id.
func StatusOf(t testing.TB, s *server.Server, name string) scenarios.Status {
	t.Helper()
	return DecodeAnswer[scenarios.Status](t, Call(t, s, "GET", "/_mock/scenarios/"+name, nil))
}

// ScenarioFile writes a scenario file and returns its path.
func ScenarioFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scenario.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// NamedFixture is a built-in fixture, or one of testdata/fixtures.
func NamedFixture(t testing.TB, name string) *fixtures.Fixture {
	t.Helper()
	load := fixtures.Load
	if !slices.Contains(fixtures.Names(), name) {
		load = func(name string) (*fixtures.Fixture, error) {
			return fixtures.ParseFile(testdata("fixtures", name+".yaml"))
		}
	}
	f, err := load(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// ParseFixture is the fixture of a YAML text, which begins below its version.
func ParseFixture(t testing.TB, yaml string) *fixtures.Fixture {
	t.Helper()
	f, err := fixtures.Parse("fixture.yaml", []byte("version: 1\nextends: default\n"+yaml))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// testdata is the path of a file in server/testdata, from whichever package of
// the server the test belongs to.
func testdata(elem ...string) string {
	dir := "testdata"
	for range 2 { // server/internal/ROOM
		if _, err := os.Stat(filepath.Join(dir, elem[0])); err == nil {
			break
		}
		dir = filepath.Join("../..", dir)
	}
	return filepath.Join(append([]string{dir}, elem...)...)
}

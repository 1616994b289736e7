package servertest

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
)

// Answering is a scenario that answers every start with a status.
func Answering(name string, status int) string {
	return fmt.Sprintf("version: 1\nname: %s\nrules:\n  - id: a\n    when: {endpoint: passwordless.start}\n    then: {respond: {status: %d, json: {by: %s}}}\n", name, status, name)
}

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

// StartWith is the status of a start.
func StartWith(t testing.TB, s *server.Server, email string, changes ...Change) int {
	t.Helper()
	return Call(t, s, "POST", "/passwordless/start", Object{"client_id": "acme-native", "connection": "email", "email": email, "send": "code"}, changes...).Code
}

// ScenarioFile writes a scenario file and returns its path.
func ScenarioFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scenario.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

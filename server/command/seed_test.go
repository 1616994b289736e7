package command

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
)

// With keys.files the seed is drawn at random, and goes on with --state alone.
func TestADrawnSeedIsSaved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fixture, state := filepath.Join(dir, "mockauth0.yaml"), filepath.Join(dir, "state.json")
	for file, text := range map[string]string{filepath.Join(dir, "key.pem"): string(fixtures.Key("3")), fixture: "version: 1\nextends: default\nkeys: {files: [key.pem]}\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refresh := func(token string, args ...string) int {
		s := startServer(t, environ(), append([]string{"--fixture", fixture}, args...)...)
		status, _ := post(t, s.url+"/oauth/token", map[string]any{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": token})
		if s.stop() != 0 {
			t.Fatal(s.log)
		}
		return status
	}
	first := startServer(t, environ(), "--fixture", fixture, "--state", state)
	token := signUp(t, first, "new@example.com")
	if first.stop() != 0 {
		t.Fatal(first.log)
	}
	for range 2 {
		if got := refresh(token, "--state", state); got != http.StatusOK {
			t.Errorf("after a restart the refresh token gets %d", got)
		}
	}
	if got := refresh(token, "--state", state, "--seed", "another"); got != http.StatusForbidden {
		t.Errorf("with another seed it gets %d", got)
	}

	// What only the server knows, otp does not guess.
	refused(t, environ(), "the codes of otp.mode random cannot be known beforehand", "otp", "--fixture", fixture, "--email", "ada@example.com")
	got := run(t, environ(), "otp", "--fixture", fixture, "--email", "ada@example.com", "--otp", "hmac")
	if got.status == 0 || !strings.Contains(got.errout, "only the server that drew one knows its codes") {
		t.Errorf("%+v", got)
	}
	if got := run(t, environ(), "otp", "--fixture", fixture, "--email", "ada@example.com", "--otp", "hmac", "--seed", "dev"); got.out != "241272\n" {
		t.Errorf("%+v", got)
	}
}

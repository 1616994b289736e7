package command

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// signUp signs a new user in and returns the refresh token.
func signUp(t *testing.T, s *served, email string) string {
	t.Helper()
	status, body := post(t, s.url+"/passwordless/start", map[string]any{"client_id": "acme-native", "connection": "email", "email": email, "send": "code"})
	if status != http.StatusOK {
		t.Fatal(status, body)
	}
	_, code := get(t, s.url+"/_mock/outbox/code?to="+email)
	return refreshToken(t, s, map[string]any{
		"grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp", "client_id": "acme-native",
		"realm": "email", "username": email, "otp": strings.TrimSpace(code), "scope": "openid offline_access",
	})
}

func refreshToken(t *testing.T, s *served, parameters map[string]any) string {
	t.Helper()
	status, body := post(t, s.url+"/oauth/token", parameters)
	var answer struct {
		RefreshToken string `json:"refresh_token"`
		AccessToken  string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK || answer.AccessToken == "" {
		t.Fatal(status, body)
	}
	return answer.RefreshToken
}

func TestState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	fixture := write(t, "my.yaml", "version: 1\nextends: default\nusers: [{email: ada@example.com, name: Ada}]\n")
	first := startServer(t, environ(), "--state", file, "--fixture", fixture)
	token := signUp(t, first, "new@example.com")
	if status := first.stop(); status != 0 {
		t.Fatal(status, first.log)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, want 0600", info.Mode().Perm())
	}
	if entries, _ := os.ReadDir(filepath.Dir(file)); len(entries) != 1 {
		t.Errorf("the folder holds %v, want one file", entries)
	}
	// An edit of the fixture wins over what was saved.
	if err := os.WriteFile(fixture, []byte("version: 1\nextends: default\nusers: [{email: ada@example.com, name: Ada Lovelace}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := startServer(t, environ(), "--state", file, "--fixture", fixture)
	refreshToken(t, second, map[string]any{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": token})
	_, users := get(t, second.url+"/_mock/users")
	for _, want := range []string{"new@example.com", "Ada Lovelace"} {
		if !strings.Contains(users, want) {
			t.Errorf("the users lack %s: %s", want, users)
		}
	}
	if got := run(t, environ(), "validate", file); got.status != 0 {
		t.Errorf("the state is no fixture: %+v", got)
	}
}

// A link stays one, and what it leads to is replaced.
func TestStateThroughLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "state.json"), filepath.Join(dir, "link.json")
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(file, []byte(`{"version": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, environ(), "--state", link)
	if status := s.stop(); status != 0 {
		t.Fatal(status, s.log)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if data, _ := os.ReadFile(file); !strings.Contains(string(data), "ada@example.com") {
		t.Errorf("the file is not replaced: %s", data)
	}
}

// A link may lead to what is not there yet, over another link.
func TestStateThroughDanglingLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link, sub := filepath.Join(dir, "link.json"), filepath.Join(dir, "sub")
	for name, target := range map[string]string{link: filepath.Join("folder", "next.json"), filepath.Join(dir, "folder"): "sub", filepath.Join(sub, "next.json"): "state.json"} {
		_ = os.Mkdir(sub, 0o700)
		if err := os.Symlink(target, name); err != nil {
			t.Skip(err)
		}
	}
	s := startServer(t, environ(), "--state", link)
	if status := s.stop(); status != 0 {
		t.Fatal(status, s.log)
	}
	for name, isLink := range map[string]bool{link: true, filepath.Join(sub, "next.json"): true, filepath.Join(sub, "state.json"): false} {
		info, err := os.Lstat(name)
		if err != nil || info.Mode()&os.ModeSymlink != 0 != isLink {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// An empty file, which somebody made to mount it, is as good as none.
func TestStateInAnEmptyFile(t *testing.T) {
	t.Parallel()
	file := write(t, "state.json", "")
	s := startServer(t, environ(), "--state", file)
	if status := s.stop(); status != 0 {
		t.Fatal(status, s.log)
	}
	if data, _ := os.ReadFile(file); !strings.Contains(string(data), "ada@example.com") {
		t.Errorf("it holds %q", data)
	}
}

// What a run left behind that was killed while it saved is removed, and nothing
// else.
func TestStateClearsItsTemporaryFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "state.json")
	for _, name := range []string{".state.json.123.tmp", ".state.json.lock", ".other.json.123.tmp", "state.json.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := startServer(t, environ(), "--state", file)
	if status := s.stop(); status != 0 {
		t.Fatal(status, s.log)
	}
	if got, want := strings.Join(list(t, dir), " "), ".other.json.123.tmp state.json state.json.tmp"; got != want {
		t.Errorf("there are %s, want %s", got, want)
	}
}

// The second process refuses the file, by whatever name, and says who has it.
func TestStateOfTwoProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "state.json"), filepath.Join(dir, "link.json")
	s := startServer(t, environ(), "--state", file)
	sentence := fmt.Sprintf(": process %d saves its state there; stop that first, or name another file", os.Getpid())
	refused(t, environ(), "--state "+file+sentence, "--state", file)
	if err := os.Symlink(file, link); err == nil {
		refused(t, environ(), "--state "+link+sentence, "--state", link)
	}
	signUp(t, s, "new@example.com")
	if status := s.stop(); status != 0 {
		t.Fatal(status, s.log)
	}
	next := startServer(t, environ(), "--state", file)
	if _, users := get(t, next.url+"/_mock/users"); !strings.Contains(users, "new@example.com") {
		t.Error(users)
	}
}

// A start that fails later gives the file free.
func TestStateIsFreeAfterARefusal(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	if got := run(t, environ(), "--log", "none", "--state", file, "--fixture", "no/such.yaml"); got.status != 1 {
		t.Errorf("%+v", got)
	}
	if got := run(t, environ(), "--log", "none", "--state", file, "--addr", "192.0.2.1:1"); got.status != 1 {
		t.Errorf("%+v", got)
	}
	s := startServer(t, environ(), "--state", file)
	if status := s.stop(); status != 0 {
		t.Fatal(status, s.log)
	}
}

// That nothing can be saved is said at the start.
func TestStateReadOnly(t *testing.T) {
	t.Parallel()
	file := write(t, "state.json", `{"version": 1}`)
	if err := os.Chmod(file, 0o400); err != nil {
		t.Fatal(err)
	}
	refused(t, environ(), "--state "+file+": the file is read-only and could not be saved; make it writable, or load it with --fixture", "--state", file)
	refused(t, environ("MOCKAUTH0_STATE="+file), "MOCKAUTH0_STATE="+file+": the file is read-only and could not be saved; make it writable, or load it with --fixture")
}

// A folder that vanishes while the server runs is a sentence at the end.
func TestStateNotSaved(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "state.json")
	s := startServer(t, environ(), "--state", file)
	if err := os.RemoveAll(dir); err != nil { // with the lock in it
		t.Fatal(err)
	}
	want := "mockauth0: the state cannot be saved in " + file + " (" + noSuchFolder() + ")\n"
	if status := s.stop(); status != 1 || s.log.String() != want {
		t.Errorf("status %d, stderr %q, want %q", status, s.log, want)
	}
}

// A state that cannot be put in its place leaves nothing behind.
func TestStateNotReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "state.json")
	s := startServer(t, environ(), "--state", file)
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	if status := s.stop(); status != 1 || !strings.HasPrefix(s.log.String(), "mockauth0: the state cannot be saved in "+file+" (") {
		t.Errorf("status %d, stderr %q", status, s.log)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
}

package server_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func needsNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil && os.Getenv("CI") == "" {
		t.Skip("this test needs Node.js")
	}
}

const oneAction = `{version: 1, extends: default, actions: [{name: add-plan, trigger: post-login, code: ./add-plan.js}]}`

// The code of an Action is loaded again when its file changes. Code that is no JavaScript
// is named with its line, and the old code stays.
func TestTheCodeOfAnActionIsReloaded(t *testing.T) {
	t.Parallel()
	needsNode(t)
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		code := fileIn(t, dir, "add-plan.js", "exports.onExecutePostLogin = async () => {}")
		w := watch(t, server.Config{FixtureFile: fileIn(t, dir, "mockauth0.yaml", oneAction).path})
		inUse := func() string { return w.Fixture().Actions[0].Source }

		code.write("exports.onExecutePostLogin = async () => {} // 2")
		w.expect(200)
		if got := inUse(); !strings.HasSuffix(got, "// 2") {
			t.Errorf("the code is %s", got)
		}
		w.log.Take()
		code.write("\nexports. = 3")
		w.expect(200)
		if got := inUse(); !strings.HasSuffix(got, "// 2") {
			t.Errorf("the code with a mistake is in use: %s", got)
		}
		if got := w.log.Take(); !strings.Contains(got, "add-plan.js:2: SyntaxError") {
			t.Errorf("the log says %s", got)
		}
		code.write("exports.onExecutePostLogin = async () => {} // 4")
		w.expect(200)
		if got := inUse(); !strings.HasSuffix(got, "// 4") {
			t.Errorf("the code is %s", got)
		}
		<-time.After(time.Second)
	})
}

// A server does not start with code that is no JavaScript.
func TestCodeThatIsNoJavaScriptIsRefused(t *testing.T) {
	t.Parallel()
	needsNode(t)
	dir := t.TempDir()
	fileIn(t, dir, "add-plan.js", "exports. = 1")
	_, err := server.New(server.Config{FixtureFile: fileIn(t, dir, "mockauth0.yaml", oneAction).path})
	if err == nil || !strings.Contains(err.Error(), "add-plan.js:1: SyntaxError") {
		t.Errorf("the error is %v", err)
	}
}

// Files outside the fixture's folder are refused, whether by their name or by a link.
func TestCodeOutsideTheFoldersFixtureIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := fileIn(t, t.TempDir(), "outside.js", "exports.onExecutePostLogin = async () => {}").path
	if err := os.Symlink(outside, filepath.Join(dir, "link.js")); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"../outside.js", outside, "./link.js", "./missing.js"} {
		file := fileIn(t, dir, "mockauth0.yaml", strings.ReplaceAll(oneAction, "./add-plan.js", code))
		if _, err := server.New(server.Config{FixtureFile: file.path}); err == nil || !strings.Contains(err.Error(), "the code cannot be read") {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// Without a node the server says at its start which Actions cannot run, and what helps.
func TestWithoutNodeTheServerSaysWhatCannotRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fileIn(t, dir, "add-plan.js", "exports.onExecutePostLogin = async () => {}")
	log := &servertest.LogBuffer{}
	s := servertest.New(t, server.Config{FixtureFile: fileIn(t, dir, "mockauth0.yaml", oneAction).path, Node: "/no/such/node", Log: slog.New(slog.NewTextHandler(log, nil))})
	if got := log.Take(); !strings.Contains(got, "these Actions cannot run: add-plan: there is no program /no/such/node") {
		t.Errorf("the log says %s", got)
	}
	if list := s.Actions(); len(list) != 1 || list[0].Runs || list[0].WhyNot == "" {
		t.Errorf("the Actions are %+v", list)
	}
}

// A token exchange profile of the fixture leads to its Action, whatever runs it. It need
// not be bound to the trigger.
func TestATokenExchangeProfileLeadsToItsAction(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 4)
	user := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is missing shows below
		asked <- string(body)
		_, _ = io.WriteString(w, `{"commands": [{"call": "authentication.setUserById", "args": ["email|ada"]}]}`) // the caller may have gone
	}))
	defer user.Close()
	file := fileIn(t, t.TempDir(), "mockauth0.yaml", `{version: 1, extends: default,
clients: [{client_id: app, app_type: native, token_exchange: {allow_any_profile_of_type: [custom_authentication]}}],
users: [{email: ada@example.com, user_id: "email|ada"}],
actions: [{name: other, trigger: custom-token-exchange, url: "http://127.0.0.1:1/"}, {name: legacy, trigger: custom-token-exchange, bound: false, url: "`+user.URL+`"}, {name: old, trigger: custom-token-exchange, deployed: false, url: "`+user.URL+`"}],
token_exchange_profiles: [{name: legacy, subject_token_type: "urn:acme:legacy", action: legacy}, {name: old, subject_token_type: "urn:acme:old", action: old}]}`)
	s := servertest.New(t, server.Config{FixtureFile: file.path})
	exchange := func(kind string) (int, string) {
		w := servertest.Call(t, s, "POST", "/oauth/token", `{"grant_type":"urn:ietf:params:oauth:grant-type:token-exchange","client_id":"app","subject_token":"secret-1","subject_token_type":"`+kind+`","scope":"openid"}`)
		return w.Code, w.Body.String()
	}
	if code, body := exchange("urn:acme:legacy"); code != 200 || !strings.Contains(body, "id_token") {
		t.Errorf("the exchange answers %d %s", code, body)
	}
	if got := <-asked; !strings.Contains(got, `"subject_token":"secret-1"`) || !strings.Contains(got, `"action":"legacy"`) {
		t.Errorf("the Action was asked %s", got)
	}
	if code, body := exchange("urn:acme:old"); code != 400 || !strings.Contains(body, "Invalid subject_token_type") {
		t.Errorf("a profile whose Action is not deployed: %d %s", code, body)
	}
}

// The Actions of all tenants run in one process, each with its own cache, which a reset
// empties. The end of a tenant leaves the process to the others.
func TestTenantsShareTheProcessOfTheirActions(t *testing.T) {
	t.Parallel()
	needsNode(t)
	dir := t.TempDir()
	fileIn(t, dir, "add-plan.js", `exports.onExecutePostLogin = async (event, api) => {
  const n = String(Number(api.cache.get('n')?.value ?? 0) + 1)
  api.cache.set('n', n)
  api.idToken.setCustomClaim('seen', process.pid + ' ' + n)
}`)
	s := servertest.New(t, server.Config{FixtureFile: fileIn(t, dir, "mockauth0.yaml", oneAction).path})
	t.Cleanup(s.Close)
	w1, err := s.AddTenant("w1", server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	seen := func(s *server.Server) (pid, n string) {
		run, err := s.RunAction(t.Context(), "add-plan", nil, false)
		if err != nil || run.Error != "" {
			t.Fatalf("%+v, %v", run, err)
		}
		text, _ := run.Claim("idToken", "seen").(string)
		pid, n, _ = strings.Cut(text, " ")
		return pid, n
	}
	pid, n := seen(s)
	if other, m := seen(w1); other != pid || n != "1" || m != "1" {
		t.Errorf("the tenants run in %s and %s, and count %s and %s", pid, other, n, m)
	}
	if _, n := seen(s); n != "2" {
		t.Errorf("the second run counts %s", n)
	}
	s.Reset()
	if _, n := seen(s); n != "1" {
		t.Errorf("after the reset a run counts %s", n)
	}
	if err := s.RemoveTenant("w1"); err != nil {
		t.Fatal(err)
	}
	if again, _ := seen(s); again != pid {
		t.Errorf("after the end of a tenant another process runs: %s, not %s", again, pid)
	}
}

package server_test

import (
	"log/slog"
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

package command

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestFixtures(t *testing.T) {
	t.Parallel()
	const mine = "version: 1\nextends: default\nusers: [{email: mine@example.com}]\n"
	for name, s := range map[string]*served{
		"a file":      startServer(t, environ(), "--fixture", write(t, "my.yaml", mine)),
		"inline":      startServer(t, environ("MOCKAUTH0_FIXTURE_YAML="+mine)),
		"flag wins":   startServer(t, environ("MOCKAUTH0_FIXTURE_YAML=broken"), "--fixture", write(t, "my.yaml", mine)),
		"the default": startServer(t, environ()),
	} {
		_, body := get(t, s.url+"/_mock/users")
		if got := strings.Contains(body, "mine@example.com"); got != (name != "the default") {
			t.Errorf("%s: %s", name, body)
		}
	}
}

// The folder's mockauth0.yaml is taken, and taken again when it changes.
func TestFixtureInFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	put := func(address string) {
		t.Helper()
		if err := os.WriteFile("mockauth0.yaml", []byte("version: 1\nextends: default\nusers: [{email: "+address+"}]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("first@example.com")
	s := startServer(t, environ())
	if _, body := get(t, s.url+"/_mock/users"); !strings.Contains(body, "first@example.com") {
		t.Fatal(body)
	}
	put("the.second@example.com")
	for deadline := time.Now().Add(patience); ; {
		_, body := get(t, s.url+"/_mock/users")
		if strings.Contains(body, "the.second@example.com") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the edit is not taken: " + body)
		}
	}
	if got := run(t, environ(), "validate"); got.status != 0 || got.out != "mockauth0.yaml: ok\n" {
		t.Errorf("%+v", got)
	}
}

func TestUnreadableFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("this user can read every file")
	}
	file := write(t, "secret.yaml", "version: 1\n")
	if err := os.Chmod(file, 0); err != nil {
		t.Fatal(err)
	}
	refused(t, environ(), "--fixture "+file+": the file cannot be read (permission denied); correct that, or name another", "--fixture", file)
}

// A file with several mistakes is a heading and a line for each.
func TestFixtureMistakes(t *testing.T) {
	t.Parallel()
	file := write(t, "bad.yaml", "version: 1\nclients: [{client_idd: x}]\nfoo: 1\n")
	lines := file + ":2:11: clients[0].client_id: required field is missing; add it\n" +
		file + `:2:12: clients[0].client_idd: unknown field; did you mean "client_id"?` + "\n" + file + ":3:1: foo: unknown field; "
	for _, c := range []struct {
		heading string
		args    []string
	}{
		{"mockauth0: the fixture " + file + " has 3 mistakes; correct these:\n", []string{"--fixture", file}},
		{"mockauth0: the fixture " + file + " has 3 mistakes; correct these:\n", []string{"env", "--fixture", file}},
		{"mockauth0: --state " + file + " has 3 mistakes; correct these, or delete the file to begin anew:\n", []string{"--state", file}},
		{"", []string{"validate", file}},
	} {
		got := run(t, environ(), c.args...)
		if got.status != 1 || got.out != "" || !strings.HasPrefix(got.errout, c.heading+lines) || strings.Count(got.errout, "\n") != 3+strings.Count(c.heading, "\n") {
			t.Errorf("%q: status %d, stdout %q, stderr\n%s", c.args, got.status, got.out, got.errout)
		}
	}
	refused(t, environ("MOCKAUTH0_FIXTURE_YAML=extends: default"), "MOCKAUTH0_FIXTURE_YAML:1:1: version: required field is missing; add it")
	refused(t, environ("MOCKAUTH0_FIXTURE_YAML=x", "MOCKAUTH0_FIXTURE=strict"), "MOCKAUTH0_FIXTURE and MOCKAUTH0_FIXTURE_YAML are both set; unset one")
}

// An export of the deploy CLI is a fixture, as a file and as a folder. Its keywords come
// from a flag, else from the environment, else from the CLI's own variable.
func TestExports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	put("folders/tenant.json", `{"friendly_name": "##A## ##B## ##C##"}`)
	put("folders/clients/Web.json", `{"name": "Web", "app_type": "native", "callbacks": @@URLS@@}`)
	put("folders/connections/sms.json", `{"name": "email", "strategy": "email", "options": {"email": {}}}`)
	put("folders/mockauth0.yaml", "users: [{email: mine@example.com}]\n")
	file := put("one/tenant.yaml", "tenant: {friendly_name: '##A## ##B## ##C##'}\nclientGrants: []\nclients: [{name: Web, app_type: native, callbacks: @@URLS@@}]\nconnections: [{name: email, strategy: email}]\n")
	put("one/mockauth0.yaml", "users: [{email: mine@example.com}]\n")
	env := environ(`AUTH0_KEYWORD_REPLACE_MAPPINGS={"A":"a","B":"a","C":"a","URLS":["http://localhost:3000/cb"]}`, "B=b", "C=b")
	for _, path := range []string{filepath.Join(dir, "folders"), filepath.Join(dir, "one"), file} {
		s := startServer(t, env, "--fixture", path, "--keyword", "C=c")
		_, body := get(t, s.url+"/_mock/state")
		for _, part := range []string{`"friendly_name":"a b c"`, `"http://localhost:3000/cb"`, `"mine@example.com"`} {
			if !strings.Contains(body, part) {
				t.Errorf("%s: there is no %s in %s", path, part, body)
			}
		}
		imported := run(t, env, "import", "--keyword", "C=c", path)
		if imported.status != 0 || !strings.Contains(imported.errout, "warning: ") || !strings.Contains(imported.out, "friendly_name: a b c\n") {
			t.Errorf("import %s: %+v", path, imported)
		}
		again := write(t, "imported.yaml", imported.out)
		if got := run(t, env, "import", again); got.status != 0 || got.out != imported.out {
			t.Errorf("what import printed is read as another fixture: %+v", got)
		}
		if got := run(t, env, "validate", "--keyword", "C=c", path); got.status != 0 || got.out != path+": ok\n" {
			t.Errorf("validate %s: %+v", path, got)
		}
	}
}

func TestMistakesOfImport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	refused(t, environ(), "import needs the tenant.yaml or the folder of an export of Auth0's deploy CLI", "import")
	refused(t, environ(), "there is no file or folder nowhere; name the tenant.yaml or the folder of an export", "import", "nowhere")
	refused(t, environ(), "the fixture cannot be read: read "+dir+": it is a folder without an export of Auth0's deploy CLI: it has no tenant.yaml, and none of the folders that the CLI writes, such as clients", "import", dir)
	refused(t, environ(), "--keyword ENV: write NAME=VALUE, such as ENV=dev or 'URLS=[\"http://localhost:3000/cb\"]'", "--keyword", "ENV")
	refused(t, environ("AUTH0_KEYWORD_REPLACE_MAPPINGS=ENV=dev"), `AUTH0_KEYWORD_REPLACE_MAPPINGS is not a JSON object (invalid character 'E' looking for beginning of value); write one such as {"ENV": "dev"}`)
}

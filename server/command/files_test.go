package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	good := write(t, "good.yaml", "version: 1\nextends: default\n")
	empty := write(t, "empty.yaml", "version: 1\n")
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	if got := run(t, nil, "validate", good); got != (result{out: good + ": ok\n"}) {
		t.Errorf("%+v", got)
	}
	got := run(t, nil, "validate", empty)
	if got.status != 0 || got.out != empty+": ok\n" || !strings.HasPrefix(got.errout, "warning: "+empty+":1:1: clients: the fixture has no clients") {
		t.Errorf("%+v", got)
	}
	got = run(t, nil, "validate", missing, good)
	if got != (result{1, good + ": ok\n", missing + ": the file cannot be read (" + noSuchFile() + "); check its name\n"}) {
		t.Errorf("%+v", got)
	}
}

// A scenario is known by what it has; a fixture's scenarios are checked with
// it, wherever the command runs.
func TestValidateScenarios(t *testing.T) {
	t.Parallel()
	good := write(t, "good.yaml", "version: 1\nname: mine\nrules: [{id: a, then: {otp: wrong}}]\n")
	bad := write(t, "bad.yaml", "version: 1\nname: mine\nrules: [{id: a, then: {otp: wrongs}}]\n")
	nameless := write(t, "nameless.json", `{"version": 1, "rules": []}`)
	names := write(t, "names.yaml", "version: 1\nextends: default\nscenarios: [slow, good.yaml, bad.yaml, slwo]\n")
	dir := filepath.Dir(names)
	for _, file := range []string{good, bad} {
		data, _ := os.ReadFile(file)
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	beside := filepath.Join(dir, "bad.yaml")
	compose := write(t, "compose.yaml", "services: {app: {image: x}}\n")
	broken := write(t, "broken.yaml", "rules: [\n")
	got := run(t, nil, "validate", good, bad, nameless, names, compose, broken)
	want := result{1, good + ": ok\n", strings.Join([]string{
		bad + `:3:29: rules[0].then.otp: unknown value "wrongs"; did you mean "wrong"?`,
		nameless + ":1:1: name: required field is missing; add it",
		nameless + ":1:25: rules: must not be empty",
		beside + `:3:29: rules[0].then.otp: unknown value "wrongs"; did you mean "wrong"?`,
		names + `:3:40: scenarios[3]: there is no built-in scenario "slwo", and no file ` + filepath.Join(dir, "slwo") + `; did you mean "slow"?`,
		compose + ": this is neither a fixture nor a scenario; a fixture has version: 1 and sections such as clients and users, a scenario version: 1, name and rules",
		broken + ":2:1: this is not YAML: did not find expected node content while parsing a flow node", "",
	}, "\n")}
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

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

func TestSchema(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"schema"}, {"schema", "fixture"}} {
		var schema struct {
			Schema     string         `json:"$schema"`
			Properties map[string]any `json:"properties"`
		}
		got := run(t, nil, args...)
		if err := json.Unmarshal([]byte(got.out), &schema); err != nil || !strings.Contains(schema.Schema, "draft-07") || schema.Properties["clients"] == nil {
			t.Errorf("%q: %v, %+v", args, err, schema)
		}
	}
}

func TestSchemaOfScenarios(t *testing.T) {
	t.Parallel()
	if got := run(t, nil, "schema", "scenario"); got != (result{out: string(scenarios.Schema())}) {
		t.Errorf("%+v", got)
	}
}

// What is printed is all there is to a file.
func TestScenarios(t *testing.T) {
	t.Parallel()
	golden(t, "scenarios.txt", run(t, nil, "scenarios").out)
	for _, name := range scenarios.Names() {
		if got := run(t, nil, "scenarios", name); got != (result{out: string(scenarios.Source(name))}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	s := serve(t, environ())
	_, port, _ := strings.Cut(strings.TrimPrefix(s.url, "http://"), ":")
	for _, addr := range []string{"localhost:", "127.0.0.1:", ":", "0.0.0.0:"} {
		if got := run(t, nil, "healthcheck", "--addr", addr+port); got != (result{}) {
			t.Errorf("%s: %+v", addr+port, got)
		}
	}
	if got := run(t, []string{"MOCKAUTH0_ADDR=:" + port + ",[::1]:1"}, "healthcheck"); got != (result{}) {
		t.Errorf("by the twin: %+v", got)
	}
	s.stop()
	refused(t, nil, "no server answers at 127.0.0.1:"+port+" ("+refusedText()+"); start one with mockauth0 serve", "healthcheck", "--addr", "127.0.0.1:"+port)
}

func TestCA(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ca")
	file := filepath.Join(dir, "ca.pem")
	pem := run(t, nil, "ca", "--tls-dir", dir)
	if pem.status != 0 || !strings.HasPrefix(pem.out, "-----BEGIN CERTIFICATE-----\n") {
		t.Errorf("%+v", pem)
	}
	if got := run(t, []string{"MOCKAUTH0_TLS_DIR=" + dir}, "ca", "path"); got != (result{out: file + "\n"}) {
		t.Errorf("%+v", got)
	}
	for _, flagFirst := range []bool{true, false} {
		args := []string{"ca", "trust", "--tls-dir", dir}
		if flagFirst {
			args = []string{"ca", "--tls-dir", dir, "trust"}
		}
		if got := run(t, nil, args...); got.status != 0 || !strings.Contains(got.out, "NODE_EXTRA_CA_CERTS") || !strings.Contains(got.out, file) {
			t.Errorf("%q: %+v", args, got)
		}
	}
	if again := run(t, nil, "ca", "--tls-dir", dir); again != pem {
		t.Error("the authority is another one")
	}
	// A damaged authority is not overwritten, by no command.
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"ca"}, {"ca", "path"}, {"ca", "install"}, {"ca", "uninstall"}, {"serve"}, {"env"}, {"exec", "--", os.Args[0]}} {
		got := run(t, []string{"MOCKAUTH0_TLS_DIR=" + dir}, args...)
		if got.status != 1 || got.out != "" || !strings.HasPrefix(got.errout, "mockauth0: MOCKAUTH0_TLS_DIR: the CA in "+dir+" cannot be used, because of ca.pem: ") || strings.Count(got.errout, "\n") != 1 {
			t.Errorf("%q: %+v", args, got)
		}
	}
	if data, _ := os.ReadFile(file); string(data) != "mine" {
		t.Errorf("ca.pem is now %s", data)
	}
}

// The paths that are printed are used from other folders.
func TestCAPathIsWhole(t *testing.T) {
	t.Chdir(t.TempDir())
	if got := run(t, nil, "ca", "path", "--tls-dir", "here"); !filepath.IsAbs(strings.TrimSpace(got.out)) {
		t.Errorf("%+v", got)
	}
	if got := run(t, []string{"MOCKAUTH0_TLS_DIR=here"}, "env"); !strings.Contains(got.out, string(filepath.Separator)+"here"+string(filepath.Separator)) {
		t.Errorf("%+v", got)
	}
}

// A folder that cannot be written is one sentence for those who need it.
func TestCANowhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(write(t, "file", ""), "ca")
	for _, args := range [][]string{{"ca"}, {"ca", "path"}, {"ca", "trust"}} {
		got := run(t, nil, append(args, "--tls-dir", dir)...)
		if got.status != 1 || got.out != "" || !strings.HasSuffix(got.errout, "; name another folder with --tls-dir\n") || strings.Count(got.errout, "\n") != 1 {
			t.Errorf("%q on %s: %+v", args, runtime.GOOS, got)
		}
	}
}

// A fixture is checked with its scenarios: those that wait for what it does not
// have are a warning.
func TestValidateWarnsOfScenariosThatWaitInVain(t *testing.T) {
	t.Parallel()
	slow := write(t, "slow.yaml", "version: 1\nname: mine\nrules: [{id: a, when: {client: acme-wep}, then: {delay: 1s}}]\n")
	file := write(t, "f.yaml", "version: 1\nextends: default\nscenarios: ["+strconv.Quote(slow)+"]\n")
	got := run(t, environ(), "validate", file)
	want := result{out: file + ": ok\n", errout: "warning: scenario mine/a waits for client acme-wep, which the fixture does not have; did you mean \"acme-web\"?\n"}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

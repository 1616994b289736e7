package command

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
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

// A tenant.yaml of Auth0's deploy CLI is named as such, also with rules, and with
// keywords where YAML wants quotes.
func TestValidateAnExportOfTheDeployCLI(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"rules: []\npages: []\nclients: [{name: Shop, app_type: spa, grant_types: [authorization_code]}]\n",
		"clientGrants: []\nclients:\n  - {name: Shop, app_type: spa, grant_types: [authorization_code], callbacks: @@URLS@@}\n",
	} {
		file := write(t, "tenant.yaml", text)
		got := run(t, nil, "validate", file)
		if got.status != 0 || got.out != file+": ok\n" || !strings.HasPrefix(got.errout, "warning: "+file+": this is an export of Auth0's deploy CLI, which the mock reads as a fixture") {
			t.Errorf("%s%+v", text, got)
		}
	}
	file := write(t, "tenant.yaml", "rules: []\nclients: []\n")
	refused(t, nil, file+":1:1: this is an export of Auth0's deploy CLI, not a scenario; load it as the fixture", "serve", "--scenario", file)
}

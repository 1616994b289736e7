package scenarios_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/internal/strictyaml/strictyamltest"
	"github.com/mockauth0/mockauth0/scenarios"
)

// TestTheLibrary: what is built in is good, is called what its file is called,
// says what it does, and is its own description.
func TestTheLibrary(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("library/*.yaml")
	if err != nil || len(files) != len(scenarios.Names()) || len(files) != 31 {
		t.Errorf("%d files, %d names, %v", len(files), len(scenarios.Names()), err)
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Name != name || s.Source != "" || !strings.HasSuffix(s.Description, ".") {
			t.Errorf("%s: name %q, source %q, description %q", name, s.Name, s.Source, s.Description)
		}
		renamed := strings.Replace(string(scenarios.Source(name)), "name: "+name+"\n", "name: my-"+name+"\n", 1)
		mine, err := scenarios.Parse("", []byte(renamed))
		if err != nil {
			t.Error(err)
			continue
		}
		if mine.Name = name; !reflect.DeepEqual(s, mine) {
			t.Errorf("%s: Source and Load differ", name)
		}
	}
	if scenarios.Source("nothing") != nil {
		t.Error("there is a Source for nothing")
	}
}

func TestABuiltInScenarioIsShared(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	found := make([]*scenarios.Scenario, 8)
	for i := range found {
		group.Go(func() { found[i], _ = scenarios.Load("slow") })
	}
	group.Wait()
	for _, s := range found {
		if s == nil || s != found[0] {
			t.Fatal("Load gave different scenarios")
		}
	}
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	_, err := scenarios.Load("sms-lsot")
	if want := `there is no built-in scenario "sms-lsot"; the names are ` + strings.Join(scenarios.Names(), ", ") + `; did you mean "sms-lost"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
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

func TestOpen(t *testing.T) {
	t.Parallel()
	loaded, _ := scenarios.Load("slow")
	if s, err := scenarios.Open("slow"); err != nil || s != loaded {
		t.Errorf("%v, %v", s, err)
	}
	file := write(t, t.TempDir(), "mine.yaml", "version: 1\nname: mine\nrules: [{id: a, then: {delay: 1s}}]\n")
	if s, err := scenarios.Open(file); err != nil || s.Name != "mine" || s.Source != file {
		t.Errorf("%v, %v", s, err)
	}
	if _, err := scenarios.ParseFile(file + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	if _, err := scenarios.ParseFile(t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "the scenario cannot be read: ") {
		t.Errorf("a folder: %v", err)
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

// TestRoundTrip: a scenario written and read again is the same.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	files := strictyamltest.ReadGolden(t, "good").Files
	for _, f := range files {
		s, err := scenarios.Parse(f.Name, f.Data)
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, s)
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		mine := *s
		mine.Name = "my-" + name
		checkRoundTrip(t, &mine)
	}
}

func checkRoundTrip(t testing.TB, s *scenarios.Scenario) {
	t.Helper()
	data := toJSON(t, s)
	again, err := scenarios.Parse(s.Source, data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if !reflect.DeepEqual(s, again) {
		t.Errorf("written and read again:\n%s\n%s", data, toJSON(t, again))
	}
}

// TestNullSurvives: in a merge patch and in claims it removes a member.
func TestNullSurvives(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("", []byte("version: 1\nname: x\nrules: [{id: a, then: {patch: {a: ~, b: {c: null}}, token: {claims: {d: ~}}}}]"))
	if err != nil {
		t.Fatal(err)
	}
	checkRoundTrip(t, s)
	then := s.Rules[0].Then
	if _, there := then.Patch["a"]; !there || then.Patch["b"].(map[string]any)["c"] != nil || len(then.Token.Claims) != 1 {
		t.Errorf("%v %v", then.Patch, then.Token.Claims)
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	in := &scenarios.Scenario{
		Name: "mine", Source: "a test",
		Rules: []scenarios.Rule{{
			ID:   "a",
			When: scenarios.When{Endpoint: scenarios.AnyOf{"oauth.token"}, Call: scenarios.Calls{"1"}},
			Then: scenarios.Then{Delay: &scenarios.Delay{Fixed: time.Second}, OTP: &scenarios.OTP{Code: "1"}, Patch: map[string]any{"a": []string{"b"}, "c": nil}},
		}},
	}
	s, err := scenarios.Complete(in)
	if err != nil {
		t.Fatal(err)
	}
	want := *in
	want.Version = 1
	want.Rules = []scenarios.Rule{in.Rules[0]}
	want.Rules[0].Then.Patch = map[string]any{"a": []any{"b"}, "c": nil}
	if !reflect.DeepEqual(s, &want) {
		t.Errorf("%s", toJSON(t, s))
	}
	if in.Version != 0 || &s.Rules[0] == &in.Rules[0] {
		t.Error("Complete changed what it was given, or kept it")
	}
}

// TestCompleteFindsMistakes: all at once, by their paths, since there are no
// lines.
func TestCompleteFindsMistakes(t *testing.T) {
	t.Parallel()
	_, err := scenarios.Complete(&scenarios.Scenario{
		Name: "slow", Source: "a test",
		Rules: []scenarios.Rule{
			{ID: "a", Then: scenarios.Then{Delay: &scenarios.Delay{Fixed: time.Second, Max: time.Second}}},
			{ID: "a", Then: scenarios.Then{OTP: &scenarios.OTP{Verdict: "wrong", Code: "1"}}},
			{ID: "b", When: scenarios.When{Call: scenarios.Calls{"one"}}, Then: scenarios.Then{Fault: "rest"}},
			{ID: "c", Then: scenarios.Then{OTP: &scenarios.OTP{}}},
		},
	})
	want := strings.Join([]string{
		`a test: name: the name "slow" is a built-in scenario's; choose another`,
		`a test: rules[0].then.delay: a fixed delay and a distribution exclude each other; choose one`,
		`a test: rules[1].id: the id "a" is taken; the first is rules[0].id`,
		`a test: rules[1].then.otp: wrong and a code exclude each other; choose one`,
		`a test: rules[2].when.call[0]: must say which call: 1, 2..4, ">=3", {every: 3}, or a list of these`,
		`a test: rules[2].then.fault: unknown value "rest"; did you mean "reset"?`,
		`a test: rules[3].then.otp.code: must be digits, in quotes, as in "012345", not the string ""`,
	}, "\n")
	var problems *strictyaml.Errors
	if !errors.As(err, &problems) || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	_, err = scenarios.Complete(&scenarios.Scenario{Name: "x", Rules: []scenarios.Rule{{ID: "a", Then: scenarios.Then{Patch: map[string]any{"f": func() {}}}}}})
	if err == nil || !strings.HasPrefix(err.Error(), "the scenario cannot be checked: ") {
		t.Errorf("a function in a patch: %v", err)
	}
}

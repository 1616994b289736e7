package scenarios_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/internal/strictyaml/strictyamltest"
	"github.com/mockauth0/mockauth0/scenarios"
)

// What a file may say is no mistake, and nothing of it gets lost.
func TestGood(t *testing.T) {
	t.Parallel()
	strictyamltest.ReadGolden(t, "good").Compare(t, *update, func(name string, data []byte) string {
		s, err := scenarios.Parse(name, data)
		if err != nil {
			t.Error(err)
			return err.Error()
		}
		if s.Source != name {
			t.Errorf("the source is %q", s.Source)
		}
		return string(bytes.TrimSpace(toJSON(t, s)))
	})
}

func toJSON(t testing.TB, s *scenarios.Scenario) []byte {
	t.Helper()
	data, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A scenario that is written and read again is the same.
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

// null in a merge patch and in claims removes a member, so it must not get lost.
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

// All mistakes are found at once. They have paths, but no lines.
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
		`a test: rules[0].then.delay: a fixed delay and a distribution cannot be used together; choose one`,
		`a test: rules[1].id: the id "a" is used twice; the first one is rules[0].id`,
		`a test: rules[1].then.otp: wrong and a code cannot be used together; choose one`,
		`a test: rules[2].when.call[0]: must be the number of a call: 1, 2..4, ">=3", {every: 3}, or a list of these`,
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

// forms are values of the fields that have several forms, by the document in
// which they replace %s.
var forms = map[string][]string{
	"version: 1\nname: x\nrules: [{id: a, when: {endpoint: %s}, then: {delay: 1s}}]": {
		"jwks", "[jwks]", "[jwks, any]", "jwk", "[jwk]", "~", "''", "['']", "[]", "{}", "1", "[~]", "[[jwks]]",
	},
	"version: 1\nname: x\nrules: [{id: a, when: {client: %s, header: {a: %[1]s}}, then: {delay: 1s}}]": {
		"x", "''", "[x, y]", "[]", "[1, true, x]", "1", "{}", "[~]", "[[]]", "1.5",
	},
	"version: 1\nname: x\nrules: [{id: a, when: {call: %s}, then: {delay: 1s}}]": {
		"1", "0", "-1", "999999999", "1000000000", "'1'", "1.5", "true", "'2..4'", "2..4", "0..4", "'>=3'", "'>= 3'", "'>=0'", "every 3", "'every 0'",
		"{every: 3}", "{every: 0}", "{every: '3'}", "{}", "{every: 3, x: 1}", "[]", "[1, '2..4', '>=3', 'every 2']", "[0]", "[~]", "[[1]]", "[{every: 3}]", "[{each: 3}]", "~", "''",
	},
	"version: 1\nname: x\nrules: [{id: a, when: {after: %s, until: %[1]s}, then: {token: {exp: %[1]s}}}]": {
		"2m", "-1h30m", "0", "'0'", "1", "''", "~", "soon", "2030-01-01T00:00:00Z", "2030-01-01T00:00:00.123+05:30", "2030-01-01", "[2m]", "{}", "1.5h", "+1h", "2m ",
	},
	"version: 1\nname: x\nrules: [{id: a, expect: {fired: %s}, then: {delay: 1s}}]": {
		"0", "2", "'2'", "'>=1'", "'>=0'", "'> 1'", "-1", "1.5", "1000000000", "''", "~", "true", "[1]", "{}", "never",
	},
	"version: 1\nname: x\nrules: [{id: a, then: {delay: %s}}]": {
		"1s", "'1s'", "1", "0", "'0'", "-1s", "soon", "''", "~", "[]", "[1s]", "{}", "{min: 1s, max: 2s}", "{min: 1}", "{median: 1s, p99: 2s}", "{mean: 1s}", "{min: ~}",
		"{fixed: 1s}", "true",
	},
	"version: 1\nname: x\nrules: [{id: a, then: {otp: %s}}]": {
		"expired", "locked", "wrong", "accept_any", "right", "''", "~", "1", "{code: '111111'}", "{code: 111111}", "{code: x}", "{code: ''}", "{code: ~}", "{}",
		"{code: '1', verdict: wrong}", "[expired]", "true",
	},
}

// Decoder and schema agree on any form of any field. The schema says nothing
// about what the fields mean.
func TestTheSchemaAgrees(t *testing.T) {
	t.Parallel()
	format := strictyamltest.NewFormat(t, scenarios.Scenario{})
	documents, good := format.EveryField(t)
	if documents < 1500 || good < 400 {
		t.Errorf("%d documents, %d of them good, are too few", documents, good)
	}
	for document, values := range forms {
		taken := 0
		for _, value := range values {
			data := strings.ReplaceAll(strings.ReplaceAll(document, "%s", value), "%[1]s", value)
			if format.Agree(t, value, []byte(data)) {
				taken++
			}
		}
		if taken == 0 || taken == len(values) {
			t.Errorf("of %d values %d are taken: %s", len(values), taken, document)
		}
	}
	for _, name := range []string{"mistakes", "good"} {
		files := strictyamltest.ReadGolden(t, name).Files
		for _, f := range files {
			format.Agree(t, f.Name, f.Data)
		}
	}
	for _, name := range scenarios.Names() {
		if !format.Agree(t, name, scenarios.Source(name)) {
			t.Errorf("the schema refuses %s", name)
		}
	}
	if !bytes.Contains(scenarios.Schema(), []byte(`"title": "mockauth0 scenario"`)) {
		t.Error("the schema has another title")
	}
}

// No bytes make Parse panic or work without end. Every mistake has its place. What is parsed meets
// the schema, and can be written and parsed again.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"mistakes", "good"} {
		files := strictyamltest.ReadGolden(f, name).Files
		for _, file := range files {
			f.Add(file.Data)
		}
	}
	for _, name := range scenarios.Names() {
		f.Add(scenarios.Source(name))
	}
	format := strictyamltest.NewFormat(f, scenarios.Scenario{})
	f.Add(strictyamltest.MergeBomb())
	f.Fuzz(func(t *testing.T, data []byte) {
		strictyamltest.Bounded(t, data, scenarios.StepsToParse(data))
		s, err := scenarios.Parse("f", data)
		if err == nil {
			checkRoundTrip(t, s)
			if !format.Agree(t, "f", toJSON(t, s)) {
				t.Errorf("the schema refuses what was parsed from %s", data)
			}
			return
		}
		var problems *strictyaml.Errors
		if !errors.As(err, &problems) || len(*problems) == 0 {
			t.Fatalf("the error is a %T: %v", err, err)
		}
		for _, p := range *problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" || p.File != "f" {
				t.Errorf("a problem without its place or sentence: %#v", p)
			}
		}
	})
}

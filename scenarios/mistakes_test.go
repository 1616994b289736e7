package scenarios_test

import (
	"bytes"
	"flag"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/internal/strictyaml/strictyamltest"
	"github.com/mockauth0/mockauth0/scenarios"
)

var update = flag.Bool("update", false, "rewrite the expected answers in testdata")

// TestMistakes: every mistake, with its place and what to do.
func TestMistakes(t *testing.T) {
	t.Parallel()
	strictyamltest.ReadGolden(t, "mistakes").Compare(t, *update, func(name string, data []byte) string {
		if _, err := scenarios.Parse(name, data); err != nil {
			return err.Error()
		}
		t.Errorf("%s has no mistake", name)
		return ""
	})
}

// TestGood: what a file may say is no mistake, and nothing of it is lost.
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

// forms are documents of the forms that tags do not tell; the rest stands in
// place of %s.
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

// TestTheSchemaAgrees: decoder and schema give the same verdict for any form of
// any field. What fields mean is outside the schema.
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

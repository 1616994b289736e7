package scenarios_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

func TestParseNamed(t *testing.T) {
	t.Parallel()
	name, n, err := scenarios.ParseNamed("", []byte(`{"name": "slow", "when": {"recipient": "ada@*"}, "times": 2, "ttl": "1m"}`))
	want := scenarios.Narrowing{When: scenarios.When{Recipient: scenarios.AnyOf{"ada@*"}}, Times: 2, TTL: time.Minute}
	if err != nil || name != "slow" || !reflect.DeepEqual(n, want) {
		t.Errorf("%q %+v %v", name, n, err)
	}
	for body, want := range map[string]string{
		`{"nam`:                               "1:6: this is not YAML: ",
		`{"nam":"slow"}`:                      `1:2: nam: unknown field; did you mean "name"?`,
		`{"name":"slow","ttl":"0s"}`:          "1:22: ttl: must be positive, as in 1m, not 0s",
		`{"name":"slow","when":{"call":1}}`:   "1:31: when.call: belongs to a rule; a scenario that is switched on is narrowed by ",
		`{"name":"slow","when":{"send":"x"}}`: "1:31: when.send: \"x\" is not a way to send a code; ",
		`{"name":"slow","when":{"client":"/(abcdef){999}(ghijkl){999}/"}}`: "1:23: when: the regular expressions are too large; ",
	} {
		if _, _, err := scenarios.ParseNamed("", []byte(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", body, err, want)
		}
	}
}

func TestANarrowingHasBounds(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("", []byte("version: 1\nname: narrow\nrules: [{id: a, when: {endpoint: passwordless.start}, then: {deliver: {copies: 2}}}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	for want, n := range map[string]scenarios.Narrowing{
		"ttl: 87601h0m0s is too long; write 87600h, which is ten years, at most":                  {TTL: 87601 * time.Hour},
		"when: there are 1001 patterns; write 1000 at most, or one with *":                        {When: scenarios.When{Recipient: make(scenarios.AnyOf, 1001)}},
		"when: the regular expressions are too large; write shorter ones, or smaller repetitions": {When: scenarios.When{Client: scenarios.AnyOf{"/(abcdef){999}/", "/(ghijkl){999}/"}}},
		"when: endpoint: narrow acts on passwordless.start, never on jwks or userinfo":            {When: scenarios.When{Endpoint: []string{"jwks", "userinfo"}}},
		"when: call belongs to a rule": {When: scenarios.When{Call: scenarios.Calls{"1"}}},
	} {
		if err := n.Check(s); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for _, good := range []scenarios.Narrowing{{}, {When: scenarios.When{Endpoint: []string{"any"}}}, {When: scenarios.When{Endpoint: []string{"jwks", "passwordless.start"}}, Times: 1, TTL: time.Hour}} {
		if err := good.Check(s); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
}

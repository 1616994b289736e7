package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// A file that would be dear to look at is refused before it is.
func TestAScenarioHasBounds(t *testing.T) {
	t.Parallel()
	rules := func(n int, when func(i int) string) string {
		var text strings.Builder
		text.WriteString("version: 1\nname: large\nrules:\n")
		for i := range n {
			fmt.Fprintf(&text, "  - {id: r%d, when: {%s}, then: {respond: {status: 500}}}\n", i, when(i))
		}
		return text.String()
	}
	address := func(i int) string { return fmt.Sprintf("recipient: a%d@example.com", i) }
	many := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("a%d@example.com", i)
		}
		return "recipient: [" + strings.Join(list, ", ") + "]"
	}
	for _, c := range []struct{ text, want string }{
		{rules(200, address), ""},
		{rules(201, address), "there are 201 rules; write 200 at most"},
		{rules(1, func(int) string { return many(1000) }), ""},
		{rules(2, func(int) string { return many(501) }), "there are 1002 patterns in them; write 1000 at most, or one with *"},
	} {
		_, err := scenarios.Parse("f", []byte(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestANarrowingHasBounds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for want, n := range map[string]scenarios.Narrowing{
		"ttl: 87601h0m0s is too long; write 87600h, which is ten years, at most":               {TTL: 87601 * time.Hour},
		"when: there are 1001 patterns; write 1000 at most, or one with *":                     {When: scenarios.When{Recipient: make(scenarios.AnyOf, 1001)}},
		"when: the regular expressions are too large; write shorter ones, or smaller repetiti": {When: scenarios.When{Client: scenarios.AnyOf{"/(abcdef){999}/", "/(ghijkl){999}/"}}},
		"when: endpoint: narrow acts on passwordless.start, never on jwks or userinfo":         {When: scenarios.When{Endpoint: []string{"jwks", "userinfo"}}},
		"when: call belongs to a rule": {When: scenarios.When{Call: scenarios.Calls{"1"}}},
	} {
		_, err := b.SwitchOn(b.file("narrow", `{id: a, when: {endpoint: passwordless.start}, then: {deliver: {copies: 2}}}`), scenarios.ByControl, n, noon)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for _, body := range []string{`{"name":"slow","ttl":"90000h"}`, `{"name":"slow","when":{"client":"/(abcdef){999}(ghijkl){999}/"}}`} {
		name, n, err := scenarios.ParseNamed("", []byte(body))
		if err == nil {
			s, _ := scenarios.Load(name)
			_, err = b.SwitchOn(s, scenarios.ByControl, n, noon)
		}
		if err == nil || !strings.Contains(err.Error(), "too l") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// Patterns see the front of a long value, and a header names a few scenarios.
func TestARequestIsLookedAtWithinBounds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.on("end", `{id: a, when: {client: "*end"}, then: {headers: {X-A: a}}}`)
	b.on("front", `{id: a, when: {client: "front*"}, then: {headers: {X-B: b}}}`)
	long := "front" + strings.Repeat("x", 10<<10) + "end"
	if got := b.start("ada@example.com", func(r *scenarios.Request) { r.ClientID = long }).Names(); got != "front/a" {
		t.Errorf("acted: %s", got)
	}
	many := strings.Fields(strings.Repeat("slow ", 21))
	if _, err := b.Decide(&scenarios.Request{At: noon, Scenarios: many}); err == nil || err.Error() != "it names 21 scenarios; name 20 at most" {
		t.Errorf("21 names: %v", err)
	}
	effects := &scenarios.Effects{Fired: strings.Fields(strings.Repeat("a/b ", 25))}
	if got := effects.Names(); !strings.HasSuffix(got, "a/b, a/b and 5 more") || strings.Count(got, "a/b") != 20 {
		t.Errorf("names: %s", got)
	}
}

// What came from tests is forgotten by a reset, and what came from files is
// known again as it was.
func TestAResetForgetsWhatTestsBrought(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const file, other = `{id: file, then: {delay: 1s}}`, `{id: test, then: {delay: 2s}}`
	if err := b.Set(scenarios.ByFlag, []*scenarios.Scenario{b.file("mine", file)}, noon); err != nil {
		t.Fatal(err)
	}
	b.on("mine", other)
	b.on("theirs", other)
	find := func(name string) string {
		s, err := b.Find(name)
		if err != nil {
			return "none"
		}
		return s.Rules[0].ID
	}
	b.expect("before", find("mine")+" "+find("theirs"), "test test")
	b.Reset("dev", noon)
	b.expect("after", find("mine")+" "+find("theirs"), "file none")
}

// At the end of a run counts what happened in all of it.
func TestUnfiredIsOfTheWholeRun(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	names := func() (all string) {
		for _, f := range b.Unfired() {
			all += f.Name + " " + fmt.Sprint(f.Fired) + ";"
		}
		return all
	}
	list := []*scenarios.Scenario{
		b.file("first", `{id: a, when: {endpoint: passwordless.start}, then: {headers: {X-A: a}}}`),
		b.file("twice", `{id: a, when: {endpoint: passwordless.start}, expect: {fired: 2}, then: {headers: {X-B: a}}}`),
		b.file("never", `{id: a, when: {endpoint: jwks}, then: {delay: 1s}}`),
	}
	if err := b.Set(scenarios.ByFlag, list, noon); err != nil {
		t.Fatal(err)
	}
	b.expect("at the start", names(), "first 0;twice/a 0;never 0;")
	b.start("ada@example.com")
	b.Reset("dev", noon)
	b.expect("after a reset", names(), "twice/a 1;never 0;")
	b.start("ada@example.com")
	b.SwitchAllOff()
	b.expect("all off", names(), "never 0;")
	if failures, _ := b.Unmet(); len(failures) != 0 {
		t.Errorf("what is off is unmet: %v", failures)
	}
	b.onBy(scenarios.ByControl, scenarios.Narrowing{}, "sent", `{id: a, when: {endpoint: jwks}, then: {delay: 1s}}`)
	b.expect("sent", names(), "sent 0;never 0;")
}

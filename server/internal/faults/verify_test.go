package faults_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// A failure tells what happened instead.
func TestVerifyTellsWhatHappenedInstead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a",
		`{id: one, when: {endpoint: passwordless.start, connection: sms}, then: {delay: 1s}, expect: {fired: 1}}`,
		`{id: two, when: {endpoint: passwordless.start, call: ">=3"}, then: {headers: {X-A: a}}, expect: {fired: ">=2"}}`,
		`{id: three, when: {endpoint: passwordless.start}, then: {headers: {X-A: b}}}`)
	quiet := b.on("quiet", `{id: a, when: {endpoint: passwordless.start, header: {x-a: b}, params: {a: b}}, then: {delay: 1s}}`)
	for range 3 {
		b.start("ada@example.com")
	}
	story := func(failures []scenarios.Failure) string {
		var all []string
		for _, f := range failures {
			all = append(all, f.Message)
		}
		return strings.Join(all, "\n")
	}
	unmet, checked := b.Unmet()
	b.expect("unmet", story(unmet), "a/one fired 0 times, and was to fire 1 time; near misses: passwordless.start: `connection` was email, the rule wants sms\n"+
		"a/two fired 1 time, and was to fire at least 2 times; it matched 3 requests, skipped 2 by call\n"+
		"quiet fired 0 times, and was to fire at least 1 time; no request came near it")
	b.expect("checked", checked, 2)
	verify := func(name string, count scenarios.Count) string {
		t.Helper()
		failures, err := b.Verify(map[string]scenarios.Count{name: count})
		if err != nil {
			return "error: " + err.Error()
		}
		return story(failures)
	}
	b.expect("all rules", verify("a", "3"), "")
	b.expect("exactly", verify("a/three", "3"), "a/three fired 2 times, and was to fire 3 times; it matched 3 requests, skipped 1 shadowed by an earlier rule")
	b.expect("never", verify("a/two", "0"), "a/two fired 1 time, and was to fire 0 times; it matched 3 requests, skipped 2 by call")
	b.expect("no scenario", verify("quite", ">=1"), `error: no scenario "quite" is on; did you mean "quiet"?`)
	b.expect("no rule", verify("a/four", ">=1"), `error: scenario "a" has no rule "four"`)

	// All activations of a name count together, however they were switched on.
	b.start("ada+mock-slow@example.com")
	on, err := b.SwitchOn(must(scenarios.Load("slow")), faults.ByControl, scenarios.Narrowing{})
	if err != nil {
		t.Fatal(err)
	}
	b.start("ada+mock-slow@example.com")
	b.expect("together", verify("slow", "3")+verify("slow/slow", ">=3"), "")
	b.expect("by id", verify("slow@recipient", "2"), "")

	// An activation that is off can still be verified.
	quiet.Off()
	on.Off()
	a.Off()
	b.expect("off", story(quiet.Verify(""))+story(on.Verify("")), "quiet fired 0 times, and was to fire at least 1 time; no request came near it")
	b.expect("off, as often as it should", story(a.Verify("5")), "")
	b.expect("off, not as often", story(a.Verify("6")), "a fired 5 times, and was to fire 6 times; it matched 10 requests, skipped 2 by call, 3 shadowed by an earlier rule; near misses: passwordless.start: `connection` was email, the rule wants sms")
	b.expect("what is left", verify("quiet", "0"), `error: no scenario "quiet" is on; those that are on: slow`)
}

// Unfired tells what never fired in the whole run, resets included.
func TestUnfiredCountsTheWholeRun(t *testing.T) {
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
	if err := b.Set(faults.ByFlag, list); err != nil {
		t.Fatal(err)
	}
	b.expect("at the start", names(), "first 0;twice/a 0;never 0;")
	b.start("ada@example.com")
	b.Reset("dev")
	b.expect("after a reset", names(), "twice/a 1;never 0;")
	b.start("ada@example.com")
	b.SwitchAllOff()
	b.expect("all off", names(), "never 0;")
	if failures, _ := b.Unmet(); len(failures) != 0 {
		t.Errorf("what is off is unmet: %v", failures)
	}
	b.onBy(faults.ByControl, scenarios.Narrowing{}, "sent", `{id: a, when: {endpoint: jwks}, then: {delay: 1s}}`)
	b.expect("sent", names(), "sent 0;never 0;")
}

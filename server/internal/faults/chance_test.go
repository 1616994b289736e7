package faults_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

// The share is the same on every run, because it derives from names.
func TestProbabilityIsTheShareOfRequests(t *testing.T) {
	t.Parallel()
	const requests = 4000
	for _, p := range []float64{0.01, 0.1, 0.5, 1} {
		for _, per := range []string{"rule", "recipient"} {
			b := newBench(t)
			a := b.on("a", fmt.Sprintf(`{id: a, when: {endpoint: passwordless.start, per: %s, probability: %v}, then: {headers: {X-A: a}}}`, per, p))
			for n := range requests {
				b.start(fmt.Sprintf("ada%d@example.com", n))
			}
			got, sigma := float64(a.Fired())/requests, math.Sqrt(p*(1-p)/requests)
			if math.Abs(got-p) > 3*sigma {
				t.Errorf("per %s: %v of the requests, not %v", per, got, p)
			}
		}
	}
}

// A decision derives from seed, scenario, rule, key and count. It does not
// matter who else asks, when, or from which goroutine.
func TestDecisionsDoNotDependOnWhatOthersDo(t *testing.T) {
	t.Parallel()
	const recipients, requests = 40, 25
	// decisions are what each recipient saw, in its own order, and what the rules counted.
	decisions := func(seed string, rules []string, play func(ask func(recipient int))) (all []string) {
		b := newBench(t)
		b.Reset(seed)
		a := b.on("a", rules...)
		seen := make([][]string, recipients)
		play(func(r int) {
			e, err := b.Decide(&faults.Request{At: noon, Endpoint: "passwordless.start", Recipient: fmt.Sprintf("ada%d@example.com", r)})
			if err != nil {
				t.Error(err)
			}
			line := e.Names()
			if e != nil {
				line += " " + e.Delay.String()
			}
			seen[r] = append(seen[r], line)
		})
		for _, lines := range seen {
			all = append(all, strings.Join(lines, "|"))
		}
		for i := range rules {
			all = append(all, counts(a, len(a.Status().Rules)-1-i)) // the last rule first
		}
		return all
	}
	inTurn := func(ask func(int)) {
		for n := range recipients * requests {
			ask(n % recipients)
		}
	}
	oneByOne := func(ask func(int)) {
		for n := range recipients * requests {
			ask(n / requests)
		}
	}
	shuffled := func(ask func(int)) {
		for _, n := range rand.Perm(recipients * requests) {
			ask(n % recipients)
		}
	}
	inParallel := func(ask func(int)) {
		var all sync.WaitGroup
		for r := range recipients {
			all.Go(func() {
				for range requests {
					ask(r)
				}
			})
		}
		all.Wait()
	}
	rules := []string{
		`{id: some, when: {endpoint: passwordless.start, per: recipient, probability: 0.3}, then: {delay: {min: 1ms, max: 1s}}}`,
		`{id: others, when: {endpoint: passwordless.start, per: recipient, probability: 0.3}, then: {delay: {median: 10ms, p99: 100ms}}}`,
		`{id: third, when: {endpoint: passwordless.start, per: recipient, call: {every: 3}}, then: {headers: {X-A: a}}}`,
		`{id: few, when: {endpoint: passwordless.start, per: recipient, probability: 0.2}, times: 3, then: {respond: {preset: unavailable}}}`,
	}
	want := decisions("dev", rules, inTurn)
	for what, play := range map[string]func(func(int)){"one by one": oneByOne, "shuffled": shuffled, "in parallel": inParallel} {
		if got := decisions("dev", rules, play); !slices.Equal(got, want) {
			t.Errorf("%s:\n%q\nnot\n%q", what, got, want)
		}
	}
	if got := decisions("other", rules, inTurn); slices.Equal(got, want) {
		t.Error("another seed decides the same")
	}
	// A further rule in front changes nothing for those behind it.
	more := append([]string{`{id: first, when: {endpoint: passwordless.start, per: recipient, probability: 0.5}, then: {headers: {X-B: b}}}`}, rules...)
	with := decisions("dev", more, inTurn)
	for i := range want {
		if got := strings.ReplaceAll(strings.ReplaceAll(with[i], "a/first, ", ""), "a/first 0s", ""); got != want[i] {
			t.Errorf("with one more rule: %s\nnot %s", got, want[i])
		}
	}
}

func TestASeedOfTheFileComesBeforeTheTenants(t *testing.T) {
	t.Parallel()
	fate := func(seed, own string) string {
		b := newBench(t)
		b.Reset(seed)
		s, err := scenarios.Parse("", []byte("version: 1\nname: a\n"+own+"rules: [{id: a, when: {endpoint: passwordless.start, probability: 0.5}, then: {delay: 1s}}]\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.SwitchOn(s, faults.ByGo, scenarios.Narrowing{}); err != nil {
			t.Fatal(err)
		}
		return b.fired(make([]string, 64)...)
	}
	if fate("one", "") == fate("two", "") {
		t.Error("the tenant's seed does not count")
	}
	if fate("one", "seed: x\n") != fate("two", "seed: x\n") || fate("one", "seed: x\n") == fate("one", "seed: y\n") {
		t.Error("the file's seed does not count")
	}
	b := newBench(t)
	b.Reset("one")
	b.Reseed("two")
	b.on("a", `{id: a, when: {endpoint: passwordless.start, probability: 0.5}, then: {delay: 1s}}`)
	b.expect("a new seed", b.fired(make([]string, 64)...), fate("two", ""))
}

func TestDelaysAreDistributedAsTheFileSays(t *testing.T) {
	t.Parallel()
	const requests = 5000
	delays := func(form string) []time.Duration {
		b := newBench(t)
		b.on("a", `{id: a, when: {endpoint: passwordless.start}, then: {delay: `+form+`}}`)
		list := make([]time.Duration, requests)
		for i := range list {
			list[i] = b.start("").Delay
		}
		slices.Sort(list)
		return list
	}
	near := func(what string, got, want time.Duration, part float64) {
		t.Helper()
		if math.Abs(float64(got-want)) > part*float64(want) {
			t.Errorf("%s is %s, not about %s", what, got, want)
		}
	}
	fixed := delays("250ms")
	if fixed[0] != 250*time.Millisecond || fixed[requests-1] != fixed[0] {
		t.Errorf("fixed: %s to %s", fixed[0], fixed[requests-1])
	}
	even := delays("{min: 1s, max: 3s}")
	if even[0] < time.Second || even[requests-1] > 3*time.Second {
		t.Errorf("even: %s to %s", even[0], even[requests-1])
	}
	near("the first quarter", even[requests/4], 1500*time.Millisecond, 0.02)
	near("the median", even[requests/2], 2*time.Second, 0.02)
	near("the last hundredth", even[requests*99/100], 2980*time.Millisecond, 0.02)
	normal := delays("{median: 800ms, p99: 5s}")
	near("the median", normal[requests/2], 800*time.Millisecond, 0.03)
	near("the last hundredth", normal[requests*99/100], 5*time.Second, 0.1)
	near("the first hundredth", normal[requests/100], 128*time.Millisecond, 0.1) // 800²/5000
	if normal[0] <= 0 || slices.Compact(normal)[0] != normal[0] || len(slices.Compact(normal)) < requests/2 {
		t.Error("log-normal delays repeat")
	}
	if long := delays("{median: 9m, p99: 10m}"); long[requests-1] > 10*time.Minute {
		t.Errorf("as long as %s", long[requests-1])
	}
}

package scenarios_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// What a rule keeps has an end; what was dropped is told.
func TestWhatARuleKeepsIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a", `{id: a, when: {endpoint: passwordless.start, per: recipient, call: 1}, then: {headers: {X-A: a}}}`)
	const known, more = 20_000, 500
	for n := range known + more {
		b.start(fmt.Sprintf("ada%d@example.com", n))
	}
	st := a.Status(noon).Rules[0]
	if st.Forgotten != more || st.Fired != known+more || len(st.Last) != 20 || st.Last[19].RequestID != fmt.Sprint("request-", known+more) {
		t.Errorf("forgotten %d, fired %d, last %d", st.Forgotten, st.Fired, len(st.Last))
	}
	// The oldest are forgotten, and begin again; the others are not.
	b.expect("the oldest, the newest", b.fired("ada0@example.com", fmt.Sprintf("ada%d@example.com", known)), "a/a|")

	// Near misses are the last five, each once, and short.
	far := b.on("far", `{id: a, when: {recipient: nobody@example.com, endpoint: passwordless.start}, then: {delay: 1s}}`)
	for n := range 50 {
		b.start(fmt.Sprintf("ada%d@example.com", n/2))
	}
	b.start(strings.Repeat("x", 1<<20))
	near := far.Status(noon).Rules[0].NearMisses
	if len(near) != 5 || len(near[4]) > 200 || !strings.Contains(near[0], "ada21@") || !strings.Contains(near[3], "ada24@") {
		t.Errorf("near misses: %q", near)
	}
}

// Keys as long as a whole body are counted, and not kept. It measures the heap,
// and so runs alone.
func TestLongKeysDoNotFillTheMemory(t *testing.T) {
	b := newBench(t)
	a := b.on("a",
		`{id: a, when: {endpoint: passwordless.start, per: recipient, call: 2}, then: {headers: {X-A: a}}}`,
		`{id: b, when: {endpoint: passwordless.start, per: client}, then: {headers: {X-B: b}}}`)
	long := func(n int) string { return strings.Repeat("x", 1<<20) + fmt.Sprint(n) }
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for n := range 100 {
		b.start(long(n), func(r *scenarios.Request) { r.ClientID = long(n) })
	}
	if grown := int64(heap()) - int64(before); grown > 20<<20 {
		t.Errorf("100 keys of a megabyte keep %d bytes", grown)
	}
	b.expect("counted", b.fired(long(7), long(7), long(100)), "a/a, a/b|a/b|a/b")
	if key := a.Status(noon).Rules[0].Last[0].Key; len(key) > 320 {
		t.Errorf("a hit has a key of %d bytes", len(key))
	}
	// Part of a body is not kept either: the key is a copy.
	body := strings.Repeat("y", 1<<20)
	before = heap()
	for n := range 40 {
		part := fmt.Sprint(n, body)
		b.start(part[:100], func(r *scenarios.Request) { r.ClientID = part[100:200] })
	}
	if grown := int64(heap()) - int64(before); grown > 20<<20 {
		t.Errorf("parts of 40 bodies keep %d bytes", grown)
	}
	runtime.KeepAlive(b)
}

// A layer is set anew: what has not changed goes on counting.
func TestSetKeepsTheCountsOfRulesThatStay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	set := func(list ...*scenarios.Scenario) {
		t.Helper()
		if err := b.Set(scenarios.ByFlag, list, b.now); err != nil {
			t.Fatal(err)
		}
	}
	line := func() string {
		var all []string
		for _, st := range b.Statuses(b.now) {
			for _, r := range st.Rules {
				all = append(all, fmt.Sprintf("%s/%s %d of %d since %s", st.ID, r.ID, r.Fired, r.Matched, st.Since.Sub(noon)))
			}
		}
		return strings.Join(all, ", ")
	}
	const (
		first  = `{id: first, when: {endpoint: passwordless.start, call: 1, per: recipient}, then: {headers: {X-A: a}}}`
		second = `{id: second, when: {endpoint: passwordless.start, after: 30s}, times: 2, then: {headers: {X-B: b}}}`
		third  = `{id: third, when: {endpoint: passwordless.start}, then: {headers: {X-C: c}}}`
	)
	set(b.file("a", first, second), b.file("z", third))
	b.start("ada@example.com")
	b.now = noon.Add(30 * time.Second)
	b.start("ada@example.com")
	b.expect("before", line(), "a/first 1 of 2 since 0s, a/second 1 of 2 since 0s, z/third 2 of 2 since 0s")

	// In another order, with a new rule, and another scenario in z's place.
	set(b.file("y", third), b.file("a", strings.Replace(third, "third", "new", 1), second, first))
	b.expect("moved", line(), "y/third 0 of 0 since 30s, a/new 0 of 0 since 0s, a/second 1 of 2 since 0s, a/first 1 of 2 since 0s")
	b.expect("go on", b.fired("ada@example.com", "ada@example.com", "grace@example.com"), "y/third, a/second|y/third|y/third, a/first")

	// A rule that says something else counts from the start.
	set(b.file("a", strings.Replace(second, "times: 2", "times: 3", 1), first))
	b.expect("changed", line(), "a/second 0 of 0 since 0s, a/first 2 of 5 since 0s")
	set()
	b.expect("none", line(), "")
	if b.Concerns(nil, "ada@example.com") {
		t.Error("nothing is on, and something is concerned")
	}
	set(b.file("a", first))
	b.expect("again", line(), "a/first 0 of 0 since 30s")
	b.Reset("dev", b.now.Add(time.Second))
	b.expect("reset", line(), "a/first 0 of 0 since 31s")
}

// The engine is asked, read and changed by many at once; it is for the race
// detector, and in the end every request is counted.
func TestAnEngineIsSafeForManyGoroutines(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	steady := b.on("steady", `{id: a, when: {endpoint: passwordless.start, per: recipient}, then: {headers: {X-Steady: a}}}`)
	files := make([]*scenarios.Scenario, 4)
	for i := range files {
		files[i] = b.file(fmt.Sprint("file", i), `{id: a, when: {endpoint: passwordless.start, probability: 0.5}, then: {delay: {min: 1ms, max: 2ms}}}`)
	}
	request := func(n int, names ...string) {
		to := fmt.Sprintf("ada%d@example.com", n)
		if n%10 == 0 {
			to = "ada+mock-slow@example.com"
		}
		if _, err := b.Decide(&scenarios.Request{At: noon, Endpoint: "passwordless.start", Recipient: to, Scenarios: names, Param: func(string) string { return "" }}); err != nil {
			b.Error(err)
		}
	}
	const askers, each = 8, 300
	var all sync.WaitGroup
	for range askers {
		all.Go(func() {
			for n := range each {
				if n%3 == 0 {
					request(n, "email-lost")
				} else {
					request(n)
				}
				b.Concerns(nil, "ada@example.com")
			}
		})
	}
	for i, file := range files {
		all.Go(func() {
			for range 100 {
				a, err := b.SwitchOn(file, scenarios.ByControl, scenarios.Narrowing{Times: 1 + i, TTL: time.Hour}, noon)
				if err != nil {
					b.Error(err)
					return
				}
				a.Fired()
				a.Status(noon)
				a.Unmet()
				a.Off()
				b.Available()
				_ = b.Set(scenarios.ByFlag, files[:i], noon)
				_ = b.Set(scenarios.ByFixture, files[i:], noon)
			}
		})
	}
	all.Go(func() {
		for range 100 {
			b.Statuses(noon)
			b.Unmet()
			b.Reseed("dev")
			_, _ = b.Verify([]scenarios.Want{{Name: "steady/a", Count: ">=1"}})
			b.SwitchOff("file0")
			_, _ = b.Find("file1")
		}
	})
	all.Wait()
	if got := steady.Fired(); got != askers*each {
		t.Errorf("%d requests of %d are counted", got, askers*each)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() { b.Reset("dev", noon); request(1); b.SwitchAllOff() })
	}
	wait.Wait()
	if left := b.Statuses(noon); slices.ContainsFunc(left, func(s scenarios.Status) bool { return s.By == "go" || s.By == "control" }) {
		t.Errorf("still on: %+v", left)
	}
}

// A failed expectation tells what happened instead.
func TestVerifyTellsTheWholeStory(t *testing.T) {
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
		failures, err := b.Verify([]scenarios.Want{{Name: name, Count: count}})
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

	// What has the name counts together, however it came to be on.
	b.start("ada+mock-slow@example.com")
	on, err := b.SwitchOn(must(scenarios.Load("slow")), scenarios.ByControl, scenarios.Narrowing{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	b.start("ada+mock-slow@example.com")
	b.expect("together", verify("slow", "3")+verify("slow/slow", ">=3"), "")
	b.expect("by id", verify("slow@recipient", "2"), "")

	// One that is off by now is still held to its word.
	quiet.Off()
	on.Off()
	a.Off()
	b.expect("off", story(quiet.Unmet())+story(on.Unmet()), "quiet fired 0 times, and was to fire at least 1 time; no request came near it")
	if f := a.Verify("5"); f != nil {
		t.Error(f.Message)
	}
	b.expect("what is left", verify("quiet", "0"), `error: no scenario "quiet" is on; those that are on: slow`)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// With nothing on, a request is asked nothing that it has to pay for.
func TestAnIdleEngineAllocatesNothing(t *testing.T) {
	b := newBench(t)
	if n := testing.AllocsPerRun(100, func() {
		if b.Concerns(nil, "ada@example.com") || b.Concerns(nil, "+14155550100") || b.Concerns(nil, "") {
			t.Error("something is on")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	for _, magic := range []string{"ada+mock-slow@example.com", "+15005550103"} {
		if !b.Concerns(nil, magic) {
			t.Errorf("%s concerns nobody", magic)
		}
	}
	if !b.Concerns([]string{"slow"}, "") {
		t.Error("a header concerns nobody")
	}
}

// A suite that sends a scenario for each test does not fill the memory, and may
// leave what is used up.
func TestWhatTestsSendIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lasting := b.onBy(scenarios.ByControl, scenarios.Narrowing{}, "lasting", `{id: a, then: {delay: 1s}}`)
	for n := range 1500 {
		b.onBy(scenarios.ByControl, scenarios.Narrowing{TTL: time.Minute}, fmt.Sprint("sent", n), `{id: a, then: {delay: 1s}}`)
		b.now = b.now.Add(time.Second)
	}
	if on := len(b.Statuses(b.now)); on > 1000 || !lasting.Status(b.now).Active {
		t.Errorf("%d are on", on)
	}
	if names := len(b.Available()) - len(scenarios.Names()); names > 1100 {
		t.Errorf("%d are known", names)
	}
	if _, err := b.Find("sent1499"); err != nil {
		t.Error(err)
	}
	// Those that are still on are not thrown out.
	b.now = b.now.Add(time.Minute)
	for n := range 999 {
		b.onBy(scenarios.ByControl, scenarios.Narrowing{}, fmt.Sprint("kept", n), `{id: a, then: {delay: 1s}}`)
	}
	_, err := b.SwitchOn(b.file("one-more", `{id: a, then: {delay: 1s}}`), scenarios.ByControl, scenarios.Narrowing{}, b.now)
	if err == nil || !strings.Contains(err.Error(), "1000 scenarios are on") {
		t.Errorf("one more: %v", err)
	}
	b.SwitchAllOff()
	b.Reset("dev", b.now)
	if on := b.Statuses(b.now); len(on) != 0 {
		t.Errorf("after a reset: %v", on)
	}
}

// A reset brings back what the flags and the fixture say, switched off or not.
func TestAResetSwitchesOnWhatWasOnAtTheStart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := b.Set(scenarios.ByFlag, []*scenarios.Scenario{b.file("a", `{id: a, then: {headers: {X-A: a}}}`)}, b.now); err != nil {
		t.Fatal(err)
	}
	b.expect("at the start", b.fired("ada@example.com"), "a/a")
	b.SwitchAllOff()
	b.expect("off", b.fired("ada@example.com"), "")
	b.Reset("dev", b.now)
	b.expect("after a reset", b.fired("ada@example.com"), "a/a")
	if on := b.Statuses(b.now); len(on) != 1 || on[0].Rules[0].Fired != 1 {
		t.Errorf("%+v", on)
	}
}

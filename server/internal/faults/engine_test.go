package faults_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

// A bench is an engine in a test, with a clock that the test sets.
type bench struct {
	*testing.T
	*faults.Engine
	now time.Time
	n   int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, now: noon}
	b.Engine = faults.NewEngine("dev", func() time.Time { return b.now })
	return b
}

// file is a scenario of these rules.
func (b *bench) file(name string, rules ...string) *scenarios.Scenario {
	b.Helper()
	s, err := scenarios.Parse("", []byte("version: 1\nname: "+name+"\nrules:\n  - "+strings.Join(rules, "\n  - ")+"\n"))
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func (b *bench) on(name string, rules ...string) *faults.Activation {
	b.Helper()
	return b.onBy(faults.ByGo, scenarios.Narrowing{}, name, rules...)
}

func (b *bench) onBy(by faults.Layer, n scenarios.Narrowing, name string, rules ...string) *faults.Activation {
	b.Helper()
	a, err := b.SwitchOn(b.file(name, rules...), by, n)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// start is a request for a code to be sent.
func (b *bench) start(recipient string, change ...func(*faults.Request)) *outcome {
	b.Helper()
	b.n++
	r := &faults.Request{
		ID: fmt.Sprint("request-", b.n), At: b.now, Endpoint: "passwordless.start", Connection: "email", Send: "code", ClientID: "acme-native", ClientName: "Acme Native",
		Recipient: recipient, Param: func(string) string { return "" },
	}
	for _, c := range change {
		c(r)
	}
	effects, err := b.Decide(r)
	if err != nil {
		b.Fatal(err)
	}
	return play(effects)
}

// redeem makes a request one for tokens.
func redeem(r *faults.Request) {
	r.Endpoint, r.Grant = "oauth.token", fixtures.GrantPasswordlessOTP
}

// fired are the rules that acted on requests for these recipients, one request
// after the other.
func (b *bench) fired(recipients ...string) string {
	b.Helper()
	names := make([]string, len(recipients))
	for i, r := range recipients {
		names[i] = b.start(r).Names()
	}
	return strings.Join(names, "|")
}

func (b *bench) expect(what string, got, want any) {
	b.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		b.Errorf("%s:\ngot  %s\nwant %s", what, g, w)
	}
}

// An outcome is all that rules do to a request that comes to every place.
type outcome struct {
	*faults.Effects
	OTP          scenarios.OTP
	User, Signup string
	Deliver      scenarios.Deliver
	DeliverBy    string
	Token        *scenarios.Token
	Keys         string
	Patch        map[string]any
	Headers      map[string]string
}

// play lets a request come to every place, unless it is not handled.
func play(e *faults.Effects) *outcome {
	o := &outcome{Effects: e}
	if !e.Unhandled() {
		o.OTP = e.OTP(func(otp scenarios.OTP) bool { return otp != scenarios.OTP{} })
		for _, state := range []string{"blocked", "mfa_required"} {
			if e.User(state) {
				o.User = state
			}
		}
		if e.SignupDisabled() {
			o.Signup = "disabled"
		}
		o.Deliver, o.DeliverBy = e.Deliver(true)
		o.Token = e.Token(func(string) bool { return true })
		o.Keys = e.KeySet()
	}
	o.Patch, o.Headers, _ = e.Response(func(map[string]any) bool { return true })
	e.Done()
	return o
}

// counts is what a rule has counted, in a line.
func counts(a *faults.Activation, i int) string {
	r := a.Status().Rules[i]
	parts := []string{fmt.Sprintf("matched %d, fired %d, shadowed %d", r.Matched, r.Fired, r.Shadowed)}
	for _, reason := range slices.Sorted(maps.Keys(r.Skipped)) {
		parts = append(parts, fmt.Sprintf("%d by %s", r.Skipped[reason], reason))
	}
	return strings.Join(parts, ", ")
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// When a layer is set again, rules that have not changed go on counting.
func TestSetKeepsTheCountsOfRulesThatStay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	set := func(list ...*scenarios.Scenario) {
		t.Helper()
		if err := b.Set(faults.ByFlag, list); err != nil {
			t.Fatal(err)
		}
	}
	line := func() string {
		var all []string
		for _, st := range b.Statuses() {
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
		t.Error("nothing is on, and yet a request is of concern")
	}
	set(b.file("a", first))
	b.expect("again", line(), "a/first 0 of 0 since 30s")
	b.now = b.now.Add(time.Second)
	b.Reset("dev")
	b.expect("reset", line(), "a/first 0 of 0 since 31s")
}

// Many goroutines ask, read and change the engine at once. The race detector
// watches, and in the end every request is counted.
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
		effects, err := b.Decide(&faults.Request{At: noon, Endpoint: "passwordless.start", Recipient: to, Scenarios: names, Param: func(string) string { return "" }})
		if err != nil {
			b.Error(err)
		}
		play(effects)
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
				a, err := b.SwitchOn(file, faults.ByControl, scenarios.Narrowing{Times: 1 + i, TTL: time.Hour})
				if err != nil {
					b.Error(err)
					return
				}
				a.Fired()
				a.Status()
				a.Verify("")
				a.Off()
				b.Available()
				_ = b.Set(faults.ByFlag, files[:i])
				_ = b.Set(faults.ByFixture, files[i:])
			}
		})
	}
	all.Go(func() {
		for range 100 {
			b.Statuses()
			b.Unmet()
			b.Reseed("dev")
			_, _ = b.Verify(map[string]scenarios.Count{"steady/a": ">=1"})
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
		wait.Go(func() { b.Reset("dev"); request(1); b.SwitchAllOff() })
	}
	wait.Wait()
	if left := b.Statuses(); slices.ContainsFunc(left, func(s scenarios.Status) bool { return s.By == "go" || s.By == "control" }) {
		t.Errorf("still on: %+v", left)
	}
}

// A suite that sends a scenario for each test does not fill the memory, even
// when it switches none of them off.
func TestWhatTestsSendIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	file := b.file("sent", `{id: a, then: {delay: 1s}}`)
	send := func(name string, n scenarios.Narrowing) (*faults.Activation, error) {
		sent := *file // many that differ in their names
		sent.Name = name
		return b.SwitchOn(&sent, faults.ByControl, n)
	}
	lasting := must(send("lasting", scenarios.Narrowing{}))
	for n := range 1500 {
		must(send(fmt.Sprint("sent", n), scenarios.Narrowing{TTL: time.Minute}))
		b.now = b.now.Add(time.Second)
	}
	if on := len(b.Statuses()); on > 1000 || !lasting.Status().Active {
		t.Errorf("%d are on", on)
	}
	if names := len(b.Available()) - len(scenarios.Names()); names > 1100 {
		t.Errorf("%d are known", names)
	}
	if _, err := b.Find("sent1499"); err != nil {
		t.Error(err)
	}
	// Scenarios that can still act are not switched off.
	b.now = b.now.Add(time.Minute)
	for n := range 999 {
		must(send(fmt.Sprint("kept", n), scenarios.Narrowing{}))
	}
	_, err := send("one-more", scenarios.Narrowing{})
	if err == nil || !strings.Contains(err.Error(), "1000 scenarios are on") {
		t.Errorf("one more: %v", err)
	}
	b.SwitchAllOff()
	b.Reset("dev")
	if on := b.Statuses(); len(on) != 0 {
		t.Errorf("after a reset: %v", on)
	}
}

// Every request is compared with the patterns of all scenarios that are on.
func TestThePatternsOfAllScenariosAreBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	large := func(name string) error {
		_, err := b.SwitchOn(b.file(name, `{id: a, when: {recipient: "/x{999}x{999}x{999}x{999}x{999}x{999}x{999}x{999}/"}, then: {delay: 1s}}`), faults.ByControl, scenarios.Narrowing{})
		return err
	}
	must(0, large("one"))
	must(0, large("two"))
	must(0, large("two")) // anew
	if err := large("three"); err == nil || !strings.Contains(err.Error(), "switch others off") {
		t.Errorf("three: %v", err)
	}
	b.SwitchOff("one")
	must(0, large("three"))
}

// A reset switches on again what was on at the start, also if it was off since,
// and switches off what tests switched on. What that did can still be read.
func TestAResetSwitchesOnWhatWasOnAtTheStart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for layer, name := range map[faults.Layer]string{faults.ByFlag: "a", faults.ByFixture: "b"} {
		if err := b.Set(layer, []*scenarios.Scenario{b.file(name, `{id: a, then: {headers: {X-`+name+`: a}}}`)}); err != nil {
			t.Fatal(err)
		}
	}
	b.expect("at the start", b.fired("ada@example.com"), "a/a, b/a")
	b.SwitchAllOff()
	b.expect("off", b.fired("ada@example.com"), "")
	own := b.on("own", `{id: a, then: {headers: {X-C: a}}}`)
	b.onBy(faults.ByControl, scenarios.Narrowing{}, "sent", `{id: a, then: {headers: {X-D: a}}}`)
	b.expect("of tests", b.fired("ada+mock-slow@example.com"), "slow/slow, own/a, sent/a")
	b.Reset("dev")
	b.expect("after a reset", b.fired("ada@example.com"), "a/a, b/a")
	if on := b.Statuses(); len(on) != 2 || on[0].Rules[0].Fired != 1 || own.Fired() != 1 {
		t.Errorf("%+v", on)
	}
}

func TestSwitchOnRefusesAWrongNarrowing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	file := b.file("narrow", `{id: a, when: {endpoint: passwordless.start}, then: {deliver: {copies: 2}}}`)
	for want, n := range map[string]scenarios.Narrowing{
		"when: call belongs to a rule":                {When: scenarios.When{Call: scenarios.Calls{"1"}}},
		"when: client: error parsing regexp: ":        {When: scenarios.When{Client: scenarios.AnyOf{"/(/"}}},
		"when: endpoint: narrow acts on passwordless": {When: scenarios.When{Endpoint: scenarios.AnyOf{"jwks"}}},
	} {
		if _, err := b.SwitchOn(file, faults.ByControl, n); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

package faults_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/faults"
)

func TestCountsAreKeptForEachKeyOfPer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a",
		`{id: rule, when: {endpoint: passwordless.start, call: 2}, then: {delay: 1s}}`,
		`{id: recipient, when: {endpoint: passwordless.start, per: recipient, call: 2}, then: {delay: 1s}}`,
		`{id: client, when: {endpoint: passwordless.start, per: client, call: ">=2"}, times: 1, then: {delay: 1s}}`)
	other := func(r *faults.Request) { r.ClientID = "other" }
	var got []string
	for _, ask := range []struct {
		to     string
		change func(*faults.Request)
	}{
		{"ada", nil}, {"grace", nil}, {"ada", other}, {"grace", other}, {"ada", nil}, {"ada", other},
	} {
		if ask.change == nil {
			ask.change = func(*faults.Request) {}
		}
		got = append(got, strings.ReplaceAll(b.start(ask.to, ask.change).Names(), "a/", ""))
	}
	b.expect("fired", strings.Join(got, "|"), "|rule, client|recipient|recipient, client||")
	b.expect("keys", a.Status().Rules[1].Last[0].Key+" "+a.Status().Rules[2].Last[1].Key, "ada other")
}

// A magic recipient has a count of its own, whatever the rule says.
func TestMagicRecipientsAreCountedByThemselves(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	swap := "x+mock-email-out-of-order@example.com"
	b.expect("per recipient", b.fired("a"+swap, "b"+swap, "a"+swap), "email-out-of-order/swap|email-out-of-order/swap|")
	got := []string{}
	for _, to := range []string{"a+mock-jwks-rotated@x", "b+mock-jwks-rotated@x", "a+mock-jwks-rotated@x"} {
		got = append(got, b.start(to, redeem).Names())
	}
	b.expect("per rule", strings.Join(got, "|"), "jwks-rotated/rotate|jwks-rotated/rotate|")
}

// What a rule keeps is bounded, and it tells how much it has forgotten.
func TestWhatARuleKeepsIsBounded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a", `{id: a, when: {endpoint: passwordless.start, per: recipient, call: 1}, then: {headers: {X-A: a}}}`)
	const known, more = 20_000, 500
	for n := range known + more {
		b.start(fmt.Sprintf("ada%d@example.com", n))
	}
	st := a.Status().Rules[0]
	if st.Forgotten != more || st.Fired != known+more || len(st.Last) != 20 || st.Last[19].RequestID != fmt.Sprint("request-", known+more) {
		t.Errorf("forgotten %d, fired %d, last %d", st.Forgotten, st.Fired, len(st.Last))
	}
	// The oldest keys are forgotten and begin again. The others go on.
	b.expect("the oldest, the newest", b.fired("ada0@example.com", fmt.Sprintf("ada%d@example.com", known)), "a/a|")

	// Near misses are the last five, each once, and short.
	far := b.on("far", `{id: a, when: {recipient: nobody@example.com, endpoint: passwordless.start}, then: {delay: 1s}}`)
	for n := range 50 {
		b.start(fmt.Sprintf("ada%d@example.com", n/2))
	}
	b.start(strings.Repeat("x", 1<<20))
	near := far.Status().Rules[0].NearMisses
	if len(near) != 5 || len(near[4]) > 200 || !strings.Contains(near[0], "ada21@") || !strings.Contains(near[3], "ada24@") {
		t.Errorf("near misses: %q", near)
	}
}

// Keys that are as long as a body are counted, but not kept. A key that is a part
// of a body does not keep the body. This test measures the heap, so it runs alone.
func TestLongKeysDoNotFillTheMemory(t *testing.T) {
	b := newBench(t)
	a := b.on("a",
		`{id: a, when: {endpoint: passwordless.start, per: recipient, call: 2}, then: {headers: {X-A: a}}}`,
		`{id: b, when: {endpoint: passwordless.start, per: client}, then: {headers: {X-B: b}}}`)
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	long := func(n int) string { return strings.Repeat("x", 1<<20) + fmt.Sprint(n) }
	for what, keys := range map[string]func(n int) (to, client string){
		"long keys": func(n int) (to, client string) { return long(n), long(n) },
		"parts of bodies": func(n int) (to, client string) {
			body := fmt.Sprint(n, strings.Repeat("y", 1<<20))
			return body[:100], body[100:200]
		},
	} {
		before := heap()
		for n := range 24 {
			to, client := keys(n)
			b.start(to, func(r *faults.Request) { r.ClientID = client })
		}
		if grown := heap() - before; grown > 6<<20 {
			t.Errorf("24 %s of a megabyte keep %d bytes", what, grown)
		}
	}
	b.expect("counted", b.fired(long(7), long(7), long(24)), "a/a, a/b|a/b|a/b")
	last := a.Status().Rules[0].Last
	if key := last[len(last)-1].Key; len(key) > 320 {
		t.Errorf("a hit has a key of %d bytes", len(key))
	}
	runtime.KeepAlive(b)
}

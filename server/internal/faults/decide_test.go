package faults_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// Where two rules set the same thing, the first one counts. Delays add up.
func TestTheFirstRuleToSayAThingCounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a",
		`{id: one, when: {endpoint: oauth.token}, then: {delay: 1s, token: {iss: one, claims: {sub: one, roles: [x]}, drop: [scope]}, headers: {X-A: one}, patch: {scope: one}}}`,
		`{id: two, when: {endpoint: oauth.token}, then: {delay: 500ms, token: {iss: two, exp: 1m, claims: {sub: two, amr: [pwd]}, drop: [scope, id_token]}, headers: {x-a: two, X-B: two}, patch: {scope: null, expires_in: 2}}}`,
		`{id: three, when: {endpoint: oauth.token}, then: {token: {iss: three, exp: 2m}, headers: {X-B: three}}}`,
		`{id: four, when: {endpoint: oauth.token}, then: {delay: {min: 10ms, max: 10ms}, otp: wrong, user: blocked}}`,
		`{id: five, when: {endpoint: oauth.token}, then: {otp: expired, user: mfa_required, signup: disabled}}`)
	e := b.start("ada@example.com", redeem)
	b.expect("delay", e.Delay, 1510*time.Millisecond)
	b.expect("token", fmt.Sprintf("%+v", *e.Token), fmt.Sprintf("%+v", scenarios.Token{Iss: "one", Exp: "1m", Claims: map[string]any{"sub": "one", "roles": []any{"x"}, "amr": []any{"pwd"}}, Drop: []string{"scope", "id_token"}}))
	b.expect("headers", e.Headers, map[string]string{"X-A": "one", "X-B": "two"})
	b.expect("patch", e.Patch, map[string]any{"scope": "one", "expires_in": 2})
	b.expect("domain", e.OTP.Verdict+" "+e.User+" "+e.Signup, "wrong blocked disabled")
	b.expect("names", e.Names(), "a/one, a/two, a/four, a/five")
	for i, want := range []string{
		"matched 1, fired 1, shadowed 0",
		"matched 1, fired 1, shadowed 1",
		"matched 1, fired 0, shadowed 1",
		"matched 1, fired 1, shadowed 0",
		"matched 1, fired 1, shadowed 1",
	} {
		b.expect(fmt.Sprint("rule ", i+1), counts(a, i), want)
	}
	b.expect("effect", a.Status().Rules[4].Last[0].Effect, "signup disabled")
	b.expect("all", a.Fired(), 4)
}

// If the connection breaks, there is no answer to change and no message to lose.
// A rule that comes too late uses up neither its times nor its calls.
func TestABrokenConnectionLeavesNothingToChange(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	broken := b.on("broken",
		`{id: changes, when: {endpoint: passwordless.start}, times: 1, then: {headers: {X-A: a}}}`,
		`{id: waits, when: {endpoint: passwordless.start}, then: {delay: 1s, headers: {X-A: b}}}`,
		`{id: mail, when: {call: 1..2}, then: {deliver: {outcome: lost}}}`,
		`{id: breaks, when: {endpoint: passwordless.start, call: 1}, then: {fault: reset}}`)
	b.expect("broken", b.fired("ada@example.com", "ada@example.com"), "broken/waits, broken/breaks|broken/changes, broken/waits, broken/mail")
	b.expect("changes", counts(broken, 0), "matched 2, fired 1, shadowed 1")
	b.expect("waits", counts(broken, 1), "matched 2, fired 2, shadowed 1")
	b.expect("mail", counts(broken, 2), "matched 2, fired 1, shadowed 1")
}

func TestTimePassesOnTheTenantsClock(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a",
		`{id: after, when: {endpoint: passwordless.start, after: 30s}, then: {delay: 1s}}`,
		`{id: until, when: {endpoint: passwordless.start, until: 1m}, then: {delay: 1s}}`,
		`{id: between, when: {endpoint: passwordless.start, after: 2030-01-01T12:00:10Z, until: 2030-01-01T13:01:00+01:00, call: 2}, then: {delay: 1s}}`,
		`{id: never, when: {endpoint: passwordless.start, after: 2031-01-01T00:00:00Z}, then: {delay: 1s}}`)
	var got []string
	for _, at := range []time.Duration{0, 9 * time.Second, 10 * time.Second, 29 * time.Second, 30 * time.Second, 59 * time.Second, time.Minute, -time.Hour} {
		b.now = noon.Add(at)
		got = append(got, strings.ReplaceAll(b.start("ada@example.com").Names(), "a/", ""))
	}
	b.expect("fired", strings.Join(got, "|"), "until|until|until|until, between|after, until|after, until|after|until")
	b.expect("between", counts(a, 2), "matched 8, fired 1, shadowed 0, 3 by call, 4 by time")

	// The ttl of a narrowing passes on the same clock.
	b.SwitchAllOff()
	b.now = noon
	short := b.onBy(faults.ByControl, scenarios.Narrowing{TTL: time.Minute}, "short", `{id: a, when: {endpoint: any}, then: {delay: 1s}}`)
	for _, at := range []time.Duration{0, time.Minute - 1, time.Minute, 0} {
		b.now = noon.Add(at)
		b.start("ada@example.com")
	}
	b.expect("short", counts(short, 0), "matched 3, fired 3, shadowed 0")
	b.expect("active at noon", fmt.Sprint(short.Status().Active, short.Status().Until), fmt.Sprint(true, noon.Add(time.Minute)))
	b.now = noon.Add(time.Minute)
	b.expect("active a minute later", short.Status().Active, false)
}

// A modelRule is a rule in the form that the model works with.
type modelRule struct {
	id             string
	endpoints, to  []string // any of; none: all
	calls          []int    // any of; none: all
	every          int
	per            string
	times          int
	after, until   int // seconds; 0: none
	headers        []string
	delay          int // seconds
	status         int
	reset          bool
	seen, acted    map[string]int // by key
	matched, fired int
	shadowed       int
	byTime, byCall int
	byTimes        int
	scenario       int // its index
}

// A modelScenario acts on so many requests at most; 0: on all.
type modelScenario struct{ times, spent int }

// ask is what happens to a request, written as plainly as possible: how rules
// combine, as the documents describe it. First come the rules that act before the
// request is handled, then those that only change the response.
func ask(scenarios []*modelScenario, rules []*modelRule, endpoint, recipient string, second int) string {
	acting := map[*modelRule]bool{}
	acted := map[*modelScenario]bool{}
	// may tells whether a rule may act, and counts.
	may := func(r *modelRule) bool {
		key := map[string]string{"recipient": recipient, "client": "acme-native"}[r.per]
		r.seen[key]++
		n, s := r.seen[key], scenarios[r.scenario]
		switch {
		case len(r.calls) > 0 && !slices.Contains(r.calls, n), r.every > 0 && n%r.every != 0:
			r.byCall++
			return false
		case r.times > 0 && r.acted[key] >= r.times, s.times > 0 && s.spent >= s.times && !acted[s]:
			r.byTimes++
			return false
		}
		return true
	}
	act := func(r *modelRule) {
		acting[r] = true
		r.acted[map[string]string{"recipient": recipient, "client": "acme-native"}[r.per]]++
		r.fired++
		if s := scenarios[r.scenario]; !acted[s] {
			acted[s] = true
			s.spent++
		}
	}
	// 1. Before the request is handled.
	end := "" // what ends the asking
	var left []*modelRule
	for _, r := range rules {
		if len(r.endpoints) > 0 && !slices.Contains(r.endpoints, endpoint) || len(r.to) > 0 && !slices.Contains(r.to, recipient) {
			continue
		}
		r.matched++
		early := r.delay > 0 || r.status > 0 || r.reset
		switch {
		case second < r.after || r.until > 0 && second >= r.until:
			r.byTime++
		case !early && end == "":
			left = append(left, r)
		case early && !may(r):
		case end != "":
			r.shadowed++
		default:
			act(r)
			left = append(left, r)
			if r.status > 0 || r.reset {
				end = map[bool]string{true: "broken", false: "answered"}[r.reset]
			}
		}
	}
	// 2. In the response, if there is one.
	headers := map[string]bool{}
	for _, r := range left {
		switch {
		case end == "broken":
			if !acting[r] {
				r.shadowed++
			}
		case acting[r] || may(r):
			said, shadowed := false, false
			for _, h := range r.headers {
				said, shadowed = said || !headers[h], shadowed || headers[h]
				headers[h] = true
			}
			if shadowed {
				r.shadowed++
			}
			if said && !acting[r] {
				act(r)
			}
		}
	}
	var names []string
	for _, r := range rules {
		if acting[r] {
			names = append(names, r.id)
		}
	}
	return strings.Join(names, ", ")
}

// Random rules, asked at random, do what the model says, count for count.
func TestTheEngineDoesWhatAPlainModelDoes(t *testing.T) {
	t.Parallel()
	for round := range 200 {
		rnd := rand.New(rand.NewPCG(1, uint64(round)))
		b := newBench(t)
		var active []*faults.Activation
		var model []*modelScenario
		var rules []*modelRule
		for s := range 1 + rnd.IntN(4) {
			m := &modelScenario{times: max(0, rnd.IntN(12)-6)}
			model = append(model, m)
			made := &scenarios.Scenario{Name: fmt.Sprint("s", s)}
			for n := range 1 + rnd.IntN(4) {
				r := randomRule(rnd, fmt.Sprint("r", n))
				made.Rules = append(made.Rules, r.inFile())
				r.id, r.scenario = fmt.Sprintf("s%d/r%d", s, n), s
				rules = append(rules, r)
			}
			complete, err := scenarios.Complete(made)
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			// One layer after the other, or all in one: the order is that of asking.
			layer := faults.ByGo + faults.Layer(s)
			if round%2 == 0 {
				layer = faults.ByControl
			}
			a, err := b.SwitchOn(complete, layer, scenarios.Narrowing{Times: m.times})
			if err != nil {
				t.Fatal(err)
			}
			active = append(active, a)
		}
		second := 0
		for request := range 60 {
			second += rnd.IntN(3)
			b.now = noon.Add(time.Duration(second) * time.Second)
			endpoint, to := pick(rnd, modelEndpoints), pick(rnd, modelRecipients)
			want := ask(model, rules, endpoint, to, second)
			if got := b.start(to, func(r *faults.Request) { r.Endpoint = endpoint }).Names(); got != want {
				t.Fatalf("round %d, request %d: %s %s at %ds: %q, the model says %q", round, request, endpoint, to, second, got, want)
			}
		}
		i := 0
		for _, a := range active {
			for _, st := range a.Status().Rules {
				r := rules[i]
				i++
				want := []int{r.matched, r.fired, r.shadowed, r.byTime, r.byCall, r.byTimes}
				got := []int{int(st.Matched), int(st.Fired), int(st.Shadowed), int(st.Skipped["time"]), int(st.Skipped["call"]), int(st.Skipped["times"])}
				if !slices.Equal(got, want) {
					t.Fatalf("round %d: %s counts %v, the model %v", round, r.id, got, want)
				}
			}
		}
	}
}

var (
	modelEndpoints  = []string{"passwordless.start", "userinfo", "jwks"}
	modelRecipients = []string{"ada@example.com", "grace@example.com", "+12025550142"}
)

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

func some(rnd *rand.Rand, from []string) (list []string) {
	for _, one := range from {
		if rnd.IntN(2) == 0 {
			list = append(list, one)
		}
	}
	return list
}

func randomRule(rnd *rand.Rand, id string) *modelRule {
	r := &modelRule{id: id, seen: map[string]int{}, acted: map[string]int{}, per: pick(rnd, []string{"", "rule", "recipient", "client"})}
	r.endpoints, r.headers = some(rnd, modelEndpoints), some(rnd, []string{"X-A", "X-B", "X-C"})
	if rnd.IntN(2) == 0 {
		r.to = some(rnd, modelRecipients)
	}
	switch rnd.IntN(4) {
	case 0:
		r.calls = []int{1 + rnd.IntN(5), 6 + rnd.IntN(5)}
	case 1:
		r.every = 2 + rnd.IntN(3)
	}
	if rnd.IntN(3) == 0 && r.calls == nil {
		r.times = 1 + rnd.IntN(4)
	}
	if rnd.IntN(3) == 0 {
		r.after = 1 + rnd.IntN(20)
	}
	if rnd.IntN(3) == 0 {
		r.until = r.after + 1 + rnd.IntN(40)
	}
	if rnd.IntN(3) == 0 || len(r.headers) == 0 {
		r.delay = 1 + rnd.IntN(3)
	}
	switch rnd.IntN(5) {
	case 0:
		r.status = 418 + rnd.IntN(3)
		if rnd.IntN(2) == 0 {
			r.headers = nil
		}
	case 1:
		r.reset, r.headers = true, nil
	}
	if (r.status > 0 || r.reset) && r.calls == nil && r.times == 0 {
		r.times = 1 + rnd.IntN(4) // or the rules behind it would be unreachable, which is a mistake
	}
	return r
}

// inFile is the rule as a file has it.
func (r *modelRule) inFile() scenarios.Rule {
	out := scenarios.Rule{ID: r.id, Times: r.times}
	out.When = scenarios.When{Endpoint: r.endpoints, Recipient: r.to, Per: r.per}
	for _, n := range r.calls {
		out.When.Call = append(out.When.Call, fmt.Sprint(n))
	}
	if r.every > 0 {
		out.When.Call = scenarios.Calls{fmt.Sprint("every ", r.every)}
	}
	if r.after > 0 {
		out.When.After = scenarios.Moment(fmt.Sprint(r.after, "s"))
	}
	if r.until > 0 {
		out.When.Until = scenarios.Moment(fmt.Sprint(r.until, "s"))
	}
	for _, h := range r.headers {
		if out.Then.Headers == nil {
			out.Then.Headers = map[string]string{}
		}
		out.Then.Headers[h] = r.id
	}
	if r.delay > 0 {
		out.Then.Delay = &scenarios.Delay{Fixed: time.Duration(r.delay) * time.Second}
	}
	if r.status > 0 {
		out.Then.Respond = &scenarios.Respond{Status: r.status}
	}
	if r.reset {
		out.Then.Fault = "reset"
	}
	return out
}

// A rule that is first goes before the others also where it makes no difference.
func TestTheFirstRuleGoesBeforeTheOthers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a",
		`{id: any, when: {recipient: ada@example.com}, then: {otp: accept_any}}`,
		`{id: mfa, when: {recipient: ada@example.com}, then: {user: mfa_required, headers: {X-A: a}}}`,
		`{id: rest, then: {otp: expired}}`,
		`{id: blocked, then: {user: blocked}}`)
	right := func(otp scenarios.OTP) bool { return otp.Verdict == "expired" } // accept_any makes no difference to a right code
	for recipient, want := range map[string]string{"ada@example.com": "{ } false true a/mfa", "bob@example.com": "{expired } true false a/rest, a/blocked"} {
		e, err := b.Decide(&faults.Request{At: noon, Endpoint: "oauth.token", Grant: servertest.GrantOTP, Recipient: recipient})
		if err != nil {
			t.Fatal(err)
		}
		b.expect(recipient, fmt.Sprint(e.OTP(right), e.User("blocked"), e.User("mfa_required"), " ", e.Names()), want)
		e.Response(nil)
		e.Done()
	}
	b.expect("all that a rule did", a.Status().Rules[1].Last[0].Effect, "user mfa_required, header X-A")
}

// A mail cannot be cut as a response can.
func TestAMailIsNotCut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cut := b.on("cut", `{id: a, when: {endpoint: any}, times: 5, then: {fault: truncate}}`, `{id: b, when: {endpoint: any}, then: {delay: 1s}}`)
	e, err := b.Decide(&faults.Request{At: noon, Endpoint: "smtp"})
	if err != nil {
		t.Fatal(err)
	}
	b.expect("a mail", fmt.Sprint(e.Fault, e.Delay, " ", e.Names()), "1s cut/b")
	b.expect("the rule", counts(cut, 0), "matched 1, fired 0, shadowed 0")
}

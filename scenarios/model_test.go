package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// A modelRule is a rule as its author thinks of it.
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

// A modelScenario is narrowed to so many requests; 0: all.
type modelScenario struct{ times, spent int }

// ask is what happens to a request, by the plainest of means: the whole story
// of the README's rules of composition.
func ask(scenarios []*modelScenario, rules []*modelRule, endpoint, recipient string, second int) string {
	type act struct {
		r   *modelRule
		got []string
		key string
	}
	var acts []act
	headers := map[string]string{}
	end := ""
	for _, r := range rules {
		if len(r.endpoints) > 0 && !slices.Contains(r.endpoints, endpoint) || len(r.to) > 0 && !slices.Contains(r.to, recipient) {
			continue
		}
		r.matched++
		if second < r.after || r.until > 0 && second >= r.until {
			r.byTime++
			continue
		}
		key := map[string]string{"recipient": recipient, "client": "acme-native"}[r.per]
		r.seen[key]++
		n, s := r.seen[key], scenarios[r.scenario]
		switch {
		case len(r.calls) > 0 && !slices.Contains(r.calls, n), r.every > 0 && n%r.every != 0:
			r.byCall++
			continue
		case r.times > 0 && r.acted[key] >= r.times, s.times > 0 && s.spent >= s.times:
			r.byTimes++
			continue
		case end != "":
			r.shadowed++
			continue
		}
		var got []string
		lost := false
		if r.delay > 0 {
			got = append(got, fmt.Sprint("delay ", r.delay))
		}
		if r.status > 0 || r.reset {
			end = fmt.Sprint(r.status, r.reset)
			got = append(got, end)
		}
		for _, h := range r.headers {
			if _, taken := headers[h]; taken {
				lost = true
			} else {
				headers[h] = r.id
				got = append(got, h)
			}
		}
		if lost {
			r.shadowed++
		}
		if len(got) > 0 {
			acts = append(acts, act{r, got, key})
		}
	}
	var said []string
	acting := map[*modelScenario]bool{}
	for _, a := range acts {
		if strings.HasSuffix(end, "true") && a.r.delay == 0 && !a.r.reset { // no answer to have headers
			if len(a.got) == len(a.r.headers) {
				a.r.shadowed++
			}
			continue
		}
		a.r.acted[a.key]++
		a.r.fired++
		acting[scenarios[a.r.scenario]] = true
		said = append(said, a.r.id)
	}
	for s := range acting {
		s.spent++
	}
	return strings.Join(said, ", ")
}

// Random rules, asked at random, do what the model says, count for count.
func TestTheEngineDoesWhatAPlainModelDoes(t *testing.T) {
	t.Parallel()
	for round := range 400 {
		rnd := rand.New(rand.NewPCG(1, uint64(round)))
		b := newBench(t)
		var active []*scenarios.Activation
		var model []*modelScenario
		var rules []*modelRule
		for s := range 1 + rnd.IntN(4) {
			m := &modelScenario{times: max(0, rnd.IntN(12)-6)}
			model = append(model, m)
			made := &scenarios.Scenario{Name: fmt.Sprint("s", s)}
			for n := range 1 + rnd.IntN(4) {
				r := randomRule(rnd, fmt.Sprint("r", n))
				made.Rules = append(made.Rules, r.rule())
				r.id, r.scenario = fmt.Sprintf("s%d/r%d", s, n), s
				rules = append(rules, r)
			}
			complete, err := scenarios.Complete(made)
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			// One layer after the other, or all in one: the order is that of asking.
			layer := scenarios.ByGo + scenarios.Layer(s)
			if round%2 == 0 {
				layer = scenarios.ByControl
			}
			a, err := b.SwitchOn(complete, layer, scenarios.Narrowing{Times: m.times}, noon)
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
			if got := b.start(to, func(r *scenarios.Request) { r.Endpoint = endpoint }).Names(); got != want {
				t.Fatalf("round %d, request %d: %s %s at %ds: %q, the model says %q", round, request, endpoint, to, second, got, want)
			}
		}
		i := 0
		for _, a := range active {
			for _, st := range a.Status(noon).Rules {
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

// rule is the rule as the engine knows it.
func (r *modelRule) rule() scenarios.Rule {
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

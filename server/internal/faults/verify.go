package faults

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/printable"
	"github.com/mockauth0/mockauth0/scenarios"
)

// Verify compares how often scenarios have acted with how often they should
// have. The names are those of scenarios, their ids, or scenario/rule. All
// scenarios that have the name are counted together, however they were switched
// on. The error is for a name that is not on.
func (e *Engine) Verify(want map[string]scenarios.Count) ([]scenarios.Failure, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var failures []scenarios.Failure
	for _, name := range sortedKeys(want) {
		rules, err := e.rulesOf(name)
		if err != nil {
			return nil, err
		}
		failures = append(failures, compare(name, want[name], rules)...)
	}
	return failures, nil
}

// rulesOf are the rules that a name means, one of a scenario or scenario/rule.
func (e *Engine) rulesOf(name string) ([]*rule, error) {
	scenario, id, single := strings.Cut(name, "/")
	var rules []*rule
	found := false
	for _, on := range e.on {
		for _, a := range on {
			if a.scenario.Name != scenario && a.id != scenario {
				continue
			}
			found = true
			for _, r := range a.rules {
				if !single || r.ID == id {
					rules = append(rules, r)
				}
			}
		}
	}
	switch {
	case found && len(rules) == 0:
		return nil, fmt.Errorf("scenario %q has no rule %q", scenario, clip(id))
	case found:
		return rules, nil
	}
	names := e.names()
	if len(names) == 0 {
		return nil, fmt.Errorf("no scenario %q is on; none is", clip(scenario))
	}
	return nil, fmt.Errorf("no scenario %q is on%s", clip(scenario), orListed(scenario, names, "; those that are on: "))
}

// names are the names of the scenarios that are on.
func (e *Engine) names() []string {
	var names []string
	listed := map[string]bool{}
	for _, on := range e.on {
		for _, a := range on {
			if name := a.scenario.Name; !listed[name] {
				listed[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// compare returns a failure if the rules together have not acted as often as
// they should.
func compare(name string, want scenarios.Count, rules []*rule) []scenarios.Failure {
	f := scenarios.Failure{Name: name, Expected: string(want), NearMisses: []string{}}
	var matched, shadowed int64
	skipped := map[string]int64{}
	for _, r := range rules {
		f.Fired += r.fired
		matched += r.matched
		shadowed += r.shadowed
		for reason, n := range r.skipped {
			skipped[reason] += n
		}
		for _, miss := range r.misses {
			if !slices.Contains(f.NearMisses, miss) {
				f.NearMisses = append(f.NearMisses, miss)
			}
		}
	}
	if want.Met(f.Fired) {
		return nil
	}
	var story strings.Builder
	fmt.Fprintf(&story, "%s fired %s, and was to fire %s", name, plural(f.Fired, "time"), inWords(want))
	switch {
	case matched > f.Fired:
		fmt.Fprintf(&story, "; it matched %s", plural(matched, "request"))
		var why []string
		for _, reason := range sortedKeys(skipped) {
			why = append(why, fmt.Sprintf("%d by %s", skipped[reason], reason))
		}
		if shadowed > 0 {
			why = append(why, fmt.Sprintf("%d shadowed by an earlier rule", shadowed))
		}
		if why != nil {
			story.WriteString(", skipped " + strings.Join(why, ", "))
		}
	case matched == 0 && len(f.NearMisses) == 0:
		story.WriteString("; no request came near it")
	}
	if len(f.NearMisses) > 0 {
		story.WriteString("; near misses: " + strings.Join(f.NearMisses, "; "))
	}
	f.Message = printable.Line(story.String()) // near misses have values of requests
	return []scenarios.Failure{f}
}

func inWords(c scenarios.Count) string {
	least, open := strings.CutPrefix(string(c), ">=")
	n, _ := strconv.ParseInt(least, 10, 64) // cannot fail: the form allows only digits
	if open {
		return "at least " + plural(n, "time")
	}
	return plural(n, "time")
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Unmet compares what the scenarios that are on have done with what they
// expect themselves, and returns how many scenarios that were. A rule with an
// expect must have acted that often. A scenario without any must have acted
// once. Those of headers and recipients are not checked: they are on only where
// they act.
func (e *Engine) Unmet() (failures []scenarios.Failure, checked int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, on := range e.on[ByGo:] {
		for _, a := range on {
			failures = append(failures, a.unmet()...)
			checked++
		}
	}
	return failures, checked
}

// Unfired is Unmet at the end of a run. Scenarios of flags and fixture are
// compared with all that they did in the run, also before a reset, and also if
// they are off now.
func (e *Engine) Unfired() []scenarios.Failure {
	e.mu.Lock()
	defer e.mu.Unlock()
	var failures []scenarios.Failure
	for l := ByGo; l < layers; l++ {
		if l != ByFlag && l != ByFixture {
			for _, a := range e.on[l] {
				failures = append(failures, a.unmet()...)
			}
			continue
		}
		for _, s := range e.start[l] {
			failures = append(failures, e.ofWholeRun(l, s).unmet()...)
		}
	}
	return failures
}

// ofWholeRun is a copy of the activation of a scenario that was on from the
// start, with what its rules did in the whole run.
func (e *Engine) ofWholeRun(l Layer, s *scenarios.Scenario) *Activation {
	a, err := e.activate(s, l, scenarios.Narrowing{}, time.Time{})
	if err != nil {
		return &Activation{engine: e, scenario: s, layer: l} // cannot happen: it was on before
	}
	a.id = s.Name
	for _, on := range e.on[l] {
		if on.scenario.Name == s.Name {
			a.id, a.rules = on.id, slices.Clone(on.rules)
		}
	}
	for i := range a.rules {
		whole := *a.rules[i]
		before := e.earlier[l.String()+" "+whole.name]
		whole.fired, whole.matched = whole.fired+before, whole.matched+before
		a.rules[i] = &whole
	}
	return a
}

// Verify compares how often the rules have acted with want, or with what the
// scenario expects if want is "". It works also if the scenario is off.
func (a *Activation) Verify(want scenarios.Count) []scenarios.Failure {
	a.engine.mu.Lock()
	defer a.engine.mu.Unlock()
	if want == "" {
		return a.unmet()
	}
	return compare(a.id, want, a.rules)
}

func (a *Activation) unmet() []scenarios.Failure {
	var failures []scenarios.Failure
	expects := false
	for _, r := range a.rules {
		if r.Expect.Fired != "" {
			expects = true
			failures = append(failures, compare(a.id+"/"+r.ID, r.Expect.Fired, []*rule{r})...)
		}
	}
	if !expects {
		failures = compare(a.id, ">=1", a.rules)
	}
	return failures
}

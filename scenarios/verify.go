package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Failure is an expectation that is not met.
type Failure struct {
	// Name is the scenario's name or id, or scenario/rule.
	Name string `json:"name"`
	// Expected is how often it was to act, Fired how often it did.
	Expected string `json:"expected"`
	Fired    int64  `json:"fired"`
	// Message is the whole story in a sentence, near misses included.
	Message    string   `json:"message"`
	NearMisses []string `json:"near_misses"`
}

// A Want is how often a scenario, or one rule of it, is to have acted.
type Want struct {
	Name  string // the scenario's name or id, or scenario/rule
	Count Count
}

// Verify holds what happened against what was to happen. All that has the name
// counts together, however it was switched on. The error is for a name that is
// not on.
func (e *Engine) Verify(wants []Want) ([]Failure, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var failures []Failure
	for _, w := range wants {
		scenario, id, one := strings.Cut(w.Name, "/")
		var rules []*rule
		found := false
		for _, on := range e.on {
			for _, a := range on {
				if a.scenario.Name != scenario && a.id != scenario {
					continue
				}
				found = true
				for _, r := range a.rules {
					if !one || r.ID == id {
						rules = append(rules, r)
					}
				}
			}
		}
		switch {
		case !found:
			return nil, fmt.Errorf("no scenario %q is on%s", clip(scenario), e.onSuggestion(scenario))
		case len(rules) == 0:
			return nil, fmt.Errorf("scenario %q has no rule %q", scenario, clip(id))
		}
		if f := judge(w, rules); f != nil {
			failures = append(failures, *f)
		}
	}
	return failures, nil
}

func (e *Engine) onSuggestion(name string) string {
	var all []string
	for _, on := range e.on {
		for _, a := range on {
			if !slices.Contains(all, a.scenario.Name) {
				all = append(all, a.scenario.Name)
			}
		}
	}
	if len(all) == 0 {
		return "; none is"
	}
	return orOneOf(name, all, "those that are on: %s")
}

func judge(w Want, rules []*rule) *Failure {
	f := Failure{Name: w.Name, Expected: string(w.Count), NearMisses: []string{}}
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
	if w.Count.met(f.Fired) {
		return nil
	}
	var story strings.Builder
	fmt.Fprintf(&story, "%s fired %s, and was to fire %s", w.Name, plural(f.Fired, "time"), inWords(w.Count))
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
	f.Message = story.String()
	return &f
}

func inWords(c Count) string {
	if least, open := strings.CutPrefix(string(c), ">="); open {
		return "at least " + plural(number(least), "time")
	}
	return plural(number(string(c)), "time")
}

// Unmet is what the scenarios that are on expect themselves, held against what
// happened: a rule with expect must have acted so often, and a scenario without
// any must have acted once. Those of headers and magic recipients are on only
// where they act, and are not checked.
func (e *Engine) Unmet() (failures []Failure, checked int) {
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

// Unfired is the same at the end of a run: those of flags and fixture are held
// against all that they did in it, be it before a Reset or before somebody
// switched them off.
func (e *Engine) Unfired() []Failure {
	e.mu.Lock()
	defer e.mu.Unlock()
	var failures []Failure
	for l := ByGo; l < layers; l++ {
		if l != ByFlag && l != ByFixture {
			for _, a := range e.on[l] {
				failures = append(failures, a.unmet()...)
			}
			continue
		}
		for _, s := range e.start[l] {
			failures = append(failures, e.ofRun(l, s).unmet()...)
		}
	}
	return failures
}

// ofRun is a scenario that was on from the start, with what its rules did in
// the whole run.
func (e *Engine) ofRun(l Layer, s *Scenario) *Activation {
	at := slices.IndexFunc(e.on[l], func(have *Activation) bool { return have.scenario.Name == s.Name })
	if at < 0 {
		off, err := e.activate(s, l, Narrowing{}, time.Time{})
		if err != nil {
			return &Activation{engine: e, scenario: s, layer: l} // cannot be: it was on before
		}
		off.id = s.Name
		off.add(e.earlier)
		return off
	}
	whole := *e.on[l][at]
	whole.rules = slices.Clone(whole.rules)
	for i, r := range whole.rules {
		sum := *r
		whole.rules[i] = &sum
	}
	whole.add(e.earlier)
	return &whole
}

// add adds what the rules did before.
func (a *Activation) add(earlier map[string]int64) {
	for _, r := range a.rules {
		before := earlier[a.layer.String()+" "+r.name]
		r.fired, r.matched = r.fired+before, r.matched+before
	}
}

// Verify is how often the rules of one that may be off by now were to act, held
// against how often they did; nil if that is met.
func (a *Activation) Verify(c Count) *Failure {
	a.engine.mu.Lock()
	defer a.engine.mu.Unlock()
	return judge(Want{a.id, c}, a.rules)
}

// Unmet is the same for one that may be off by now.
func (a *Activation) Unmet() []Failure {
	a.engine.mu.Lock()
	defer a.engine.mu.Unlock()
	return a.unmet()
}

func (a *Activation) unmet() []Failure {
	var failures []Failure
	expects := false
	for _, r := range a.rules {
		if r.Expect.Fired == "" {
			continue
		}
		expects = true
		if f := judge(Want{a.id + "/" + r.ID, r.Expect.Fired}, []*rule{r}); f != nil {
			failures = append(failures, *f)
		}
	}
	if !expects {
		if f := judge(Want{a.id, ">=1"}, a.rules); f != nil {
			failures = append(failures, *f)
		}
	}
	return failures
}

package faults

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// maxNamed is how many scenarios an X-Mock-Scenario header can name.
const maxNamed = 20

// Decide counts a request and decides what happens to it. It returns nil if
// nothing does. The error is for a header that names an unknown scenario.
func (e *Engine) Decide(q *Request) (*Effects, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	// 1. Find the scenarios that are on for this request.
	named, err := e.askedFor(q)
	if err != nil {
		return nil, err
	}
	// 2. Ask their rules, one after the other.
	d := decision{engine: e, request: q}
	for _, a := range named {
		d.ask(a)
	}
	for _, list := range e.on[ByGo:] {
		for _, a := range list {
			d.ask(a)
		}
	}
	// 3. Count the rules that act. Only now is it known which do: a later rule
	// may have broken the connection, and then there is no answer to change.
	return d.finish(), nil
}

// askedFor are the scenarios that the request itself asks for, by its header
// and by its recipient.
func (e *Engine) askedFor(q *Request) ([]*Activation, error) {
	if n := len(q.Scenarios); n > maxNamed {
		return nil, fmt.Errorf("it names %d scenarios; name %d at most", n, maxNamed)
	}
	var named []*Activation
	for _, name := range q.Scenarios {
		s, err := e.find(name)
		if err != nil {
			return nil, err
		}
		if a := e.standing(s, ByHeader, q.At); !slices.Contains(named, a) {
			named = append(named, a)
		}
	}
	if name, ok := magic(q.Recipient); ok && !q.Foreign && isBuiltIn(name) {
		if s, err := scenarios.Load(name); err == nil {
			named = append(named, e.standing(s, ByRecipient, q.At))
		}
	}
	return named, nil
}

// standing returns the activation that all requests share which name the
// scenario. The first such request makes it.
func (e *Engine) standing(s *scenarios.Scenario, by Layer, now time.Time) *Activation {
	for _, a := range e.on[by] {
		if a.scenario == s {
			return a
		}
	}
	e.on[by] = slices.DeleteFunc(e.on[by], func(a *Activation) bool { return a.scenario.Name == s.Name }) // an older version
	a, err := e.activate(s, by, scenarios.Narrowing{}, now)
	if err != nil {
		return &Activation{engine: e, scenario: s, layer: by} // cannot happen: the scenario was checked
	}
	a.id = s.Name + "@" + by.String()
	e.on[by] = append(e.on[by], a)
	return a
}

// A decision is what has been found out about a request so far.
type decision struct {
	engine  *Engine
	request *Request
	effects Effects
	said    map[string]bool // keys of the parts that rules have said
	acting  []candidate
	ended   bool // no further rule is asked
}

// A candidate is a rule that acts on the request, unless a later rule leaves it
// nothing to do.
type candidate struct {
	activation *Activation
	rule       *rule
	count      *count
	effect     string // in words
	shadowed   bool   // it counts as shadowed already
}

func (d *decision) ask(a *Activation) {
	if a.expired(d.request.At) {
		return
	}
	for _, r := range a.rules {
		d.askRule(a, r)
	}
}

// askRule compares a rule with the request, counts that, and lets the rule say
// what happens.
func (d *decision) askRule(a *Activation, r *rule) {
	switch missed, first := firstMiss(d.request, a.narrowed, r.conditions); missed {
	case 1:
		r.nearMiss(d.request, first)
		return
	case 2:
		return
	}
	r.matched++
	if !r.inTime(a.since, d.request.At) {
		r.skip("time")
		return
	}
	c := r.countOf(a.layer, d.request)
	c.calls++
	seed := d.engine.seed
	if r.scenario.Seed != "" {
		seed = r.scenario.Seed
	}
	switch {
	case !r.When.Call.Include(c.calls):
		r.skip("call")
	case !r.likely(seed, c):
		r.skip("probability")
	case r.Times > 0 && c.fired >= int64(r.Times), a.exhausted():
		r.skip("times")
	case d.ended:
		r.shadowed++
	default:
		d.say(candidate{activation: a, rule: r, count: c}, partsOf(&r.Then, r.delay(seed, c)))
	}
}

// say adds what a rule says, as far as no earlier rule has said the same.
func (d *decision) say(one candidate, parts []part) {
	var words []string
	delivers := false
	for _, p := range parts {
		if p.key != "" && d.said[p.key] {
			one.shadowed = true
			continue
		}
		put(&d.said, p.key, true)
		p.add(&d.effects)
		words = append(words, p.words)
		delivers = delivers || strings.HasPrefix(p.key, "deliver ")
	}
	if delivers {
		d.effects.DeliverBy = strings.TrimPrefix(d.effects.DeliverBy+", "+one.rule.name, ", ")
	}
	if one.shadowed {
		one.rule.shadowed++
	}
	if len(words) == 0 && one.shadowed {
		return
	}
	one.effect = strings.Join(words, ", ")
	d.acting = append(d.acting, one)
	d.ended = ends(&one.rule.Then)
}

// finish counts the rules that act, and returns what they do.
func (d *decision) finish() *Effects {
	counted := map[*Activation]bool{}
	for _, one := range d.acting {
		if !d.effects.canAct(&one.rule.Then) {
			if !one.shadowed {
				one.rule.shadowed++
			}
			continue
		}
		one.rule.hit(one.count, scenarios.Hit{RequestID: d.request.ID, At: d.request.At, Key: one.count.key, Effect: one.effect})
		d.effects.Fired = append(d.effects.Fired, one.rule.name)
		if !counted[one.activation] {
			counted[one.activation] = true
			one.activation.acted++
		}
	}
	if d.effects.Fired == nil {
		return nil
	}
	return &d.effects
}

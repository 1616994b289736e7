package faults

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// An Activation is a scenario that is on, with its counts. It fulfils
// scenarios.Activation.
type Activation struct {
	engine    *Engine
	id        string
	layer     Layer
	scenario  *scenarios.Scenario
	narrowing scenarios.Narrowing
	narrowed  []condition // those of narrowing
	cost      int         // to compare a request with it
	since     time.Time
	rules     []*rule
	acted     int64 // on how many requests
}

// activate makes an activation without an id. It needs no lock.
func (e *Engine) activate(s *scenarios.Scenario, by Layer, n scenarios.Narrowing, now time.Time) (*Activation, error) {
	narrowed, err := conditionsOf(&n.When)
	if err != nil {
		return nil, fmt.Errorf("when: %w", err)
	}
	if len(n.When.Endpoint) > 0 {
		narrowed = append(impliedBy(&scenarios.Rule{When: n.When}), narrowed...)
	}
	a := &Activation{engine: e, layer: by, scenario: s, narrowing: n, narrowed: narrowed, since: now}
	a.cost = s.Cost() + len(s.Rules)*n.Cost()
	for i := range s.Rules {
		r, err := newRule(s, &s.Rules[i])
		if err != nil {
			return nil, err
		}
		a.rules = append(a.rules, r)
	}
	return a, nil
}

// continueFrom takes over the counts of the rules that have not changed.
func (a *Activation) continueFrom(before *Activation) {
	a.id, a.since, a.acted = before.id, before.since, before.acted
	for i, r := range a.rules {
		for _, old := range before.rules {
			if old.ID == r.ID && equal(old.Rule, r.Rule) {
				old.scenario = a.scenario
				a.rules[i] = old
			}
		}
	}
}

func (a *Activation) expired(now time.Time) bool {
	return a.narrowing.TTL > 0 && !now.Before(a.since.Add(a.narrowing.TTL))
}

// exhausted reports whether it has acted on as many requests as it may.
func (a *Activation) exhausted() bool {
	return a.narrowing.Times > 0 && a.acted >= int64(a.narrowing.Times)
}

func (a *Activation) active(now time.Time) bool { return !a.expired(now) && !a.exhausted() }

// Off switches the scenario off.
func (a *Activation) Off() { a.engine.remove(func(have *Activation) bool { return have == a }) }

// Fired is how often its rules have acted, all rules together.
func (a *Activation) Fired() int {
	a.engine.mu.Lock()
	defer a.engine.mu.Unlock()
	n := int64(0)
	for _, r := range a.rules {
		n += r.fired
	}
	return int(n)
}

// Status is what the scenario has done so far.
func (a *Activation) Status() scenarios.Status {
	now := a.engine.now()
	a.engine.mu.Lock()
	defer a.engine.mu.Unlock()
	return a.status(now)
}

// Statuses are all scenarios that are on, in the order in which they are asked.
func (e *Engine) Statuses() []scenarios.Status {
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []scenarios.Status{}
	for _, on := range e.on {
		for _, a := range on {
			list = append(list, a.status(now))
		}
	}
	return list
}

// ForEverybody are the ids of the scenarios that are on for all users and all clients, in
// the order in which they are asked.
func (e *Engine) ForEverybody() (ids []string) {
	if !e.anyOn.Load() {
		return nil
	}
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, on := range e.on[ByGo:] {
		for _, a := range on {
			if a.active(now) && a.forEverybody() {
				ids = append(ids, a.id)
			}
		}
	}
	return ids
}

func (a *Activation) forEverybody() bool {
	forSome := func(w *scenarios.When) bool {
		return len(w.Recipient)+len(w.Client)+len(w.Header)+len(w.Params) > 0
	}
	return !forSome(&a.narrowing.When) && slices.ContainsFunc(a.rules, func(r *rule) bool { return !forSome(&r.When) })
}

func (a *Activation) status(now time.Time) scenarios.Status {
	s := scenarios.Status{
		ID: a.id, Name: a.scenario.Name, Description: a.scenario.Description, By: a.layer.String(),
		Since: a.since, Times: a.narrowing.Times, Active: a.active(now),
	}
	if a.narrowing.TTL > 0 {
		s.Until = a.since.Add(a.narrowing.TTL)
	}
	for _, c := range a.narrowed {
		put(&s.Narrowed, c.name, c.want)
	}
	for _, r := range a.rules {
		rule := scenarios.RuleStatus{
			ID: r.ID, Matched: r.matched, Fired: r.fired, Shadowed: r.shadowed, Forgotten: r.forgotten,
			Skipped: map[string]int64{}, Last: []scenarios.Hit{}, NearMisses: append([]string{}, r.misses...),
		}
		for _, h := range r.last {
			rule.Last = append(rule.Last, *h)
		}
		maps.Copy(rule.Skipped, r.skipped)
		s.Rules = append(s.Rules, rule)
	}
	return s
}

// put puts a value into a map that may still be nil.
func put[V any](m *map[string]V, name string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[name] = value
}

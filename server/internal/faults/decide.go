package faults

import (
	"fmt"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// maxNamed is how many scenarios an X-Mock-Scenario header can name.
const maxNamed = 20

// Decide finds the rules that are for a request, and decides what happens
// before the request is handled. What happens later is decided where it
// happens: see Effects. It returns nil if no rule is for the request. The error
// is for a header that names an unknown scenario.
func (e *Engine) Decide(q *Request) (*Effects, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	// 1. Find the scenarios that are on for this request.
	named, err := e.askedFor(q)
	if err != nil {
		return nil, err
	}
	// 2. Find their rules whose conditions hold.
	effects := &Effects{engine: e, request: q}
	for _, a := range named {
		effects.consider(a)
	}
	for _, list := range e.on[ByGo:] {
		for _, a := range list {
			effects.consider(a)
		}
	}
	if len(effects.candidates) == 0 {
		return nil, nil
	}
	// 3. Let those act that act before the request is handled.
	effects.admit()
	return effects, nil
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

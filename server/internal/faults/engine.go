// Package faults is the engine of the scenarios. It decides what goes wrong with
// a request, counts what each rule did, and remembers the scenarios that can be
// switched on by name.
package faults

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
)

// A Layer is a way to switch a scenario on. Rules of an earlier layer are asked
// first.
type Layer int

// The layers, in the order in which they are asked.
const (
	ByHeader    Layer = iota // the request's X-Mock-Scenario header
	ByRecipient              // a magic address or phone number
	ByGo                     // Server.Inject, testkit's Inject
	ByControl                // POST /_mock/scenarios
	ByFlag                   // --scenario
	ByFixture                // the fixture's scenarios
	layers
)

func (l Layer) String() string {
	return [layers]string{"header", "recipient", "go", "control", "flag", "fixture"}[l]
}

// Bounds on what the control API can switch on. Every request is compared with
// all of it.
const (
	maxOn   = 1000   // scenarios
	maxCost = 20_000 // of all together
)

// An Engine decides what happens to the requests of one server. It is safe for
// use by many goroutines: it decides and counts under one lock.
type Engine struct {
	now   func() time.Time // the tenant's time
	anyOn atomic.Bool      // whether a scenario is on, but for those of headers and recipients

	mu     sync.Mutex // guards all below
	seed   string
	memory memory
	on     [layers][]*Activation
	// start is what Set switched on. A reset goes back to it.
	start [layers][]*scenarios.Scenario
	// earlier is how often the rules of flags and fixture fired before they
	// were reset or switched off, by layer and scenario/rule.
	earlier map[string]int64
}

// NewEngine makes an engine with no scenario on. The seed is for scenarios
// without one of their own. now is the tenant's time.
func NewEngine(seed string, now func() time.Time) *Engine { return &Engine{seed: seed, now: now} }

// SwitchOn switches a scenario on. The scenario must have come from Parse,
// Complete, Load or Open; from now on Find knows it by its name. If the control
// API switches the same one on again, with the same conditions, it starts anew.
func (e *Engine) SwitchOn(s *scenarios.Scenario, by Layer, n scenarios.Narrowing) (*Activation, error) {
	now := e.now()
	if err := n.Check(s); err != nil {
		return nil, err
	}
	a, err := e.activate(s, by, n, now)
	if err != nil {
		return nil, err
	}
	size := sizeOf(s)
	e.mu.Lock()
	defer e.mu.Unlock()
	if by == ByControl {
		e.on[by] = slices.DeleteFunc(e.on[by], func(have *Activation) bool {
			same := have.scenario.Name == s.Name && equal(have.narrowing.When, n.When)
			if same {
				a.id = have.id
			}
			return same
		})
		if len(e.on[by]) >= maxOn {
			e.on[by] = slices.DeleteFunc(e.on[by], func(have *Activation) bool { return !have.active(now) })
		}
		if len(e.on[by]) >= maxOn {
			return nil, fmt.Errorf("%d scenarios are on; DELETE /_mock/scenarios/{id} switches one off", maxOn)
		}
		cost := a.cost
		for _, on := range e.on[by] {
			cost += on.cost
		}
		if cost > maxCost {
			return nil, errors.New("the patterns of all scenarios that are on would be too many or too large for every request; switch others off with DELETE /_mock/scenarios/{id}, or write shorter regular expressions")
		}
	}
	e.learn(s, size)
	if a.id == "" {
		a.id = e.freeID(s.Name)
	}
	e.on[by] = append(e.on[by], a)
	e.updateAnyOn()
	return a, nil
}

// freeID is the scenario's name, or name~2 and so on if that is taken.
func (e *Engine) freeID(name string) string {
	id := name
	for n := 2; e.isOn(func(a *Activation) bool { return a.id == id }); n++ {
		id = fmt.Sprintf("%s~%d", name, n)
	}
	return id
}

func (e *Engine) isOn(is func(*Activation) bool) bool {
	return slices.ContainsFunc(e.on[:], func(list []*Activation) bool { return slices.ContainsFunc(list, is) })
}

func (e *Engine) updateAnyOn() {
	e.anyOn.Store(slices.ContainsFunc(e.on[ByGo:], func(list []*Activation) bool { return len(list) > 0 }))
}

// SwitchOff switches off the scenario with that id, or else all with that name.
// It returns how many that were.
func (e *Engine) SwitchOff(nameOrID string) int {
	if n := e.remove(func(a *Activation) bool { return a.id == nameOrID }); n > 0 {
		return n
	}
	return e.remove(func(a *Activation) bool { return a.scenario.Name == nameOrID })
}

// SwitchAllOff switches everything off.
func (e *Engine) SwitchAllOff() int { return e.remove(func(*Activation) bool { return true }) }

func (e *Engine) remove(is func(*Activation) bool) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for l := range e.on {
		e.keepCounts(Layer(l), is)
		before := len(e.on[l])
		e.on[l] = slices.DeleteFunc(e.on[l], is)
		n += before - len(e.on[l])
	}
	e.updateAnyOn()
	return n
}

// keepCounts adds what rules of flags and fixture did to earlier, before they go.
func (e *Engine) keepCounts(l Layer, goes func(*Activation) bool) {
	if l != ByFlag && l != ByFixture {
		return
	}
	if e.earlier == nil {
		e.earlier = map[string]int64{}
	}
	for _, a := range e.on[l] {
		if goes(a) {
			for _, r := range a.rules {
				e.earlier[a.layer.String()+" "+r.name] += r.fired
			}
		}
	}
}

// Set makes the list the scenarios of a layer, in that order, and switches off
// what was on there before. A rule that has not changed keeps its counts, and
// its scenario the time since which it is on.
func (e *Engine) Set(by Layer, list []*scenarios.Scenario) error {
	now := e.now()
	next, sizes := make([]*Activation, len(list)), make([]int, len(list))
	for i, s := range list {
		a, err := e.activate(s, by, scenarios.Narrowing{}, now)
		if err != nil {
			return err
		}
		next[i], sizes[i] = a, sizeOf(s)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.start[by] = slices.Clone(list)
	for i, a := range next {
		e.learn(a.scenario, sizes[i])
		e.memory.keep(a.scenario, sizes[i])
		if i := slices.IndexFunc(e.on[by], func(have *Activation) bool { return have.scenario.Name == a.scenario.Name }); i >= 0 {
			a.continueFrom(e.on[by][i])
		} else {
			a.id = e.freeID(a.scenario.Name)
		}
	}
	e.on[by] = next
	e.updateAnyOn()
	return nil
}

// Reseed changes the seed of scenarios without one of their own. Counts go on.
func (e *Engine) Reseed(seed string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seed = seed
}

// Reset starts anew, with this seed. Scenarios that tests have switched on are
// off and forgotten. Those of flags and fixture are on, and count from zero.
func (e *Engine) Reset(seed string) {
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seed = seed
	for l := range e.on {
		e.keepCounts(Layer(l), func(*Activation) bool { return true })
	}
	e.on = [layers][]*Activation{}
	e.memory.reset()
	for l, list := range e.start {
		for _, s := range list {
			a, err := e.activate(s, Layer(l), scenarios.Narrowing{}, now)
			if err != nil {
				continue // cannot happen: it was on before
			}
			a.id = e.freeID(s.Name)
			e.on[l] = append(e.on[l], a)
		}
	}
	e.updateAnyOn()
}

func equal(a, b any) bool { return reflect.DeepEqual(a, b) }

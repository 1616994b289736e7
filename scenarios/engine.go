package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// A Layer is the way by which a scenario was switched on. Those of an earlier
// layer come first.
type Layer int

// The ways to switch a scenario on, in the order in which they are asked.
const (
	ByHeader    Layer = iota // the request's X-Mock-Scenario header
	ByRecipient              // a magic recipient
	ByGo                     // testkit's Inject
	ByControl                // POST /_mock/scenarios
	ByFlag                   // --scenario
	ByFixture                // the fixture's scenarios
	layers
)

func (l Layer) String() string {
	return [layers]string{"header", "recipient", "go", "control", "flag", "fixture"}[l]
}

// An Engine decides what happens to requests. It is safe for use by many
// goroutines. Decisions, counts and budgets are made under one lock.
type Engine struct {
	busy atomic.Int32 // how many scenarios are on, the magic ones and those of headers apart

	mu    sync.Mutex // guards all below
	seed  string
	known known
	start [layers][]*Scenario // what Set said
	on    [layers][]*Activation
	// earlier is how often rules of flags and fixture have fired, by layer and
	// scenario/rule, before they were reset or switched off.
	earlier map[string]int64
}

// maxOn is how many scenarios the control API can switch on.
const maxOn = 1000

// NewEngine makes an engine with no scenario on. The seed is for scenarios
// without one.
func NewEngine(seed string) *Engine {
	return &Engine{seed: seed}
}

// Find is the scenario with that name, built in or known. The error lists what
// there is.
func (e *Engine) Find(name string) (*Scenario, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.find(name)
}

// FindAll is Find for several names.
func (e *Engine) FindAll(names []string) ([]*Scenario, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []*Scenario
	for _, name := range names {
		s, err := e.find(name)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// Available are the names of all scenarios that can be switched on: those that
// came from files first.
func (e *Engine) Available() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.available()
}

func (e *Engine) available() []string {
	own := slices.DeleteFunc(sortedKeys(e.known.byName), isBuiltIn)
	return append(own, Names()...)
}

func (e *Engine) find(name string) (*Scenario, error) {
	if s, ok := e.known.byName[name]; ok {
		return s, nil
	}
	if isBuiltIn(name) {
		return Load(name)
	}
	all := e.available()
	near := strictyaml.Suggest(name, all)
	if near == "" {
		near = "; there are " + strings.Join(all, ", ")
	}
	return nil, fmt.Errorf("there is no scenario %q%s", clip(name), near)
}

// An Activation is a scenario that is switched on, with its counts.
type Activation struct {
	engine   *Engine
	id       string
	layer    Layer
	scenario *Scenario
	narrow   Narrowing
	only     []condition // of narrow
	since    time.Time
	rules    []*rule
	spent    int64 // requests on which it acted
}

// SwitchOn switches a scenario on, at the tenant's time now. The scenario must
// have come from Parse, Complete, Load or Open, and is known by its name from
// then on. Through the control API, the same one with the same conditions
// starts again.
func (e *Engine) SwitchOn(s *Scenario, by Layer, n Narrowing, now time.Time) (*Activation, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.activate(s, by, n, now)
	if err != nil {
		return nil, err
	}
	if by == ByControl {
		e.on[by] = slices.DeleteFunc(e.on[by], func(have *Activation) bool {
			same := have.scenario.Name == s.Name && equal(have.narrow.When, n.When)
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
	}
	e.learn(s)
	if a.id == "" {
		a.id = e.name(s.Name)
	}
	e.on[by] = append(e.on[by], a)
	e.count()
	return a, nil
}

// name is an id for an activation that is none's: the scenario's name, or name~2
// if that is on already.
func (e *Engine) name(scenario string) string {
	taken := map[string]bool{}
	for _, list := range e.on {
		for _, a := range list {
			taken[a.id] = true
		}
	}
	id := scenario
	for n := 2; taken[id]; n++ {
		id = fmt.Sprintf("%s~%d", scenario, n)
	}
	return id
}

func (e *Engine) activate(s *Scenario, by Layer, n Narrowing, now time.Time) (*Activation, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	if err := n.checkFor(s); err != nil {
		return nil, err
	}
	only, err := n.When.conditions()
	if err != nil {
		return nil, fmt.Errorf("when: %w", err)
	}
	if endpoints := n.When.Endpoint; len(endpoints) > 0 {
		narrowed := Rule{When: n.When}
		only = append(narrowed.implied(), only...)
	}
	a := &Activation{engine: e, layer: by, scenario: s, narrow: n, only: only, since: now}
	for i := range s.Rules {
		r, err := newRule(s, &s.Rules[i])
		if err != nil {
			return nil, err
		}
		a.rules = append(a.rules, r)
	}
	return a, nil
}

func (e *Engine) count() {
	n := 0
	for _, list := range e.on[ByGo:] {
		n += len(list)
	}
	e.busy.Store(int32(n))
}

// SwitchOff switches off the one with that id, or else all with that name, and
// returns how many that were.
func (e *Engine) SwitchOff(nameOrID string) int {
	if n := e.remove(func(a *Activation) bool { return a.id == nameOrID }); n > 0 {
		return n
	}
	return e.remove(func(a *Activation) bool { return a.scenario.Name == nameOrID })
}

// SwitchAllOff switches everything off.
func (e *Engine) SwitchAllOff() int { return e.remove(func(*Activation) bool { return true }) }

func (e *Engine) remove(gone func(*Activation) bool) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for l := range e.on {
		if l := Layer(l); l == ByFlag || l == ByFixture {
			e.remember(l, gone)
		}
		before := len(e.on[l])
		e.on[l] = slices.DeleteFunc(e.on[l], gone)
		n += before - len(e.on[l])
	}
	e.count()
	return n
}

// remember keeps what those that go have done.
func (e *Engine) remember(l Layer, gone func(*Activation) bool) {
	for _, a := range e.on[l] {
		if gone(a) {
			if e.earlier == nil {
				e.earlier = map[string]int64{}
			}
			for _, r := range a.rules {
				e.earlier[l.String()+" "+r.name] += r.fired
			}
		}
	}
}

// Off switches this one off. Its counts can still be read.
func (a *Activation) Off() {
	a.engine.remove(func(have *Activation) bool { return have == a })
}

// Set makes the scenarios the ones of a layer, in their order, at the tenant's
// time now. What was on there before is off, but a rule that has not changed
// keeps its counts, and its scenario the time of its start.
func (e *Engine) Set(by Layer, list []*Scenario, now time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	next := make([]*Activation, 0, len(list))
	for _, s := range list {
		a, err := e.activate(s, by, Narrowing{}, now)
		if err != nil {
			return err
		}
		next = append(next, a)
	}
	e.start[by] = slices.Clone(list)
	for _, a := range next {
		e.learn(a.scenario)
		if !isBuiltIn(a.scenario.Name) {
			e.known.addFile(a.scenario)
		}
		if at := slices.IndexFunc(e.on[by], func(have *Activation) bool { return have.scenario.Name == a.scenario.Name }); at >= 0 {
			a.inherit(e.on[by][at])
		} else {
			a.id = e.name(a.scenario.Name)
		}
	}
	e.on[by] = next
	e.count()
	return nil
}

// Reseed changes the seed that scenarios without one derive from. Counts go on.
func (e *Engine) Reseed(seed string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seed = seed
}

// inherit takes the counts of the rules that are the same.
func (a *Activation) inherit(from *Activation) {
	a.id, a.since, a.spent = from.id, from.since, from.spent
	for i, r := range a.rules {
		for _, old := range from.rules {
			if old.ID == r.ID && equal(old.Rule, r.Rule) {
				old.scenario = a.scenario
				a.rules[i] = old
			}
		}
	}
}

// Reset begins anew, at the tenant's time now and with the seed: scenarios that
// tests have switched on are off and forgotten, and those of flags and fixture are on and
// count from the start.
func (e *Engine) Reset(seed string, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seed = seed
	for _, l := range []Layer{ByFlag, ByFixture} {
		e.remember(l, func(*Activation) bool { return true })
	}
	e.on = [layers][]*Activation{}
	e.known.reset()
	for l, list := range e.start {
		for _, s := range list {
			fresh, err := e.activate(s, Layer(l), Narrowing{}, now)
			if err != nil {
				continue // cannot be: it was on before
			}
			fresh.id = e.name(s.Name)
			e.on[l] = append(e.on[l], fresh)
		}
	}
	e.count()
}

package faults

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/scenarios"
)

// How many scenarios are remembered besides the built-in ones, and how large
// they are together.
const (
	maxRemembered      = 1000
	maxRememberedBytes = 64 << 20
)

// A memory holds the scenarios that came from files, from Go and from the
// control API, so that they can be switched on by name.
type memory struct {
	byName map[string]*scenarios.Scenario
	order  []string // oldest first
	sizes  map[string]int
	bytes  int // the sum of the sizes

	kept []kept
}

// A kept scenario is one that a reset does not forget.
type kept struct {
	*scenarios.Scenario
	size int
}

// sizeOf is how large a scenario is in a file. To know that takes a while.
func sizeOf(s *scenarios.Scenario) int {
	file, _ := s.JSON() // it came from a file, or was checked as if it had
	return len(file)
}

func (m *memory) add(s *scenarios.Scenario, size int) {
	if m.byName == nil {
		m.byName, m.sizes = map[string]*scenarios.Scenario{}, map[string]int{}
	}
	if m.byName[s.Name] == nil {
		m.order = append(m.order, s.Name)
	}
	m.bytes += size - m.sizes[s.Name]
	m.byName[s.Name], m.sizes[s.Name] = s, size
}

// keep makes a reset remember the scenario.
func (m *memory) keep(s *scenarios.Scenario, size int) {
	if !isBuiltIn(s.Name) {
		m.kept = append(slices.DeleteFunc(m.kept, func(old kept) bool { return old.Name == s.Name }), kept{s, size})
	}
}

// reset forgets what tests have brought.
func (m *memory) reset() {
	*m = memory{kept: m.kept}
	for _, k := range m.kept {
		m.add(k.Scenario, k.size)
	}
}

func (m *memory) forget(i int) {
	name := m.order[i]
	m.bytes -= m.sizes[name]
	delete(m.byName, name)
	delete(m.sizes, name)
	m.order = slices.Delete(m.order, i, i+1)
}

// learn remembers a scenario. If there are too many then, it forgets the oldest
// ones that are not on.
func (e *Engine) learn(s *scenarios.Scenario, size int) {
	if isBuiltIn(s.Name) {
		return
	}
	m := &e.memory
	m.add(s, size)
	for len(m.order) > maxRemembered || m.bytes > maxRememberedBytes {
		i := slices.IndexFunc(m.order, func(name string) bool {
			return name != s.Name && !e.isOn(func(a *Activation) bool { return a.scenario.Name == name })
		})
		if i < 0 {
			return
		}
		m.forget(i)
	}
}

// Find is the scenario of that name: a remembered or a built-in one. The error
// lists the names.
func (e *Engine) Find(name string) (*scenarios.Scenario, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.find(name)
}

func (e *Engine) find(name string) (*scenarios.Scenario, error) {
	if s, ok := e.memory.byName[name]; ok {
		return s, nil
	}
	if isBuiltIn(name) {
		return scenarios.Load(name)
	}
	return nil, fmt.Errorf("there is no scenario %q%s", clip(name), orListed(name, e.available(), "; there are "))
}

// Available are the names that Find knows: the remembered ones first.
func (e *Engine) Available() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.available()
}

func (e *Engine) available() []string {
	remembered := slices.DeleteFunc(sortedKeys(e.memory.byName), isBuiltIn)
	return append(remembered, scenarios.Names()...)
}

func isBuiltIn(name string) bool { return slices.Contains(scenarios.Names(), name) }

// orListed ends a sentence about an unknown name: with the name that was
// probably meant, or else with the list of names.
func orListed(name string, names []string, intro string) string {
	if near := strictyaml.Suggest(name, names); near != "" {
		return near
	}
	return intro + strings.Join(names, ", ")
}

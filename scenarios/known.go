package scenarios

import "slices"

// maxKnown is how many scenarios beside the built-ins are known by name.
const maxKnown = 1000

// known are the scenarios that came from files, Go and the control API.
type known struct {
	byName map[string]*Scenario
	order  []string // of their coming, oldest first
}

// learn makes a scenario known by its name. The oldest that is not on is
// forgotten when there are too many.
func (e *Engine) learn(s *Scenario) {
	if isBuiltIn(s.Name) {
		return
	}
	k := &e.known
	if _, again := k.byName[s.Name]; !again {
		k.order = append(k.order, s.Name)
	}
	k.byName[s.Name] = s
	if len(k.order) <= maxKnown {
		return
	}
	if i := slices.IndexFunc(k.order, func(name string) bool { return name != s.Name && !e.isOn(name) }); i >= 0 {
		delete(k.byName, k.order[i])
		k.order = slices.Delete(k.order, i, i+1)
	}
}

func (e *Engine) isOn(name string) bool {
	for _, list := range e.on {
		if slices.ContainsFunc(list, func(a *Activation) bool { return a.scenario.Name == name }) {
			return true
		}
	}
	return false
}

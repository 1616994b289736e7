package scenarios

import "slices"

// Beside the built-ins so many scenarios are known by name, of so many bytes.
const (
	maxKnown      = 1000
	maxKnownBytes = 64 << 20
)

// known are the scenarios that came from files, Go and the control API.
type known struct {
	byName map[string]*Scenario
	order  []string // of their coming, oldest first
	sizes  map[string]int
	bytes  int // the sum of the sizes

	files []*Scenario // those that Set brought, the last ones of their names
}

func (k *known) add(s *Scenario) {
	if _, again := k.byName[s.Name]; !again {
		k.order = append(k.order, s.Name)
	}
	if k.byName == nil {
		k.byName, k.sizes = map[string]*Scenario{}, map[string]int{}
	}
	size := 0
	if file, err := s.JSON(); err == nil {
		size = len(file)
	}
	k.bytes += size - k.sizes[s.Name]
	k.byName[s.Name], k.sizes[s.Name] = s, size
}

// addFile makes one known for good.
func (k *known) addFile(s *Scenario) {
	k.files = append(slices.DeleteFunc(k.files, func(old *Scenario) bool { return old.Name == s.Name }), s)
}

// reset forgets what tests have brought.
func (k *known) reset() {
	files := k.files
	*k = known{files: files}
	for _, s := range files {
		k.add(s)
	}
}

func (k *known) forget(i int) {
	name := k.order[i]
	k.bytes -= k.sizes[name]
	delete(k.byName, name)
	delete(k.sizes, name)
	k.order = slices.Delete(k.order, i, i+1)
}

// learn makes a scenario known by its name. The oldest that are not on are
// forgotten when there are too many.
func (e *Engine) learn(s *Scenario) {
	if isBuiltIn(s.Name) {
		return
	}
	k := &e.known
	k.add(s)
	for len(k.order) > maxKnown || k.bytes > maxKnownBytes {
		i := slices.IndexFunc(k.order, func(name string) bool { return name != s.Name && !e.isOn(name) })
		if i < 0 {
			return
		}
		k.forget(i)
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

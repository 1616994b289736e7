package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// A Narrowing limits a scenario that is switched on, so that several tests can
// share one server. The zero Narrowing limits nothing.
type Narrowing struct {
	// When are conditions that must hold besides those of the rules. Call, Per,
	// Probability, After and Until must be empty: they belong to a rule.
	When When
	// Times is how many requests the scenario acts on at most. 0 means no limit.
	Times int
	// TTL is how long the scenario is on, by the tenant's clock. 0 means no limit.
	TTL time.Duration
}

// byName is the document that switches a scenario on by its name.
type byName struct {
	Name  string        `yaml:"name" required:"true"`
	When  When          `yaml:"when"`
	Times int           `yaml:"times" min:"1" max:"1000000"`
	TTL   time.Duration `yaml:"ttl"`
}

// NamedSchema is the JSON Schema of what ParseNamed reads.
func NamedSchema() strictyaml.Object { return strictyaml.SchemaOf(reflect.TypeFor[byName]()) }

// ParseNamed reads the name of a scenario together with a narrowing, as in
// {"name": "slow", "when": {"recipient": "ada@*"}, "times": 2, "ttl": "1m"}.
// The error is a *fixtures.Errors that lists every mistake with its place.
func ParseNamed(filename string, data []byte) (name string, n Narrowing, err error) {
	var in byName
	doc, err := strictyaml.Parse(filename, data)
	if err != nil {
		return "", n, err
	}
	c := &checker{doc: doc}
	if problems := (*strictyaml.Errors)(nil); errors.As(doc.Decode(&in), &problems) {
		return "", n, problems
	}
	if why := in.When.tooLarge(); why != "" { // checkWhen would take long
		c.mistake(at("when"), "%s", why)
		return "", n, strictyaml.Join(c.problems)
	}
	c.checkWhen(at("when"), &in.When)
	for _, field := range in.When.ofRule() {
		c.mistake(at("when", field), "belongs to a rule; a scenario that is switched on is narrowed by what a request is about, by times and by ttl")
	}
	if doc.Has("ttl") && in.TTL <= 0 {
		c.mistake(at("ttl"), "must be positive, as in 1m, not %s", in.TTL)
	}
	return in.Name, Narrowing{in.When, in.Times, in.TTL}, strictyaml.Join(c.problems)
}

// ofRule are the conditions that only a rule can have, as far as they are set.
func (w *When) ofRule() []string {
	set := map[string]bool{
		"call": w.Call != nil, "per": w.Per != "", "probability": w.Probability != nil, "after": w.After != "", "until": w.Until != "",
	}
	maps.DeleteFunc(set, func(_ string, there bool) bool { return !there })
	return sortedKeys(set)
}

// Check reports what is wrong with a narrowing that was made in Go, for example
// that the scenario s can never act with it.
func (n *Narrowing) Check(s *Scenario) error {
	if fields := n.When.ofRule(); len(fields) > 0 {
		return fmt.Errorf("when: %s belongs to a rule", fields[0])
	}
	if why := tooLong(n.TTL); why != "" {
		return errors.New("ttl: " + why)
	}
	if why := n.When.tooLarge(); why != "" {
		return errors.New("when: " + why)
	}
	return n.checkEndpoints(s)
}

// tooLarge says why the conditions of a narrowing are too many. It is empty if
// they are not.
func (w *When) tooLarge() string {
	switch patterns, instructions := w.size(); {
	case patterns > maxPatterns:
		return fmt.Sprintf("there are %d patterns; write %d at most, or one with *", patterns, maxPatterns)
	case instructions > maxInstructions:
		return tooManyInstructions
	}
	return ""
}

// checkEndpoints finds a narrowing with which no rule of the scenario can act.
func (n *Narrowing) checkEndpoints(s *Scenario) error {
	if len(n.When.Endpoint) == 0 {
		return nil
	}
	narrowed := Rule{When: n.When}
	asked := narrowed.Endpoints()
	var acts []string
	for i := range s.Rules {
		names := s.Rules[i].Endpoints()
		if names == nil || asked == nil || len(common(names, asked)) > 0 {
			return nil
		}
		for _, name := range names {
			if !slices.Contains(acts, name) {
				acts = append(acts, name)
			}
		}
	}
	return fmt.Errorf("when: endpoint: %s acts on %s, never on %s", s.Name, sequence(acts, "and"), sequence(asked, "or"))
}

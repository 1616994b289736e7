package scenarios

import (
	"errors"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// A Narrowing confines a scenario that is switched on, so that several tests
// can share one server. The zero Narrowing does not.
type Narrowing struct {
	// When are conditions beside those of the rules. What counts and what time
	// says (call, per, probability, after, until) is the rules' own.
	When When
	// Times is how many requests it is for at most; 0 is no end.
	Times int
	// TTL is how long it is on, by the tenant's clock; 0 is no end.
	TTL time.Duration
}

// named is how a scenario is switched on by its name.
type named struct {
	Name  string        `yaml:"name" required:"true"`
	When  When          `yaml:"when"`
	Times int           `yaml:"times" min:"1" max:"1000000"`
	TTL   time.Duration `yaml:"ttl"`
}

// ParseNamed reads the name of a scenario and what it is narrowed to, as in
// {"name": "slow", "when": {"recipient": "ada@*"}, "times": 2, "ttl": "1m"}. An
// error is a *strictyaml.Errors with every mistake.
func ParseNamed(filename string, data []byte) (name string, n Narrowing, err error) {
	var in named
	doc, err := strictyaml.Parse(filename, data)
	if err != nil {
		return "", n, err
	}
	c := &checker{doc: doc}
	if problems := (*strictyaml.Errors)(nil); errors.As(doc.Decode(&in), &problems) {
		return "", n, problems
	}
	if _, program := in.When.size(); program > maxProgram { // before they are compiled
		c.mistake(at("when"), "the regular expressions are too large; write shorter ones, or smaller repetitions")
		return "", n, strictyaml.Join(c.problems)
	}
	c.checkWhen(at("when"), &in.When)
	for field, there := range in.When.own() {
		if there {
			c.mistake(at("when", field), "belongs to a rule; a scenario that is switched on is narrowed by what a request is about, by times and by ttl")
		}
	}
	if doc.Has("ttl") && in.TTL <= 0 {
		c.mistake(at("ttl"), "must be positive, as in 1m, not %s", in.TTL)
	}
	return in.Name, Narrowing{in.When, in.Times, in.TTL}, strictyaml.Join(c.problems)
}

// own tells which conditions there are that only a rule can have.
func (w *When) own() map[string]bool {
	return map[string]bool{
		"call": w.Call != nil, "per": w.Per != "", "probability": w.Probability != nil, "after": w.After != "", "until": w.Until != "",
	}
}

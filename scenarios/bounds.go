package scenarios

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"time"
)

// What a scenario may be at most. Files come from people, but whoever reaches
// the control API can send one, and every request is held against it.
const (
	maxRules    = 200
	maxPatterns = 1000   // of all rules together
	maxProgram  = 10_000 // instructions of all regular expressions together
	maxValue    = 8 << 10
	maxSpan     = 10 * 365 * 24 * time.Hour // a time that is to come
	maxNamed    = 20                        // names in an X-Mock-Scenario header
)

// withinBounds reports whether a scenario is small enough to be looked at more
// closely.
func (c *checker) withinBounds() bool {
	if n := len(c.scenario.Rules); n > maxRules {
		c.mistake(at("rules"), "there are %d rules; write %d at most", n, maxRules)
	}
	n, program := 0, 0
	for i := range c.scenario.Rules {
		patterns, size := c.scenario.Rules[i].When.size()
		n, program = n+patterns, program+size
	}
	if n > maxPatterns {
		c.mistake(at("rules"), "there are %d patterns in them; write %d at most, or one with *", n, maxPatterns)
	}
	if program > maxProgram {
		c.mistake(at("rules"), "the regular expressions in them are too large; write shorter ones, or smaller repetitions")
	}
	return len(c.problems) == 0 || n <= maxPatterns && program <= maxProgram && len(c.scenario.Rules) <= maxRules
}

// size is how many patterns there are, and how many instructions their regular
// expressions have.
func (w *When) size() (patterns, program int) {
	all := []AnyOf{w.Grant, w.Connection, w.Send, w.Client, w.Recipient}
	for _, named := range []map[string]AnyOf{w.Header, w.Params} {
		for _, patterns := range named {
			all = append(all, patterns)
		}
	}
	for _, list := range all {
		patterns += len(list)
		for _, p := range list {
			if program <= maxProgram { // which takes its time
				program += programSize(p)
			}
		}
	}
	return patterns, program
}

// check finds what a narrowing made in Go, or sent, must not be.
func (n *Narrowing) check() error {
	for name, there := range n.When.own() {
		if there {
			return fmt.Errorf("when: %s belongs to a rule", name)
		}
	}
	patterns, program := n.When.size()
	switch why := tooLong(n.TTL); {
	case why != "":
		return errors.New("ttl: " + why)
	case patterns > maxPatterns:
		return fmt.Errorf("when: there are %d patterns; write %d at most, or one with *", patterns, maxPatterns)
	case program > maxProgram:
		return errors.New("when: the regular expressions are too large; write shorter ones, or smaller repetitions")
	}
	return nil
}

// checkFor finds a narrowing with which no rule of a scenario can act.
func (n *Narrowing) checkFor(s *Scenario) error {
	if len(n.When.Endpoint) == 0 {
		return nil
	}
	narrowed := Rule{When: n.When}
	asked := narrowed.endpoints()
	var reach []string
	for i := range s.Rules {
		names := s.Rules[i].endpoints()
		if names == nil || asked == nil || len(common(names, asked)) > 0 {
			return nil
		}
		for _, name := range names {
			if !slices.Contains(reach, name) {
				reach = append(reach, name)
			}
		}
	}
	return fmt.Errorf("when: endpoint: %s acts on %s, never on %s", s.Name, sequence(reach, "and"), sequence(asked, "or"))
}

// programSize is how many instructions a regular expression is compiled to; 0
// for a pattern that is none, or that is wrong.
func programSize(pattern string) int {
	if !isRegexp(pattern) {
		return 0
	}
	tree, err := syntax.Parse(pattern[1:len(pattern)-1], syntax.Perl)
	if err != nil {
		return 0
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 0
	}
	return len(program.Inst)
}

// tooLong is the sentence about a time that is to come, or empty.
func tooLong(d time.Duration) string {
	if d > maxSpan || d < -maxSpan {
		return fmt.Sprintf("%s is too long; write 87600h, which is ten years, at most", d)
	}
	return ""
}

// front is as much of a value as patterns are held against.
func front(value string) string {
	if len(value) > maxValue {
		return value[:maxValue]
	}
	return value
}

// some are the names of a list, within bounds.
func some(names []string) string {
	const most = 20
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

package scenarios

import (
	"fmt"
	"regexp/syntax"
	"time"
)

// Bounds on what a scenario may hold. A scenario can come from anybody who
// reaches the control API, and every request is compared with it.
const (
	maxRules        = 200
	maxPatterns     = 1000             // in all rules together
	maxInstructions = 10_000           // of all compiled regular expressions together
	maxDelay        = 10 * time.Minute // for which a rule keeps a request waiting
	maxAhead        = 10 * 365 * 24 * time.Hour
)

const tooManyInstructions = "the regular expressions are too large; write shorter ones, or smaller repetitions"

// withinBounds reports whether the scenario is small enough for the other
// checks, which take time.
func (c *checker) withinBounds() bool {
	rules, patterns, instructions := len(c.scenario.Rules), 0, 0
	for i := range c.scenario.Rules {
		p, n := c.scenario.Rules[i].When.size()
		patterns, instructions = patterns+p, instructions+n
	}
	if rules > maxRules {
		c.mistake(at("rules"), "there are %d rules; write %d at most", rules, maxRules)
	}
	if patterns > maxPatterns {
		c.mistake(at("rules"), "the rules have %d patterns; write %d at most, or one with *", patterns, maxPatterns)
	}
	if instructions > maxInstructions {
		c.mistake(at("rules"), "%s", tooManyInstructions)
	}
	return rules <= maxRules && patterns <= maxPatterns && instructions <= maxInstructions
}

// Cost says how much work it is to compare one request with the scenario. It is
// the number of rules, of patterns (a long one counts as several) and of
// instructions of compiled regular expressions.
func (s *Scenario) Cost() int {
	cost := len(s.Rules)
	for i := range s.Rules {
		cost += s.Rules[i].When.cost()
	}
	return cost
}

// Cost is what the conditions add to that.
func (n *Narrowing) Cost() int { return n.When.cost() }

func (w *When) cost() int {
	patterns, instructions := w.size()
	return patterns + instructions + w.length()/64
}

// size is how many patterns the conditions have, and how many instructions
// their regular expressions compile to.
func (w *When) size() (patterns, instructions int) {
	patterns = len(w.Call) // which are compared in the same way
	for _, list := range w.patterns() {
		patterns += len(list)
		for _, p := range list {
			if instructions <= maxInstructions { // beyond that, compiling more is a waste of time
				instructions += instructionsOf(p)
			}
		}
	}
	return patterns, instructions
}

// length is how many bytes the patterns have.
func (w *When) length() (n int) {
	for _, list := range w.patterns() {
		for _, p := range list {
			n += len(p)
		}
	}
	return n
}

// patterns are the lists of patterns and names of all conditions.
func (w *When) patterns() []AnyOf {
	all := []AnyOf{w.Endpoint, w.Grant, w.Connection, w.Send, w.Client, w.Recipient}
	for _, byName := range []map[string]AnyOf{w.Header, w.Params} {
		for _, patterns := range byName {
			all = append(all, patterns)
		}
	}
	return all
}

// instructionsOf is how many instructions a regular expression compiles to. It
// is 0 for a glob, and for an expression with a mistake.
func instructionsOf(pattern string) int {
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

// tooLong is the sentence about a duration beyond ten years. It is empty if the
// duration is shorter.
func tooLong(d time.Duration) string {
	if d > maxAhead || d < -maxAhead {
		return fmt.Sprintf("%s is too long; write 87600h, which is ten years, at most", d)
	}
	return ""
}

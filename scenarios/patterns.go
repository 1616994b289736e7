package scenarios

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// AnyOf is a list of patterns or names; one of them must fit. A pattern is a
// glob, in which * stands for any characters, or a regular expression between
// slashes. The pattern "" fits what is absent. In a file a single member may
// stand without brackets.
type AnyOf []string

// DecodeYAML reads a string, or a list of strings.
func (a *AnyOf) DecodeYAML(v strictyaml.Value) {
	if v.IsList() {
		v.Decode((*[]string)(a))
		return
	}
	var one string
	if v.Decode(&one) {
		*a = AnyOf{one}
	}
}

// JSONSchema is the schema of what DecodeYAML reads.
func (AnyOf) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	return either(ordinary(""), ordinary([]string(nil)))
}

// Compile returns a function that tells whether a value fits one of the
// patterns. The error is that of the first regular expression with a mistake.
func (a AnyOf) Compile() (func(value string) bool, error) {
	tests := make([]func(string) bool, len(a))
	for i, pattern := range a {
		if !isRegexp(pattern) {
			tests[i] = func(value string) bool { return fixtures.MatchGlob(pattern, value) }
			continue
		}
		re, err := regexp.Compile(pattern[1 : len(pattern)-1])
		if err != nil {
			return nil, err
		}
		tests[i] = re.MatchString
	}
	return func(value string) bool {
		return slices.ContainsFunc(tests, func(test func(string) bool) bool { return test(value) })
	}, nil
}

func isRegexp(pattern string) bool {
	return len(pattern) > 2 && pattern[0] == '/' && pattern[len(pattern)-1] == '/'
}

func isLiteral(pattern string) bool { return !strings.Contains(pattern, "*") && !isRegexp(pattern) }

// A comparison compares the patterns of rules with one another. It compiles each
// regular expression once.
type comparison struct {
	compiled   map[string]func(string) bool
	sizes      map[string]int // instructions of those
	normalised map[*When]AnyOf
	work       int // characters compared so far, each with one instruction
}

// maxComparison bounds the work. Rules with hundreds of long patterns are not
// compared to the end.
const maxComparison = 4_000_000

// spend counts work, and reports whether there is not yet too much.
func (c *comparison) spend(work int) bool {
	if !c.over() {
		c.work += work
	}
	return !c.over()
}

func (c *comparison) over() bool { return c.work > maxComparison }

// covers reports whether every value that fits the other patterns fits mine,
// too. It may say no where the answer is yes. An empty list fits every value.
func (c *comparison) covers(mine, other AnyOf) bool {
	if len(mine) == 0 || slices.Contains(mine, "*") {
		return true
	}
	return len(other) > 0 && !slices.ContainsFunc(other, func(pattern string) bool {
		return !slices.ContainsFunc(mine, func(mine string) bool { return c.patternCovers(mine, pattern) })
	})
}

func (c *comparison) patternCovers(mine, other string) bool {
	if !c.spend(len(mine) + len(other)) {
		return false
	}
	switch {
	case mine == other:
		return true
	case isRegexp(mine):
		return isLiteral(other) && c.matches(mine, other)
	case isRegexp(other):
		return false
	case isLiteral(mine) && isLiteral(other):
		return strings.TrimPrefix(mine, grantPrefix) == strings.TrimPrefix(other, grantPrefix)
	}
	return fixtures.MatchGlob(mine, other) // a * in the other pattern counts as a character
}

// matches reports whether a literal fits a regular expression.
func (c *comparison) matches(expression, literal string) bool {
	fits, known := c.compiled[expression]
	if !known {
		if c.compiled == nil {
			c.compiled, c.sizes = map[string]func(string) bool{}, map[string]int{}
		}
		fits, _ = AnyOf{expression}.Compile() // nil if it has a mistake
		c.compiled[expression], c.sizes[expression] = fits, instructionsOf(expression)
	}
	return fits != nil && c.spend(c.sizes[expression]*len(literal)) && fits(literal)
}

// recipients are the patterns of Recipient in the form in which recipients are
// compared. Regular expressions stay as they are.
func (c *comparison) recipients(w *When) AnyOf {
	out, known := c.normalised[w]
	if known {
		return out
	}
	for _, p := range w.Recipient {
		if !strings.HasPrefix(p, "/") {
			p = address.Key(fixtures.NormalizeRecipient(p))
		}
		out = append(out, p)
	}
	if c.normalised == nil {
		c.normalised = map[*When]AnyOf{}
	}
	c.normalised[w] = out
	return out
}

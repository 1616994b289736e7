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

// covers reports whether every value that fits the other patterns fits these,
// too. It may say no where the answer is yes. An empty list fits every value.
func (a AnyOf) covers(other AnyOf) bool {
	if len(a) == 0 || slices.Contains(a, "*") {
		return true
	}
	return len(other) > 0 && !slices.ContainsFunc(other, func(pattern string) bool {
		return !slices.ContainsFunc(a, func(mine string) bool { return patternCovers(mine, pattern) })
	})
}

func patternCovers(mine, other string) bool {
	switch {
	case mine == other:
		return true
	case isRegexp(mine):
		fits, err := AnyOf{mine}.Compile()
		return err == nil && isLiteral(other) && fits(other)
	case isRegexp(other):
		return false
	case isLiteral(mine) && isLiteral(other):
		return strings.TrimPrefix(mine, grantPrefix) == strings.TrimPrefix(other, grantPrefix)
	}
	return fixtures.MatchGlob(mine, other) // a * in the other pattern counts as a character
}

// recipients are the patterns of Recipient in the form in which recipients are
// compared. Regular expressions stay as they are.
func (w *When) recipients() AnyOf {
	out := make(AnyOf, len(w.Recipient))
	for i, p := range w.Recipient {
		if out[i] = p; !strings.HasPrefix(p, "/") {
			out[i] = address.Key(fixtures.NormalizeRecipient(p))
		}
	}
	return out
}

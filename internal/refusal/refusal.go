// Package refusal is the catalogue of Auth0's refusals: each declared once,
// with Auth0's exact words, which SDKs compare to the full stop, its status,
// and where the words are known from.
package refusal

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// A Refusal is an answer of Auth0 that says no. It is an error value: flows
// return it, and only the writer of answers puts it on the wire, in the
// dialect of the route.
type Refusal struct {
	// Name is ours, in snake case. Scenario files use it as a preset, and the
	// README lists it.
	Name string
	// Status is the HTTP status.
	Status int
	// Code is the wire's "error".
	Code string
	// Description is the wire's "error_description". In the catalogue it may
	// hold {placeholders}, which With fills.
	Description string
	// Examples are the placeholders, each with the value that it gets where a
	// scenario names this refusal as a preset and says nothing else.
	Examples map[string]string
	// URI is the wire's "error_uri", if there is one.
	URI string
	// Members follow in the body. Their strings may hold placeholders.
	Members []Member
	// Page is an HTML page that takes the place of the body: what a proxy says
	// in Auth0's stead.
	Page string
	// Class is what a database calls the error. The body has name, code,
	// description and statusCode then, rather than error and error_description.
	Class string
	// Plain makes the description, as plain text, the whole body.
	Plain bool
	// RetryAfter is the Retry-After header, in seconds; it may be a placeholder.
	RetryAfter string
	// Source says where the words are known from.
	Source string
	// Unverified marks what no public source proves: the mock's best guess.
	Unverified bool
	// Hint is for the developer at the mock's log, never on the wire: what in
	// the configuration caused the refusal and what helps.
	Hint string
}

// A Member is one more member of the body: a string, or what else JSON can say.
type Member struct {
	Name  string
	Value any
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Description }

// With is a copy whose placeholders are filled: pairs of name and value.
func (r *Refusal) With(pairs ...string) *Refusal {
	filled := *r
	filled.Members = slices.Clone(r.Members)
	for i := 0; i+1 < len(pairs); i += 2 {
		fill := func(s string) string { return strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1]) }
		filled.Code, filled.Description, filled.RetryAfter = fill(filled.Code), fill(filled.Description), fill(filled.RetryAfter)
		for j, m := range filled.Members {
			if text, ok := m.Value.(string); ok {
				filled.Members[j].Value = fill(text)
			}
		}
	}
	return &filled
}

// Filled is a copy in which every placeholder is filled: by its value in vars,
// or else by its example.
func (r *Refusal) Filled(vars map[string]string) *Refusal {
	var pairs []string
	for _, name := range r.Placeholders() {
		value, ok := vars[name]
		if !ok {
			value = r.Examples[name]
		}
		pairs = append(pairs, name, value)
	}
	return r.With(pairs...)
}

// Placeholders are the names of the placeholders, in alphabetical order.
func (r *Refusal) Placeholders() []string { return slices.Sorted(maps.Keys(r.Examples)) }

// Because is a copy that carries a hint for the mock's log.
func (r *Refusal) Because(hint string) *Refusal {
	hinted := *r
	hinted.Hint = hint
	return &hinted
}

// Recode is an error with another status and code, if it is a refusal with the
// code from: some endpoints have a code of their own for what others say.
func Recode(err error, from string, status int, code string) error {
	var refused *Refusal
	if !errors.As(err, &refused) || refused.Code != from {
		return err
	}
	recoded := *refused
	recoded.Status, recoded.Code = status, code
	return &recoded
}

// Is makes errors.Is find a refusal by its catalogue entry, filled or not.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Name == r.Name
}

// Package refusal is the catalogue of Auth0's refusals: each declared once,
// with Auth0's exact words, which SDKs compare to the full stop, its status,
// and where the words are known from.
package refusal

import "strings"

// A Refusal is an answer of Auth0 that says no. It is an error value: flows
// return it, and only the writer of answers puts it on the wire, in the
// dialect of the route.
type Refusal struct {
	// Name is ours, in snake case: the README's table and scenario files use it.
	Name string
	// Status is the HTTP status.
	Status int
	// Code is the wire's "error".
	Code string
	// Description is the wire's "error_description". In the catalogue it may
	// hold {placeholders}, which With fills.
	Description string
	// URI is the wire's "error_uri", if there is one.
	URI string
	// Source says where the words are known from.
	Source string
	// Unverified marks what no public source proves: the mock's best guess.
	Unverified bool
	// Hint is for the developer at the mock's log, never on the wire: what in
	// the configuration caused the refusal and what helps.
	Hint string
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Description }

// With is a copy whose placeholders are filled: pairs of name and value.
func (r *Refusal) With(pairs ...string) *Refusal {
	filled := *r
	for i := 0; i+1 < len(pairs); i += 2 {
		placeholder := "{" + pairs[i] + "}"
		filled.Code = strings.ReplaceAll(filled.Code, placeholder, pairs[i+1])
		filled.Description = strings.ReplaceAll(filled.Description, placeholder, pairs[i+1])
	}
	return &filled
}

// Because is a copy that carries a hint for the mock's log.
func (r *Refusal) Because(hint string) *Refusal {
	hinted := *r
	hinted.Hint = hint
	return &hinted
}

// Is makes errors.Is find a refusal by its catalogue entry, filled or not.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Name == r.Name
}

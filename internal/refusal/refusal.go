// Package refusal is the catalogue of Auth0's refusals. Each is declared once:
// with its status, with Auth0's exact words, which SDKs compare down to the full
// stop, and with the source that proves the words.
package refusal

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
)

// A Refusal is an answer in which Auth0 refuses a request. It is an error:
// flows return it, and package web writes it in the dialect of the route.
type Refusal struct {
	// Name is the mock's name for it, in snake case. The table of refusals and
	// scenario files use it.
	Name string
	// Status is the HTTP status.
	Status int
	// Code is the wire's "error".
	Code string
	// Description is the wire's "error_description", which is absent if it is "".
	// In the catalogue it may hold {placeholders}, which With fills.
	Description string
	// Examples are the placeholders, each with the value that it gets where a
	// scenario names this refusal as a preset and says nothing else.
	Examples map[string]string
	// URI is the wire's "error_uri", if there is one.
	URI string
	// Members follow in the body. Their strings may hold placeholders.
	Members []Member
	// Page is an HTML page to send as the body. A proxy in front of Auth0 sends
	// it.
	Page string
	// Class is the name of an error of a database. If it is set, the body has
	// the members name, code, description and statusCode, instead of error and
	// error_description.
	Class string
	// Message, Rules and Policy are further members of such a body. Rules stand in place of
	// Description: they say which rules a password meets. Policy is all of them as text.
	Message string
	Rules   any
	Policy  string
	// Plain means that the body is the description, as plain text.
	Plain bool
	// Challenge begins the header WWW-Authenticate of a 401 of /userinfo, where "" is
	// that of Bearer tokens. In the Management API it is the whole header.
	Challenge string
	// RetryAfter is the Retry-After header, in seconds; it may be a placeholder.
	RetryAfter string
	// Source says which public text has these words.
	Source string
	// Unverified means that no public source proves the answer: it is the
	// mock's best guess.
	Unverified bool
	// Log is the type of the entry that the refusal makes in the tenant's log; "" if it
	// makes none, or if that depends on the endpoint.
	Log string
	// LogDetails are the details of that entry; nil if they follow from the type.
	LogDetails any
	// Hint says what in the configuration caused the refusal, and what helps.
	// It goes to the mock's log, never on the wire.
	Hint string
}

// A Member is one more member of the body. Its value is anything that
// encoding/json can write.
type Member struct {
	Name  string
	Value any
}

func (r *Refusal) Error() string {
	if r.Description == "" {
		return r.Code
	}
	return r.Code + ": " + r.Description
}

// With is a copy with its placeholders filled. The pairs are names and values
// in turn.
func (r *Refusal) With(pairs ...string) *Refusal {
	filled := *r
	filled.Members = slices.Clone(r.Members)
	for i := 0; i+1 < len(pairs); i += 2 {
		fill := func(s string) string { return strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1]) }
		filled.Code, filled.Description = fill(filled.Code), fill(filled.Description)
		filled.RetryAfter, filled.Challenge = fill(filled.RetryAfter), fill(filled.Challenge)
		for j, m := range filled.Members {
			filled.Members[j].Value = filledValue(m.Value, fill)
		}
	}
	return &filled
}

// WithMember is a copy in which a member has that value.
func (r *Refusal) WithMember(name string, value any) *Refusal {
	changed := *r
	changed.Members = slices.Clone(r.Members)
	for i := range changed.Members {
		if changed.Members[i].Name == name {
			changed.Members[i].Value = value
		}
	}
	return &changed
}

// filledValue is a copy of a member's value with its texts filled.
func filledValue(value any, fill func(string) string) any {
	switch v := value.(type) {
	case string:
		return fill(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = filledValue(v[i], fill)
		}
		return list
	case map[string]string:
		object := make(map[string]string, len(v))
		for name, text := range v {
			object[name] = fill(text)
		}
		return object
	}
	return value
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

// LogLimit is the type of the entry about a rate limit.
const LogLimit = "api_limit"

// Logged is a copy with another type of entry in the tenant's log. The details are nil
// if they follow from the type.
func (r *Refusal) Logged(as string, details any) *Refusal {
	logged := *r
	logged.Log, logged.LogDetails = as, details
	return &logged
}

// Words are what the refusal says: its description, or else its code.
func (r *Refusal) Words() string { return cmp.Or(r.Description, r.Code) }

// Because is a copy with a hint for the mock's log.
func (r *Refusal) Because(hint string) *Refusal {
	hinted := *r
	hinted.Hint = hint
	return &hinted
}

// TextOnly makes the description of a refusal its code, and leaves no
// description. It returns any other error as it is. The endpoints of databases
// use it, whose errors have one member.
func TextOnly(err error) error {
	var refused *Refusal
	if !errors.As(err, &refused) || refused.Description == "" {
		return err
	}
	text := *refused
	text.Code, text.Description = refused.Description, ""
	return &text
}

// Recode changes the status and code of a refusal whose code is from. It
// returns any other error as it is. Some endpoints use it where they have their
// own code for a refusal of another endpoint.
func Recode(err error, from string, status int, code string) error {
	var refused *Refusal
	if !errors.As(err, &refused) || refused.Code != from {
		return err
	}
	recoded := *refused
	recoded.Status, recoded.Code = status, code
	return &recoded
}

// Is makes errors.Is find a refusal by its catalogue entry, with placeholders
// filled or not.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Name == r.Name
}

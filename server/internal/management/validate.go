package management

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// A property is what a member of a body, or a query parameter, may be. Its zero
// value allows anything.
type property struct {
	name, about string   // about is Auth0's description, which its errors show
	types       []string // JSON types
	format      string   // of a string
	pattern     *regexp.Regexp
	min, max    int // the length of a string, list or object, or the value of a number; max 0 is none
	enum        []string
	required    []string   // members of an object
	members     []property // of an object; nil allows any
	items       *property  // of an array
	open        bool       // an object may have other members, too
	rest        *property  // what each member may be that is not one of members

	later func() property // makes the property when a body is checked; of a body, or of a member of a section's body
}

// of returns a copy with a description.
func (p property) of(name, about string) property {
	p.name, p.about = name, about
	return p
}

// orNull returns a copy that may be null.
func (p property) orNull() property {
	p.types = append(slices.Clone(p.types), "null")
	return p
}

// The usual properties.
var (
	text    = property{types: []string{"string"}}
	boolean = property{types: []string{"boolean"}}
	integer = property{types: []string{"integer"}}
	anyBag  = property{types: []string{"object"}}
)

// A fault is one thing that is wrong with a body, in z-schema's words.
type fault struct {
	words string
	on    string // the path of the property, "" for the root
	about string
}

// checkBody refuses a body that the property does not allow.
func (p *property) checkBody(value any) error {
	if p.later != nil {
		made := p.later()
		p = &made
	}
	var faults []fault
	p.check(value, "", &faults)
	if len(faults) == 0 {
		return nil
	}
	return refusal.InvalidBody.With("problem", sentence("Payload", faults))
}

// sentence is what Auth0 says of all faults.
func sentence(of string, faults []fault) string {
	const most = 20 // a body can have thousands
	var parts []string
	for _, f := range faults[:min(most, len(faults))] {
		text := "'" + f.words + "'"
		if f.on != "" {
			text += " on property " + f.on
			if f.about != "" {
				text += " (" + f.about + ")"
			}
		}
		parts = append(parts, text+".")
	}
	return strings.Join(parts, " (also) "+of+" validation error: ")
}

func (p *property) check(value any, on string, faults *[]fault) {
	wrong := func(format string, args ...any) {
		*faults = append(*faults, fault{fmt.Sprintf(format, args...), on, p.about})
	}
	if len(p.types) > 0 && !slices.Contains(p.types, typeOf(value)) && !(typeOf(value) == "integer" && slices.Contains(p.types, "number")) {
		wrong("Expected type %s but found type %s", strings.Join(p.types, ","), typeOf(value))
		return
	}
	switch v := value.(type) {
	case string:
		p.checkString(v, wrong)
	case json.Number:
		p.checkNumber(v, wrong)
	case []any:
		if n := len(v); n < p.min {
			wrong("Array is too short (%d), minimum %d", n, p.min)
		} else if p.max > 0 && n > p.max {
			wrong("Array is too long (%d), maximum %d", n, p.max)
		}
		for i := range v {
			if p.items != nil && len(*faults) < 100 {
				p.items.check(v[i], strings.TrimPrefix(on+"["+strconv.Itoa(i)+"]", "."), faults)
			}
		}
	case object:
		p.checkObject(v, on, wrong, faults)
	}
}

// checkObject finds what is wrong with the object itself first, and then with its
// members, the last one of the schema first.
// Source: the one recorded answer with several faults, https://github.com/auth0/auth0-PHP/issues; Unverified.
func (p *property) checkObject(o object, on string, wrong func(string, ...any), faults *[]fault) {
	values := make(map[string]any, len(o))
	for _, m := range o {
		values[m.Key] = m.Value
	}
	for _, name := range p.required {
		if _, ok := values[name]; !ok {
			wrong("Missing required property: %s", name)
		}
	}
	if p.max > 0 && len(o) > p.max {
		wrong("Too many properties defined (%d), maximum %d", len(o), p.max)
	}
	if p.rest != nil {
		for _, m := range o[:min(len(o), 100)] {
			p.rest.check(m.Value, strings.TrimPrefix(on+"."+clip(m.Key), "."), faults)
		}
	}
	if p.members == nil {
		return
	}
	var extra []string
	for _, m := range slices.Backward(o) {
		if !slices.ContainsFunc(p.members, func(known property) bool { return known.name == m.Key }) {
			extra = append(extra, clip(m.Key))
		}
	}
	if len(extra) > 0 && !p.open {
		wrong("Additional properties not allowed: %s", strings.Join(extra[:min(20, len(extra))], ","))
	}
	for _, known := range slices.Backward(p.members) {
		if value, ok := values[known.name]; ok {
			known.check(value, strings.TrimPrefix(on+"."+known.name, "."), faults)
		}
	}
}

func (p *property) checkString(s string, wrong func(string, ...any)) {
	n := len(utf16.Encode([]rune(s))) // as JavaScript counts
	switch {
	case n < p.min:
		wrong("String is too short (%d chars), minimum %d", n, p.min)
	case p.max > 0 && n > p.max:
		wrong("String is too long (%d chars), maximum %d", n, p.max)
	}
	if p.pattern != nil && !p.pattern.MatchString(s) {
		wrong("String does not match pattern %s: %s", p.pattern, clip(s))
	}
	if p.format != "" && !formats[p.format](s) {
		wrong("Object didn't pass validation for format %s: %s", p.format, clip(s))
	}
	if p.enum != nil && !slices.Contains(p.enum, s) {
		wrong("No enum match for: %s", clip(s))
	}
}

func (p *property) checkNumber(n json.Number, wrong func(string, ...any)) {
	value, _ := n.Float64()
	switch {
	case value < float64(p.min):
		wrong("Value %s is less than minimum %d", clip(n.String()), p.min)
	case p.max > 0 && value > float64(p.max):
		wrong("Value %s is greater than maximum %d", clip(n.String()), p.max)
	}
}

// formats are z-schema's formats, and Auth0's own.
var formats = map[string]func(string) bool{
	"email": func(s string) bool {
		parsed, err := mail.ParseAddress(s)
		return err == nil && parsed.Address == s
	},
	"absolute-https-uri-or-empty": func(s string) bool {
		u, err := url.Parse(s)
		return s == "" || err == nil && u.Scheme == "https" && u.Host != ""
	},
	"date-time": func(s string) bool {
		_, err := time.Parse(time.RFC3339, s)
		return err == nil
	},
	"date": func(s string) bool { _, ok := parseDay(s); return ok },
	"strict-uri": func(s string) bool {
		u, err := url.Parse(s)
		return err == nil && u.Scheme != "" && u.Host != ""
	},
	"organization-name": func(s string) bool {
		return fixtures.OrganizationName.MatchString(s) && !strings.HasPrefix(s, "org_")
	},
}

// clip shortens what a request gave, for an answer.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// typeOf is the JSON type of a value, as z-schema names it.
func typeOf(value any) string {
	switch v := value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case object:
		return "object"
	case []any:
		return "array"
	case json.Number:
		if f, err := v.Float64(); err == nil && f == math.Trunc(f) {
			return "integer"
		}
		return "number"
	}
	return "null"
}

// checkQuery refuses query parameters that an operation does not know, or whose
// values are of another type.
func checkQuery(known []property, query url.Values) (map[string]string, error) {
	values, faults := map[string]string{}, []fault{}
	var extra []string
	for name, given := range query {
		if len(given) > 0 {
			values[name] = given[len(given)-1]
		}
		// An operation without parameters takes any.
		// Source: auth0/go-auth0 v1.45.0, its recording TestJobManager_ImportUsersWithNilOptions.
		if len(known) > 0 && !slices.ContainsFunc(known, func(p property) bool { return p.name == name }) {
			extra = append(extra, clip(name))
		}
	}
	slices.Sort(extra)
	if len(extra) > 0 {
		faults = append(faults, fault{"Additional properties not allowed: " + strings.Join(extra[:min(20, len(extra))], ","), "", ""})
	}
	for _, p := range slices.Backward(known) {
		value, given := values[p.name]
		if !given {
			if slices.Contains(p.required, p.name) {
				faults = append(faults, fault{"Missing required property: " + p.name, "", ""})
			}
			continue
		}
		p.check(queryValue(p, value), p.name, &faults)
	}
	if len(faults) > 0 {
		return nil, refusal.InvalidQuery.With("problem", sentence("Query", faults))
	}
	return values, nil
}

// ungrouped are the values of a query in which strategy[0] and strategy[] are strategy.
func ungrouped(query url.Values) url.Values {
	all := url.Values{}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		plain, _, _ := strings.Cut(name, "[")
		all[plain] = append(all[plain], query[name]...)
	}
	return all
}

// queryValue is the text of a query parameter in the type that it should have, if it
// can be read so.
func queryValue(p property, value string) any {
	switch {
	case slices.Contains(p.types, "integer"):
		if _, err := strconv.ParseInt(value, 10, 64); err == nil {
			return json.Number(value)
		}
	case slices.Contains(p.types, "boolean"):
		if value == "true" || value == "false" {
			return value == "true"
		}
	}
	return value
}

// parseDay reads a day, or a time.
func parseDay(s string) (at time.Time, ok bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), true
		}
	}
	return at, false
}

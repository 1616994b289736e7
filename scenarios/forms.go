package scenarios

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

// AnyOf is a list of which any member will do. In a file one member may stand
// without brackets. The empty pattern is for what is absent.
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

// JSONSchema is the schema of what DecodeYAML takes.
func (AnyOf) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	return either(ordinary(""), ordinary([]string(nil)))
}

func either(schemas ...any) strictyaml.Object {
	return strictyaml.Object{{Key: "anyOf", Value: schemas}}
}

// A Moment is a duration, such as 2m, or a time in RFC 3339 form; "" is none.
type Moment string

const (
	durationForm = `[-+]?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|ms|s|m|h))+`
	timeForm     = `[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])`
)

var momentForm = regexp.MustCompile(`^(` + durationForm + `|` + timeForm + `)?$`)

// DecodeYAML reads a duration or a time.
func (m *Moment) DecodeYAML(v strictyaml.Value) {
	text, ok := v.Text()
	if ok && momentForm.MatchString(text) {
		if _, err := Moment(text).from(time.Time{}); err == nil || text == "" {
			*m = Moment(text)
			return
		}
	}
	v.Problemf("must be a duration, as in 2m or 1h30m, or a time, as in 2030-01-01T00:00:00Z")
}

// JSONSchema is the schema of what DecodeYAML takes.
func (Moment) JSONSchema(func(any) strictyaml.Object) strictyaml.Object {
	return either(
		strictyaml.Object{{Key: "type", Value: "string"}, {Key: "pattern", Value: momentForm.String()}},
		strictyaml.Object{{Key: "enum", Value: []int{0}}}, // which needs no unit
	)
}

// from is the moment, if durations count from start.
func (m Moment) from(start time.Time) (time.Time, error) {
	if d, err := time.ParseDuration(string(m)); err == nil {
		return start.Add(d), nil
	}
	return time.Parse(time.RFC3339Nano, string(m))
}

// Calls are counts of requests, from 1: "1", "2..4", ">=3" or "every 3". Any of
// them will do.
type Calls []string

var callForm = regexp.MustCompile(`^([1-9][0-9]{0,8}|[1-9][0-9]{0,8}\.\.[1-9][0-9]{0,8}|>=[1-9][0-9]{0,8}|every [1-9][0-9]{0,8})$`)

// DecodeYAML reads one of the forms, or a list of them.
func (c *Calls) DecodeYAML(v strictyaml.Value) {
	if v.IsList() {
		var list []call
		if v.Decode(&list) {
			for _, one := range list {
				*c = append(*c, string(one))
			}
		}
		return
	}
	var one call
	if v.Decode(&one); one != "" {
		*c = Calls{string(one)}
	}
}

// JSONSchema is the schema of what DecodeYAML takes.
func (Calls) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	return either(ordinary(call("")), ordinary([]call(nil)))
}

// call is one member of Calls.
type call string

// step is the form {every: 3}.
type step struct {
	Every int `yaml:"every" required:"true" min:"1" max:"999999999" doc:"The third, the sixth and so on, for 3."`
}

// DecodeYAML reads one of the forms.
func (c *call) DecodeYAML(v strictyaml.Value) {
	text, plain := v.Text()
	switch {
	case v.IsMap():
		var s step
		if v.Decode(&s) {
			*c = call("every " + strconv.Itoa(s.Every))
		}
	case plain && callForm.MatchString(text):
		*c = call(text)
	default:
		v.Problemf(`must say which call: 1, 2..4, ">=3", {every: 3}, or a list of these`)
	}
}

// JSONSchema is the schema of what DecodeYAML takes.
func (call) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	return either(
		strictyaml.Object{{Key: "type", Value: "integer"}, {Key: "minimum", Value: 1}, {Key: "maximum", Value: 999999999}},
		strictyaml.Object{{Key: "type", Value: "string"}, {Key: "pattern", Value: callForm.String()}},
		ordinary(step{}),
	)
}

// A Count is how often something is to happen: "2", or ">=1"; "" is no matter.
type Count string

var countForm = regexp.MustCompile(`^((>=)?[0-9]{1,9})?$`)

// DecodeYAML reads a number, or one behind >=.
func (c *Count) DecodeYAML(v strictyaml.Value) {
	if text, ok := v.Text(); ok && countForm.MatchString(text) {
		*c = Count(text)
		return
	}
	v.Problemf(`must be a number, or one such as ">=1"`)
}

// JSONSchema is the schema of what DecodeYAML takes.
func (Count) JSONSchema(func(any) strictyaml.Object) strictyaml.Object {
	return either(
		strictyaml.Object{{Key: "type", Value: "integer"}, {Key: "minimum", Value: 0}, {Key: "maximum", Value: 999999999}},
		strictyaml.Object{{Key: "type", Value: "string"}, {Key: "pattern", Value: countForm.String()}},
	)
}

// met tells whether n is such a count.
func (c Count) met(n int64) bool {
	least, open := strings.CutPrefix(string(c), ">=")
	want, _ := strconv.ParseInt(least, 10, 64)
	return c == "" || n == want || open && n > want
}

// A Delay is a fixed time, or one that differs from request to request.
type Delay struct {
	Fixed  time.Duration `yaml:"-"`
	Min    time.Duration `yaml:"min" doc:"Of an even distribution."`
	Max    time.Duration `yaml:"max" doc:"Of an even distribution."`
	Median time.Duration `yaml:"median" doc:"Half of a log-normal distribution is shorter."`
	P99    time.Duration `yaml:"p99" doc:"99 of 100 are shorter."`
}

// DecodeYAML reads a duration, or one of the two distributions.
func (d *Delay) DecodeYAML(v strictyaml.Value) {
	if _, ok := v.Text(); ok {
		v.Decode(&d.Fixed)
		return
	}
	type plain Delay
	v.Decode((*plain)(d))
}

// JSONSchema is the schema of what DecodeYAML takes.
func (Delay) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	type plain Delay
	return either(ordinary(time.Duration(0)), ordinary(plain{}))
}

// MarshalJSON writes what DecodeYAML reads.
func (d Delay) MarshalJSON() ([]byte, error) {
	if d.Fixed != 0 {
		return json.Marshal(d.Fixed.String())
	}
	type plain Delay
	return strictyaml.MarshalJSON(plain(d))
}

// An OTP is what a redeemed code is taken for.
type OTP struct {
	// Verdict is expired, locked, wrong or accept_any; "" if Code is set.
	Verdict string `yaml:"-"`
	Code    string `yaml:"code" required:"true" format:"digits" doc:"The code that is right, instead of the one that was sent; in quotes."`
}

var verdicts = []string{"expired", "locked", "wrong", "accept_any"}

// DecodeYAML reads a verdict, or {code: "111111"}.
func (o *OTP) DecodeYAML(v strictyaml.Value) {
	if text, ok := v.Text(); ok {
		if slices.Contains(verdicts, text) {
			o.Verdict = text
			return
		}
		v.Problemf(`unknown value %q%s`, clip(text), orOneOf(text, verdicts, `it is one of %s, or {code: "111111"}`))
		return
	}
	type plain OTP
	v.Decode((*plain)(o))
}

// JSONSchema is the schema of what DecodeYAML takes.
func (OTP) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	type plain OTP
	return either(strictyaml.Object{{Key: "enum", Value: verdicts}}, ordinary(plain{}))
}

// MarshalJSON writes what DecodeYAML reads.
func (o OTP) MarshalJSON() ([]byte, error) {
	if o.Verdict != "" {
		return json.Marshal(o.Verdict)
	}
	return json.Marshal(map[string]string{"code": o.Code})
}

// orOneOf ends a sentence about an unknown word.
func orOneOf(word string, known []string, list string) string {
	if near := strictyaml.Suggest(word, known); near != "" {
		return near
	}
	return "; " + fmt.Sprintf(list, strings.Join(known, ", "))
}

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:57], "") + "..."
	}
	return s
}

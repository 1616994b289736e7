package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
)

func either(schemas ...any) strictyaml.Object {
	return strictyaml.Object{{Key: "anyOf", Value: schemas}}
}

// A Moment is a duration, such as 2m, a number of seconds, or a time in RFC 3339 form. "" means none.
type Moment string

const (
	durationForm = `[-+]?([0-9]+(\.[0-9]*)?([eE][-+]?[0-9]{1,2})?|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|ms|s|m|h))+)`
	timeForm     = `[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])`
)

// longestMoment is about 292 years in seconds, which is as long as a time.Duration can
// be.
const longestMoment = int64(math.MaxInt64 / time.Second)

var momentForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(` + durationForm + `|` + timeForm + `)?$`) })

// DecodeYAML reads a duration or a time.
func (m *Moment) DecodeYAML(v strictyaml.Value) {
	text, ok := v.Text()
	if ok && momentForm().MatchString(text) {
		if _, ok := Moment(text).Time(time.Time{}); ok || text == "" {
			*m = Moment(text)
			return
		}
	}
	v.Problemf("must be a duration, as in 2m or 1h30m, a number of seconds, or a time, as in 2030-01-01T00:00:00Z")
}

// JSONSchema is the schema of what DecodeYAML reads.
func (Moment) JSONSchema(func(any) strictyaml.Object) strictyaml.Object {
	return either(
		strictyaml.Object{{Key: "type", Value: "string"}, {Key: "pattern", Value: momentForm().String()}},
		strictyaml.Object{{Key: "type", Value: "number"}, {Key: "minimum", Value: -longestMoment}, {Key: "maximum", Value: longestMoment}},
	)
}

// Time is the moment as a time. A duration counts from start. ok is false if
// the moment is "".
func (m Moment) Time(start time.Time) (t time.Time, ok bool) {
	if d, isDuration := m.duration(); isDuration {
		return start.Add(d), true
	}
	t, err := time.Parse(time.RFC3339Nano, string(m))
	return t, err == nil
}

// duration is the moment's, if it is one.
func (m Moment) duration() (time.Duration, bool) {
	d, err := strictyaml.ParseDuration(string(m))
	return d, err == nil
}

// Calls are numbers of requests, counted from 1: "1", "2..4", ">=3" or "every
// 3". One of them must fit.
type Calls []string

var callForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([1-9][0-9]{0,8}|[1-9][0-9]{0,8}\.\.[1-9][0-9]{0,8}|>=[1-9][0-9]{0,8}|every [1-9][0-9]{0,8})$`)
})

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

// JSONSchema is the schema of what DecodeYAML reads.
func (Calls) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	return either(ordinary(call("")), ordinary([]call(nil)))
}

// Include reports whether the n-th request is one of them. An empty list
// includes every request.
func (c Calls) Include(n int64) bool {
	return len(c) == 0 || slices.ContainsFunc(c, func(one string) bool {
		if step, stepped := strings.CutPrefix(one, "every "); stepped {
			every := number(step)
			return every > 0 && n%every == 0
		}
		first, last, bounded := span(one)
		return n >= first && (!bounded || n <= last)
	})
}

// span is the first and the last number of a member that is no step: "1",
// "2..4" or ">=3".
func span(call string) (first, last int64, bounded bool) {
	if from, open := strings.CutPrefix(call, ">="); open {
		return number(from), 0, false
	}
	from, to, isRange := strings.Cut(call, "..")
	if !isRange {
		to = from
	}
	return number(from), number(to), true
}

// size is how many numbers there are, if there is a limit.
func (c Calls) size() (n int64, bounded bool) {
	type pair struct{ first, last int64 }
	var pairs []pair
	for _, one := range c {
		first, last, bounded := span(one)
		if !bounded || strings.HasPrefix(one, "every ") {
			return 0, false
		}
		pairs = append(pairs, pair{first, last})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.first, b.first) })
	counted := int64(0) // up to this number
	for _, p := range pairs {
		if from := max(p.first, counted+1); from <= p.last {
			n, counted = n+p.last-from+1, p.last
		}
	}
	return n, n > 0
}

// call is one member of Calls.
type call string

// step is the form {every: 3}.
type step struct {
	Every int `yaml:"every" required:"true" min:"1" max:"999999999" doc:"3 means the third request, the sixth, and so on."`
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
	case plain && callForm().MatchString(text):
		*c = call(text)
	default:
		v.Problemf(`must be the number of a call: 1, 2..4, ">=3", {every: 3}, or a list of these`)
	}
}

// JSONSchema is the schema of what DecodeYAML reads.
func (call) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	return either(
		strictyaml.Object{{Key: "type", Value: "integer"}, {Key: "minimum", Value: 1}, {Key: "maximum", Value: 999999999}},
		strictyaml.Object{{Key: "type", Value: "string"}, {Key: "pattern", Value: callForm().String()}},
		ordinary(step{}),
	)
}

// A Count is how often something should happen: "2", or ">=1". "" means any
// number of times.
type Count string

var countForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^((>=)?[0-9]{1,9})?$`) })

// DecodeYAML reads a number, with or without >= before it.
func (c *Count) DecodeYAML(v strictyaml.Value) {
	if text, ok := v.Text(); ok && countForm().MatchString(text) {
		*c = Count(text)
		return
	}
	v.Problemf(`must be a number, or one such as ">=1"`)
}

// JSONSchema is the schema of what DecodeYAML reads.
func (Count) JSONSchema(func(any) strictyaml.Object) strictyaml.Object {
	return either(
		strictyaml.Object{{Key: "type", Value: "integer"}, {Key: "minimum", Value: 0}, {Key: "maximum", Value: 999999999}},
		strictyaml.Object{{Key: "type", Value: "string"}, {Key: "pattern", Value: countForm().String()}},
	)
}

// Met reports whether n is such a count.
func (c Count) Met(n int64) bool {
	_, open := strings.CutPrefix(string(c), ">=")
	return c == "" || n == c.least() || open && n > c.least()
}

// least is the smallest such count.
func (c Count) least() int64 { return number(strings.TrimPrefix(string(c), ">=")) }

func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64) // cannot fail: the form allows only digits
	return n
}

// A Delay is a fixed time, or one that differs from request to request: even
// between Min and Max, or log-normal with Median and P99.
type Delay struct {
	Fixed  time.Duration `yaml:"-"`
	Min    time.Duration `yaml:"min" doc:"The shortest delay, in an even distribution."`
	Max    time.Duration `yaml:"max" doc:"The longest delay, in an even distribution."`
	Median time.Duration `yaml:"median" doc:"Half of the delays are shorter, in a log-normal distribution."`
	P99    time.Duration `yaml:"p99" doc:"99 of 100 delays are shorter."`
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

// JSONSchema is the schema of what DecodeYAML reads.
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

// An OTP is what happens to a code that is redeemed.
type OTP struct {
	// Verdict is expired, locked, wrong or accept_any; "" if Code is set.
	Verdict string `yaml:"-"`
	Code    string `yaml:"code" required:"true" format:"digits" doc:"The code that is right, instead of the one that was sent. Write it in quotes."`
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

// JSONSchema is the schema of what DecodeYAML reads.
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

// orOneOf ends a sentence about an unknown word: with the known word that was
// probably meant, or else with the list of known words.
func orOneOf(word string, known []string, list string) string {
	if near := strictyaml.Suggest(word, known); near != "" {
		return near
	}
	return "; " + fmt.Sprintf(list, strings.Join(known, ", "))
}

// clip shortens what a message quotes.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:57], "") + "..."
	}
	return s
}

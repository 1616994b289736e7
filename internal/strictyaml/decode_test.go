package strictyaml_test

import (
	"errors"
	"flag"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/internal/strictyaml/strictyamltest"
)

var update = flag.Bool("update", false, "rewrite the expected answers in testdata")

// A sample has a field of every sort.
type sample struct {
	Version  int                 `yaml:"version" required:"true" enum:"1,2" doc:"The version."`
	Name     string              `yaml:"name" doc:"Any text."`
	Kind     string              `yaml:"kind" enum:"native,spa,regular_web"`
	Big      int64               `yaml:"big" min:"1" max:"100"`
	Floor    int64               `yaml:"floor" min:"0"`
	Share    float64             `yaml:"share" min:"0" max:"1"`
	On       bool                `yaml:"on"`
	Maybe    *bool               `yaml:"maybe"`
	At       time.Time           `yaml:"at"`
	Wait     time.Duration       `yaml:"wait"`
	Code     string              `yaml:"code" format:"digits"`
	Codes    []string            `yaml:"codes" format:"digits"`
	URLs     []string            `yaml:"urls" format:"url-pattern"`
	Colours  []string            `yaml:"colours"` // an Enumerator's field
	Numbers  []int               `yaml:"numbers" max:"9"`
	Presets  map[string]string   `yaml:"presets" format:"digits"`
	Lists    map[string][]string `yaml:"lists"`
	Any      any                 `yaml:"any"`
	Claims   map[string]any      `yaml:"claims"`
	Items    []item              `yaml:"items"`
	Nested   *nested             `yaml:"nested"`
	Either   []either            `yaml:"either"`
	internal int                 //nolint:unused // an unexported field must be passed over
	Skipped  int                 `yaml:"-"`
}

func (sample) EnumValues(field string) []string {
	if field == "colours" {
		return []string{"red", "green", "blue"}
	}
	return nil
}

type item struct {
	ID   string   `yaml:"id" required:"true"`
	Tags []string `yaml:"tags" required:"true"`
	Note string   `yaml:"note"`
}

type nested struct {
	Deep deep `yaml:"deep"`
}

type deep struct {
	Text string `yaml:"text" required:"true"`
}

// either is a plain string or a map.
type either struct {
	Value string `yaml:"value" required:"true"`
}

func (e *either) DecodeYAML(v strictyaml.Value) {
	if text, ok := v.Text(); ok {
		if text == "" {
			v.Problemf("must not be empty")
		}
		e.Value = text
		return
	}
	type plain either
	v.Decode((*plain)(e))
}

func (either) JSONSchema(ordinary func(any) strictyaml.Object) strictyaml.Object {
	type plain either
	return strictyaml.Object{{Key: "anyOf", Value: []any{
		strictyaml.Object{{Key: "type", Value: []string{"string", "number", "boolean"}}, {Key: "minLength", Value: 1}},
		ordinary(plain{}),
	}}}
}

// decode reads text into a sample and gives the problems.
func decode(t testing.TB, text string) (sample, strictyaml.Errors) {
	t.Helper()
	var s sample
	err := strictyaml.Decode("f", []byte(text), &s)
	if err == nil {
		return s, nil
	}
	var problems *strictyaml.Errors
	if !errors.As(err, &problems) {
		t.Fatalf("the error is a %T, not an *Errors: %v", err, err)
	}
	return s, *problems
}

// TestMistakes reads the cases of testdata/mistakes.txtar: x.yaml is a file,
// x.want are its mistakes.
func TestMistakes(t *testing.T) {
	t.Parallel()
	strictyamltest.ReadGolden(t, "mistakes").Compare(t, *update, func(name string, data []byte) string {
		var s sample
		if err := strictyaml.Decode(name, data, &s); err != nil {
			return err.Error()
		}
		return ""
	})
}

func TestValues(t *testing.T) {
	t.Parallel()
	s, problems := decode(t, `
version: 1
name: 012345
code: 000
base: 1
`)
	if len(problems) != 1 || s.Name != "012345" || s.Code != "000" {
		t.Errorf("got %+v, %v", s, problems)
	}
	s, problems = decode(t, `
version: 1
claims: {i: 5, h: 0x10, f: 1.0, e: 1e3, s: "5", y: yes, t: 2030-01-01, n: ~, b: True, m: {}, l: []}
items:
  - &one {id: a, tags: [x], note: n}
  - {<<: *one, id: b}
  - {<<: [{id: c}, *one]}
either: [5, true, {value: v}]
numbers: [0x3, 1e0, 2.0]
codes: []
`)
	if len(problems) > 0 {
		t.Fatal(problems.Error())
	}
	want := sample{
		Version: 1,
		Claims: map[string]any{
			"i": int64(5), "h": int64(16), "f": 1.0, "e": 1000.0, "s": "5", "y": "yes",
			"t": "2030-01-01", "n": nil, "b": true, "m": map[string]any{}, "l": []any{},
		},
		Items: []item{
			{ID: "a", Tags: []string{"x"}, Note: "n"},
			{ID: "b", Tags: []string{"x"}, Note: "n"},
			{ID: "c", Tags: []string{"x"}, Note: "n"},
		},
		Either:  []either{{"5"}, {"true"}, {"v"}},
		Numbers: []int{3, 1, 2},
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got\n%+v, want\n%+v", s, want)
	}
}

// bombs are small files that expand to huge ones.
func bombs() map[string]string {
	var laughs, nested, keys, chain strings.Builder
	laughs.WriteString("version: 1\nclaims:\n  a0: &a0 [x, x]\n")
	nested.WriteString("version: 1\nclaims:\n  a0: &a0 {p: 1, q: 2}\n")
	keys.WriteString("version: 1\nclaims:\n  a0: &a0 {p: 1}\n")
	chain.WriteString("version: 1\nclaims:\n  a0: &a0 {p: 1}\n")
	for i := range 40 {
		fmt.Fprintf(&laughs, "  a%d: &a%[1]d [*a%[2]d, *a%[2]d]\n", i+1, i)
		fmt.Fprintf(&nested, "  a%d: &a%[1]d {p: {<<: *a%[2]d}, q: {<<: *a%[2]d}}\n", i+1, i)
		fmt.Fprintf(&keys, "  a%d: &a%[1]d {<<: [*a%[2]d, *a%[2]d]}\n", i+1, i)
	}
	for i := range 10_000 {
		fmt.Fprintf(&chain, "  a%d: &a%[1]d {<<: *a%[2]d}\n", i+1, i)
	}
	many := "version: 1\nbig: &big {" + strings.Repeat("x: 1, ", 10_000) + "}\nitems:\n" + strings.Repeat("- {<<: *big}\n", 10_000)
	return map[string]string{
		"aliases": laughs.String(), "maps in merged maps": nested.String(), "merged entries": keys.String(),
		"merge keys": string(strictyamltest.MergeBomb()), "a chain of merge keys": chain.String(), "a map merged often": many,
	}
}

func TestBombs(t *testing.T) {
	t.Parallel()
	for name, text := range bombs() {
		if _, err := strictyaml.Parse("f", []byte(text)); err == nil {
			t.Errorf("%s: no mistake", name)
		} else if got := err.Error(); !strings.HasPrefix(got, "f:") || strings.Contains(got, "\n") ||
			!strings.Contains(got, "expand to more than 200000 values; write fewer of them") && !strings.Contains(got, "merge keys (<<) are nested more than 64 levels deep") {
			t.Errorf("%s: %.300s", name, got)
		}
		strictyamltest.Bounded(t, []byte(text), strictyaml.StepsToParse([]byte(text)))
	}
}

// TestManyPlaces: to find the places of many mistakes in one large map is no more
// work than to read it.
func TestManyPlaces(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("presets:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  p%d: x\n", i)
	}
	doc := parse(t, b.String())
	for i := range 2000 {
		if p := doc.ProblemAt([]any{"presets", fmt.Sprint("p", i)}, "bad"); p.Line != i+2 {
			t.Fatalf("p%d is said to be in line %d", i, p.Line)
		}
	}
	if doc.Steps() > 4*2000 {
		t.Errorf("%d steps for 2000 places", doc.Steps())
	}
}

// TestManyProblems: the list is bounded, and says so.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	_, problems := decode(t, "version: 1\n"+strings.Repeat("x: 1\n", 5000))
	if len(problems) != 1001 {
		t.Fatalf("got %d problems, want 1001", len(problems))
	}
	if got, want := problems[1000].Message, "there are more mistakes than these 1000; correct the ones above first"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzDecode checks that no bytes make the decoder panic or work without end,
// that every mistake has a place and a sentence, and that a file can be written
// and read again.
func FuzzDecode(f *testing.F) {
	for _, file := range strictyamltest.ReadGolden(f, "mistakes").Files {
		f.Add(file.Data)
	}
	f.Add([]byte("version: 1\nany: &a [*a, {<<: *a}]"))
	f.Add([]byte("\xff\x00"))
	f.Add(strictyamltest.MergeBomb())
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := 1 // YAML ends lines also where Go does not
		for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
			lines += strings.Count(string(data), end)
		}
		steps := strictyaml.StepsToParse(data)
		if doc, err := strictyaml.Parse("f", data); err == nil {
			_ = doc.Decode(&sample{})
			doc.ProblemAt([]any{"any", "any"}, "x")
			steps = doc.Steps()
		}
		strictyamltest.Bounded(t, data, steps)
		s, problems := decode(t, string(data))
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines+1 || p.Column < 1 || p.Message == "" || p.File != "f" {
				t.Errorf("a problem without its place or sentence: %#v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		again, err := strictyaml.MarshalJSON(s)
		if err != nil {
			t.Fatal(err)
		}
		s2, problems := decode(t, string(again))
		if len(problems) > 0 || !reflect.DeepEqual(s, s2) {
			t.Errorf("written and read again: %v\n%+v\n%+v\n%s", problems.Error(), s, s2, again)
		}
	})
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"3m": 3 * time.Minute, "2m30s": 150 * time.Second, "-1h": -time.Hour, ".5s": 500 * time.Millisecond, "0": 0,
		"180": 3 * time.Minute, "1.5": 1500 * time.Millisecond, "-60": -time.Minute, "1e3": 1000 * time.Second,
		"9223372036": 9223372036 * time.Second,
	} {
		if got, err := strictyaml.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q is %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "soon", "3 m", "NaN", "Inf", "0x10", "1_000", "9223372037", "9e99", "3000000h", "s", "1d"} {
		if got, err := strictyaml.ParseDuration(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

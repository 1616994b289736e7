package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A table is what a run has measured.
type table struct {
	header string
	rows   []row
	notes  []string
}

type row struct {
	figure   string
	measured string
	beside   string // what it is compared with, in the same run
	goal     string
	met      string // yes, no, or empty without a goal
	fails    bool   // it misses the goal by more than any machine's mood explains
}

func (t *table) add(r row) { t.rows = append(t.rows, r) }

// check complains of what fails.
func (t *table) check() error {
	var err error
	for _, r := range t.rows {
		if r.fails {
			err = errors.Join(err, fmt.Errorf("%s: %s, the goal is %s", r.figure, r.measured, r.goal))
		}
	}
	return err
}

func (t *table) print(w io.Writer) error {
	_, err := io.WriteString(w, t.markdown())
	return err
}

// tellMissed names what misses its goal.
func (t *table) tellMissed(w io.Writer) {
	for _, r := range t.rows {
		if r.met == "no" {
			fmt.Fprintf(w, "load: missed: %s: %s, beside %s; the goal is %s\n", r.figure, r.measured, orDash(r.beside), r.goal)
		}
	}
}

func (t *table) markdown() string {
	var out strings.Builder
	out.WriteString("| figure | measured | beside it | goal | met |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range t.rows {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", r.figure, orDash(r.measured), orDash(r.beside), orDash(r.goal), orDash(r.met))
	}
	fmt.Fprintf(&out, "\n%s\n", t.header)
	if strings.Contains(out.String(), star) {
		fmt.Fprintf(&out, "%s Other processes took more than %d%% of the CPU in at least one round, each of %d times that it was tried.\n", star, noisy, tries)
	}
	for _, note := range t.notes {
		fmt.Fprintf(&out, "%s\n", note)
	}
	return out.String()
}

// writeInto replaces what is between the marks of a Markdown file.
func (t *table) writeInto(file string) error {
	const start, end = "<!-- figures -->\n", "<!-- /figures -->"
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(data), start)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s has no %s", file, start+end)
	}
	return os.WriteFile(file, []byte(before+start+t.markdown()+end+after), 0o666)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func metIf(good bool) string {
	if good {
		return "yes"
	}
	return "no"
}

// A series is a load's samples, one a round.
type series []sample

const star = "\\*"

// mark tells by a star that others were loud.
func (s series) mark() string {
	if slices.ContainsFunc(s, func(s sample) bool { return s.foreign > noisy }) {
		return star
	}
	return ""
}

func (s series) values(of func(sample) float64) values {
	out := make(values, len(s))
	for i := range s {
		out[i] = of(s[i])
	}
	return out
}

func (s series) rates() values { return s.values(func(s sample) float64 { return s.rate }) }
func (s series) p50s() values  { return s.values(func(s sample) float64 { return s.p50.Seconds() }) }
func (s series) p99s() values  { return s.values(func(s sample) float64 { return s.p99.Seconds() }) }
func (s series) cpus() values  { return s.values(func(s sample) float64 { return s.cpu.Seconds() }) }

// values are what a figure was in each round.
type values []float64

// over is each round's value in relation to another's.
func (v values) over(other values) values {
	out := make(values, min(len(v), len(other)))
	for i := range out {
		out[i] = v[i] / other[i]
	}
	return out
}

func (v values) median() float64 {
	sorted := slices.Sorted(slices.Values(v))
	return (sorted[len(sorted)/2] + sorted[(len(sorted)-1)/2]) / 2
}

func (v values) atLeast(goal float64) string {
	if len(v) == 0 {
		return ""
	}
	return metIf(v.median() >= goal)
}

func (v values) atMost(goal float64) string {
	if len(v) == 0 {
		return ""
	}
	return metIf(v.median() <= goal)
}

// show is the median and the range.
func (v values) show(unit func(float64) string) string {
	switch {
	case len(v) == 0:
		return ""
	case slices.Min(v) == slices.Max(v):
		return unit(v[0])
	}
	return fmt.Sprintf("%s [%s–%s]", unit(v.median()), unit(slices.Min(v)), unit(slices.Max(v)))
}

// against names what stands beside a figure, and the figure in relation to it.
func against(name, shown string, relation values) string {
	if len(relation) == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s: **%s**", name, shown, relation.show(times))
}

func times(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "x" }

func megabytes(v float64) string { return fmt.Sprintf("%.1f MB", v/1e6) }

// whole writes a number of things, the thousands apart.
func whole(v float64) string {
	digits := strconv.Itoa(int(v + 0.5))
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// lasting writes seconds in the unit that fits.
func lasting(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= 100*time.Millisecond:
		return d.Round(time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Microsecond).String()
}

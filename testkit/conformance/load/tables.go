package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A figure is for someone who chooses a tool.
type figure struct{ name, own, peer string }

// A budget has a measured value and its bound.
type budget struct {
	name, measured, bound string
	met                   bool
	size                  bool // it is the same on each machine
}

func (b *bench) figure(name string, unit func(float64) string, own, peer float64) {
	f := figure{name, unit(own), unit(peer)}
	if peer == 0 {
		f.peer = "–"
	}
	b.figures = append(b.figures, f)
}

func (b *bench) atLeast(name string, value, bound float64) {
	b.budgets = append(b.budgets, budget{name, times(value), "≥ " + times(bound), value >= bound, false})
}

func (b *bench) atMost(name string, unit func(float64) string, value, bound float64) {
	b.budgets = append(b.budgets, budget{name, unit(value), "≤ " + unit(bound), value <= bound, false})
}

func (b *bench) size(name string, unit func(float64) string, value, bound float64) {
	b.atMost(name, unit, value, bound)
	b.budgets[len(b.budgets)-1].size = true
}

// measureTests runs those benchmarks of the tree that have a budget.
func (b *bench) measureTests() error {
	found := map[string]benchmark{}
	for _, args := range [][]string{
		{"1000x", "^Benchmark(Start|StartInMemory|New|StartWithManyUsers)$", "./testkit", "./server/internal/load"},
		{"3x", "^Benchmark(NewWithManyUsers|ThousandTenants)$", "./server/internal/load"},
	} {
		c := exec.CommandContext(b.ctx, "go", append([]string{"test", "-run", "^$", "-benchmem", "-benchtime", args[0], "-bench"}, args[1:]...)...)
		c.Dir = "../.."
		out, err := c.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		parse(string(out), found)
	}
	memory := found["testkit.StartInMemory"].seconds
	b.figure("a tenant for a Go test, start to end", ms, memory, 0)
	b.atMost("`testkit.Start` to its end, on a port", ms, found["testkit.Start"].seconds, 0.3e-3)
	b.atMost("… in memory", ms, memory, 0.15e-3)
	b.atMost("100,000 users in a fixture", ms, found["load.NewWithManyUsers"].seconds, 2)
	b.atMost("a start with 100,000 users, beside one with 10", times,
		found["load.StartWithManyUsers/100000"].seconds/found["load.StartWithManyUsers/10"].seconds, 1.2)
	b.atMost("a further tenant", ms, found["load.New"].seconds, 1e-3)
	b.atMost("1,000 tenants beside the first", ms, found["load.ThousandTenants"].seconds, 1)
	b.size("… its memory", kb, found["load.New"].bytes, 100e3)
	return nil
}

// A benchmark is what go test measured, for one operation.
type benchmark struct{ seconds, bytes float64 }

var benchmarkLine = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op\s+(\d+) B/op`)

// parse reads what go test prints. A name begins with that of its package, as in
// testkit.Start.
func parse(out string, into map[string]benchmark) {
	pkg := ""
	for line := range strings.Lines(out) {
		if name, ok := strings.CutPrefix(line, "pkg: "); ok {
			pkg = path.Base(strings.TrimSpace(name))
		}
		if m := benchmarkLine.FindStringSubmatch(line); m != nil {
			ns, _ := strconv.ParseFloat(m[2], 64)
			bytes, _ := strconv.ParseFloat(m[3], 64)
			into[pkg+"."+m[1]] = benchmark{ns / 1e9, bytes}
		}
	}
}

func (b *bench) figureTable() string {
	var out strings.Builder
	out.WriteString("| figure | mockauth0 | " + peerName + " |\n| --- | --- | --- |\n")
	for _, f := range b.figures {
		fmt.Fprintf(&out, "| %s | %s | %s |\n", f.name, f.own, f.peer)
	}
	return out.String()
}

func (b *bench) budgetTable() string {
	var out strings.Builder
	out.WriteString("| budget | measured | bound | met |\n| --- | --- | --- | --- |\n")
	for _, r := range b.budgets {
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", r.name, r.measured, r.bound, map[bool]string{true: "yes", false: "no"}[r.met])
	}
	return out.String()
}

// check names the sizes that are over their bounds.
func (b *bench) check() (err error) {
	for _, r := range b.budgets {
		if r.size && !r.met {
			err = errors.Join(err, fmt.Errorf("%s: %s, and the budget is %s", r.name, r.measured, r.bound))
		}
	}
	return err
}

var documented = regexp.MustCompile(`(?s)(<!-- figures -->\n).*(<!-- /figures -->)`)

// writeDocs replaces the table in a file.
func (b *bench) writeDocs(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, documented.ReplaceAll(data, []byte("${1}"+b.figureTable()+"${2}")), 0o644)
}

func rate(l load) float64 { return l.rate }
func p50(l load) float64  { return l.p50 }
func p99(l load) float64  { return l.p99 }

func median(l []load, of func(load) float64) float64 {
	if len(l) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(l), func(a, b load) int { return int(1e9 * (of(a) - of(b))) })
	return of(sorted[len(sorted)/2])
}

// ratio is the median of the ratios of the rounds.
func ratio(a []load, of func(load) float64, b []load, other func(load) float64) float64 {
	out := make([]load, min(len(a), len(b)))
	for i := range out {
		out[i].rate = of(a[i]) / other(b[i])
	}
	return median(out, rate)
}

func times(v float64) string { return fmt.Sprintf("%.2f ×", v) }
func mb(v float64) string    { return fmt.Sprintf("%.0f MB", v/1e6) }
func kb(v float64) string    { return fmt.Sprintf("%.1f kB", v/1e3) }

func ms(seconds float64) string {
	digits := 0
	switch {
	case seconds < 0.001:
		digits = 2
	case seconds < 0.1:
		digits = 1
	}
	return fmt.Sprintf("%.*f ms", digits, seconds*1e3)
}

// whole is a number with commas.
func whole(v float64) string {
	digits := fmt.Sprintf("%.0f", v)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

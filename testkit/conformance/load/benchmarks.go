package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// A promise is a benchmark of the tree, and what it may take.
type promise struct {
	key           string // package and name; with all that it is divided into
	figure        string
	allocs, bytes float64 // the goals, if above 0
}

var promises = []promise{
	{"server Login", "a login, by handler call", 150, 30_000},
	{"server New", "server.New", 0, 0},
	{"server/internal/token Sign", "a signature", 0, 0},
	{"testkit Start", "testkit.Start to its end", 120, 0},
	{"testkit StartInMemory", "… in memory", 60, 0},
	{"testkit SuiteOf500", "500 tests, a tenant each", 0, 0},
}

// An outcome is what one benchmark prints.
type outcome struct {
	key string             // its package and name, such as "testkit Start"
	per map[string]float64 // by unit, such as allocs/op
}

// benchmarks runs those of the tree. Their allocations are exact; tests of the
// tree hold them.
func (b *bench) benchmarks() error {
	var found []outcome
	for _, args := range [][]string{
		{"^Benchmark(Login|New|Sign|Start|StartInMemory)$", "1000x", "./server", "./testkit", "./server/internal/token"},
		{"^BenchmarkSuiteOf500$", "3x", "./testkit"},
	} {
		c := exec.CommandContext(b.ctx, "go", append([]string{"test", "-run", "^$", "-benchmem", "-bench", args[0], "-benchtime"}, args[1:]...)...)
		c.Dir = "../.."
		c.Env = append(os.Environ(), "GOWORK=off")
		out, err := c.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		found = append(found, parseBenchmarks(out)...)
	}
	for _, p := range promises {
		known := false
		for _, o := range found {
			sub, is := strings.CutPrefix(o.key, p.key)
			if !is || sub != "" && sub[0] != '/' {
				continue
			}
			known = true
			r := row{figure: p.figure + strings.ReplaceAll(sub, "/", ", "), measured: o.show()}
			if p.allocs > 0 {
				r.goal = "≤ " + whole(p.allocs) + " allocations"
				good := o.per["allocs/op"] <= p.allocs
				if p.bytes > 0 {
					r.goal += fmt.Sprintf(", %.1f kB", p.bytes/1000)
					good = good && o.per["B/op"] <= p.bytes
				}
				r.met = metIf(good)
			}
			b.table.add(r)
		}
		if !known {
			b.table.add(row{figure: p.figure})
		}
	}
	return nil
}

// parseBenchmarks reads what go test -bench prints.
func parseBenchmarks(out []byte) []outcome {
	var found []outcome
	pkg := ""
	for line := range bytes.Lines(out) {
		fields := strings.Fields(string(line))
		switch {
		case len(fields) == 2 && fields[0] == "pkg:":
			pkg = strings.TrimPrefix(fields[1], "github.com/mockauth0/mockauth0/")
		case len(fields) > 3 && strings.HasPrefix(fields[0], "Benchmark"):
			name := strings.TrimPrefix(processors.ReplaceAllString(fields[0], ""), "Benchmark")
			o := outcome{key: pkg + " " + name, per: map[string]float64{}}
			for i := 2; i+1 < len(fields); i += 2 {
				if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
					o.per[fields[i+1]] = v
				}
			}
			found = append(found, o)
		}
	}
	return found
}

// processors is how many a benchmark ran with, behind its name.
var processors = regexp.MustCompile(`-\d+$`)

func (o outcome) show() string {
	return fmt.Sprintf("%s allocations, %.1f kB, %s", whole(o.per["allocs/op"]), o.per["B/op"]/1000, lasting(o.per["ns/op"]/1e9))
}

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
	key    string // package and name; with all that it is divided into
	figure string
	goals  goals
}

// goals are what an operation may take at most, each if it is above 0.
type goals struct{ allocs, bytes, seconds float64 }

var promises = []promise{
	{"server Login", "a login, by handler call", goals{allocs: 150, bytes: 30_000}},
	{"server New", "server.New", goals{}},
	{"server NewWithManyUsers", "… with 100,000 users in a file", goals{seconds: 2}},
	{"server/internal/token Sign", "a signature", goals{}},
	{"testkit Start", "testkit.Start to its end", goals{allocs: 120, seconds: 300e-6}},
	{"testkit StartInMemory", "… in memory", goals{allocs: 120, seconds: 150e-6}},
	{"testkit SuiteOf500", "500 tests, each with its tenant and three verified logins", goals{seconds: 2}},
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
		{"^Benchmark(SuiteOf500|NewWithManyUsers)$", "3x", "./testkit", "./server"},
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
			goal, met := p.goals.of(o)
			b.table.add(row{figure: p.figure + strings.ReplaceAll(sub, "/", ", "), measured: o.show(), goal: goal, met: met})
		}
		if !known {
			b.table.add(row{figure: p.figure})
		}
	}
	return nil
}

// of shows the goals, and whether an outcome meets them all.
func (g goals) of(o outcome) (goal, met string) {
	var shown []string
	good := true
	for _, one := range []struct {
		most float64
		unit string
		show string
	}{
		{g.allocs, "allocs/op", whole(g.allocs) + " allocations"},
		{g.bytes, "B/op", fmt.Sprintf("%.0f kB", g.bytes/1000)},
		{g.seconds * 1e9, "ns/op", lasting(g.seconds)},
	} {
		if one.most > 0 {
			shown = append(shown, one.show)
			good = good && o.per[one.unit] <= one.most
		}
	}
	if shown == nil {
		return "", ""
	}
	return "≤ " + strings.Join(shown, ", "), metIf(good)
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

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
	pkg, name, figure string
	allocs, kilobytes float64 // goals; 0: none
}

var promises = []promise{
	{"server", "Login", "a login, by handler call", 150, 30},
	{"server", "New", "server.New", 0, 0},
	{"testkit", "Start", "testkit.Start to its end", 120, 0},
	{"testkit", "StartInMemory", "… in memory", 60, 0},
	{"testkit", "SuiteOf500", "500 tests, a tenant each", 0, 0},
}

// others are benchmarks that are shown, too, if they are there.
var others = regexp.MustCompile(`^server/internal/token .*Sign`)

// An outcome is what a benchmark prints of one iteration.
type outcome map[string]float64 // by unit, such as allocs/op

// benchmarks runs those of the tree. Their allocations are exact; tests of the
// tree hold them.
func (b *bench) benchmarks() error {
	c := exec.CommandContext(b.ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Login|New|Start|StartInMemory|Suite.*|.*Sign.*)$",
		"-benchmem", "-benchtime", "300ms", "./server", "./testkit", "./server/internal/token")
	c.Dir = "../.."
	c.Env = append(os.Environ(), "GOWORK=off")
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	outcomes, order := parseBenchmarks(out)
	for _, p := range promises {
		key := p.pkg + " " + p.name
		r := row{figure: p.figure, measured: outcomes[key].show()}
		if o, found := outcomes[key]; found && p.allocs > 0 {
			r.goal, r.met = fmt.Sprintf("≤ %s allocations", whole(p.allocs)), metIf(o["allocs/op"] <= p.allocs)
			if p.kilobytes > 0 {
				r.goal += fmt.Sprintf(", %s kB", whole(p.kilobytes))
				r.met = metIf(r.met == "yes" && o["B/op"] <= p.kilobytes*1000)
			}
		}
		b.table.add(r)
	}
	for _, key := range order {
		if others.MatchString(key) {
			_, name, _ := strings.Cut(key, " ")
			b.table.add(row{figure: "benchmark " + name, measured: outcomes[key].show()})
		}
	}
	return nil
}

// parseBenchmarks reads what go test -bench prints. A key is a package and a
// name, such as "testkit Start".
func parseBenchmarks(out []byte) (outcomes map[string]outcome, order []string) {
	outcomes = map[string]outcome{}
	processors := regexp.MustCompile(`-\d+$`)
	pkg := ""
	for line := range bytes.Lines(out) {
		fields := strings.Fields(string(line))
		switch {
		case len(fields) == 2 && fields[0] == "pkg:":
			pkg = strings.TrimPrefix(fields[1], "github.com/mockauth0/mockauth0/")
		case len(fields) > 3 && strings.HasPrefix(fields[0], "Benchmark"):
			o := outcome{}
			for i := 2; i+1 < len(fields); i += 2 {
				if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
					o[fields[i+1]] = v
				}
			}
			key := pkg + " " + processors.ReplaceAllString(strings.TrimPrefix(fields[0], "Benchmark"), "")
			outcomes[key] = o
			order = append(order, key)
		}
	}
	return outcomes, order
}

func (o outcome) show() string {
	if o == nil {
		return ""
	}
	return fmt.Sprintf("%s allocations, %.1f kB, %s", whole(o["allocs/op"]), o["B/op"]/1000, lasting(o["ns/op"]/1e9))
}

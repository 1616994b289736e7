// Load measures how fast the built mockauth0 is, beside what it is compared
// with: a peer, a floor, or itself at an easier task, in the same run.
//
//	cd testkit/conformance && go run ./load
//
// It prints a table in Markdown. Others on the machine make times longer, so
// most goals are ratios, and -check fails on sizes alone, with some room for how
// another kernel counts memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Options are how long it takes.
type options struct {
	rounds int
	length time.Duration // of a load
	logins int           // that mockauth0 has served when it is old
	// launches is how often each server is started.
	launches int
}

func main() {
	full := options{rounds: 5, length: 2 * time.Second, logins: 25_000, launches: 15}
	var o options
	flag.IntVar(&o.rounds, "rounds", full.rounds, "how often each load is measured")
	flag.DurationVar(&o.length, "length", full.length, "how long a load is")
	flag.IntVar(&o.logins, "logins", full.logins, "how many logins mockauth0 has served when its memory and speed are looked at")
	flag.IntVar(&o.launches, "starts", full.launches, "how often each server is started")
	quick := flag.Bool("quick", false, "a look that takes under a minute, and says little of times; the flags above count for nothing")
	check := flag.Bool("check", false, "fail if the program is larger than its goal, or holds a seventh more memory than its")
	docs := flag.Bool("docs", false, "write the table into docs/about/performance.md, too")
	flag.Parse()
	if *quick {
		o = options{rounds: 1, length: 300 * time.Millisecond, logins: full.logins, launches: 3}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	t, err := run(ctx, o)
	if err == nil {
		err = t.print(os.Stdout)
	}
	if err == nil {
		t.tellMissed(os.Stderr)
	}
	if err == nil && *docs {
		err = t.writeInto("../../docs/about/performance.md")
	}
	if err == nil && *check {
		err = t.check()
	}
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		stop()
		os.Exit(1)
	}
}

// A bench is what a run works with.
type bench struct {
	ctx    context.Context
	dir    string
	binary string // mockauth0 as .ci/release builds it
	floor  string // the program in floor/
	// peer is the command that starts it; nil: it is not to be had.
	peer []string
	options
	table *table
}

func run(ctx context.Context, o options) (t *table, err error) {
	if _, err := os.Stat("load/package.json"); err != nil {
		return nil, errors.New("run it in testkit/conformance: go run ./load")
	}
	dir, err := os.MkdirTemp("", "mockauth0-load-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{
		ctx: ctx, dir: dir, options: o, table: &table{},
		binary: filepath.Join(dir, "mockauth0"), floor: filepath.Join(dir, "floor"),
	}
	b.table.header = fmt.Sprintf("Median [and range] of %d × %s in turn with what stands beside it, on %d cores (%s, %s/%s, %s) that clients and servers share. "+
		"A relation, in bold, is the median of the rounds' relations, not that of the two medians beside it.",
		o.rounds, o.length, runtime.NumCPU(), processor(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	if err := b.findPeer(); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		b.table.notes = append(b.table.notes, errNoPeer.Error()+".")
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"building", b.build},
		{"logins and keys", b.throughput},
		{"starts", b.start},
		{"memory and age", b.age},
		{"benchmarks", b.benchmarks},
	} {
		fmt.Fprintln(os.Stderr, "load:", step.name)
		if err := step.do(); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return b.table, nil
}

// build builds mockauth0 as .ci/release does, and the floor as small.
func (b *bench) build() error {
	for _, c := range []*exec.Cmd{
		exec.CommandContext(b.ctx, "sh", "../../.ci/build", "v0.0.0", b.binary),
		exec.CommandContext(b.ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", b.floor, "./load/floor"),
	} {
		c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
	}
	info, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	b.table.add(row{
		figure: "the program, as released", measured: whole(float64(info.Size())) + " bytes", goal: "≤ 14,000,000 bytes",
		met: metIf(info.Size() <= 14_000_000), fails: info.Size() > 14_000_000,
	})
	b.table.add(row{figure: "the image", measured: "`bash .ci/image` tells", goal: "≤ 16 MB"})
	return nil
}

// launch starts a mockauth0 whose certificate authority is in the folder.
func (b *bench) launch(authority string) (*server, error) {
	return launch(b.ctx, []string{"MOCKAUTH0_TLS_DIR=" + filepath.Join(b.dir, authority)},
		b.binary, "--addr", "127.0.0.1:0", "--fixture", "default", "--otp", "fixed:"+otp, "--log", "none")
}

// launchFloor starts the floor, which answers with the JWKS that mockauth0 has.
func (b *bench) launchFloor() (*server, error) {
	file := filepath.Join(b.dir, "jwks.http")
	if _, err := os.Stat(file); err != nil {
		s, err := b.launch("ca")
		if err != nil {
			return nil, err
		}
		defer s.stop()
		request, err := http.NewRequestWithContext(b.ctx, http.MethodGet, "http://"+s.host+jwksPath, http.NoBody)
		if err != nil {
			return nil, err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		dump, err := httputil.DumpResponse(response, true)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, dump, 0o600); err != nil {
			return nil, err
		}
	}
	return launch(b.ctx, nil, b.floor, file)
}

// processor is the name of the machine's.
func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "an unnamed processor"
}

package command

import (
	"bytes"
	"context"
	stdflag "flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/scenarios"
)

var update = stdflag.Bool("update", false, "rewrite the golden files")

// patience bounds everything that a test waits for.
const patience = 20 * time.Second

// scratch holds the certificate authority that all tests share.
var scratch string

func TestMain(m *testing.M) {
	switch {
	case os.Args[0] == "mockauth0":
		os.Exit(Run(System()))
	case os.Getenv(roleVariable) != "":
		os.Exit(playRole())
	}
	var err error
	if scratch, err = os.MkdirTemp("", "command-test-"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(status int) {
		os.RemoveAll(scratch)
		os.Exit(status)
	}))
}

// environ is an environment with a certificate authority that the tests share.
// Children of a test with the race detector would wait a second at their end
// without GORACE, and those of one that measures coverage warn without
// GOCOVERDIR.
func environ(more ...string) []string {
	return append([]string{"MOCKAUTH0_TLS_DIR=" + filepath.Join(scratch, "ca"), "GORACE=atexit_sleep_ms=0", "GOCOVERDIR=" + scratch}, more...)
}

// A result is what a run left behind.
type result struct {
	status      int
	out, errout string
}

// run runs the command line to its end.
func run(t *testing.T, env []string, args ...string) result {
	t.Helper()
	var out, errout buffer // a server and a command write side by side
	done := make(chan int, 1)
	go func() {
		done <- Run(World{
			Args: append([]string{"mockauth0"}, args...), Environ: env,
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errout,
		})
	}()
	select {
	case status := <-done:
		return result{status, out.String(), errout.String()}
	case <-time.After(patience):
		t.Fatalf("mockauth0 %s does not end", strings.Join(args, " "))
		return result{}
	}
}

// act reads a command line, and does something else than its command.
func act(w World, do func(*input) error) error {
	root := newRoot(w)
	root.Command(w.Args[1]).Action = action(w, unlimited, do)
	return root.Run(context.Background(), w.Args)
}

// refused runs the command line and expects status 1 and this one sentence.
func refused(t *testing.T, env []string, sentence string, args ...string) {
	t.Helper()
	got := run(t, env, args...)
	if want := "mockauth0: " + sentence + "\n"; got.status != 1 || got.out != "" || got.errout != want {
		t.Errorf("mockauth0 %s (%q)\nstatus %d, stdout %q, stderr\n%swant\n%s", strings.Join(args, " "), env, got.status, got.out, got.errout, want)
	}
}

// A buffer can be written and read at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// write makes a file in a folder of the test's own.
func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// golden compares a text with the file that holds it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s has changed; look at it and run go test -update:\n%s", file, got)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args     string
		sentence string
	}{
		{"sevre", `there is no command "sevre"; did you mean "serve"?`},
		{"start", `there is no command "start"; did you mean "serve"?`},
		{"run --port 3000", `there is no command "run"; did you mean "serve"?`},
		{"help --nope", `there is no command "--nope"; the commands are serve, exec, env, otp, healthcheck, ca, init, import, validate, schema, scenarios, version, completion`},
		{"help sevre", `there is no command "sevre"; did you mean "serve"?`},
		{"xyzzy", `there is no command "xyzzy"; the commands are serve, exec, env, otp, healthcheck, ca, init, import, validate, schema, scenarios, version, completion`},
		{"--adr :0", `serve has no flag --adr; did you mean "--addr"?`},
		{"serve -q", "serve has no flag --q; mockauth0 serve --help lists those it has"},
		{"sevre --q", `there is no command "sevre"; did you mean "serve"?`},
		{"version --q", "version takes no flags; remove --q"},
		{"completion", "completion needs a shell, one of bash, zsh, fish, pwsh"},
		{"completion bsh", `completion does not know the shell "bsh"; write one of bash, zsh, fish, pwsh; did you mean "bash"?`},
		{"completion zsh --q", "completion zsh takes no flags; remove --q"},
		{"serve ---q", "serve has no flag ---q; mockauth0 serve --help lists those it has"},
		{"serve --trust-proxy=", "--trust-proxy=: write --trust-proxy alone, or --trust-proxy=false"},
		{"--seed x serve", "the command comes first: mockauth0 serve [flags]"},
		{"serve now", `serve takes no arguments; remove "now"`},
		{"version now", `version takes no arguments; remove "now"`},
		{"init a b", `init takes one argument; remove "b"`},
		{"schema scenarios", `schema does not know "scenarios"; write one of fixture, scenario; did you mean "scenario"?`},
		{"scenarios sms-lsot", `there is no built-in scenario "sms-lsot"; the names are ` + strings.Join(scenarios.Names(), ", ") + `; did you mean "sms-lost"?`},
		{"scenarios slow flaky", `scenarios takes one argument; remove "flaky"`},
		{"ca pth", `ca does not know "pth"; write one of path, trust, install, uninstall; did you mean "path"?`},
		{"ca path --tsl-dir x", `ca has no flag --tsl-dir; did you mean "--tls-dir"?`},
		{"ca path -- --tls-dir", `ca takes one argument; remove "--tls-dir"`},
		{"ca -- --tls-dir", `ca does not know "--tls-dir"; write one of path, trust, install, uninstall`},
		{"exec", "exec needs a command: mockauth0 exec [flags] -- COMMAND"},
		{"exec --", "exec needs a command: mockauth0 exec [flags] -- COMMAND"},
		{"exec -- no-such-program", "exec finds no program no-such-program on the PATH; check its name, or write its path"},
		{"otp", "otp needs one recipient: --email ada@example.com, or --phone +12025550101"},
		{"otp --email a@b.co --phone +12025550101", "otp needs one recipient: --email ada@example.com, or --phone +12025550101"},
		{"otp --email ada@example.com --otp random", "--otp: the codes of otp.mode random cannot be known beforehand"},
		{"otp --phone +12025550101 --fixture minimal --connection x", "--connection x: the fixture has no such connection of strategy sms; it has sms"},
		{"serve --tls-cert no.pem --tls-key no.pem", "--tls-cert no.pem: the file cannot be read (" + noSuchFile() + "); name a PEM file"},
		{"serve --state no/such/state.json", "--state no/such/state.json: no file can be written in " + filepath.FromSlash("no/such") + " (" + noSuchFolder() + "); name another place"},
		{"healthcheck --addr 127.0.0.1:1", "no server answers at 127.0.0.1:1 (" + refusedText() + "); start one with mockauth0 serve"},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Parallel()
			refused(t, environ(), c.sentence, strings.Fields(c.args)...)
		})
	}
	refused(t, environ("MOCKAUTH0_LOG=text json"), `MOCKAUTH0_LOG="text json": write text, json or none`)
	_, err := os.ReadFile(".")
	refused(t, environ(), "--scenario .: the file cannot be read ("+cause(err).Error()+"); correct that, or name another", "--scenario", ".")
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"--version"}, {"-v"}} {
		if got := run(t, nil, args...); got.status != 0 || !strings.HasPrefix(got.out, "mockauth0 ") || got.errout != "" {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

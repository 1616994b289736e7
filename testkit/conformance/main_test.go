package conformance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The variables by which the runs of this program speak.
const (
	envRole   = "CONFORMANCE_ROLE"    // unset, or one of the roles
	envBinary = "CONFORMANCE_BINARY"  // the mockauth0 under test
	envTLSDir = "CONFORMANCE_TLS_DIR" // where its certificate authority is

	roleTests     = "tests"
	roleUntrusted = "untrusted"
	roleHold      = "hold"
	roleVerify    = "verify"
)

// TestMain builds mockauth0 and lets `mockauth0 exec` run this program once
// more, with the environment that a user's tests get. The second run holds the
// tests. Two processes are needed because crypto/x509 reads SSL_CERT_FILE once.
func TestMain(m *testing.M) {
	switch os.Getenv(envRole) {
	case roleTests:
		os.Exit(m.Run())
	case roleUntrusted:
		os.Exit(untrusted())
	case roleHold:
		os.Exit(hold())
	case roleVerify:
		os.Exit(verifyInGo())
	}
	status, err := underExec()
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		status = 1
	}
	os.Exit(status)
}

// underExec builds the binary and runs the tests under its exec command.
func underExec() (status int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "mockauth0-conformance-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	binary := filepath.Join(dir, "mockauth0")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "GOWORK=off")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return 1, fmt.Errorf("mockauth0 does not build: %w", err)
	}

	tlsDir := filepath.Join(dir, "tls")
	args := []string{"exec", "--fixture", "default", "--tls-dir", tlsDir, "--", os.Args[0]}
	for _, arg := range os.Args[1:] {
		// By this log the go command decides whether a pass may be repeated from
		// its cache. It cannot know that the program under test has changed, so
		// it gets no log and runs the tests each time.
		if !strings.HasPrefix(arg, "-test.testlogfile=") {
			args = append(args, arg)
		}
	}
	tests := exec.CommandContext(ctx, binary, args...)
	tests.Env = append(plainEnviron(), envRole+"="+roleTests, envBinary+"="+binary, envTLSDir+"="+tlsDir)
	tests.Stdin, tests.Stdout, tests.Stderr = os.Stdin, os.Stdout, os.Stderr
	gently(tests)
	err = tests.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// plainEnviron is the environment without the settings of a mockauth0 that the
// developer may run, and quiet. MOCKAUTH0_LOG=text shows what the mock says.
func plainEnviron() []string {
	out := []string{"MOCKAUTH0_LOG=none"}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "MOCKAUTH0_") || strings.HasPrefix(v, "MOCKAUTH0_LOG=") {
			out = append(out, v)
		}
	}
	return out
}

// gently ends a command whose context is done by asking first.
func gently(c *exec.Cmd) {
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 15 * time.Second
}

// environWithout is this process's environment without some variables.
func environWithout(names ...string) []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(names, name)
	})
}

// need ends a test for which a tool is missing. How says how to get it. What
// is missing on a developer's machine skips the test; in CI it is a failure.
func need(t *testing.T, how string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(how)
	}
	t.Skip(how)
}

// needCertFile skips where Go does not read SSL_CERT_FILE.
func needCertFile(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("Go reads SSL_CERT_FILE on neither macOS nor Windows; run this in a Linux container")
	}
}

// within is a context for everything that one test does. It ends what hangs. It
// is far more than a busy machine needs: no test fails because others run.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

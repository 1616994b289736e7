package command_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server/command"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// patience bounds everything that a test waits for.
const patience = 20 * time.Second

// scratch holds what all tests share: a certificate authority, the binary.
var scratch string

func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) != "" {
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
func environ(more ...string) []string {
	return append([]string{"MOCKAUTH0_TLS_DIR=" + filepath.Join(scratch, "ca")}, more...)
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
		done <- command.Run(command.World{
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

// A served is a server that the command line runs.
type served struct {
	t       *testing.T
	url     string // http
	log     *buffer
	signals chan os.Signal
	done    chan int
	once    sync.Once
	status  int
}

// serve starts a server on a free port, unless the arguments name addresses,
// and stops it with the test.
func serve(t *testing.T, env []string, args ...string) *served {
	t.Helper()
	s := &served{t: t, log: &buffer{}, signals: make(chan os.Signal, 4), done: make(chan int, 1)}
	if !strings.Contains(strings.Join(append(args, env...), " "), "addr") {
		args = append(args, "--addr", "127.0.0.1:0")
	}
	read, write := io.Pipe()
	w := command.World{
		Args: append([]string{"mockauth0", "serve", "--log", "none"}, args...), Environ: env,
		Stdin: strings.NewReader(""), Stdout: write, Stderr: s.log,
		Signals: func() (<-chan os.Signal, func()) { return s.signals, func() {} },
	}
	go func() {
		status := command.Run(w)
		write.Close()
		s.done <- status
	}()
	t.Cleanup(func() { s.stop() })
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(read).ReadString('\n')
		lines <- strings.TrimSpace(line)
	}()
	select {
	case s.url = <-lines:
	case <-time.After(patience):
		read.Close()
	}
	if s.url == "" {
		t.Fatalf("the server did not start\n%s", s.log)
	}
	return s
}

// stop asks the server to stop and returns its exit status.
func (s *served) stop() int {
	s.t.Helper()
	s.once.Do(func() {
		s.signals <- os.Interrupt
		select {
		case s.status = <-s.done:
		case <-time.After(patience):
			s.t.Error("the server does not stop")
		}
	})
	return s.status
}

// client trusts any certificate and keeps no connection.
func client(t *testing.T) *http.Client {
	t.Helper()
	return &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
}

// get returns the status and body of an answer.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := client(t).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, res)
}

// post sends JSON and returns the status and body of the answer.
func post(t *testing.T, url string, body map[string]any) (int, string) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client(t).Post(url, "application/json", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, res)
}

func answer(t *testing.T, res *http.Response) (int, string) {
	t.Helper()
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(data)
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

// binary is the program, built once.
var binary = sync.OnceValues(func() (string, error) {
	file := filepath.Join(scratch, "mockauth0")
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", file, "github.com/mockauth0/mockauth0").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return file, nil
})

func built(t testing.TB) string {
	t.Helper()
	file, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

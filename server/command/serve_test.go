package command

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

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

// startServer starts a server on a free port, unless the arguments name addresses,
// and stops it with the test.
func startServer(t *testing.T, env []string, args ...string) *served {
	t.Helper()
	s := &served{t: t, log: &buffer{}, signals: make(chan os.Signal, 4), done: make(chan int, 1)}
	if !strings.Contains(strings.Join(append(args, env...), " "), "addr") {
		args = append(args, "--addr", "127.0.0.1:0")
	}
	read, write := io.Pipe()
	w := World{
		Args: append([]string{"mockauth0", "serve", "--log", "none"}, args...), Environ: env,
		Stdin: strings.NewReader(""), Stdout: write, Stderr: s.log,
		Signals: func() (<-chan os.Signal, func()) { return s.signals, func() {} },
	}
	go func() {
		status := Run(w)
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

// A whenReady writes, and asks the program to stop as soon as it says that it is
// ready.
type whenReady struct {
	io.Writer
	ready   string
	signals chan<- os.Signal
}

func (w whenReady) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.ready) {
		select {
		case w.signals <- os.Interrupt:
		default: // it has said so before
		}
	}
	return w.Writer.Write(p)
}

// stopped serves until it is ready.
func stopped(t *testing.T, env []string, terminal bool, args ...string) (out, errout string) {
	t.Helper()
	signals := make(chan os.Signal, 1)
	var o, e buffer
	status := Run(World{
		Args: append([]string{"mockauth0", "--addr", "localhost:0"}, args...), Environ: env, Terminal: terminal,
		Stdout: whenReady{&o, "http://", signals}, Stderr: whenReady{&e, `"msg":"ready"`, signals},
		Signals: func() (<-chan os.Signal, func()) { return signals, func() {} },
	})
	if status != 0 {
		t.Fatalf("status %d\n%s", status, e.String())
	}
	return o.String(), e.String()
}

func TestServe(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ())
	secure := strings.Replace(s.url, "http://", "https://", 1)
	for _, base := range []string{s.url, secure} {
		status, body := get(t, base+"/.well-known/openid-configuration")
		if status != http.StatusOK || !strings.Contains(body, fmt.Sprintf(`"issuer":%q`, base+"/")) {
			t.Errorf("%s: %d %s", base, status, body)
		}
	}
	if status := s.stop(); status != 0 || s.log.String() != "" {
		t.Errorf("status %d, stderr %q, want 0 and nothing", status, s.log)
	}
}

// Flags and twins reach the server.
func TestServeFlags(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ(
		"MOCKAUTH0_CLIENT=my-app,my-web:s3cret",
		"MOCKAUTH0_AUDIENCE=https://api.my.test/=read:a,write:a",
		"MOCKAUTH0_SERVICE_HOST=10.0.0.1", "MOCKAUTH0_PORT=tcp://10.0.0.1:2884",
	), "--issuer", "https://auth.my.test", "--otp", "fixed:424242", "--clock", "2030-01-01T00:00:00Z")
	if _, body := get(t, s.url+"/.well-known/openid-configuration"); !strings.Contains(body, `"issuer":"https://auth.my.test/"`) {
		t.Error(body)
	}
	if _, body := get(t, s.url+"/_mock/clock"); !strings.Contains(body, "2030-01-01T00:00:00Z") {
		t.Error(body)
	}
	start := map[string]any{"client_id": "my-app", "connection": "email", "email": "new@example.com", "send": "code"}
	if status, body := post(t, s.url+"/passwordless/start", start); status != http.StatusOK {
		t.Fatal(status, body)
	}
	if _, code := get(t, s.url+"/_mock/outbox/code?to=new@example.com"); code != "424242\n" {
		t.Errorf("the code is %q", code)
	}
	status, body := post(t, s.url+"/oauth/token", map[string]any{
		"grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp", "realm": "email", "username": "new@example.com", "otp": "424242",
		"client_id": "my-app", "audience": "https://api.my.test/", "scope": "openid read:a offline_access",
	})
	if status != http.StatusOK || !strings.Contains(body, "refresh_token") {
		t.Error(status, body)
	}
}

func TestAnnounceText(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{true, false} {
		var args []string
		if !terminal {
			args = []string{"--log", "text"}
		}
		out, errout := stopped(t, environ(), terminal, append(args, "--issuer", "https://auth.my.test")...)
		out = regexp.MustCompile(`localhost:\d+`).ReplaceAllString(out, "localhost:PORT")
		out = strings.ReplaceAll(out, scratch, "SCRATCH")
		out = regexp.MustCompile(`mockauth0 \S+, a`).ReplaceAllString(out, "mockauth0 VERSION, a")
		golden(t, "announce.txt", strings.ReplaceAll(out, `\`, "/"))
		if errout != "" {
			t.Errorf("stderr: %s", errout)
		}
	}
}

func TestAnnounceJSON(t *testing.T) {
	t.Parallel()
	out, errout := stopped(t, environ(), false)
	var line struct{ Level, Msg, URL, Domain, CA, Fixture string }
	if err := json.Unmarshal([]byte(errout), &line); err != nil || out != "" {
		t.Fatalf("stdout %q, stderr %q: %v", out, errout, err)
	}
	if line.Msg != "ready" || line.URL != "http://"+line.Domain || line.CA == "" || line.Fixture != "default" {
		t.Errorf("%+v", line)
	}
}

// A program that starts the server holds its standard input open. When that program
// ends, however it ends, the server stops, and saves its state.
func TestServeStopsWithStdin(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.json")
	stdin, hold := io.Pipe()
	out, write := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- Run(World{
			Args: []string{"mockauth0", "--log", "none", "--addr", "127.0.0.1:0", "--state", state, "--stop-with-stdin"}, Environ: environ(),
			Stdin: stdin, Stdout: write, Stderr: io.Discard,
		})
	}()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, strings.TrimSpace(url)+"/_mock/health"); status != http.StatusOK {
		t.Errorf("while its standard input is open it answers %d", status)
	}
	hold.Close()
	select {
	case status := <-done:
		if _, err := os.Stat(state); status != 0 || err != nil {
			t.Errorf("status %d, %v", status, err)
		}
	case <-time.After(patience):
		t.Error("the server does not stop with its standard input")
	}
}

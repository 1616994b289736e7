package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// Calls that wait for something do not hold up the stop, nor do connections
// over which nothing comes.
func TestStopDespiteWaiters(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	streaming := make(chan error, 1)
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/_mock/outbox/stream", nil)
	res, err := client(t).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	go func() { _, err := io.Copy(io.Discard, lines); streaming <- err }()
	silent, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	waiting := make(chan string, 1)
	read := make(chan struct{}) // closed when the server reads the body, and so has the call
	go func() {
		trace := &httptrace.ClientTrace{Got100Continue: func() { close(read) }}
		request, _ := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodGet, s.url+"/_mock/outbox/code?to=nobody@example.com&wait=60s", strings.NewReader(" "))
		request.Header.Set("Expect", "100-continue")
		c := client(t)
		c.Transport.(*http.Transport).ExpectContinueTimeout = patience
		res, err := c.Do(request)
		if err != nil {
			waiting <- err.Error()
			return
		}
		defer res.Body.Close()
		data, _ := io.ReadAll(res.Body)
		waiting <- string(data)
	}()
	<-read
	begin := time.Now()
	if status := s.stop(); status != 0 {
		t.Errorf("status %d\n%s", status, s.log)
	}
	if took := time.Since(begin); took >= drainTime {
		t.Errorf("the stop took %s", took)
	}
	<-streaming
	if body := <-waiting; !strings.Contains(body, `"no_message"`) {
		t.Errorf("the wait ended with %s", body)
	}
}

// A call that is being answered is answered.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ())
	host := strings.TrimPrefix(s.url, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	const body = `{"client_id":"acme-native","connection":"email","email":"ada@example.com","send":"code"}`
	fmt.Fprintf(conn, "POST /passwordless/start HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", host, len(body))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("%q, %v, want 100 Continue", line, err) // the server reads the body
	}
	_, _ = answers.ReadString('\n')
	fmt.Fprint(conn, body[:20])
	s.signals <- os.Interrupt
	for { // until it listens no more
		other, err := net.Dial("tcp", host)
		if err != nil {
			break
		}
		other.Close()
	}
	fmt.Fprint(conn, body[20:])
	res, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if data, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || !strings.Contains(string(data), "ada@example.com") {
		t.Errorf("%d %s", res.StatusCode, data)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("status %d\n%s", status, s.log)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		addrs []string
		host  string
	}{
		{[]string{"localhost:0"}, "localhost"},
		{[]string{":0"}, "localhost"},
		{[]string{"127.0.0.1:0"}, "localhost"},
		{[]string{"127.0.0.1:0", ":0"}, "localhost"},
		{[]string{"[::1]:0"}, "[::1]"},
		{[]string{"127.0.0.2:0"}, "127.0.0.2"},
	} {
		t.Run(strings.Join(c.addrs, " "), func(t *testing.T) {
			t.Parallel()
			host, _, _ := net.SplitHostPort(c.addrs[0])
			l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
			if err != nil {
				t.Skip("this machine has no " + host)
			}
			l.Close()
			var args []string
			for _, addr := range c.addrs {
				args = append(args, "--addr", addr)
			}
			s := startServer(t, environ(), args...)
			if !strings.HasPrefix(s.url, "http://"+c.host+":") {
				t.Errorf("the URL is %s", s.url)
			}
			if status, _ := get(t, s.url+"/health"); status != http.StatusOK {
				t.Errorf("status %d", status)
			}
		})
	}
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr := l.Addr().String()
	sentence := addr + " is in use by another program; choose another with --addr"
	refused(t, environ(), sentence, "--addr", addr)
	refused(t, environ(), sentence, "--addr", "127.0.0.1:0", "--addr", addr)
	refused(t, environ("MOCKAUTH0_ADDR="+addr), "MOCKAUTH0_ADDR: "+sentence)
}

// A second program on a port finds the first.
func TestAPortOfAnotherMockauth0(t *testing.T) {
	t.Parallel()
	first := startServer(t, environ())
	host := strings.TrimPrefix(first.url, "http://")
	_, port, _ := net.SplitHostPort(host)
	for _, args := range [][]string{
		{"--addr", host}, {"--port", port}, {"--addr", ":" + port}, {"--addr", "127.0.0.1:0", "--addr", host},
	} {
		refused(t, environ(), "another mockauth0 serves there already: its inbox is http://localhost:"+port+"/; use that one, or choose another address with --addr", args...)
	}
	if status, body := get(t, first.url+"/_mock/"); status != http.StatusOK || body == "" {
		t.Errorf("the inbox answers %d", status)
	}
}

// custom wants two starts, and to fail the second.
const custom = `
version: 1
name: second-start
rules:
  - id: down
    when: {endpoint: passwordless.start, connection: email, call: 2}
    then: {respond: {preset: unavailable}}
    expect: {fired: 1}
`

// A scenario that has not acted fails the run, with the requests that came
// near it, but does not hide the status of a command that failed by itself.
func TestUnfiredScenariosFailARun(t *testing.T) {
	t.Parallel()
	file := write(t, "second.yaml", custom)
	unmet := "second-start/down fired 0 times, and was to fire 1 time; it matched 1 request, skipped 1 by call"
	never := "sms-lost fired 0 times, and was to fire at least 1 time; near misses: passwordless.start: `connection` was email, the rule wants sms"
	for _, c := range []struct {
		status string // of the command
		flags  []string
		want   result
	}{
		{"0", []string{"--scenario", file, "--fail-on-unfired"}, result{1, "200\n", "mockauth0: " + unmet + "\n"}},
		{"0", []string{"--scenario", "sms-lost", "--scenario", file, "--fail-on-unfired"}, result{1, "200\n", "mockauth0: " + never + "\n" + unmet + "\n"}},
		{"7", []string{"--scenario", "sms-lost", "--fail-on-unfired"}, result{7, "200\n", "mockauth0: " + never + "\n"}},
		{"0", []string{"--scenario", "sms-lost"}, result{0, "200\n", ""}},
		{"0", []string{"--scenario", "unavailable", "--fail-on-unfired"}, result{0, "503\n", ""}},
		{"0", []string{"--fail-on-unfired"}, result{0, "200\n", ""}},
	} {
		t.Run(strings.Join(append(c.flags, c.status), " "), func(t *testing.T) {
			t.Parallel()
			env, args := child(t, "start", c.status)
			if got := run(t, environ(env...), slices.Concat([]string{"exec", "--log", "none"}, c.flags, []string{"--"}, args)...); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestUnfiredScenariosFailAServer(t *testing.T) {
	t.Parallel()
	s := startServer(t, environ(), "--scenario", "sms-lost", "--fail-on-unfired")
	get(t, s.url+"/.well-known/jwks.json")
	want := "mockauth0: sms-lost fired 0 times, and was to fire at least 1 time; no request came near it\n"
	if status := s.stop(); status != 1 || s.log.String() != want {
		t.Errorf("status %d, %q", status, s.log)
	}
}

// A server that dies says so.
func TestServerStopsByItself(t *testing.T) {
	t.Parallel()
	var errout buffer
	w := World{Args: []string{"mockauth0", "serve", "--log", "none"}, Environ: environ(), Stderr: &errout}
	err := act(w, func(in *input) error {
		i, err := launch(in, []string{"127.0.0.1:0"})
		if err != nil {
			return err
		}
		i.http.Close()
		return i.failed(<-i.served)
	})
	if err == nil || !strings.HasPrefix(err.Error(), "the server stopped by itself: ") {
		t.Error(err)
	}
}

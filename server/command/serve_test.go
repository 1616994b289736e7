package command_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestServe(t *testing.T) {
	t.Parallel()
	s := serve(t, environ())
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

// Calls that wait for something do not hold up the stop, nor do connections
// over which nothing comes.
func TestStopDespiteWaiters(t *testing.T) {
	t.Parallel()
	s := serve(t, environ())
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
	if took := time.Since(begin); took > 3*time.Second {
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
	s := serve(t, environ())
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
			s := serve(t, environ(), args...)
			if !strings.HasPrefix(s.url, "http://"+c.host+":") {
				t.Errorf("the URL is %s", s.url)
			}
			if status, _ := get(t, s.url+"/health"); status != http.StatusOK {
				t.Errorf("status %d", status)
			}
		})
	}
}

// Flags and twins reach the server.
func TestServeFlags(t *testing.T) {
	t.Parallel()
	s := serve(t, environ(
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

func TestFixtures(t *testing.T) {
	t.Parallel()
	const mine = "version: 1\nextends: default\nusers: [{email: mine@example.com}]\n"
	for name, s := range map[string]*served{
		"a file":      serve(t, environ(), "--fixture", write(t, "my.yaml", mine)),
		"inline":      serve(t, environ("MOCKAUTH0_FIXTURE_YAML="+mine)),
		"flag wins":   serve(t, environ("MOCKAUTH0_FIXTURE_YAML=broken"), "--fixture", write(t, "my.yaml", mine)),
		"the default": serve(t, environ()),
	} {
		_, body := get(t, s.url+"/_mock/users")
		if got := strings.Contains(body, "mine@example.com"); got != (name != "the default") {
			t.Errorf("%s: %s", name, body)
		}
	}
}

// The folder's mockauth0.yaml is taken, and taken again when it changes.
func TestFixtureInFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	put := func(address string) {
		t.Helper()
		if err := os.WriteFile("mockauth0.yaml", []byte("version: 1\nextends: default\nusers: [{email: "+address+"}]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("first@example.com")
	s := serve(t, environ())
	if _, body := get(t, s.url+"/_mock/users"); !strings.Contains(body, "first@example.com") {
		t.Fatal(body)
	}
	put("the.second@example.com")
	for deadline := time.Now().Add(patience); ; {
		_, body := get(t, s.url+"/_mock/users")
		if strings.Contains(body, "the.second@example.com") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the edit is not taken: " + body)
		}
	}
	if got := run(t, environ(), "validate"); got.status != 0 || got.out != "mockauth0.yaml: ok\n" {
		t.Errorf("%+v", got)
	}
}

// Where no certificate authority can be kept the server works all the same.
func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	file := write(t, "file", "")
	env := []string{"MOCKAUTH0_TLS_DIR=" + filepath.Join(file, "ca")}
	s := serve(t, env)
	if status, body := get(t, s.url+"/_mock/ca.pem"); status != http.StatusOK || !strings.Contains(body, "BEGIN CERTIFICATE") {
		t.Error(status, body)
	}
	if _, log := stopped(t, env, false); !strings.Contains(log, `"level":"WARN","msg":"MOCKAUTH0_TLS_DIR: `) || !strings.Contains(log, "lives in memory") {
		t.Error(log)
	}
}

// Once a server is ready its certificate lies where others look for it; where
// that cannot be, the server works all the same.
func TestCertificateCopy(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	s := serve(t, environ("MOCKAUTH0_TLS_CA_COPY="+file, "MOCKAUTH0_TLS_HOST=mockauth0"))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, body := get(t, s.url+"/_mock/ca.pem"); body != string(data) {
		t.Errorf("the copy is %s, the server's %s", data, body)
	}
	another := filepath.Join(t.TempDir(), "another.pem")
	if _, log := stopped(t, environ("MOCKAUTH0_TLS_HOST=mockauth0"), false, "--tls-ca-copy", another); strings.Contains(log, "WARN") || !strings.Contains(log, `another.pem","fixture"`) {
		t.Error(log)
	}
	taken := write(t, "taken", "hello")
	if _, log := stopped(t, environ(), false, "--tls-ca-copy", taken); !strings.Contains(log, `"level":"WARN","msg":"--tls-ca-copy: `) || !strings.Contains(log, "holds something else") {
		t.Error(log)
	}
}

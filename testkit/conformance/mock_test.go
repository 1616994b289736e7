package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A mock is a running mockauth0, and its control API.
type mock struct {
	url    string // http://localhost:PORT
	domain string // localhost:PORT, what SDKs call domain
}

// shared is the mock that all tests use which do not turn its clock.
func shared() mock { return mock{os.Getenv("MOCKAUTH0_URL"), os.Getenv("AUTH0_DOMAIN")} }

// ownMock starts a mock for one test.
func ownMock(t *testing.T) mock {
	t.Helper()
	return mockOf(t, "default")
}

// mockOf starts a mock of a fixture for one test, with certificates of the same
// authority as those of the shared one. It is once more `mockauth0 exec`, with
// hold as its command: that ends, and the mock with it, as soon as nobody holds
// the other end of its standard input, in whatever way this process ends.
func mockOf(t *testing.T, fixture string, flags ...string) mock {
	t.Helper()
	args := append([]string{"exec", "--fixture", fixture, "--tls-dir", os.Getenv(envTLSDir), "--log", "none"}, flags...)
	c := exec.Command(os.Getenv(envBinary), append(args, "--", os.Args[0])...)
	c.Env = append(os.Environ(), envRole+"="+roleHold)
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		if err := c.Wait(); err != nil {
			t.Errorf("mockauth0 exec ended badly: %v", err)
		}
	})
	var m mock
	if _, err := fmt.Fscanln(stdout, &m.url, &m.domain); err != nil {
		t.Fatalf("mockauth0 exec does not start: %v", err)
	}
	return m
}

// hold says where the mock is, and waits for the end of its standard input.
func hold() int {
	fmt.Println(shared().url, shared().domain)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// plainHTTP has no settings: it trusts what the process trusts.
var plainHTTP = new(http.Client)

// call is one call of the control API. It returns the body of a 2xx answer.
func (m mock) call(t *testing.T, method, path, body string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(within(t), method, m.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := plainHTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s\n%s", method, path, res.Status, answer)
	}
	return answer
}

// code is the live code that was sent to the recipient.
func (m mock) code(t *testing.T, to string) string {
	t.Helper()
	return strings.TrimSpace(string(m.call(t, "GET", "/_mock/outbox/code?wait=10s&to="+url.QueryEscape(to), "")))
}

// expire makes the code that was sent last to the recipient lapse.
func (m mock) expire(t *testing.T, to string) {
	t.Helper()
	var message struct{ ID string }
	answer := m.call(t, "GET", "/_mock/outbox/latest?to="+url.QueryEscape(to), "")
	if err := json.Unmarshal(answer, &message); err != nil {
		t.Fatal(err)
	}
	m.call(t, "POST", "/_mock/outbox/"+message.ID+"/expire", "")
}

// clock moves the clock, by a body of POST /_mock/clock.
func (m mock) clock(t *testing.T, body string) {
	t.Helper()
	m.call(t, "POST", "/_mock/clock", body)
}

// wrong is a code of the same length that is not the given one.
func wrong(code string) string {
	digit := "0"
	if code[0] == '0' {
		digit = "1"
	}
	return digit + code[1:]
}

package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A mock is a running mockauth0, and its control API.
type mock struct {
	url    string // http://localhost:PORT
	domain string // localhost:PORT, what SDKs call domain
}

// shared is the mock that all tests use which do not turn its clock.
func shared() mock { return mock{os.Getenv("MOCKAUTH0_URL"), os.Getenv("AUTH0_DOMAIN")} }

// ownMock starts a mock for one test. Its certificates come from the same
// authority as those of the shared one.
func ownMock(t *testing.T) mock {
	t.Helper()
	// Not the test's context, which ends before the clean-up: the mock is asked
	// once to stop, and must end well.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	serve := exec.CommandContext(ctx, os.Getenv(envBinary), "serve",
		"--addr", "localhost:0", "--fixture", "default", "--tls-dir", os.Getenv(envTLSDir), "--log", "json")
	gently(serve)
	stderr, err := serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan mock, 1)
	read := make(chan struct{})
	go func() { // reads on to the end, so that the mock never waits for its log
		defer close(read)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			var line struct{ Msg, URL, Domain string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" {
				ready <- mock{line.URL, line.Domain}
			}
		}
	}()
	t.Cleanup(func() {
		_ = serve.Cancel()
		<-read
		if err := serve.Wait(); err != nil {
			t.Errorf("mockauth0 ended badly: %v", err)
		}
	})
	select {
	case m := <-ready:
		return m
	case <-read:
		t.Fatal("mockauth0 ended before it was ready")
	case <-ctx.Done():
		t.Fatal("mockauth0 is not ready in time")
	}
	return mock{}
}

// call is one call of the control API. It returns the body of a 2xx answer.
func (m mock) call(t *testing.T, method, path, body string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(within(t, 30*time.Second), method, m.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
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

package load_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// A caller sends one request again and again, and costs next to nothing beside
// what it measures: what net/http makes for every answer, its header.
type caller struct {
	request *http.Request
	sent    bytes.Reader
	header  http.Header
	status  int
	body    []byte
}

func newCaller(path string) *caller {
	c := &caller{request: httptest.NewRequest(http.MethodPost, path, http.NoBody)}
	c.request.Host = "localhost:2884"
	c.request.Header.Set("Content-Type", "application/json")
	c.request.Body = io.NopCloser(&c.sent)
	return c
}

// call sends a body, and fails unless it succeeds.
func (c *caller) call(t testing.TB, h http.Handler, body []byte) {
	t.Helper()
	c.sent.Reset(body)
	c.request.ContentLength = int64(len(body))
	c.header, c.status, c.body = http.Header{}, 0, c.body[:0]
	h.ServeHTTP(c, c.request)
	if c.status != http.StatusOK {
		t.Fatalf("%s: %d %s", c.request.URL.Path, c.status, c.body)
	}
}

func (c *caller) Header() http.Header { return c.header }

func (c *caller) WriteHeader(status int) { c.status = status }

func (c *caller) Write(p []byte) (int, error) {
	c.body = append(c.body, p...)
	return len(p), nil
}

// A loginCaller signs users in whose code is 123456.
type loginCaller struct {
	starts, tokens *caller
	body           []byte
	audience       string // "" for an opaque access token
	scope          string
}

func newLoginCaller(audience string) *loginCaller {
	return &loginCaller{starts: newCaller("/passwordless/start"), tokens: newCaller("/oauth/token"), audience: audience}
}

func (c *loginCaller) start(t testing.TB, h http.Handler, email string) {
	t.Helper()
	c.body = append(append(append(c.body[:0], `{"client_id":"acme-native","connection":"email","email":"`...), email...), `","send":"code"}`...)
	c.starts.call(t, h, c.body)
}

func (c *loginCaller) redeem(t testing.TB, h http.Handler, email string) {
	t.Helper()
	c.body = append(append(c.body[:0], `{"grant_type":"`+servertest.GrantOTP+`","client_id":"acme-native","username":"`...), email...)
	c.body = append(append(c.body, `","otp":"123456","realm":"email","audience":"`...), c.audience...)
	c.body = append(append(append(c.body, `","scope":"`...), c.scope...), `"}`...)
	c.tokens.call(t, h, c.body)
}

func (c *loginCaller) login(t testing.TB, h http.Handler, email string) {
	t.Helper()
	c.start(t, h, email)
	c.redeem(t, h, email)
}

// newcomer is an address that has not been seen before.
func newcomer(n int) string { return "user" + strconv.Itoa(n) + "@example.com" }

// Package servertest holds what the tests of the server's packages share.
package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server"
)

// At2030 is where a stopped clock of these tests stands.
var At2030 = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// Object is a JSON object.
type Object = map[string]any

// New makes a server. A mistake in the configuration fails the test.
func New(t testing.TB, config server.Config) *server.Server {
	t.Helper()
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// A Change alters a request before it is sent.
type Change func(*http.Request)

// Header sets a header of the request.
func Header(name, value string) Change {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// Host sets the name by which the request calls the server.
func Host(name string) Change { return func(r *http.Request) { r.Host = name } }

// Within sets the request's context.
func Within(ctx context.Context) Change {
	return func(r *http.Request) { *r = *r.WithContext(ctx) }
}

// Ended makes a request whose client is gone. Its answer does not wait for anything.
func Ended(t testing.TB) Change {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return Within(ctx)
}

// Call sends a request as localhost:2884 gets it. A body of type url.Values is
// a form. A string is sent as JSON. Anything else is encoded as JSON.
func Call(t testing.TB, h http.Handler, method, target string, body any, changes ...Change) *httptest.ResponseRecorder {
	t.Helper()
	payload, contentType := "", "application/json"
	switch b := body.(type) {
	case nil:
		contentType = ""
	case url.Values:
		payload, contentType = b.Encode(), "application/x-www-form-urlencoded"
	case string:
		payload = b
	default:
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		payload = string(data)
	}
	r := httptest.NewRequest(method, target, strings.NewReader(payload))
	r.Host = "localhost:2884"
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, change := range changes {
		change(r)
	}
	w := httptest.NewRecorder()
	if ServeBroken(h, w, r) && r.Context().Err() == nil {
		t.Fatalf("%s %s: the handler broke the connection off", method, target)
	}
	return w
}

// ServeBroken answers a request and reports whether the handler broke the
// connection off.
func ServeBroken(h http.Handler, w http.ResponseWriter, r *http.Request) (broken bool) {
	defer func() {
		if p := recover(); p != nil {
			if broken = true; p != any(http.ErrAbortHandler) {
				panic(p)
			}
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

// DecodeAnswer reads the JSON of an answer, which must be a success.
func DecodeAnswer[T any](t testing.TB, w *httptest.ResponseRecorder) (value T) {
	t.Helper()
	if w.Code/100 != 2 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return value
}

// A WireError is the body of a refusal.
type WireError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// DecodeError reads the body of an answer, which must be a refusal.
func DecodeError(t testing.TB, w *httptest.ResponseRecorder) (e WireError) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code < 400 {
		t.Fatalf("status %d is no refusal: %s", w.Code, w.Body)
	}
	return e
}

// An Endpoint is one line of the table that GET /_mock/ shows.
type Endpoint struct{ Method, Path, Summary string }

var tableLine = regexp.MustCompile(`(?m)^([A-Z]+) +(/\S*) +(.*)$`)

// Table is the table of endpoints that GET /_mock/ shows.
func Table(t testing.TB, s *server.Server) (all []Endpoint) {
	t.Helper()
	for _, m := range tableLine.FindAllStringSubmatch(Call(t, s, "GET", "/_mock/", nil).Body.String(), -1) {
		all = append(all, Endpoint{m[1], m[2], m[3]})
	}
	if len(all) < 30 {
		t.Fatalf("the table has only %d lines", len(all))
	}
	return all
}

// A LogBuffer keeps what a server logs. Many goroutines may write it.
type LogBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *LogBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// Take returns what was written since the last Take.
func (b *LogBuffer) Take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.buf.Reset()
	return b.buf.String()
}

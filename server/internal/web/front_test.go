package web_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
)

func TestTheJournalKeepsTheLastThousandAndCountsTheRest(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	const n = 2345
	for i := range n {
		servertest.Call(t, s, "GET", fmt.Sprintf("/nowhere/%d", i), nil)
	}
	journal := servertest.DecodeAnswer[struct {
		Items   []journal.Request
		Dropped int
	}](t, servertest.Call(t, s, "GET", "/_mock/requests", nil))
	if len(journal.Items) != 1000 || journal.Dropped != n-1000 {
		t.Fatalf("%d kept, %d dropped", len(journal.Items), journal.Dropped)
	}
	if first, last := journal.Items[0].Path, journal.Items[999].Path; first != "/nowhere/1345" || last != "/nowhere/2344" {
		t.Errorf("kept are %s to %s", first, last)
	}
	health := servertest.DecodeAnswer[struct {
		Requests        int `json:"requests"`
		DroppedRequests int `json:"dropped_requests"`
	}](t, servertest.Call(t, s, "GET", "/_mock/health", nil))
	if health.Requests != 1000 || health.DroppedRequests != n-1000 {
		t.Errorf("health says %+v", health)
	}
	if w := servertest.Call(t, s, "DELETE", "/_mock/requests", nil); w.Code != http.StatusNoContent {
		t.Errorf("delete: %d", w.Code)
	}
	if left := s.Requests(); len(left) != 0 {
		t.Errorf("%d are left", len(left))
	}
}

// brokenWriter cannot send an answer.
type brokenWriter struct{ *httptest.ResponseRecorder }

func (brokenWriter) WriteHeader(int) { panic("broken") }

// A panic outside of a flow breaks the connection, and is in the log.
func TestAPanicBreaksTheConnectionAndIsLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := servertest.New(t, server.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	defer func() {
		if p := recover(); p != any(http.ErrAbortHandler) || !strings.Contains(log.String(), "path=/userinfo") || !strings.Contains(log.String(), "panic: broken") {
			t.Errorf("the panic is %v, and the log is %q", p, log.String())
		}
	}()
	s.ServeHTTP(brokenWriter{httptest.NewRecorder()}, httptest.NewRequest("GET", "/userinfo", nil))
}

// The journal is bounded in memory. This test measures the heap, so it runs alone.
func TestTheJournalKeepsNoMoreThanItShows(t *testing.T) {
	const calls, size = 20, 500_000
	long := func(c byte) string { return strings.Repeat(string(c), size) }
	for name, do := range map[string]func(s *server.Server, n int){
		"a long client_id": func(s *server.Server, _ int) {
			servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{"grant_type": "x", "client_id": long('a')})
		},
		"a long method": func(s *server.Server, _ int) { servertest.Call(t, s, long('M'), "/oauth/token", nil) },
		"a long query":  func(s *server.Server, _ int) { servertest.Call(t, s, "GET", "/userinfo?a="+long('a'), nil) },
		"a long form": func(s *server.Server, n int) {
			servertest.Call(t, s, "POST", "/passwordless/start", url.Values{
				"client_id": {"acme-native"}, "connection": {"email"}, "email": {"u" + strconv.Itoa(n) + "@example.com"}, "state": {long('a')},
			})
		},
	} {
		s := servertest.New(t, server.Config{})
		before := heapBytes()
		for n := range calls {
			do(s, n)
		}
		if grown := int64(heapBytes()) - int64(before); grown > calls*size/4 {
			t.Errorf("%s: %d calls keep %d bytes", name, calls, grown)
		}
		runtime.KeepAlive(s)
	}
}

func heapBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestTheJournalReadsWhichSDKCalls(t *testing.T) {
	t.Parallel()
	// A version with bytes that the two alphabets of base64 write differently.
	plain := []byte(`{"name":"auth0-js","version":"9~?9>","env":{"node":"v24"}}`)
	sdk := &journal.SDK{Name: "auth0-js", Version: "9~?9>", Env: map[string]any{"node": "v24"}}
	for header, want := range map[string]*journal.SDK{
		base64.StdEncoding.EncodeToString(plain): sdk, base64.RawStdEncoding.EncodeToString(plain): sdk,
		base64.URLEncoding.EncodeToString(plain): sdk, base64.RawURLEncoding.EncodeToString(plain): sdk,
		"": nil, "x": nil, "e30": nil, "W10": nil, strings.Repeat("A", 1<<20): nil,
	} {
		f := newFront(t)
		r := httptest.NewRequest(http.MethodGet, "/x", nil)
		r.Header.Set("Auth0-Client", header)
		f.Serve(httptest.NewRecorder(), r, web.Route{Flow: func(*web.Call) (any, error) { return web.Raw{}, nil }}, nil)
		if entries, _ := f.Journal.All(); !reflect.DeepEqual(entries[0].SDK, want) {
			t.Errorf("%.99q is read as %+v", header, entries[0].SDK)
		}
	}
}

// A panic in a flow becomes an answer of 500, unless it breaks the connection off.
func TestAFlowThatPanicsIsAnAnswer(t *testing.T) {
	t.Parallel()
	f := newFront(t)
	w := httptest.NewRecorder()
	f.Serve(w, httptest.NewRequest(http.MethodGet, "/x", nil), web.Route{Flow: func(*web.Call) (any, error) { panic("oh") }}, nil)
	if w.Code != http.StatusInternalServerError || w.Body.String() != `{"error":"server_error","error_description":"server_error"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	defer func() {
		if p := recover(); p != any(http.ErrAbortHandler) {
			t.Errorf("a broken-off connection became %v", p)
		}
	}()
	f.Serve(w, httptest.NewRequest(http.MethodGet, "/x", nil), web.Route{Flow: func(*web.Call) (any, error) { panic(http.ErrAbortHandler) }}, nil)
}

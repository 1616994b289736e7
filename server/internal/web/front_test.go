package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
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

// The journal does not show the secrets of a request, wherever they stand in it.
func TestTheJournalShowsNoSecrets(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	const secret = "s3cr3t-value"
	for _, name := range []string{"client_secret", "client_assertion", "password", "refresh_token", "access_token", "token", "code", "code_verifier"} {
		servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{name: secret})
		servertest.Call(t, s, "POST", "/oauth/token", url.Values{name: {secret}})
		servertest.Call(t, s, "POST", "/oauth/token?"+name+"="+secret, nil)
		servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"authParams": servertest.Object{name: secret}})
		servertest.Call(t, s, "POST", "/oauth/token", servertest.Object{name: []string{secret}})
	}
	servertest.Call(t, s, "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+secret))
	servertest.Call(t, s, "POST", "/oauth/token", nil, servertest.Header("Authorization", "Basic YTpzM2NyM3QtdmFsdWU="))
	if body := servertest.Call(t, s, "GET", "/_mock/requests", nil).Body.String(); strings.Contains(body, secret) {
		t.Errorf("the journal shows it: %s", body)
	}
}

// The journal is bounded in memory. This test measures the heap, so it runs alone.
func TestTheJournalKeepsNoMoreThanItShows(t *testing.T) {
	const calls, size = 60, 500_000
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

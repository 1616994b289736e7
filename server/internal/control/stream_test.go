package control_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A place in the stream of one server is none in another's: whoever comes with
// it gets everything anew, even where the other has come as far.
func TestAStreamIsNotResumedAtAnotherServersPlace(t *testing.T) {
	t.Parallel()
	open := func(s *server.Server, target, lastID string) *stream {
		at := httptest.NewServer(s)
		t.Cleanup(at.Close)
		in := openStream(t, at.Client(), at.URL+target, lastID)
		t.Cleanup(in.close)
		return in
	}
	old := servertest.New(t, server.Config{})
	servertest.Start(t, old, "ada@example.com")
	place := open(old, "/_mock/outbox/stream", "").next().Id
	other := servertest.New(t, server.Config{})
	for _, to := range []string{"bob@example.com", "carl@example.com"} {
		servertest.Start(t, other, to)
	}
	for _, in := range []*stream{open(other, "/_mock/outbox/stream", place), open(other, "/_mock/outbox/stream?since="+strings.ReplaceAll(place, "@", "%40"), "")} {
		if e := in.next(); e.Name != "reset" {
			t.Errorf("at another server's place %s the stream begins with %+v", place, e)
		}
		if e := in.next(); !strings.Contains(e.Data, "bob@example.com") {
			t.Errorf("then comes %+v", e)
		}
	}
	// At its own place it goes on.
	servertest.Start(t, old, "dora@example.com")
	if e := open(old, "/_mock/outbox/stream", place).next(); !strings.Contains(e.Data, "dora@example.com") {
		t.Errorf("at its own place the stream goes on with %+v", e)
	}
}

// A brief stream tells of messages without their bodies.
func TestABriefStreamLeavesTheBodiesOut(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", Text: strings.Repeat("ä", 300), HTML: "<p>long</p>"})
	lines := func(query string) outbox.Message {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w := servertest.Call(t, s, "GET", "/_mock/outbox/stream"+query, nil, func(r *http.Request) { *r = *r.WithContext(ctx) })
		data := regexp.MustCompile(`(?m)^data: (.*)$`).FindStringSubmatch(w.Body.String())
		if data == nil {
			t.Fatalf("%s: %d %s", query, w.Code, w.Body)
		}
		answer := httptest.NewRecorder()
		answer.Body.WriteString(data[1])
		return servertest.DecodeAnswer[outbox.Message](t, answer)
	}
	if m := lines("?brief=1"); m.HTML != "" || m.Text != strings.Repeat("ä", 200) {
		t.Errorf("briefly: %q %q", m.HTML, m.Text)
	}
	if m := lines(""); m.HTML != "<p>long</p>" || len([]rune(m.Text)) != 300 {
		t.Errorf("in full: %q %q", m.HTML, m.Text)
	}
}

// The stream is read over a connection, as a browser's EventSource does it.
func TestAStreamTellsEachChangeAndIsResumed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	ts := httptest.NewServer(s)
	defer ts.Close()
	client := ts.Client()
	defer client.CloseIdleConnections()

	first := openStream(t, client, ts.URL+"/_mock/outbox/stream", "")
	if e := first.next(); e.Name != "ready" || e.Id == "" {
		t.Fatalf("an empty box begins with %+v", e)
	}
	servertest.Start(t, s, "carl@example.com")
	if e := first.next(); !strings.Contains(e.Data, `"to":"carl@example.com"`) {
		t.Fatalf("got %+v", e)
	}
	servertest.Start(t, s, "ada@example.com")
	e := first.next()
	if e.Name != "message" || !strings.Contains(e.Data, `"to":"ada@example.com"`) {
		t.Fatalf("got %+v", e)
	}
	first.close()

	// What happened in between is told to whoever comes back.
	s.ExpireMessage("msg_00000002")
	servertest.Start(t, s, "bob@example.com")
	second := openStream(t, client, ts.URL+"/_mock/outbox/stream", e.Id)
	defer second.close()
	if e := second.next(); !strings.Contains(e.Data, `"otp_state":"expired"`) || strings.Contains(e.Data, "carl") {
		t.Errorf("first comes %+v", e)
	}
	if e := second.next(); !strings.Contains(e.Data, `"to":"bob@example.com"`) {
		t.Errorf("then comes %+v", e)
	}
	s.Outbox().Delete(outbox.To("bob@example.com"))
	if e := second.next(); e.Name != "gone" || !strings.Contains(e.Data, "msg_00000003") {
		t.Errorf("a deleted message is told as %+v", e)
	}
	s.Reset()
	if e := second.next(); e.Name != "reset" || e.Data != `{"dropped":0}` {
		t.Errorf("a reset is told as %+v", e)
	}
}

// A place that is none is refused before the stream begins.
func TestAStreamFromNowhereIsRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	if w := servertest.Call(t, s, "GET", "/_mock/outbox/stream?since=yesterday", nil); w.Code != http.StatusBadRequest {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// A silent stream says now and then that it lives.
func TestASilentStreamIsKeptAlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		w := servertest.Call(t, s, "GET", "/_mock/outbox/stream?since=now", nil, func(r *http.Request) { *r = *r.WithContext(ctx) })
		if got := w.Body.String(); got != ":\n\n:\n\n" || w.Header().Get("Content-Type") != "text/event-stream; charset=utf-8" {
			t.Errorf("40 s of silence are %q %v", got, w.Header())
		}
	})
}

type stream struct {
	t      *testing.T
	cancel context.CancelFunc
	body   *bufio.Scanner
	closer func() error
}

func openStream(t *testing.T, client *http.Client, target, lastID string) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the stream answers %s", answer.Status)
	}
	return &stream{t, cancel, bufio.NewScanner(answer.Body), answer.Body.Close}
}

func (s *stream) close() {
	s.cancel()
	_ = s.closer()
}

// next is the next event; it waits for it.
func (s *stream) next() servertest.Event {
	s.t.Helper()
	e, ok := servertest.ReadEvent(s.body)
	if !ok {
		s.t.Fatalf("the stream ended: %v", s.body.Err())
	}
	return e
}

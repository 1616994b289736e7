package control_test

import (
	"bufio"
	"context"
	"encoding/json"
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

// A stream is read over a connection, as a browser's EventSource does it.
type stream struct {
	t    *testing.T
	body *bufio.Scanner
}

func openStream(t *testing.T, s *server.Server, query, lastID string) *stream {
	t.Helper()
	at := httptest.NewServer(s)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.URL+"/_mock/outbox/stream"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", lastID)
	answer, err := at.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = answer.Body.Close()
		at.Close()
	})
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the stream answers %s", answer.Status)
	}
	return &stream{t, bufio.NewScanner(answer.Body)}
}

// expect waits for the next event and checks its name and a part of its data.
func (s *stream) expect(name, data string) servertest.Event {
	s.t.Helper()
	e, ok := servertest.ReadEvent(s.body)
	if !ok {
		s.t.Fatalf("the stream ended: %v", s.body.Err())
	}
	if e.Name != name || !strings.Contains(e.Data, data) {
		s.t.Errorf("got %+v, want %s with %s", e, name, data)
	}
	return e
}

func TestAStreamTellsEachChangeAndIsResumed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	first := openStream(t, s, "", "")
	if ready := first.expect("ready", ""); ready.ID == "" {
		t.Errorf("an empty box has no place: %+v", ready)
	}
	servertest.Start(t, s, "carl@example.com")
	first.expect("message", `"to":"carl@example.com"`)
	servertest.Start(t, s, "ada@example.com")
	place := first.expect("message", `"to":"ada@example.com"`).ID

	// A client that comes back gets what happened since, and no more.
	s.ExpireMessage("msg_00000002")
	servertest.Start(t, s, "bob@example.com")
	second := openStream(t, s, "", place)
	if e := second.expect("message", `"otp_state":"expired"`); strings.Contains(e.Data, "carl") {
		t.Errorf("an old message is told again: %+v", e)
	}
	second.expect("message", `"to":"bob@example.com"`)
	s.Outbox().Delete(outbox.To("bob@example.com"))
	second.expect("gone", "msg_00000003")
	s.Reset()
	second.expect("reset", `{"dropped":0}`)

	// A place in another server's stream is none here: all is told anew.
	other := servertest.New(t, server.Config{})
	for _, to := range []string{"bob@example.com", "carl@example.com"} {
		servertest.Start(t, other, to)
	}
	for _, in := range []*stream{openStream(t, other, "", place), openStream(t, other, "?since="+strings.ReplaceAll(place, "@", "%40"), "")} {
		in.expect("reset", "")
		in.expect("message", "bob@example.com")
	}
}

// A brief stream tells of messages without their bodies.
func TestABriefStreamLeavesTheBodiesOut(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	s.Outbox().Add(outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", Text: strings.Repeat("ä", 300), HTML: "<p>long</p>"})
	for query, want := range map[string]outbox.Message{
		"?brief=1": {Text: strings.Repeat("ä", 200)}, "": {Text: strings.Repeat("ä", 300), HTML: "<p>long</p>"},
	} {
		w := servertest.Call(t, s, "GET", "/_mock/outbox/stream"+query, nil, servertest.Ended(t))
		data := regexp.MustCompile(`(?m)^data: (.*)$`).FindSubmatch(w.Body.Bytes())
		var got outbox.Message
		if data == nil || json.Unmarshal(data[1], &got) != nil || got.HTML != want.HTML || got.Text != want.Text {
			t.Errorf("%q: %d %s", query, w.Code, w.Body)
		}
	}
}

// A silent stream says now and then that it lives.
func TestASilentStreamIsKeptAlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		w := servertest.Call(t, s, "GET", "/_mock/outbox/stream?since=now", nil, servertest.Within(ctx))
		if got := w.Body.String(); got != ":\n\n:\n\n" || w.Header().Get("Content-Type") != "text/event-stream; charset=utf-8" {
			t.Errorf("40 s of silence are %q %v", got, w.Header())
		}
	})
}

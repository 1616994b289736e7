package server_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestAWaitForACodeEndsWhenItArrives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, server.Config{})
		began := time.Now()
		answer := make(chan *httptest.ResponseRecorder)
		go func() {
			answer <- call(t, s, "GET", "/_mock/outbox/code?to=ada@example.com&wait=10s", nil)
		}()
		time.AfterFunc(3*time.Second, func() { start(t, s, "ada@example.com") })
		w := <-answer
		if w.Code != http.StatusOK || w.Body.String() != "897596\n" || time.Since(began) != 3*time.Second {
			t.Errorf("after %s: %d %s", time.Since(began), w.Code, w.Body)
		}
	})
}

func TestAWaitInVainEndsInTimeAndTellsWhatDidArrive(t *testing.T) {
	t.Parallel()
	for _, wait := range []string{"5s", "5"} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, server.Config{})
			start(t, s, "ada@example.com")
			began := time.Now()
			w := call(t, s, "GET", "/_mock/outbox/code?to=bob@example.com&wait="+wait, nil)
			if waited := time.Since(began); waited != 5*time.Second {
				t.Errorf("wait=%s took %s", wait, waited)
			}
			if e := decodeError(t, w); w.Code != http.StatusNotFound || e.Error != "no_message" || !strings.Contains(e.Description, "to ada@example.com at") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestAWaitEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, server.Config{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		call(t, s, "GET", "/_mock/outbox/code?to=bob@example.com&wait=60s", nil, func(r *http.Request) { *r = *r.WithContext(ctx) })
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("it went on for %s", waited)
		}
	})
}

// Who takes the cursor before acting never reads an old code.
func TestACursorHidesWhatCameBefore(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	start(t, s, "ada@example.com")
	w := call(t, s, "GET", "/_mock/outbox/cursor", nil)
	cursor := strings.TrimSpace(w.Body.String())
	if got := w.Header().Get("X-Mock-Cursor"); got != cursor {
		t.Errorf("the header says %q, the body %q", got, cursor)
	}
	if w := call(t, s, "GET", "/_mock/outbox/code?to=ada@example.com&since="+cursor, nil); w.Code != http.StatusNotFound || w.Header().Get("X-Mock-Cursor") != cursor {
		t.Errorf("before the next start: %d %v %s", w.Code, w.Header(), w.Body)
	}
	second := start(t, s, "ada@example.com")
	w = call(t, s, "GET", "/_mock/outbox/code?to=ada@example.com&since="+cursor, nil)
	if w.Body.String() != second+"\n" || w.Header().Get("X-Mock-Cursor") == cursor {
		t.Errorf("after it: %d %v %s", w.Code, w.Header(), w.Body)
	}
	list := decodeAnswer[struct {
		Items  []outbox.Message
		Cursor string
	}](t, call(t, s, "GET", "/_mock/outbox?since="+cursor, nil))
	if len(list.Items) != 1 || list.Items[0].Code != second {
		t.Errorf("the list since then is %+v", list)
	}
	// From before the box was emptied it is gone, not silently empty.
	call(t, s, "DELETE", "/_mock/outbox", nil)
	if w := call(t, s, "GET", "/_mock/outbox/code?since="+cursor, nil); w.Code != http.StatusGone {
		t.Errorf("after the box was emptied: %d %s", w.Code, w.Body)
	}
}

func TestCodesAndLinksComeAsTextOrJSON(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	code := start(t, s, "ada+w3@example.com")
	for _, tt := range []struct {
		target, accept, contentType, body string
	}{
		{"/_mock/outbox/code?to=ada+w3@example.com", "", "text/plain; charset=utf-8", code + "\n"},
		{"/_mock/outbox/code?to=ada%2Bw3@example.com&format=text", "application/json", "text/plain; charset=utf-8", code + "\n"},
		{"/_mock/outbox/code", "application/json", "application/json; charset=utf-8", `{"code":"` + code + `","id":"msg_00000001","to":"ada+w3@example.com","otp_state":"active","expires_at":"2030-01-01T00:03:00Z"}`},
		{"/_mock/outbox/code?format=json", "", "application/json; charset=utf-8", `{"code":"` + code + `","id":"msg_00000001","to":"ada+w3@example.com","otp_state":"active","expires_at":"2030-01-01T00:03:00Z"}`},
	} {
		w := call(t, s, "GET", tt.target, nil, header("Accept", tt.accept))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != tt.contentType || w.Body.String() != tt.body {
			t.Errorf("%s: %d %q %q", tt.target, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	if w := call(t, s, "GET", "/_mock/outbox/code?format=xml", nil); w.Code != http.StatusBadRequest {
		t.Errorf("format=xml: %d", w.Code)
	}
}

func TestMessagesAreForgottenByFilter(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	start(t, s, "ada@example.com")
	start(t, s, "bob@example.com")
	for _, tt := range []struct {
		query string
		want  int
	}{{"?to=carl@example.com", 0}, {"?to=ADA@example.com&kind=email", 1}, {"?state=any", 1}, {"", 0}} {
		got := decodeAnswer[struct{ Deleted int }](t, call(t, s, "DELETE", "/_mock/outbox"+tt.query, nil))
		if got.Deleted != tt.want {
			t.Errorf("DELETE %s forgot %d, want %d", tt.query, got.Deleted, tt.want)
		}
	}
}

func TestAMessageIsReadInFullAndInPart(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	code := start(t, s, "ada@example.com")
	m := decodeAnswer[outbox.Message](t, call(t, s, "GET", "/_mock/outbox/msg_00000001", nil))
	latest := decodeAnswer[outbox.Message](t, call(t, s, "GET", "/_mock/outbox/latest?to=ada@example.com", nil))
	if m.Code != code || latest.ID != m.ID {
		t.Errorf("the message is %+v, the latest %+v", m, latest)
	}
	if w := call(t, s, "GET", "/_mock/outbox/msg_00000001/text", nil); w.Body.String() != m.Text || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("its text: %q %v", w.Body, w.Header())
	}
	expired := decodeAnswer[outbox.Message](t, call(t, s, "POST", "/_mock/outbox/msg_00000001/expire", nil))
	if expired.OTPState != outbox.Expired {
		t.Errorf("expired it is %+v", expired)
	}
}

// A queued message arrives when it is told to.
func TestAQueuedMessageIsDeliveredOnDemand(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	added := s.Outbox().Add(outbox.Message{
		To: "ada@example.com", Recipients: []string{"ada@example.com"}, Kind: outbox.Email,
		State: outbox.Queued, DeliverAt: at2030.Add(time.Hour), Text: "late",
	})
	if w := call(t, s, "GET", "/_mock/outbox/latest", nil); w.Code != http.StatusNotFound {
		t.Errorf("before: %d %s", w.Code, w.Body)
	}
	m := decodeAnswer[outbox.Message](t, call(t, s, "POST", "/_mock/outbox/"+added.ID+"/deliver", nil))
	if m.State != outbox.Delivered || m.Seq != 1 {
		t.Errorf("delivered it is %+v", m)
	}
}

// The stream is read over a connection, as a browser's EventSource does it.
func TestAStreamTellsEachChangeAndIsResumed(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	ts := httptest.NewServer(s)
	defer ts.Close()
	client := ts.Client()
	defer client.CloseIdleConnections()

	first := openStream(t, client, ts.URL+"/_mock/outbox/stream", "")
	if e := first.next(); e.name != "ready" || e.id == "" {
		t.Fatalf("an empty box begins with %+v", e)
	}
	start(t, s, "carl@example.com")
	if e := first.next(); !strings.Contains(e.data, `"to":"carl@example.com"`) {
		t.Fatalf("got %+v", e)
	}
	start(t, s, "ada@example.com")
	e := first.next()
	if e.name != "message" || !strings.Contains(e.data, `"to":"ada@example.com"`) {
		t.Fatalf("got %+v", e)
	}
	first.close()

	// What happened in between is told to whoever comes back.
	s.ExpireMessage("msg_00000002")
	start(t, s, "bob@example.com")
	second := openStream(t, client, ts.URL+"/_mock/outbox/stream", e.id)
	defer second.close()
	if e := second.next(); !strings.Contains(e.data, `"otp_state":"expired"`) || strings.Contains(e.data, "carl") {
		t.Errorf("first comes %+v", e)
	}
	if e := second.next(); !strings.Contains(e.data, `"to":"bob@example.com"`) {
		t.Errorf("then comes %+v", e)
	}
	s.Outbox().Delete(outbox.To("bob@example.com"))
	if e := second.next(); e.name != "gone" || !strings.Contains(e.data, "msg_00000003") {
		t.Errorf("a deleted message is told as %+v", e)
	}
	s.Reset()
	if e := second.next(); e.name != "reset" || e.data != `{"dropped":0}` {
		t.Errorf("a reset is told as %+v", e)
	}
}

// A place that is none is refused before the stream begins.
func TestAStreamFromNowhereIsRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	if w := call(t, s, "GET", "/_mock/outbox/stream?since=yesterday", nil); w.Code != http.StatusBadRequest {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// A silent stream says now and then that it lives.
func TestASilentStreamIsKeptAlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, server.Config{})
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		w := call(t, s, "GET", "/_mock/outbox/stream?since=now", nil, func(r *http.Request) { *r = *r.WithContext(ctx) })
		if got := w.Body.String(); got != ":\n\n:\n\n" || w.Header().Get("Content-Type") != "text/event-stream; charset=utf-8" {
			t.Errorf("40 s of silence are %q %v", got, w.Header())
		}
	})
}

type event struct{ name, id, data string }

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
func (s *stream) next() event {
	s.t.Helper()
	e, ok := readEvent(s.body)
	if !ok {
		s.t.Fatalf("the stream ended: %v", s.body.Err())
	}
	return e
}

// readEvent reads the next event. It is false if the stream ended before.
func readEvent(body *bufio.Scanner) (e event, ok bool) {
	for body.Scan() {
		name, value, _ := strings.Cut(body.Text(), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data += value
		case "":
			if e.name != "" {
				return e, true
			}
		}
	}
	return e, false
}

package control_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestAWaitForACodeEndsWhenItArrives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		began := time.Now()
		answer := make(chan *httptest.ResponseRecorder)
		go func() {
			answer <- servertest.Call(t, s, "GET", "/_mock/outbox/code?to=ada@example.com&wait=10s", nil)
		}()
		time.AfterFunc(3*time.Second, func() { servertest.Start(t, s, "ada@example.com") })
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
			s := servertest.New(t, server.Config{})
			servertest.Start(t, s, "ada@example.com")
			began := time.Now()
			w := servertest.Call(t, s, "GET", "/_mock/outbox/code?to=bob@example.com&wait="+wait, nil)
			if waited := time.Since(began); waited != 5*time.Second {
				t.Errorf("wait=%s took %s", wait, waited)
			}
			if e := servertest.DecodeError(t, w); w.Code != http.StatusNotFound || e.Error != "no_message" || !strings.Contains(e.Description, "to ada@example.com at") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestAWaitEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := servertest.New(t, server.Config{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		servertest.Call(t, s, "GET", "/_mock/outbox/code?to=bob@example.com&wait=60s", nil, func(r *http.Request) { *r = *r.WithContext(ctx) })
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("it went on for %s", waited)
		}
	})
}

// Who takes the cursor before acting never reads an old code.
func TestACursorHidesWhatCameBefore(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.Start(t, s, "ada@example.com")
	w := servertest.Call(t, s, "GET", "/_mock/outbox/cursor", nil)
	cursor := strings.TrimSpace(w.Body.String())
	if got := w.Header().Get("X-Mock-Cursor"); got != cursor {
		t.Errorf("the header says %q, the body %q", got, cursor)
	}
	if w := servertest.Call(t, s, "GET", "/_mock/outbox/code?to=ada@example.com&since="+cursor, nil); w.Code != http.StatusNotFound || w.Header().Get("X-Mock-Cursor") != cursor {
		t.Errorf("before the next start: %d %v %s", w.Code, w.Header(), w.Body)
	}
	second := servertest.Start(t, s, "ada@example.com")
	w = servertest.Call(t, s, "GET", "/_mock/outbox/code?to=ada@example.com&since="+cursor, nil)
	if w.Body.String() != second+"\n" || w.Header().Get("X-Mock-Cursor") == cursor {
		t.Errorf("after it: %d %v %s", w.Code, w.Header(), w.Body)
	}
	list := servertest.DecodeAnswer[struct {
		Items  []outbox.Message
		Cursor string
	}](t, servertest.Call(t, s, "GET", "/_mock/outbox?since="+cursor, nil))
	if len(list.Items) != 1 || list.Items[0].Code != second {
		t.Errorf("the list since then is %+v", list)
	}
	// From before the box was emptied it is gone, not silently empty.
	servertest.Call(t, s, "DELETE", "/_mock/outbox", nil)
	if w := servertest.Call(t, s, "GET", "/_mock/outbox/code?since="+cursor, nil); w.Code != http.StatusGone {
		t.Errorf("after the box was emptied: %d %s", w.Code, w.Body)
	}
}

func TestCodesAndLinksComeAsTextOrJSON(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	code := servertest.Start(t, s, "ada+w3@example.com")
	for _, tt := range []struct {
		target, accept, contentType, body string
	}{
		{"/_mock/outbox/code?to=ada+w3@example.com", "", "text/plain; charset=utf-8", code + "\n"},
		{"/_mock/outbox/code?to=ada%2Bw3@example.com&format=text", "application/json", "text/plain; charset=utf-8", code + "\n"},
		{"/_mock/outbox/code", "application/json", "application/json; charset=utf-8", `{"code":"` + code + `","id":"msg_00000001","to":"ada+w3@example.com","otp_state":"active","expires_at":"2030-01-01T00:03:00Z"}`},
		{"/_mock/outbox/code?format=json", "", "application/json; charset=utf-8", `{"code":"` + code + `","id":"msg_00000001","to":"ada+w3@example.com","otp_state":"active","expires_at":"2030-01-01T00:03:00Z"}`},
	} {
		w := servertest.Call(t, s, "GET", tt.target, nil, servertest.Header("Accept", tt.accept))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != tt.contentType || w.Body.String() != tt.body {
			t.Errorf("%s: %d %q %q", tt.target, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	if w := servertest.Call(t, s, "GET", "/_mock/outbox/code?format=xml", nil); w.Code != http.StatusBadRequest {
		t.Errorf("format=xml: %d", w.Code)
	}
}

func TestMessagesAreForgottenByFilter(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	servertest.Start(t, s, "ada@example.com")
	servertest.Start(t, s, "bob@example.com")
	for _, tt := range []struct {
		query string
		want  int
	}{{"?to=carl@example.com", 0}, {"?to=ADA@example.com&kind=email", 1}, {"?state=any", 1}, {"", 0}} {
		got := servertest.DecodeAnswer[struct{ Deleted int }](t, servertest.Call(t, s, "DELETE", "/_mock/outbox"+tt.query, nil))
		if got.Deleted != tt.want {
			t.Errorf("DELETE %s forgot %d, want %d", tt.query, got.Deleted, tt.want)
		}
	}
}

func TestAMessageIsReadInFullAndInPart(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	code := servertest.Start(t, s, "ada@example.com")
	m := servertest.DecodeAnswer[outbox.Message](t, servertest.Call(t, s, "GET", "/_mock/outbox/msg_00000001", nil))
	latest := servertest.DecodeAnswer[outbox.Message](t, servertest.Call(t, s, "GET", "/_mock/outbox/latest?to=ada@example.com", nil))
	if m.Code != code || latest.ID != m.ID {
		t.Errorf("the message is %+v, the latest %+v", m, latest)
	}
	if w := servertest.Call(t, s, "GET", "/_mock/outbox/msg_00000001/text", nil); w.Body.String() != m.Text || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("its text: %q %v", w.Body, w.Header())
	}
	expired := servertest.DecodeAnswer[outbox.Message](t, servertest.Call(t, s, "POST", "/_mock/outbox/msg_00000001/expire", nil))
	if expired.OTPState != outbox.Expired {
		t.Errorf("expired it is %+v", expired)
	}
}

// A queued message arrives when it is told to.
func TestAQueuedMessageIsDeliveredOnDemand(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	added := s.Outbox().Add(outbox.Message{
		To: "ada@example.com", Recipients: []string{"ada@example.com"}, Kind: outbox.Email,
		State: outbox.Queued, DeliverAt: servertest.At2030.Add(time.Hour), Text: "late",
	})
	if w := servertest.Call(t, s, "GET", "/_mock/outbox/latest", nil); w.Code != http.StatusNotFound {
		t.Errorf("before: %d %s", w.Code, w.Body)
	}
	m := servertest.DecodeAnswer[outbox.Message](t, servertest.Call(t, s, "POST", "/_mock/outbox/"+added.ID+"/deliver", nil))
	if m.State != outbox.Delivered || m.Seq != 1 {
		t.Errorf("delivered it is %+v", m)
	}
}

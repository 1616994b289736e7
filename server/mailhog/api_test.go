package mailhog_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

type page struct {
	Total, Count, Start int
	Items               []data.Message
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// The tests in testkit/conformance/mailhog compare the answers with MailHog's, byte for
// byte.
func TestTheTenantsCodeIsAMailOfMailHogs(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.otp("ada@example.com", "012345")
	w := call(t, m.API(), "GET", "/api/v2/messages")
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/json" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	p := decode[page](t, w.Body.String())
	if p.Total != 1 || p.Count != 1 || p.Start != 0 {
		t.Fatalf("%+v", p)
	}
	got := p.Items[0]
	if got.ID != "msg_00000001@mockauth0.test" || !got.Created.Equal(ten) || got.From.Mailbox != "no-reply" || got.From.Domain != "mockauth0.test" ||
		len(got.To) != 1 || got.To[0].Mailbox != "ada" || got.To[0].Domain != "example.com" {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{
		"Subject": "Your code is 012345", "To": "ada@example.com", "Return-Path": "<no-reply@mockauth0.test>",
		"Received": "from mockauth0.test by mockauth0.test (MailHog)\r\n          id msg_00000001@mockauth0.test; Tue, 01 Jan 2030 10:00:00 UTC",
	} {
		if have := strings.Join(got.Content.Headers[name], "|"); have != want && have != strings.Replace(want, "UTC", "+0000", 1) {
			t.Errorf("%s: %q", name, have)
		}
	}
	if n := len(got.MIME.Parts); n != 3 { // the last is what stands after the last boundary: "--"
		t.Errorf("%d parts", n)
	}
	if again := call(t, m.API(), "GET", "/api/v2/messages"); again.Body.String() != w.Body.String() {
		t.Error("the second answer differs")
	}
}

func TestOnlyMailsThatHaveArrivedAreThere(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.box.Add(outbox.Message{Kind: outbox.SMS, To: "+12025550101", Code: "1"})
	m.box.Add(outbox.Message{Kind: outbox.Email, To: "a@x.test", State: outbox.Lost})
	queued := m.box.Add(outbox.Message{Kind: outbox.Email, To: "b@x.test", State: outbox.Queued})
	api := m.API()
	if p := decode[page](t, call(t, api, "GET", "/api/v2/messages").Body.String()); p.Total != 0 || len(p.Items) != 0 {
		t.Errorf("%+v", p)
	}
	if got := call(t, api, "GET", "/api/v1/messages").Body.String(); got != "[]" {
		t.Errorf("version 1: %s", got)
	}
	for _, id := range []string{"msg_00000001", "msg_00000002", "msg_00000003"} {
		if w := call(t, api, "GET", "/api/v1/messages/"+id+"@mockauth0.test"); w.Code != 200 || w.Body.String() != "null" {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
		if w := call(t, api, "DELETE", "/api/v1/messages/"+id+"@mockauth0.test"); w.Code != 500 {
			t.Errorf("deletes %s: %d", id, w.Code)
		}
	}
	m.box.Deliver(queued.ID)
	if p := decode[page](t, call(t, api, "GET", "/api/v2/messages").Body.String()); p.Total != 1 {
		t.Errorf("%+v", p)
	}
	if w := call(t, api, "DELETE", "/api/v1/messages"); w.Code != 200 {
		t.Errorf("%d", w.Code)
	}
	if n, _ := m.box.Counts(); n != 2 { // the SMS, and the one that was lost
		t.Errorf("%d messages remain", n)
	}
}

func TestTheListIsCutIntoPages(t *testing.T) {
	t.Parallel()
	m := start(t)
	for range 300 {
		m.otp("ada@example.com", "1")
	}
	for _, c := range []struct {
		query        string
		count, start int
		first        string
	}{
		{"", 50, 0, "msg_00000300"},
		{"?limit=1000", 250, 0, "msg_00000300"},
		{"?start=290", 10, 290, "msg_00000010"},
		{"?start=300", 1, 300, "msg_00000001"}, // so does MailHog
		{"?start=301", 0, 301, ""},
		{"?start=99999999999999999999", 50, 0, "msg_00000300"},
		{"?limit=-1&start=x", 50, 0, "msg_00000300"},
	} {
		p := decode[page](t, call(t, m.API(), "GET", "/api/v2/messages"+c.query).Body.String())
		first := ""
		if len(p.Items) > 0 {
			first, _, _ = strings.Cut(string(p.Items[0].ID), "@")
		}
		if p.Total != 300 || p.Count != c.count || p.Start != c.start || first != c.first {
			t.Errorf("%q: total %d, count %d, start %d, first %s", c.query, p.Total, p.Count, p.Start, first)
		}
	}
}

// npm's mailhog escapes the id.
func TestAMailIsDeletedByItsEscapedID(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.otp("ada@example.com", "1")
	m.otp("bob@example.com", "2")
	if w := call(t, m.API(), "DELETE", "/api/v1/messages/"+url.QueryEscape("msg_00000001@mockauth0.test")); w.Code != 200 || w.Header().Get("Content-Type") != "text/json" {
		t.Errorf("%d", w.Code)
	}
	if list := m.box.All(); len(list) != 1 || list[0].To != "bob@example.com" {
		t.Errorf("%+v", list)
	}
}

func TestDownloadIsTheMailAsItCame(t *testing.T) {
	t.Parallel()
	m := start(t)
	sent := m.otp("ada@example.com", "012345")
	w := call(t, m.API(), "GET", "/api/v1/messages/msg_00000001@mockauth0.test/download")
	if w.Code != 200 || w.Header().Get("Content-Type") != "message/rfc822" || w.Header().Get("Content-Disposition") != `attachment; filename="msg_00000001@mockauth0.test.eml"` {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if got := w.Body.String(); got != string(mail.Raw(sent)) {
		t.Errorf("got %q", got)
	}
	if w := call(t, m.API(), "GET", "/api/v1/messages/x/download"); w.Code != 404 {
		t.Errorf("an unknown one: %d", w.Code)
	}
}

// MailHog and Mailpit have a page there. People open it, and health checks ask for it.
func TestTheFrontSaysWhereTheMailsAre(t *testing.T) {
	t.Parallel()
	m := start(t)
	for list, api := range map[string]http.Handler{"/api/v2/messages": m.API(), "/api/v1/messages": m.Mailpit()} {
		w := call(t, api, "GET", "/")
		if w.Code != 200 || w.Header().Get("Content-Type") != "text/plain" || !strings.Contains(w.Body.String(), list+" lists the mails") {
			t.Errorf("%s: %d %v %q", list, w.Code, w.Header(), w.Body)
		}
		if w := call(t, api, "GET", list); w.Code != 200 {
			t.Errorf("%s: %d", list, w.Code)
		}
	}
}

// Requests at which MailHog panics, and requests that would do harm.
func TestWhatHurtsInMailHogIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.otp("ada@example.com", "1")
	m.send(t, "a@x.test", "b@x.test", `Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html
Content-Disposition: inline; filename=x
Set-Cookie: a=b
Content-Length: 3
Content-Transfer-Encoding: BASE64

aGVsbG8=
--b--`)
	api := m.API()
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"POST", "/api/v1/messages/msg_00000001@mockauth0.test/release", 403},
		{"GET", "/api/v2/jim", 404},
		{"POST", "/api/v2/jim", 403},
		{"PUT", "/api/v2/jim", 403},
		{"DELETE", "/api/v2/jim", 403},
		{"GET", "/api/v1/messages/x/mime/part/0/download", 404},
		{"GET", "/api/v1/messages/msg_00000001@mockauth0.test/mime/part/99/download", 404},
		{"GET", "/api/v1/messages/msg_00000001@mockauth0.test/mime/part/-1/download", 404},
		{"GET", "/api/v2/websocket", 404},
		{"GET", "/nothing", 404},
	} {
		if w := call(t, api, c.method, c.path); w.Code != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
	}
	w := call(t, api, "GET", "/api/v1/messages/msg_00000002@mockauth0.test/mime/part/0/download")
	if w.Code != 200 || w.Body.String() != "hello" || w.Header().Get("Set-Cookie")+w.Header().Get("Content-Length") != "" ||
		w.Header().Get("Content-Disposition") != "inline; filename=x" || w.Header().Get("Content-Security-Policy") != "sandbox" {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
}

func full(n int) *mailhog.Server {
	box := outbox.New(outbox.Options{})
	for i := range n {
		box.Add(outbox.Message{
			Kind: outbox.Email, To: fmt.Sprintf("w%d@example.com", i), From: "Acme <no-reply@mockauth0.test>", Subject: "Your code is 012345",
			Code: "012345", Text: "Your code is: 012345\n", HTML: "<p>Your code is: <strong>012345</strong></p>\n",
		})
	}
	return mailhog.New(mailhog.Options{Box: box})
}

// A full outbox of 1,000 mails.
func BenchmarkAPI(b *testing.B) {
	m := full(1000)
	for _, c := range []struct {
		name, path string
		mailpit    bool
	}{
		{"v2 page", "/api/v2/messages", false},
		{"v2 search to", "/api/v2/search?kind=to&query=w500@", false},
		{"v2 search containing", "/api/v2/search?kind=containing&query=nothing", false},
		{"mailpit search", "/api/v1/search?query=to:w500@", true},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := m.API()
			if c.mailpit {
				h = m.Mailpit()
			}
			for b.Loop() {
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", c.path, nil))
			}
		})
	}
}

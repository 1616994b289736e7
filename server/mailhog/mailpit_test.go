package mailhog_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// mailpitBox holds a code, and three mails of an application.
func mailpitBox(t *testing.T) *mailbox {
	t.Helper()
	m := start(t)
	m.otp("ada@example.com", "012345")
	m.send(t, "app@x.test", "bob@example.com,hidden@example.com", `From: "App, Inc." <app@x.test>
To: Bob <bob@example.com>
Cc: Carl <carl@example.com>
Reply-To: help@x.test
Message-ID: <two@x.test>
Date: Sat, 1 Dec 2029 10:00:00 +0100
Subject: Invoice May 2029
List-Unsubscribe: <mailto:u@x.test>, <https://x.test/u>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p>Please pay &amp; smile</p>
--b
Content-Type: application/pdf; name=x.pdf
Content-Disposition: attachment; filename=x.pdf
Content-Transfer-Encoding: base64

aGVsbG8=
--b
Content-Type: image/png
Content-ID: <logo>

png
--b--`)
	m.send(t, "app@x.test", "ada@example.com", "From: app@x.test\nTo: ada@example.com\nSubject: Welcome\n\nhello ada")
	return m
}

func TestMailpitListsMails(t *testing.T) {
	t.Parallel()
	w := call(t, mailpitBox(t).Mailpit(), "GET", "/api/v1/messages?limit=2&start=1")
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	want := `{"total":3,"unread":3,"count":2,"messages_count":3,"messages_unread":3,"start":1,"tags":[],"messages":[` +
		`{"ID":"msg_00000002","MessageID":"two@x.test","Read":false,"From":{"Name":"App, Inc.","Address":"app@x.test"},` +
		`"To":[{"Name":"Bob","Address":"bob@example.com"}],"Cc":[{"Name":"Carl","Address":"carl@example.com"}],` +
		`"Bcc":[{"Name":"","Address":"hidden@example.com"}],"ReplyTo":[{"Name":"","Address":"help@x.test"}],` +
		`"Subject":"Invoice May 2029","Created":"2030-01-01T10:00:00Z","Username":"","Tags":[],"Size":703,"Attachments":1,"Snippet":"Please pay \u0026 smile"},` +
		`{"ID":"msg_00000001","MessageID":"msg_00000001.704d387a7d26aab9@mockauth0.test","Read":false,"From":{"Name":"Acme","Address":"no-reply@mockauth0.test"},` +
		`"To":[{"Name":"","Address":"ada@example.com"}],"Cc":null,"Bcc":null,"ReplyTo":[],` +
		`"Subject":"Your code is 012345","Created":"2030-01-01T10:00:00Z","Username":"","Tags":[],"Size":592,"Attachments":0,"Snippet":"Your code is: 012345"}]}` + "\n"
	if got := w.Body.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMailpitShowsOneMail(t *testing.T) {
	t.Parallel()
	m := mailpitBox(t)
	w := call(t, m.Mailpit(), "GET", "/api/v1/message/msg_00000002")
	want := `{"ID":"msg_00000002","MessageID":"two@x.test","From":{"Name":"App, Inc.","Address":"app@x.test"},` +
		`"To":[{"Name":"Bob","Address":"bob@example.com"}],"Cc":[{"Name":"Carl","Address":"carl@example.com"}],` +
		`"Bcc":[{"Name":"","Address":"hidden@example.com"}],"ReplyTo":[{"Name":"","Address":"help@x.test"}],"ReturnPath":"app@x.test",` +
		`"Subject":"Invoice May 2029","ListUnsubscribe":{"Header":"\u003cmailto:u@x.test\u003e, \u003chttps://x.test/u\u003e","Links":["mailto:u@x.test","https://x.test/u"],"Errors":"","HeaderPost":""},` +
		`"Date":"2029-12-01T10:00:00+01:00","Tags":[],"Username":"","Text":"","HTML":"\u003cp\u003ePlease pay \u0026amp; smile\u003c/p\u003e","Size":703,` +
		`"Inline":[{"PartID":"3","FileName":"","ContentType":"image/png","ContentID":"logo","Size":3,"Checksums":{"MD5":"bff139fa05ac583f685a523ab3d110a0","SHA1":"`
	if got := w.Body.String(); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, c := range []struct{ path, body string }{
		{"/api/v1/message/latest", `"Subject":"Welcome"`},
		{"/api/v1/message/latest?query=subject:code", `"Subject":"Your code is 012345"`},
		{"/api/v1/message/latest/headers", `"Subject":["Welcome"]`},
		{"/api/v1/message/msg_00000001/raw", "Subject: Your code is 012345\r\n"},
		{"/api/v1/message/msg_00000002/part/2", "hello"},
		{"/view/latest.txt", "hello ada"},
		{"/view/msg_00000001.html", "<p>Your code is: <strong>012345</strong></p>"},
		{"/api/v1/info", `"Messages":3,"Unread":3,`},
		{"/api/v1/tags", "[]"},
	} {
		if w := call(t, m.Mailpit(), "GET", c.path); w.Code != 200 || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s: %d %s", c.path, w.Code, w.Body)
		}
	}
	w = call(t, m.Mailpit(), "GET", "/view/msg_00000001.html")
	if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "sandbox;") {
		t.Errorf("the page may do %q", got)
	}
}

func TestMailpitDeletes(t *testing.T) {
	t.Parallel()
	m := mailpitBox(t)
	m.box.Add(outbox.Message{Kind: outbox.SMS, To: "+12025550101"})
	for _, c := range []struct {
		path, body string
		left       int
	}{
		{"/api/v1/messages", `{"IDs":["msg_00000001","nobody"]}`, 3},
		{"/api/v1/search?query=subject:welcome", "", 2},
		{"/api/v1/messages", "", 1},
	} {
		w := call(t, m.Mailpit(), "DELETE", c.path, c.body)
		if n, _ := m.box.Counts(); w.Code != 200 || w.Body.String() != "ok" || n != c.left {
			t.Errorf("%s: %d %s, %d left", c.path, w.Code, w.Body, n)
		}
	}
}

// A page of another origin gets no answer, as with Mailpit.
func TestMailpitAnswersItsOwnPagesOnly(t *testing.T) {
	t.Parallel()
	m := start(t)
	for origin, status := range map[string]int{"": 200, "http://example.com": 200, "http://evil.test": 403, "null": 403, "http://%": 403} {
		r := httptest.NewRequest("GET", "http://example.com/api/v1/messages", nil)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		if m.Mailpit().ServeHTTP(w, r); w.Code != status {
			t.Errorf("%q: %d", origin, w.Code)
		}
	}
}

func TestMailpitSaysWhatThereIsNot(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/api/v1/message/latest", 404, "Message not found"},
		{"GET", "/api/v1/message/x", 404, "404 page not found"},
		{"GET", "/api/v1/message/x/raw", 404, "404 page not found"},
		{"GET", "/api/v1/message/x/headers", 404, "404 page not found"},
		{"GET", "/api/v1/message/x/part/1", 404, "404 page not found"},
		{"GET", "/view/latest.html", 404, "Message not found"},
		{"GET", "/view/x.txt", 404, "Message not found"},
		{"GET", "/nothing", 404, "404 page not found"},
		{"PUT", "/api/v1/messages", 403, "mockauth0: a mail is never read here"},
		{"POST", "/api/v1/send", 403, "mockauth0: send mail by SMTP"},
		{"DELETE", "/api/v1/search", 400, "Error: no search query"},
		{"OPTIONS", "/api/v1/messages", 200, ""},
		{"GET", "/api/v1/messages?before=2029-01-01&limit=0", 200, `{"total":0,"unread":0,"count":0,"messages_count":0,"messages_unread":0,"start":0,"tags":[],"messages":[]}` + "\n"},
	} {
		if w := call(t, m.Mailpit(), c.method, c.path); w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s %s: %d %q", c.method, c.path, w.Code, w.Body)
		}
	}
}

// Names of senders and recipients are decoded from any charset.
func TestMailpitDecodesNames(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.send(t, "app@x.test", "bob@example.com", "From: =?koi8-r?B?4dPR?= <app@x.test>\nTo: =?iso-2022-jp?B?GyRCJDMbKEI=?= =?iso-2022-jp?Q?_x?= <bob@example.com>\nSubject: =?windows-1251?Q?=CA=EE=E4?=\n\nhello")
	w := call(t, m.Mailpit(), "GET", "/api/v1/messages")
	for _, want := range []string{`"From":{"Name":"Ася","Address":"app@x.test"}`, `"To":[{"Name":"こ x","Address":"bob@example.com"}]`, `"Subject":"Код"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
}

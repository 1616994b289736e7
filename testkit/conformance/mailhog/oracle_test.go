package mailhog

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	netsmtp "net/smtp"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gorilla/pat"
	"github.com/ian-kent/go-log/levels"
	gotcha "github.com/ian-kent/go-log/log"
	"github.com/mailhog/MailHog-Server/api"
	"github.com/mailhog/MailHog-Server/config"
	"github.com/mailhog/MailHog-Server/smtp"
	"github.com/mailhog/data"
	"github.com/mailhog/storage"

	"github.com/mockauth0/mockauth0/testkit"
	ours "github.com/mockauth0/mockauth0/testkit/mailhog"
)

func TestMain(m *testing.M) {
	// MailHog prints every mail.
	data.LogHandler = func(string, ...any) {}
	gotcha.Logger().SetLevel(levels.ERROR)
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// An oracle is MailHog: its mail server, its storage and its HTTP API.
type oracle struct {
	smtp, url string
	store     *storage.InMemory
}

func newOracle(t *testing.T) *oracle {
	t.Helper()
	o := &oracle{store: storage.CreateInMemory()}
	conf := config.DefaultConfig()
	conf.Storage = o.store
	conf.Hostname = "mockauth0.test"
	router := pat.New()
	api.CreateAPI(conf, router)
	srv := httptest.NewServer(router)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(srv.Close)
	o.url = srv.URL
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go smtp.Accept("oracle", c, conf.Storage, conf.MessageChan, conf.Hostname, nil)
		}
	}()
	o.smtp = ln.Addr().String()
	return o
}

// mails are what an application sends: one is like another's, or hard to read.
var mails = []struct{ from, to, content string }{
	{"app@x.test", "ada@example.com", "From: App <app@x.test>\r\nTo: ada@example.com\r\nSubject: plain\r\nMessage-ID: <1@x.test>\r\n\r\nhello <b>&amp; \u2028 world</b>\r\n"},
	{"app@x.test", "ada@example.com,bob@example.com", "From: app@x.test\r\nTo: ada@example.com,\r\n\tbob@example.com\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\r\n.dots\r\n..\r\n"},
	{"Other@y.test", "Carl@Example.com", "To: Carl@Example.com\r\nsubject: small\r\ncontent-type: text/plain\r\nReceived: from a by b\r\nReceived: from c by d\r\nReturn-Path: <x@y>\r\n\r\nbody"},
	{"app@x.test", "ada@example.com", "Subject: multi\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\npreamble\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\ntext\r\n--c\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=3D</p>\r\n--c--\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--\r\n"},
	{"app@x.test", "ada@example.com", "Content-Type: multipart/mixed\r\n\r\nno boundary"},
	{"app@x.test", "ada@example.com", "no header at all"},
	{"app@x.test", "ada@example.com", "broken header\r\nSubject:no space\r\n folded\r\n\r\n"},
	{"app@x.test", "a@x.test,b@x.test,c@x.test", "Subject: \xff\xfe bytes\r\n\r\n\xff\x00"},
}

// requests are made of both, in order; ID0 is the newest mail's id.
var requests = []struct{ method, path string }{
	{"GET", "/api/v1/messages"},
	{"GET", "/api/v2/messages"},
	{"GET", "/api/v2/messages?limit=2"},
	{"GET", "/api/v2/messages?start=3&limit=2"},
	{"GET", "/api/v2/messages?start=9"},
	{"GET", "/api/v2/messages?start=10"},
	{"GET", "/api/v2/messages?start=-1&limit=x"},
	{"GET", "/api/v2/messages?start=100&limit=9999"},
	{"GET", "/api/v2/search?kind=to&query=ADA"},
	{"GET", "/api/v2/search?kind=to&query=ada%40example.com&start=1&limit=2"},
	{"GET", "/api/v2/search?kind=to&query=nobody"},
	{"GET", "/api/v2/search?kind=to&query=ada&start=5"},
	{"GET", "/api/v2/search?kind=to&query=ada&start=50"},
	{"GET", "/api/v2/search?kind=from&query=other"},
	{"GET", "/api/v2/search?kind=from&query=App%20%3C"},
	{"GET", "/api/v2/search?kind=containing&query=WORLD"},
	{"GET", "/api/v2/search?kind=containing&query=small"},
	{"GET", "/api/v2/search?kind=subject&query=x"},
	{"GET", "/api/v2/search?kind=to&query="},
	{"GET", "/api/v2/search"},
	{"GET", "/api/v2/jim"},
	{"GET", "/api/v2/outgoing-smtp"},
	{"OPTIONS", "/api/v1/messages"},
	{"OPTIONS", "/api/v1/messages/ID0"},
	{"OPTIONS", "/api/v1/messages/ID0/release"},
	{"OPTIONS", "/api/v1/events"},
	{"OPTIONS", "/api/v2/messages"},
	{"OPTIONS", "/api/v2/search"},
	{"OPTIONS", "/api/v2/jim"},
	{"HEAD", "/api/v2/messages"},
	{"POST", "/api/v2/messages"},
	{"PUT", "/api/v1/messages/ID0"},
	{"GET", "/nothing"}, // at / is MailHog-UI's page, which MailHog-Server lacks, and here a sentence
	{"GET", "/api/v3/messages"},
	{"GET", "/api/v1/messages/"},
	{"GET", "/api/v1/messages/nobody"},
	{"DELETE", "/api/v1/messages/nobody"},
	{"GET", "/api/v1/messages/ID0"},
	{"GET", "/api/v1/messages/ID3"},
	{"GET", "/api/v1/messages/ID7"},
	{"GET", "/api/v1/messages/ID4/mime/part/0/download"},
	{"GET", "/api/v1/messages/ID4/mime/part/1/download"},
	{"GET", "/api/v1/messages/ID4/mime/part/2/download"},
	{"GET", "/api/v1/messages/ID4/mime/part/3/download"},
	{"GET", "/api/v1/messages/ID4/mime/part/x/download"},
	{"DELETE", "/api/v1/messages/ID1"},
	{"DELETE", "/api/v1/messages/ID1"},
	{"GET", "/api/v1/messages/ID1"},
	{"GET", "/api/v2/messages"},
	{"DELETE", "/api/v1/messages"},
	{"GET", "/api/v1/messages"},
	{"GET", "/api/v2/messages"},
	{"GET", "/api/v2/search?kind=to&query=ada"},
}

// Status, Content-Type and every byte of the body are MailHog's, for the
// tenant's own mail and for those of an application.
func TestTheAnswersAreMailHogs(t *testing.T) {
	auth := testkit.Start(t)
	mine, theirs := ours.Start(t, auth), newOracle(t)
	// A code of the tenant, which MailHog gets as it would have been sent.
	res, err := auth.Client().Post(auth.URL()+"/passwordless/start", "application/json",
		strings.NewReader(`{"client_id":"`+auth.ClientID()+`","connection":"email","email":"ada@example.com","send":"code"}`))
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("start: %v %v", res, err)
	}
	res.Body.Close()
	raw := fetch(t, "GET", mine.APIURL()+"/api/v1/messages/msg_00000001@mockauth0.test/download").body
	send(t, theirs.smtp, "mockauth0.test", "no-reply@mockauth0.test", "ada@example.com", raw)
	for _, m := range mails {
		send(t, mine.SMTPAddr(), "app.test", m.from, m.to, m.content)
		send(t, theirs.smtp, "app.test", m.from, m.to, m.content)
	}
	// Their ids are random; ours tell the order.
	n := len(mails) + 1
	var mineIDs, theirIDs []string
	for i := range n {
		mineIDs = append(mineIDs, fmt.Sprintf("msg_%08d@mockauth0.test", n-i))
		theirIDs = append(theirIDs, string(theirs.store.Messages[n-1-i].ID))
	}
	for _, r := range requests {
		t.Run(r.method+" "+r.path, func(t *testing.T) {
			got := fetch(t, r.method, mine.APIURL()+withIDs(r.path, mineIDs))
			want := fetch(t, r.method, theirs.url+withIDs(r.path, theirIDs))
			for i, id := range theirIDs {
				want.body = strings.ReplaceAll(want.body, id, mineIDs[i])
				want.disposition = strings.ReplaceAll(want.disposition, id, mineIDs[i])
			}
			got.body, want.body = timeless(got.body), timeless(want.body)
			if got != want {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
		})
	}
}

type reply struct {
	status                         int
	contentType, disposition, cors string
	body                           string
}

func fetch(t *testing.T, method, url string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(url, "/api/v2/") || strings.Contains(url, "mockauth0.test") {
		req.Header.Set("Origin", "http://app.test") // MailHog answers every page
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"), res.Header.Get("Access-Control-Allow-Origin"), string(body)}
}

func withIDs(path string, ids []string) string {
	for i, id := range ids {
		path = strings.ReplaceAll(path, fmt.Sprint("ID", i), url.PathEscape(id))
	}
	return path
}

var (
	created  = regexp.MustCompile(`"Created":"[^"]+"`)
	received = regexp.MustCompile(`(\(MailHog\)\\r\\n          id [^;]*; )[^"\\]+`)
)

// timeless is an answer without the times at which the mails came in.
func timeless(s string) string {
	return received.ReplaceAllString(created.ReplaceAllString(s, `"Created":""`), "${1}now")
}

func send(t *testing.T, address, helo, from, to, content string) {
	t.Helper()
	c, err := netsmtp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Hello(helo); err != nil {
		t.Fatal(err)
	}
	if err := c.Mail(from); err != nil {
		t.Fatal(err)
	}
	for r := range strings.SplitSeq(to, ",") {
		if err := c.Rcpt(r); err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, content)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Quit(); err != nil {
		t.Fatal(err)
	}
}

package mailhog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/testkit"
	ours "github.com/mockauth0/mockauth0/testkit/mailhog"
)

// pitMails are what both get; the names tell what they try.
var pitMails = []struct{ from, to, content string }{
	{"app@x.test", "ada@example.com", "From: App <app@x.test>\r\nTo: Ada <ada@example.com>\r\nSubject: plain\r\nMessage-ID: <1@x.test>\r\nDate: Sat, 1 Dec 2029 10:00:00 +0100\r\n\r\nhello <b>&amp; world</b>\r\nand more\r\n"},
	{"app@x.test", "ada@example.com,hidden@example.com", "From: \"App, Inc.\" <app@x.test>\r\nTo: ada@example.com\r\nCc: carl@example.com\r\nReply-To: help@x.test\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\r\nMessage-ID: <2@x.test>\r\nDate: Sat, 1 Dec 2029 10:00:00 +0100\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\ntext\r\n--c\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>one =3D</p><p>two</p>\r\n--c--\r\n"},
	{"app@x.test", "ada@example.com", "From: app@x.test\r\nTo: ada@example.com\r\nSubject: files\r\nMessage-ID: <3@x.test>\r\nDate: Sat, 1 Dec 2029 10:00:00 +0100\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee there\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\nContent-Disposition: inline; filename=l.png\r\n\r\npng\r\n--b--\r\n"},
}

var pitRequests = []string{
	"/api/v1/messages", "/api/v1/messages?limit=1&start=1", "/api/v1/messages?limit=0", "/api/v1/messages?start=9",
	"/api/v1/search?query=to:ada", "/api/v1/search?query=-from:inc", "/api/v1/search?query=subject:files", "/api/v1/search?query=has:attachment",
	"/api/v1/search?query=%22hello%22+is:unread", "/api/v1/search?query=bcc:hidden", "/api/v1/search?query=addressed:carl", "/api/v1/search?query=x.pdf",
	"/api/v1/search?query=before:2020-01-01", "/api/v1/search?query=after:2020-01-01&limit=1", "/api/v1/search?query=nothing", "/api/v1/search",
	"/api/v1/search?query=message-id:2%40x", "/api/v1/search?query=tag:x", "/api/v1/search?query=larger:10kb", "/api/v1/tags",
	"/api/v1/message/ID0", "/api/v1/message/ID1", "/api/v1/message/ID2", "/api/v1/message/ID3", "/view/ID3.txt", "/view/ID3.html", "/api/v1/message/nobody", "/api/v1/message/latest?query=subject:plain",
	"/api/v1/message/ID0/part/2", "/api/v1/message/ID0/part/9", "/view/ID1.html", "/view/ID1.txt", "/view/ID2.html", "/view/ID2.txt", "/view/nobody.txt",
}

// Statuses and bodies are Mailpit's, given its binary in MAILPIT_BINARY, but
// for ids, sizes, times of arrival, and that nothing is ever read.
func TestTheAnswersAreMailpits(t *testing.T) {
	binary := os.Getenv("MAILPIT_BINARY")
	if binary == "" {
		t.Skip("MAILPIT_BINARY does not name a binary of github.com/axllent/mailpit")
	}
	auth := testkit.Start(t)
	mine := ours.Start(t, auth)
	theirSMTP, theirHTTP := free(t), free(t)
	c := exec.CommandContext(t.Context(), binary, "--smtp", theirSMTP, "--listen", theirHTTP, "--disable-version-check", "--quiet")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		if res, err := http.Get("http://" + theirHTTP + "/readyz"); err == nil && res.StatusCode == 200 {
			res.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("mailpit does not start")
		}
	}
	res, err := auth.Client().Post(auth.URL()+"/passwordless/start", "application/json",
		strings.NewReader(`{"client_id":"`+auth.ClientID()+`","connection":"email","email":"eve@example.com","send":"code"}`))
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("start: %v %v", res, err)
	}
	res.Body.Close()
	raw := fetch(t, "GET", mine.APIURL()+"/api/v1/messages/msg_00000001@mockauth0.test/download").body
	send(t, theirSMTP, "mockauth0.test", "no-reply@mockauth0.test", "eve@example.com", raw)
	for _, m := range pitMails {
		send(t, mine.SMTPAddr(), "app.test", m.from, m.to, m.content)
		send(t, theirSMTP, "app.test", m.from, m.to, m.content)
	}
	ids := func(base string) (list []string) {
		var page struct{ Messages []struct{ ID string } }
		if err := json.Unmarshal([]byte(fetch(t, "GET", base+"/api/v1/messages").body), &page); err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			list = append(list, m.ID)
		}
		return list
	}
	mineIDs, theirIDs := ids(mine.MailpitURL()), ids("http://"+theirHTTP)
	for _, path := range pitRequests {
		t.Run(path, func(t *testing.T) {
			got := fetch(t, "GET", mine.MailpitURL()+pitIDs(path, mineIDs))
			want := fetch(t, "GET", "http://"+theirHTTP+pitIDs(path, theirIDs))
			for i, id := range theirIDs {
				want.body = strings.ReplaceAll(want.body, id, mineIDs[i])
			}
			if want.contentType == "" { // it is compressed, which we never do
				got.contentType = ""
			}
			g, w := pitless(got), pitless(want)
			if g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
}

func pitIDs(path string, ids []string) string {
	for i, id := range ids {
		path = strings.ReplaceAll(path, fmt.Sprint("ID", i), url.PathEscape(id))
	}
	return path
}

var notCompared = regexp.MustCompile(`"(Created|Size|Read|unread|messages_unread)": ("[^"]*"|[a-z0-9]+)`)

func pitless(r reply) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(r.body), "", " ") != nil {
		out.Reset()
		out.WriteString(r.body)
	}
	return fmt.Sprintf("%d %s\n%s", r.status, r.contentType, notCompared.ReplaceAllString(out.String(), `"$1": …`))
}

// free is an address on which nobody listens.
func free(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

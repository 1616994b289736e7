package control_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// mailOf is an application's mail with some parts.
func mailOf(html string, parts ...string) outbox.Message {
	return outbox.Message{Kind: outbox.SMTP, To: "ada@example.com", HTML: html, Raw: []byte(strings.ReplaceAll(
		"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n"+html+"\n--b\n"+strings.Join(parts, "\n--b\n")+"\n--b--\n", "\n", "\r\n"))}
}

// An attachment is only ever a download, whatever it says that it is.
func TestAnAttachmentIsSaved(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	part := func(kind, name string) string {
		return "Content-Type: " + kind + "\nContent-Disposition: attachment; filename*=utf-8''" + name + "\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"
	}
	s.Outbox().Add(mailOf("<p>hello</p>",
		part("application/pdf", "invoice.pdf"),
		part("text/html; charset=utf-8", "%3Cscript%3E.html"),
		part("image/svg+xml", "..%2F..%2F.ssh%5Cauthorized_keys"),
		part("text/x y", "%D0%B9%22%0D%0ASet-Cookie%3A%20a%3Db%0D%0A.txt"),
		part("image/png", "evil%E2%80%AEgnp.exe"),
		part("image/png", "..."),
		part("image/png", strings.Repeat("x", 10_000)),
	))
	for n, want := range []struct{ part, kind, disposition string }{
		{"2", "application/pdf", "attachment; filename=invoice.pdf"},
		{"3", "text/html", "attachment; filename=_script_.html"},
		{"4", "image/svg+xml", "attachment; filename=_.._.ssh_authorized_keys"},
		{"5", "application/octet-stream", "attachment; filename*=utf-8''%D0%B9_%20%20Set-Cookie_%20a%3Db%20%20.txt"},
		{"6", "image/png", "attachment; filename=evilgnp.exe"},
		{"7", "image/png", "attachment; filename=msg_00000001-part-7"},
		{"8", "image/png", "attachment; filename=" + strings.Repeat("x", 255)},
	} {
		w := servertest.Call(t, s, "GET", "/_mock/outbox/msg_00000001/parts/"+want.part, nil)
		h := w.Header()
		if w.Code != http.StatusOK || w.Body.String() != "hello" || h.Get("Content-Type") != want.kind || h.Get("Content-Disposition") != want.disposition {
			t.Errorf("%d: %d %q, %q, %q", n, w.Code, w.Body, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "sandbox; default-src 'none'" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Set-Cookie") != "" {
			t.Errorf("%d: %v", n, h)
		}
	}
	s.Outbox().Add(outbox.Message{Kind: outbox.SMS, To: "+12025550101", Text: "Your code"})
	for target, want := range map[string]string{
		"/_mock/outbox/msg_00000001/parts/1": `message msg_00000001 has no attachment "1"; it has 2, 3, 4, 5, 6, 7, 8`,
		"/_mock/outbox/msg_00000002/parts/1": "message msg_00000002 (sms) has no attachments",
		"/_mock/outbox/nowhere/parts/1":      `there is no message "nowhere"; GET /_mock/outbox lists those there are`,
	} {
		if w := servertest.Call(t, s, "GET", target, nil); w.Code != http.StatusNotFound || servertest.DecodeError(t, w).Description != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

// Inline pictures are in the HTML as data. Remote pictures load only if one asks.
func TestPicturesInAPreview(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	picture := func(kind, id string) string {
		return "Content-Type: " + kind + "\nContent-ID: <" + id + ">\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"
	}
	s.Outbox().Add(mailOf(`<img src="cid:a@x&amp;1"><td background=CID:b%20c style="background:url(cid:svg)"><img src='cid:page'><img src=cid:none>cid:svg`,
		picture("image/png", "a@x&1"), picture("image/gif", "b c"), picture("image/svg+xml", "svg"), picture("application/xhtml+xml", "page")))
	w := servertest.Call(t, s, "GET", "/_mock/outbox/msg_00000001/html", nil)
	want := `<img src="data:image/png;base64,aGVsbG8="><td background=data:image/gif;base64,aGVsbG8= style="background:url(data:image/svg+xml;base64,aGVsbG8=)"><img src='cid:page'><img src=cid:none>cid:svg`
	if w.Body.String() != want {
		t.Errorf("got\n%s\nwant\n%s", w.Body, want)
	}
	for query, from := range map[string]string{"": "data:", "?pictures=0": "data:", "?pictures=1": "data: http: https:"} {
		w := servertest.Call(t, s, "GET", "/_mock/outbox/msg_00000001/html"+query, nil)
		if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "; img-src "+from+"; style-src ") {
			t.Errorf("%q: %s", query, policy)
		}
	}
}

// One picture that is shown many times does not make a page of any size.
func TestInlinePicturesAreBounded(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	content := base64.StdEncoding.EncodeToString(make([]byte, 200<<10))
	s.Outbox().Add(mailOf(strings.Repeat(`<img src=cid:a>`, 10_000), "Content-Type: image/png\nContent-ID: <a>\nContent-Transfer-Encoding: base64\n\n"+content+"\n"))
	w := servertest.Call(t, s, "GET", "/_mock/outbox/msg_00000001/html", nil)
	if n := w.Body.Len(); n < 4<<20-300<<10 || n > 5<<20 {
		t.Errorf("%d bytes", n)
	}
}

func TestAMessageIsDeletedAlone(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.Start(t, s, "ada@example.com")
	servertest.Start(t, s, "bob@example.com")
	if w := servertest.Call(t, s, "DELETE", "/_mock/outbox/msg_00000001", nil); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"deleted":1}` || w.Header().Get("X-Mock-Cursor") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if list := s.Outbox().All(); len(list) != 1 || list[0].To != "bob@example.com" {
		t.Errorf("%+v", list)
	}
	if w := servertest.Call(t, s, "DELETE", "/_mock/outbox/msg_00000001", nil); w.Code != http.StatusNotFound || servertest.DecodeError(t, w).Error != "no_message" {
		t.Errorf("again: %d %s", w.Code, w.Body)
	}
}

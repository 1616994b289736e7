package browser

import (
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/mockauth0/mockauth0/server/mailhog"
)

// pixel is a picture of one pixel.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// mail sends a mail as an app does.
func (i *inbox) mail(content string) {
	i.t.Helper()
	in := mailhog.New(mailhog.Options{Box: i.server.Outbox()})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		i.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- in.ServeSMTP(ln) }()
	if err := smtp.SendMail(ln.Addr().String(), nil, "shop@acme.test", []string{"ada@example.com"}, []byte(strings.ReplaceAll(content, "\n", "\r\n"))); err != nil {
		i.t.Error(err)
	}
	if err := in.Close(); err != nil {
		i.t.Error(err)
	}
	if err := <-served; err != nil {
		i.t.Error(err)
	}
}

// invoice is a mail with a file, an inline picture, a hostile name, and a remote picture.
func invoice(remote string) string {
	return `From: Shop <shop@acme.test>
To: ada@example.com
Subject: =?shift_jis?B?kL+LgY+R?=
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p>Your invoice</p><img id=inline src="cid:logo@acme"><img src="` + remote + `/pixel.png">
--b
Content-Type: image/png; name=logo.png
Content-ID: <logo@acme>
Content-Transfer-Encoding: base64

` + pixel + `
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="invoice.pdf"
Content-Transfer-Encoding: base64

` + base64.StdEncoding.EncodeToString(make([]byte, 1536)) + `
--b
Content-Type: text/html
Content-Disposition: attachment; filename="` + strings.ReplaceAll(pwn, `"`, `\"`) + `"

<script>window.pwned=1</script>
--b
Content-Type: image/png
Content-Disposition: attachment; filename="broken.png"

no picture
--b--
`
}

// Attachments are listed with name, type and size, and can be saved.
func TestAttachmentsAreListedAndSaved(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	i.expect("violates the following") // the remote picture
	i.mail(invoice("http://127.0.0.1:9"))
	i.untilText("#reader h2", "請求書")
	i.untilText("#reader .attachments h3", "4 attachments")
	for n, want := range []string{"logo.png", "invoice.pdf\napplication/pdf · 1.5 KiB", pwn, "broken.png\nimage/png · 10 bytes"} {
		i.untilText("#reader .attachments li:nth-child("+string(rune('1'+n))+")", want)
	}
	// A picture is drawn, and what is none has the sign of a file.
	i.until(`(() => { const img = document.querySelectorAll("#reader .thumb img"); return img.length === 1 && img[0].naturalWidth === 1 })()`)
	for n, want := range []string{"logo.png", "invoice.pdf", "_img src=x onerror=_window.pwned=1___script_window.pwned=1__script_", "broken.png"} {
		href := value[string](i.tab, `document.querySelectorAll("#reader .attachments a[download]")[`+string(rune('0'+n))+`].href`)
		got, err := http.Get(href)
		if err != nil {
			t.Fatal(err)
		}
		_ = got.Body.Close()
		if name := got.Header.Get("Content-Disposition"); got.StatusCode != http.StatusOK || !strings.HasPrefix(name, "attachment; filename=") || !strings.Contains(name, want) {
			t.Errorf("%s: %d %s", want, got.StatusCode, name)
		}
	}
	if value[bool](i.tab, `window.pwned === 1 || document.querySelector("#reader script, #reader .file img") !== null`) {
		t.Error("a file name is more than text")
	}
	if save := value[string](i.tab, `(() => { const a = document.querySelector("#reader .keeping a"); return a.download + " " + new URL(a.href).pathname })()`); save != "msg_00000001.eml /_mock/outbox/msg_00000001/raw" {
		t.Errorf("the mail is saved as %s", save)
	}
}

// An inline picture is drawn at once, and a remote one when somebody asks for it.
func TestRemotePicturesLoadOnAClick(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	remote := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" {
			t.Errorf("the remote server learns of %s", r.Header.Get("Referer"))
		}
		asked <- r.URL.Path
		picture, _ := base64.StdEncoding.DecodeString(pixel)
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(picture)
	}))
	defer remote.Close()
	i := openInbox(t, desktop)
	i.expect("violates the following") // the remote picture
	i.mail(invoice(remote.URL))
	i.untilText("#reader .remote", "This e-mail has remote pictures.")
	i.drawn()

	alone := blank(t, desktop)
	alone.expect("violates the following")
	alone.expect("favicon.ico") // a sandbox has no origin that may read it
	alone.run(chromedp.Navigate(i.url + "/_mock/outbox/msg_00000001/html"))
	alone.until(`document.readyState === "complete" && document.images[0].naturalWidth === 1 && document.images[1].naturalWidth === 0`)
	if len(asked) != 0 {
		t.Errorf("%s was loaded before anybody asked", <-asked)
	}
	i.press("#reader .remote", "Load them")
	i.untilText("#body-content", "Remote pictures are loaded.")
	i.until(`!document.querySelector("#reader .remote") && document.querySelector("#reader iframe")?.src.endsWith("html?links=1&fit=1&pictures=1")`)
	select {
	case path := <-asked:
		if path != "/pixel.png" {
			t.Errorf("%s was loaded", path)
		}
	case <-time.After(patience):
		t.Error("no picture was loaded")
	}
	alone.run(chromedp.Navigate(i.url + "/_mock/outbox/msg_00000001/html?pictures=1"))
	alone.until(`document.readyState === "complete" && document.images[1].naturalWidth === 1`)
	// The next mail asks again.
	i.mail(invoice(remote.URL))
	i.untilText("#count", "2 messages")
	i.untilText("#reader .remote", "This e-mail has remote pictures.")
}

// One message is deleted, by two clicks, and the others stay.
func TestAMessageIsDeletedAlone(t *testing.T) {
	t.Parallel()
	i := openInbox(t, desktop)
	first, second := i.start("ada@example.com"), i.start("bob@example.com")
	i.untilText("#reader .digits", second[:3])
	i.press("#reader .keeping", "Delete")
	i.press("#reader .keeping", "Delete this message?")
	i.untilText("#count", "1 message")
	i.untilText("#reader .digits", first[:3])
	if list := i.server.Outbox().All(); len(list) != 1 || list[0].To != "ada@example.com" {
		t.Errorf("%+v", list)
	}
}

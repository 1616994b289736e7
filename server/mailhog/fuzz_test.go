package mailhog_test

import (
	"io"
	"net"
	"net/smtp"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Whatever a client says, the session ends when it hangs up, and what is in the
// outbox then can be shown in all ways.
func FuzzSession(f *testing.F) {
	f.Add([]byte("EHLO x\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nSubject: x\r\n\r\ny\r\n.\r\nQUIT\r\n"))
	f.Add([]byte("HELO\nMAIL FROM:<a>\nRCPT TO:<@r:b>\nDATA\n.\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nContent-Type: multipart/x; boundary=b\r\n\r\n--b\r\n..\r\n.\r\n"))
	f.Add([]byte("EHLO x\r\nAUTH PLAIN\r\n\r\nAUTH LOGIN\r\nx\r\ny\r\nAUTH CRAM-MD5\r\n\x00\r\nRSET\r\nSTARTTLS\r\n"))
	box := outbox.New(outbox.Options{Max: 5})
	m := mailhog.New(mailhog.Options{Box: box})
	ln := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	served := make(chan error)
	go func() { served <- m.ServeSMTP(ln) }()
	f.Cleanup(func() {
		m.Close()
		<-served
	})
	api, pit := m.API(), m.Mailpit()
	f.Fuzz(func(t *testing.T, words []byte) {
		if len(words) > 64<<10 {
			return
		}
		client, server := net.Pipe()
		ln.conns <- server
		heard := make(chan struct{})
		go func() {
			defer close(heard)
			_, _ = io.Copy(io.Discard, client)
		}()
		_, _ = client.Write(words) // or as much as it takes
		client.Close()
		<-heard
		for _, path := range []string{"/api/v2/messages", "/api/v1/messages", "/api/v2/search?kind=containing&query=x"} {
			if w := call(t, api, "GET", path); w.Code != 200 {
				t.Fatalf("%s: %d", path, w.Code)
			}
		}
		for _, path := range []string{"/api/v1/messages", "/api/v1/search?query=x"} {
			if w := call(t, pit, "GET", path); w.Code != 200 {
				t.Fatalf("%s: %d", path, w.Code)
			}
		}
		for _, sent := range box.All() {
			if sent.OTPState != "" {
				t.Fatalf("%s can be redeemed", sent.ID)
			}
			call(t, pit, "GET", "/api/v1/message/"+sent.ID)
			call(t, pit, "GET", "/api/v1/message/"+sent.ID+"/headers")
			call(t, api, "GET", "/api/v1/messages/"+sent.ID+"/mime/part/1/download")
			if !strings.HasPrefix(string(sent.Raw), "Return-Path: <") {
				t.Fatalf("raw %q", sent.Raw)
			}
		}
	})
}

// A mail that a well-behaved client sends arrives as it was.
func FuzzData(f *testing.F) {
	f.Add("Subject: x\r\n\r\ny\r\n")
	f.Add(".\r\n..\r\n.x")
	f.Add("")
	box := outbox.New(outbox.Options{Max: 1})
	m := mailhog.New(mailhog.Options{Box: box})
	ln := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	served := make(chan error)
	go func() { served <- m.ServeSMTP(ln) }()
	f.Cleanup(func() {
		m.Close()
		<-served
	})
	f.Fuzz(func(t *testing.T, content string) {
		// net/smtp makes each line end a CRLF; MailHog needs that.
		content = strings.NewReplacer("\r\n", "\r\n", "\r", "", "\n", "\r\n").Replace(content)
		if len(content) > 64<<10 {
			return
		}
		client, server := net.Pipe()
		ln.conns <- server
		c, err := smtp.NewClient(client, "x")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.Mail("a@x.test")
		c.Rcpt("b@x.test")
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
		last, _ := box.Latest()
		_, got, _ := strings.Cut(string(last.Raw), "+0000\r\n")
		if want := strings.TrimSuffix(content, "\r\n") + "\r\n"; got != want {
			t.Fatalf("%q came as %q", content, got)
		}
	})
}

// No search does any harm.
func FuzzMailpitSearch(f *testing.F) {
	f.Add(`to:a subject:"b c" -from:d after:2030-01-01 larger:2kb`, "UTC")
	f.Add(`"`, "../x")
	m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{})})
	m.Box.Add(outbox.Message{Kind: outbox.Email, To: "a@x.test", Subject: "b c", Text: "x"})
	pit := m.Mailpit()
	f.Fuzz(func(t *testing.T, query, tz string) {
		w := call(t, pit, "GET", "/api/v1/search?query="+url.QueryEscape(query)+"&tz="+url.QueryEscape(tz))
		if w.Code != 200 && strings.TrimSpace(query) != "" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}

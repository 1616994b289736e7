package mailhog_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// MailHog's session does not end a mail of one dot, and keeps a doubled dot at the very
// beginning.
func TestDotsArriveAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, content := range []string{"", ".\r\n", "..\r\n", ".a\r\n..b\r\n.\r\n...\r\nc\r\n", "\r\n.\r\n", "a\r\n"} {
		c, err := smtp.Dial(m.addr)
		if err != nil {
			t.Fatal(err)
		}
		c.Mail("a@x.test")
		c.Rcpt("b@x.test")
		w, err := c.Data() // net/smtp doubles the dots
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, content)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		c.Quit()
		last, _ := m.box.Latest()
		raw := string(last.Raw)
		_, got, _ := strings.Cut(raw, "+0000\r\n")
		if want := strings.TrimSuffix(content, "\r\n") + "\r\n"; got != want {
			t.Errorf("%q came as %q", content, got)
		}
	}
	k := m.dial(t)
	k.say(`
		> EHLO x
		< 250
		> MAIL FROM:<a@x.test>
		< 250
		> RCPT TO:<b@x.test>
		< 250
		> DATA
		< 354
		> .
		< 250
		> MAIL FROM:<a@x.test>
		< 250
		> RCPT TO:<b@x.test>
		< 250
		> DATA
		< 354
		> ..first
		> .
		< 250 Ok: queued as msg_00000008@mockauth0.test
		> QUIT
		< 221`)
	k.over()
	if m, _ := m.box.Latest(); !bytes.HasSuffix(m.Raw, []byte("\r\n.first\r\n")) {
		t.Errorf("raw %q", m.Raw)
	}
}

func TestCommandsMayComeInOnePiece(t *testing.T) {
	t.Parallel()
	m := start(t)
	k := m.dial(t)
	io.WriteString(k, "EHLO x\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nSubject: x\r\n\r\ny\r\n.\r\nNOOP\r\nQUIT\r\n")
	k.say("< 250\n< 250\n< 250\n< 354\n< 250\n< 250\n< 221")
	if got, ok := m.box.Latest(); !ok || got.Subject != "x" || got.Text != "y\n" {
		t.Errorf("%+v", got)
	}
}

// MailHog's session needs time for lines × bytes to read a mail.
func TestMailsThatAreTooLargeAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, reply string }{
		{"bytes", strings.Repeat(strings.Repeat("x", 1022)+"\r\n", 513), "552 message too large"},
		{"lines", strings.Repeat("x\r\n", 8193), "552 message has too many lines"},
		{"one line", strings.Repeat("x", 600<<10), "552 message too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := start(t)
			k := m.dial(t)
			k.say("> EHLO x\n< 250\n> MAIL FROM:<a@x.test>\n< 250\n> RCPT TO:<b@x.test>\n< 250\n> DATA\n< 354")
			go io.WriteString(k, c.content) // it may be cut off
			k.expect(c.reply)
			k.Close()
			if n := m.Rejected(); n != 1 {
				t.Errorf("rejected %d", n)
			}
			if n, _ := m.box.Counts(); n != 0 {
				t.Errorf("%d messages", n)
			}
			m.send(t, "a@x.test", "b@x.test", "Subject: x\n\nthe next one comes")
		})
	}
	t.Run("a command", func(t *testing.T) {
		t.Parallel()
		k := start(t).dial(t)
		go io.WriteString(k, "EHLO "+strings.Repeat("x", 5000))
		k.expect("500 line too long")
	})
	// What fits is taken, many times in one session.
	m := start(t)
	c, err := smtp.Dial(m.addr)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c.Mail("a@x.test")
		c.Rcpt("b@x.test")
		w, err := c.Data()
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, strings.Repeat(strings.Repeat("x", 510)+"\r\n", 600))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	c.Quit()
	if n, _ := m.box.Counts(); n != 3 {
		t.Errorf("%d messages", n)
	}
}

func TestControlCharactersInCommandsReachNoHeader(t *testing.T) {
	t.Parallel()
	m := start(t)
	k := m.dial(t)
	io.WriteString(k, "EHLO x\rX-Evil: 1\r\nMAIL FROM:<a\r@x.test>\r\nRCPT TO:<b\x00@x.test>\r\nDATA\r\n\r\ny\r\n.\r\n")
	k.say("< 250\n< 250\n< 250\n< 354\n< 250")
	got, _ := m.box.Latest()
	if got.To != "b?@x.test" || !bytes.HasPrefix(got.Raw, []byte("Return-Path: <a?@x.test>\r\nReceived: from x?X-Evil: 1 by ")) {
		t.Errorf("to %q, raw %q", got.To, got.Raw)
	}
}

// The session of a silent client ends, and leaves nothing behind.
func TestASilentClientIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Time{}, true)
		m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{Clock: c}), Now: c.Now})
		ln := servertest.NewPipes()
		served := make(chan error)
		go func() { served <- m.ServeSMTP(ln) }()
		client := ln.Dial()
		if _, err := client.Read(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := client.Read(make([]byte, 100)); !errors.Is(err, io.EOF) {
			t.Errorf("the read ends with %v", err)
		}
		if d := time.Since(began); d != 5*time.Minute {
			t.Errorf("after %v", d)
		}
		m.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// A page of any site can make a browser send anything to a port that browsers do not
// block, such as 1025.
func TestAWebPageSendsNoMail(t *testing.T) {
	t.Parallel()
	m := start(t)
	script := "EHLO x\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nSubject: x\r\n\r\ny\r\n.\r\nQUIT\r\n"
	for _, method := range []string{"POST", "PUT", "GET"} {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+m.addr+"/", strings.NewReader(script))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "text/plain")
		k := m.dial(t)
		if err := req.Write(k); err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, k.in) // it ends, if only by a reset: what was sent is not read
	}
	if n := len(m.box.All()); n != 0 {
		t.Errorf("%d mails came", n)
	}
	if got := m.Rejected(); got != 3 {
		t.Errorf("%d are counted as refused", got)
	}
}

// Other protocols get one reply, at once, and the connection is closed. A client of TLS
// sends no line end, and waits for an answer.
func TestOtherProtocolsAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	hello := &bytes.Buffer{}
	_ = tls.Client(onlyWrites{hello}, &tls.Config{ServerName: "localhost"}).HandshakeContext(t.Context())
	for words, reply := range map[string]string{
		"POST /?a HTTP/1.0\r\n":                         "421 this port speaks SMTP\r\n",
		"GET /\r\n":                                     "421 this port speaks SMTP\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n":              "421 this port speaks SMTP\r\n",
		"CONNECT x.test:25 HTTP/1.1\r\n":                "421 this port speaks SMTP\r\n",
		"DESCRIBE rtsp://localhost/ RTSP/1.0\r\n":       "421 this port speaks SMTP\r\n",
		"INVITE sip:a@x.test SIP/2.0\r\n":               "421 this port speaks SMTP\r\n",
		"SSH-2.0-OpenSSH_9.9\r\n":                       "421 this port speaks SMTP\r\n",
		"\x16\x03\x01":                                  "421 this port speaks SMTP without TLS\r\n",
		hello.String():                                  "421 this port speaks SMTP without TLS\r\n",
		"OPTIONS / RTSP/1.0\r\nEHLO x\r\nEHLO y\r\n":    "421 this port speaks SMTP\r\n",
		"EHLO x\r\nRSET\r\nHEAD / HTTP/1.1\r\nQUIT\r\n": "421 this port speaks SMTP\r\n",
	} {
		m := start(t)
		k := m.dial(t)
		if strings.HasPrefix(words, "EHLO") {
			k.say("> EHLO x\n< 250\n> RSET\n< 250")
			words = strings.TrimPrefix(words, "EHLO x\r\nRSET\r\n")
		}
		_, _ = io.WriteString(k, words)
		got, _ := io.ReadAll(k.in) // it ends, if only by a reset: what was sent is not read
		if string(got) != reply || m.Rejected() != 1 {
			t.Errorf("%.40q: the reply is %q, %d are counted", words, got, m.Rejected())
		}
	}
	// Words of a mail are no other protocol.
	m := start(t)
	m.send(t, "get@x.test", "b@x.test", "Subject: x\n\nGET / HTTP/1.1\nPRI * HTTP/2.0\n")
	if n := len(m.box.All()); n != 1 {
		t.Errorf("%d mails came", n)
	}
}

// onlyWrites is a connection from which nothing comes.
type onlyWrites struct{ *bytes.Buffer }

func (onlyWrites) Read([]byte) (int, error)         { return 0, io.EOF }
func (onlyWrites) Close() error                     { return nil }
func (onlyWrites) LocalAddr() net.Addr              { return nil }
func (onlyWrites) RemoteAddr() net.Addr             { return nil }
func (onlyWrites) SetDeadline(time.Time) error      { return nil }
func (onlyWrites) SetReadDeadline(time.Time) error  { return nil }
func (onlyWrites) SetWriteDeadline(time.Time) error { return nil }

// A mail has a limited number of recipients. It goes to those that were accepted.
func TestTooManyRecipientsAreRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	long := strings.Repeat("x", 3000)
	for address, most := range map[string]int{"user%d@x.test": 1000, "user%d@" + long: 21} {
		k := m.dial(t)
		k.say("> EHLO x\n< 250\n> MAIL FROM:<a@x.test>\n< 250")
		for i := range most {
			k.say("> RCPT TO:<" + fmt.Sprintf(address, i) + ">\n< 250")
		}
		k.say("> RCPT TO:<" + fmt.Sprintf(address, 9999) + ">\n< 452 too many recipients\n> DATA\n< 354\n> x\n> .\n< 250")
		if got, _ := m.box.Latest(); len(got.Recipients) != most {
			t.Errorf("it came for %d", len(got.Recipients))
		}
		// The next mail counts from the start.
		k.say("> MAIL FROM:<a@x.test>\n< 250\n> RCPT TO:<b@x.test>\n< 250\n> QUIT\n< 221")
	}
}

// The mail of a correct client arrives as it was sent.
func FuzzData(f *testing.F) {
	f.Add("Subject: x\r\n\r\ny\r\n")
	f.Add(".\r\n..\r\n.x")
	f.Add("")
	box := outbox.New(outbox.Options{Max: 1})
	m := mailhog.New(mailhog.Options{Box: box})
	ln := servertest.NewPipes()
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
		client := ln.Dial()
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

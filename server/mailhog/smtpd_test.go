package mailhog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/smtp"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestAnAppsMailLandsInTheOutbox(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.send(t, "app@x.test", "Ada@example.com,bob@example.com", `From: =?iso-8859-1?Q?B=FCcher?= <app@x.test>
To: Ada@example.com
Subject: =?utf-8?B?R3LDvMOfZQ==?=
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

F=FCr Sie: 123456, oder 7890.
..und ein Punkt
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGEgaHJlZj0iaHR0cHM6Ly94LnRlc3QvP2E9MSZhbXA7Yj0yIj5oaWVyPC9hPg==
--b--
`)
	list := m.box.All()
	if len(list) != 1 {
		t.Fatalf("%d messages", len(list))
	}
	got := list[0]
	raw := string(got.Raw)
	got.Raw = nil
	want := outbox.Message{
		ID: "msg_00000001", Seq: 1, Kind: outbox.SMTP, To: "Ada@example.com", Recipients: []string{"Ada@example.com", "bob@example.com"},
		From: "Bücher <app@x.test>", Subject: "Grüße", Text: "Für Sie: 123456, oder 7890.\n..und ein Punkt", HTML: `<a href="https://x.test/?a=1&amp;b=2">hier</a>`,
		Codes: []string{"123456", "7890"}, Links: []string{"https://x.test/?a=1&b=2"}, State: outbox.Delivered, CreatedAt: ten, DeliveredAt: ten,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if !strings.HasPrefix(raw, "Return-Path: <app@x.test>\r\nReceived: from localhost by mockauth0.test (mockauth0) with SMTP;\r\n Tue, 01 Jan 2030 10:00:00 +0000\r\nFrom: =?iso") ||
		!strings.HasSuffix(raw, "\r\n--b--\r\n") {
		t.Errorf("raw %q", raw)
	}
	if _, ok := m.box.Latest(outbox.To("ada@example.com")); !ok {
		t.Error("case counts")
	}
	if _, ok := m.box.Latest(outbox.Live()); ok {
		t.Error("an application's code is redeemable")
	}
}

// MailHog's session hangs at a mail of one dot and keeps a dot that was doubled
// at the very beginning.
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

// MailHog's session takes lines × bytes to read a mail.
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

func TestPartsThatAreNestedTooDeepAreRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	var content strings.Builder
	for i := range 30 {
		fmt.Fprintf(&content, "Content-Type: multipart/mixed; boundary=b%02d\r\n\r\n--b%02d\r\n", i, i)
	}
	err := smtp.SendMail(m.addr, nil, "a@x.test", []string{"b@x.test"}, []byte(content.String()))
	if err == nil || !strings.HasPrefix(err.Error(), "452") {
		t.Errorf("the reply is %v", err)
	}
}

// A client that says nothing is let go, and nothing remains of it.
func TestASilentClientIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Time{}, true)
		m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{Clock: c}), Now: c.Now})
		ln := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		served := make(chan error)
		go func() { served <- m.ServeSMTP(ln) }()
		client, server := net.Pipe()
		ln.conns <- server
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

// pipes is a listener in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// Close ends sessions in the middle of anything. goleak looks after the rest.
func TestCloseEndsWhateverIsUnderWay(t *testing.T) {
	t.Parallel()
	for range 5 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			m := start(t)
			var clients sync.WaitGroup
			for i := range 8 {
				clients.Go(func() {
					for {
						if smtp.SendMail(m.addr, nil, "a@x.test", []string{fmt.Sprintf("b%d@x.test", i)}, []byte("Subject: x\r\n\r\ny")) != nil {
							return
						}
					}
				})
			}
			m.dial(t) // and never speaks
			m.dial(t).say("> EHLO x\n< 250\n> MAIL FROM:<a@x.test>\n< 250\n> RCPT TO:<b@x.test>\n< 250\n> DATA\n< 354\n> half a mail")
			api := m.API()
			for range 20 {
				call(t, api, "GET", "/api/v2/messages")
				call(t, api, "GET", "/api/v2/search?kind=to&query=b1")
			}
			if err := m.Close(); err != nil {
				t.Error(err)
			}
			clients.Wait()
			if err := m.Close(); err != nil { // twice does no harm
				t.Error(err)
			}
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			if err := m.ServeSMTP(ln); err != nil {
				t.Errorf("ServeSMTP after Close: %v", err)
			}
		})
	}
}

func TestTooManySessionsAreRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	first := m.dial(t)
	for range 255 {
		m.dial(t)
	}
	c, err := net.Dial("tcp", m.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got, _ := io.ReadAll(c); string(got) != "421 too many connections\r\n" || m.Rejected() != 1 {
		t.Errorf("got %q, rejected %d", got, m.Rejected())
	}
	first.say("> QUIT\n< 221")
	first.over()
}

func TestServeSMTPTellsThatItsListenerFailed(t *testing.T) {
	t.Parallel()
	m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{})})
	defer m.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := m.ServeSMTP(ln); !errors.Is(err, net.ErrClosed) {
		t.Errorf("it returns %v", err)
	}
}

// Not parallel: the standard logger is the process's. All of MailHog's lines
// are dropped, all of the host's stay, and the logger is as before in the end.
func TestTheHostsLoggerHearsNothing(t *testing.T) {
	before := log.Writer()
	defer log.SetOutput(before)
	var out safeBuffer
	log.SetOutput(&out)
	m := start(t)
	m.send(t, "a@x.test", "b@x.test", "Subject: x\n\nsecret 123456")
	log.Print("the host speaks")
	for m.Sessions() > 0 {
		runtime.Gosched() // its last line comes after the client's
	}
	// A host that replaces the output is heard there, and MailHog still is not.
	var later safeBuffer
	log.SetOutput(&later)
	m.send(t, "a@x.test", "b@x.test", "Subject: x\n\nsecret 123456")
	log.Print("the host speaks again")
	m.Close()
	if got := out.String(); !strings.HasSuffix(got, "the host speaks\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("the log is\n%s", got)
	}
	if got := later.String(); !strings.HasSuffix(got, "the host speaks again\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("the later log is\n%s", got)
	}
	if log.Writer() != &later {
		t.Errorf("the output is %T after Close", log.Writer())
	}
}

type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func TestOurOwnLogTellsOfAMail(t *testing.T) {
	t.Parallel()
	var out safeBuffer
	m := start(t, func(o *mailhog.Options) { o.Log = slog.New(slog.NewTextHandler(&out, nil)) })
	m.send(t, "a@x.test", "b@x.test", "Subject: Hello\n\nYour code: 123456")
	m.Close()
	if got := out.String(); !strings.Contains(got, `msg="The app sent a mail to b@x.test" kind=smtp subject=Hello codes=123456`) {
		t.Errorf("the log is %s", got)
	}
}

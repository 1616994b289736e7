package mailhog_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A talk is an SMTP session of a test.
type talk struct {
	t  *testing.T
	in *bufio.Reader
	net.Conn
}

func (m *mailbox) dial(t *testing.T) *talk {
	t.Helper()
	c, err := net.Dial("tcp", m.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	k := &talk{t, bufio.NewReader(c), c}
	k.expect("220")
	return k
}

// say sends lines and expects replies: "> line", "< 250".
func (k *talk) say(script string) {
	k.t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
		mark, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if mark == ">" {
			fmt.Fprintf(k, "%s\r\n", text)
		} else {
			k.expect(text)
		}
	}
}

func (k *talk) expect(reply string) {
	k.t.Helper()
	for {
		line, err := k.in.ReadString('\n')
		if err != nil {
			k.t.Fatalf("waiting for %q: %v", reply, err)
		}
		if len(line) > 3 && line[3] == '-' {
			continue
		}
		if !strings.HasPrefix(line, reply) {
			k.t.Fatalf("got %q, want %q", line, reply)
		}
		return
	}
}

// over checks that the server has closed the connection.
func (k *talk) over() {
	k.t.Helper()
	if rest, err := io.ReadAll(k.in); len(rest) > 0 {
		k.t.Errorf("got %q before the end (%v)", rest, err)
	}
}

// Bounces and other automatic mails have no sender (RFC 5321, 4.5.5).
func TestAMailWithoutASenderIsAccepted(t *testing.T) {
	t.Parallel()
	m, real := start(t), start(t)
	m.relayed(t, real.addr)
	m.dial(t).say(`> EHLO x
< 250
> MAIL FROM:<>
< 250 Sender <> ok
> RCPT TO:<ada@example.com>
< 250
> DATA
< 354
> Subject: It did not arrive
>
> x
> .
< 250
> mail from: <> BODY=8BITMIME
< 250 Sender <> ok
> RSET
< 250
> MAIL FROM:<bob@example.com>
< 250 Sender bob@example.com ok
> QUIT
< 221`)
	got, ok := m.box.Get("msg_00000001")
	if !ok || got.From != "" || got.Subject != "It did not arrive" || !strings.HasPrefix(string(got.Raw), "Return-Path: <>\r\n") {
		t.Errorf("%+v %q", got, got.Raw)
	}
	if relay := m.settled(t, got.ID); relay.State != "sent" {
		t.Errorf("%+v", relay)
	}
	for _, h := range []http.Handler{m.API(), m.Mailpit()} {
		if w := call(t, h, "GET", "/api/v1/messages"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "It did not arrive") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// The log says which command was refused and why. It has no passwords.
func TestTheLogTellsOfARefusedCommand(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := start(t, with(t, rule("bob@*", scenarios.Then{Respond: &scenarios.Respond{Status: 451, Body: "later"}})),
		func(o *mailhog.Options) { o.Log = slog.New(slog.NewTextHandler(&out, nil)) })
	m.dial(t).say(`> RCPT TO:<ada@example.com>
< 500
> EHLO x
< 250
> STARTTLS
< 500
> AUTH GSSAPI czNjcjN0
< 504
> AUTH PLAIN
< 334
> AGFkYQBzM2NyM3Q=
< 235
> AUTH PLAIN
< 334
> czNjcjN0
< 550
> VRFY ada
< 500
> MAIL FROM:ada@example.com
< 550
> MAIL FROM:<ada@example.com>
< 250
> RCPT TO:bob@example.com
< 550
> RCPT TO:<bob@example.com>
< 451
> DATA
< 354
> Subject: x
>
> x
> .
< 452
> QUIT
< 221`)
	m.Close()
	log := out.String()
	for _, want := range []string{
		`"An SMTP command is refused: it comes out of order: EHLO, AUTH if at all, MAIL, RCPT, DATA" command="RCPT TO:<ada@example.com>" reply="500 Unrecognised command" from=127.0.0.1:`,
		`refused: this port speaks SMTP without TLS" command=STARTTLS`,
		`refused: Unsupported authentication mechanism" command="AUTH GSSAPI …"`,
		`refused: Badly formed parameter" command="a line of AUTH"`,
		`refused: this mail server does not know the command" command="VRFY ada"`,
		`refused: write MAIL FROM:<address>, with the angle brackets" command="MAIL FROM:ada@example.com"`,
		`refused: write RCPT TO:<address>, with the angle brackets" command="RCPT TO:bob@example.com"`,
		`refused: the scenario x/r says so" command="RCPT TO:<bob@example.com>" reply="451 later"`,
		`refused: it has no recipient" command="the mail after DATA" reply="452 Unable to store message"`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if strings.Count(log, "\n") != 9 || strings.Contains(log, "M2Ny") || strings.Contains(log, "czNj") || t.Failed() {
		t.Errorf("the log is\n%s", log)
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

// starved is a listener that has no files for its first connections.
type starved struct {
	*servertest.Pipes
	failures int
}

func (f *starved) Accept() (net.Conn, error) {
	if f.failures > 0 {
		f.failures--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return f.Pipes.Accept()
}

// Without files for a connection there is one line in the log, and the server
// takes the connection as soon as there are some. The time is synctest's.
func TestServeSMTPWaitsForFiles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log servertest.LogBuffer
		m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{}), Log: slog.New(slog.NewTextHandler(&log, nil))})
		ln := &starved{servertest.NewPipes(), 100}
		served := make(chan error)
		began := time.Now()
		go func() { served <- m.ServeSMTP(ln) }()
		client := ln.Dial()
		if took := time.Since(began); took > 100*20*time.Millisecond {
			t.Errorf("it took %s", took)
		}
		if said := log.Take(); strings.Count(said, "\n") != 1 || !strings.Contains(said, syscall.EMFILE.Error()) {
			t.Errorf("the log says %q", said)
		}
		client.Close()
		m.Close()
		<-served
	})
}

// Whatever a client says, the session ends when the client closes the connection. Then
// all APIs can show what is in the outbox.
func FuzzSession(f *testing.F) {
	f.Add([]byte("EHLO x\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nSubject: x\r\n\r\ny\r\n.\r\nQUIT\r\n"))
	f.Add([]byte("HELO\nMAIL FROM:<a>\nRCPT TO:<@r:b>\nDATA\n.\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nContent-Type: multipart/x; boundary=b\r\n\r\n--b\r\n..\r\n.\r\n"))
	f.Add([]byte("EHLO x\r\nAUTH PLAIN\r\n\r\nAUTH LOGIN\r\nx\r\ny\r\nAUTH CRAM-MD5\r\n\x00\r\nRSET\r\nSTARTTLS\r\n"))
	box := outbox.New(outbox.Options{Max: 5})
	m := mailhog.New(mailhog.Options{Box: box})
	ln := servertest.NewPipes()
	served := make(chan error)
	go func() { served <- m.ServeSMTP(ln) }()
	f.Cleanup(func() {
		m.Close()
		<-served
	})
	mailHog, mailpit := m.API(), m.Mailpit()
	f.Fuzz(func(t *testing.T, words []byte) {
		if len(words) > 64<<10 {
			return
		}
		client := ln.Dial()
		heard := make(chan struct{})
		go func() {
			defer close(heard)
			_, _ = io.Copy(io.Discard, client)
		}()
		_, _ = client.Write(words) // or as much as it takes
		client.Close()
		<-heard
		for _, path := range []string{"/api/v2/messages", "/api/v1/messages", "/api/v2/search?kind=containing&query=x"} {
			if w := call(t, mailHog, "GET", path); w.Code != 200 {
				t.Fatalf("%s: %d", path, w.Code)
			}
		}
		for _, path := range []string{"/api/v1/messages", "/api/v1/search?query=x"} {
			if w := call(t, mailpit, "GET", path); w.Code != 200 {
				t.Fatalf("%s: %d", path, w.Code)
			}
		}
		for _, sent := range box.All() {
			if sent.OTPState != "" {
				t.Fatalf("%s can be redeemed", sent.ID)
			}
			call(t, mailpit, "GET", "/api/v1/message/"+sent.ID)
			call(t, mailpit, "GET", "/api/v1/message/"+sent.ID+"/headers")
			call(t, mailHog, "GET", "/api/v1/messages/"+sent.ID+"/mime/part/1/download")
			if !strings.HasPrefix(string(sent.Raw), "Return-Path: <") {
				t.Fatalf("raw %q", sent.Raw)
			}
		}
	})
}

func BenchmarkSMTP(b *testing.B) {
	for _, size := range []int{1, 64 << 10, 500 << 10} {
		b.Run(fmt.Sprintf("%d bytes", size), func(b *testing.B) {
			m := mailhog.New(mailhog.Options{Box: outbox.New(outbox.Options{Max: 10})})
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			served := make(chan error)
			go func() { served <- m.ServeSMTP(ln) }()
			content := []byte("Subject: x\r\n\r\n" + strings.Repeat(strings.Repeat("x", 74)+"\r\n", 1+size/76))
			for b.Loop() {
				if err := smtp.SendMail(ln.Addr().String(), nil, "a@x.test", []string{"b@x.test"}, content); err != nil {
					b.Fatal(err)
				}
			}
			m.Close()
			<-served
		})
	}
}

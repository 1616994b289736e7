package mailhog_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/mailhog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ten = time.Date(2030, 1, 1, 10, 0, 0, 0, time.UTC)

// A mailbox is a Server under test, with a stopped clock.
type mailbox struct {
	*mailhog.Server
	box  *outbox.Box
	addr string // of the mail server
}

func start(t *testing.T, change ...func(*mailhog.Options)) *mailbox {
	t.Helper()
	c := clock.New(ten, false)
	box := outbox.New(outbox.Options{Clock: c})
	o := mailhog.Options{Box: box, Now: c.Now}
	for _, f := range change {
		f(&o)
	}
	m := &mailbox{Server: mailhog.New(o), box: box}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- m.ServeSMTP(ln) }()
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Errorf("ServeSMTP: %v", err)
		}
	})
	return m
}

// send sends a mail as an application would.
func (m *mailbox) send(t *testing.T, from, to, content string) {
	t.Helper()
	if err := smtp.SendMail(m.addr, nil, from, strings.Split(to, ","), []byte(strings.ReplaceAll(content, "\n", "\r\n"))); err != nil {
		t.Fatal(err)
	}
}

// otp puts a code into the outbox, as the tenant does.
func (m *mailbox) otp(to, code string) outbox.Message {
	return m.box.Add(outbox.Message{
		Kind: outbox.Email, To: to, From: "Acme <no-reply@mockauth0.test>", Subject: "Your code is " + code, Code: code,
		Text: "Your code is: " + code + "\n", HTML: "<p>Your code is: <strong>" + code + "</strong></p>\n",
	})
}

// call is one call of an HTTP API.
func call(t *testing.T, h http.Handler, method, path string, body ...string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(strings.Join(body, ""))))
	return w
}

// A talk is an SMTP session, word by word.
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

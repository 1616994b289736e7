package mailhog_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"sync"
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

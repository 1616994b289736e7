package mailhog

import (
	"bytes"
	"log"
	"net"
	"net/smtp"
	"runtime"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/outbox"
)

// The filter drops all of MailHog's lines and none of the host's, and in the end the
// logger is as before. The test is not parallel: the process has one standard logger.
func TestTheHostsLoggerGetsNoLineOfMailHog(t *testing.T) {
	before := log.Writer()
	defer log.SetOutput(before)
	var out, later bytes.Buffer
	log.SetOutput(&out)
	m := New(Options{Box: outbox.New(outbox.Options{})})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- m.ServeSMTP(ln) }()
	send := func() {
		t.Helper()
		if err := smtp.SendMail(ln.Addr().String(), nil, "a@x.test", []string{"b@x.test"}, []byte("Subject: x\r\n\r\nsecret 123456")); err != nil {
			t.Fatal(err)
		}
	}
	send()
	log.Print("the host speaks")
	for open := 1; open > 0; runtime.Gosched() { // a session writes its last line after the client's end
		m.mu.Lock()
		open = len(m.sessions)
		m.mu.Unlock()
	}
	log.SetOutput(&later) // a host may replace the output, which removes the filter
	send()
	log.Print("the host speaks again")
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ got, want string }{{out.String(), "the host speaks\n"}, {later.String(), "the host speaks again\n"}} {
		if !strings.HasSuffix(c.got, c.want) || strings.Count(c.got, "\n") != 1 {
			t.Errorf("the log is\n%swant %s", c.got, c.want)
		}
	}
	if log.Writer() != &later {
		t.Errorf("the output is %T after Close", log.Writer())
	}
}

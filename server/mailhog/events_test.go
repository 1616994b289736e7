package mailhog_test

import (
	"bufio"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/outbox"
)

func TestMailsAreStreamedAsTheyArrive(t *testing.T) {
	t.Parallel()
	m := start(t)
	old := m.otp("ada@example.com", "1")
	srv := httptest.NewServer(m.API())
	defer srv.Close()
	res, err := srv.Client().Get(srv.URL + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type %s", got)
	}
	m.box.SetOTPState(old.ID, outbox.Used) // is no new mail
	m.box.Add(outbox.Message{Kind: outbox.SMS, To: "+12025550101"})
	in := bufio.NewReader(res.Body)
	next := func() data.Message {
		t.Helper()
		var event strings.Builder
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if line == "\n" {
				return decode[data.Message](t, event.String())
			}
			text, ok := strings.CutPrefix(line, "data: ")
			if !ok {
				t.Fatalf("a line is %q", line)
			}
			event.WriteString(text)
		}
	}
	m.otp("bob@example.com", "2")
	if got := next(); got.ID != "msg_00000003@mockauth0.test" {
		t.Errorf("the first is %s", got.ID)
	}
	m.box.Delete() // and a new epoch
	m.send(t, "a@x.test", "b@x.test", "Subject: x\n\ny")
	if got := next(); got.ID != "msg_00000004@mockauth0.test" || got.Raw.Helo != "localhost" {
		t.Errorf("the second is %s", got.ID)
	}
	m.Close() // ends the stream
	if rest, err := in.ReadString('\n'); rest != "" || err == nil {
		t.Errorf("%q after Close", rest)
	}
}

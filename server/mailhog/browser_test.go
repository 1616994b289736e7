package mailhog_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// A page of any site may post what it likes to any port that browsers know
// nothing of, such as 1025.
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
	k := m.dial(t)
	k.say(`
		> POST /?a HTTP/1.0
		< 421
	`)
	k.over()
	if n := len(m.box.All()); n != 0 {
		t.Errorf("%d mails came", n)
	}
	if got := m.Rejected(); got != 4 {
		t.Errorf("%d are counted as refused", got)
	}
}

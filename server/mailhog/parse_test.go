package mailhog_test

import (
	"net/smtp"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/mailhog/data"

	"github.com/mockauth0/mockauth0/server/mailhog"
)

// What the mail server allocates for a mail is a small multiple of its bytes, whatever
// lines and parts the mail has. MailHog's session and parser copy it for each line. The
// test is not parallel, since it counts what the whole process allocates.
func TestTheWorkForAMailIsLinear(t *testing.T) {
	m := start(t)
	parts := "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nA: b\r\n\r\nx\r\n", 900)
	for name, mail := range map[string]string{
		"8,000 lines":                 "Subject: x\r\n\r\n" + strings.Repeat(strings.Repeat("x", 55)+"\r\n", 8000),
		"a header of 8,000 lines":     "Subject: x\r\n" + strings.Repeat(" "+strings.Repeat("x", 55)+"\r\n", 8000) + "\r\nx\r\n",
		"a header of 8,000, repeated": strings.Repeat("X-A: b\r\n c\r\n", 4000) + "\r\nx\r\n",
		"900 parts":                   parts,
		"encoded words":               "From: " + strings.Repeat("=?koi8-r?b?4Q==?=\r\n ", 8000) + "<a@x.test>\r\n\r\nx\r\n",
		"words of several charsets":   "From: " + strings.Repeat("=?koi8-r?b?4Q==?=\r\n =?big5?q?a?=\r\n ", 4000) + "<a@x.test>\r\n\r\nx\r\n",
		"words that do not end":       "Subject: " + strings.Repeat("=?utf-8?q?", 40_000) + "\r\n\r\nx\r\n",
		"broken parameters":           "Content-Type: text/plain" + strings.Repeat("; name*0*=koi8-r''%E1", 20_000) + ";;\r\n\r\nx\r\n",
		"names of files":              "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: a/b; name="+strings.Repeat("x", 4500)+"\r\n\r\nx\r\n", 99),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := smtp.SendMail(m.addr, nil, "a@x.test", []string{"b@x.test"}, []byte(mail)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if w := call(t, m.API(), "GET", "/api/v2/messages?limit=1"); w.Code != 200 {
			t.Errorf("%s: %d", name, w.Code)
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 256<<20 { // mostly under 25 MB; under the race detector pools forget, and it is up to 130
			t.Errorf("%s: %d MB are allocated for %d bytes", name, got>>20, len(mail))
		}
	}
}

func TestAMailWithTooManyPartsIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	for n, want := range map[int]string{999: "", 1001: "452 "} {
		mail := "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\n", n)
		err := smtp.SendMail(m.addr, nil, "a@x.test", []string{"b@x.test"}, []byte(mail))
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%d parts: %v", n, err)
		}
	}
}

// A mail is read as MailHog's own parser does.
func FuzzParse(f *testing.F) {
	f.Add("Subject: a\r\n b\r\nno header\r\n\tc\r\n: d\r\n e\r\nSubject: f\r\n\r\nbody\r\n")
	f.Add("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/x; boundary=b\r\n\r\n--b--bx\r\n--a--")
	f.Add("Message-id: x\r\nRECEIVED: y\r\nreturn-path: z\r\n\r\n")
	f.Add(" folded\r\nContent-Type: multipart/x\r\n\r\n--")
	f.Fuzz(func(t *testing.T, text string) {
		e := &data.SMTPMessage{From: "a@x.test", To: []string{"@r:b@x.test"}, Helo: "h", Data: text}
		got, err := mailhog.Parse(e)
		if err != nil || len(text) > 32<<10 {
			return
		}
		want := e.Parse("mockauth0.test")
		for _, m := range []*data.Message{got, want} { // an id and a time differ
			for name := range m.Content.Headers {
				switch strings.ToLower(name) {
				case "message-id", "received", "return-path":
					delete(m.Content.Headers, name)
				}
			}
		}
		if !reflect.DeepEqual(got.Content, want.Content) || !reflect.DeepEqual(got.MIME, want.MIME) || !reflect.DeepEqual(got.To, want.To) || !reflect.DeepEqual(got.From, want.From) {
			t.Errorf("%q:\n%+v\n%+v", text, got.Content, want.Content)
		}
	})
}

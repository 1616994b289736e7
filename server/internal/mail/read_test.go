package mail_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mockauth0/mockauth0/server/internal/mail"
)

func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func TestCharsetsAndEncodingsAreDecoded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, subject, text string }{
		"plain":                         {"Subject: Hi\n\nhello\n", "Hi", "hello\n"},
		"latin 1, quoted":               {"Subject: =?ISO-8859-1?Q?Gr=FC=DFe_an_alle?=\nContent-Type: text/plain; charset=ISO-8859-1\nContent-Transfer-Encoding: Quoted-Printable\n\nGr=FC=\n=DFe\n", "Grüße an alle", "Grüße\n"},
		"windows-1252, 8 bit":           {"Content-Type: text/plain; charset=windows-1252\n\n\x805,00 \x93x\x94\n", "", "€5,00 “x”\n"},
		"latin 9":                       {"Content-Type: text/plain; charset=iso-8859-15\n\n\xa4\n", "", "€\n"},
		"utf-8, base64":                 {"Subject: =?utf-8?b?R3LDvMOf?= =?utf-8?b?ZQ==?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOf\nZQ==\n", "Grüße", "Grüße"},
		"broken base64":                 {"Content-Transfer-Encoding: base64\n\naGVsbG8=!!\n", "", "hello"},
		"shift_jis":                     {"Content-Type: text/plain; charset=shift_jis\n\n\x82\xb1\n", "", "こ\n"},
		"us-ascii that is UTF-8":        {"Content-Type: text/plain; charset=us-ascii\n\nü\n", "", "ü\n"},
		"a charset nobody knows":        {"Subject: =?x-klingon?q?a?=\nContent-Type: text/plain; charset=x-klingon\n\na\xffb", "a", "a\ufffdb"},
		"no header":                     {"just text", "", "just text"},
		"a broken header":               {"broken\nSubject: x\n\ntext", "", "text"},
		"a broken Content-Type":         {"Content-Type: ;;;\n\ntext", "", "text"},
		"a subject that hides a header": {"Subject: =?utf-8?b?YQ0KQmNjOiB4?=\n\n", "a  Bcc: x", ""},
	} {
		got := mail.Read(crlf(c.raw))
		if got.Subject != c.subject || got.Text != c.text {
			t.Errorf("%s: subject %q, text %q", name, got.Subject, got.Text)
		}
	}
}

func TestPartsAreFound(t *testing.T) {
	t.Parallel()
	got := mail.Read(crlf(`Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

first
--b
Content-Type: text/html

<p>page</p>
--b--
--a
Content-Type: text/plain
Content-Disposition: attachment; filename="=?utf-8?q?=C3=BC.txt?="

attached
--a
Content-Type: image/png; name=l.png
Content-ID: <logo>
Content-Transfer-Encoding: base64

aGVsbG8=
--a
Content-Type: text/plain

second
--a--
`))
	if got.Text != "first" || got.HTML != "<p>page</p>" {
		t.Errorf("text %q, html %q", got.Text, got.HTML)
	}
	want := []mail.Attachment{
		{Part: "2", FileName: "ü.txt", ContentType: "text/plain", Content: []byte("attached")},
		{Part: "3", FileName: "l.png", ContentType: "image/png", ContentID: "logo", Inline: true, Content: []byte("hello")},
	}
	if !reflect.DeepEqual(got.Attachments, want) {
		t.Errorf("attachments %+v", got.Attachments)
	}
}

// What Read returns is valid and bounded, whatever the bytes are.
func FuzzRead(f *testing.F) {
	f.Add([]byte("Subject: =?utf-8?q?x?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b--\r\n"))
	f.Add([]byte("Content-Type: text/html; charset=latin1\r\n\r\n<a href=https://x.test>123456</a>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := mail.Read(raw)
		for _, s := range append(append([]string{got.From, got.Subject}, got.Codes...), got.Links...) {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n") {
				t.Fatalf("%q", s)
			}
		}
		if !utf8.ValidString(got.Text + got.HTML) {
			t.Fatalf("%q %q", got.Text, got.HTML)
		}
		if len(got.Codes) > 100 || len(got.Links) > 100 || len(got.Attachments) > 100 {
			t.Fatal("too many")
		}
	})
}

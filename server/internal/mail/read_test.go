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

func TestCodesAndLinksAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, html, codes, links string }{
		{"Your code is 123456.", "", "123456", ""},
		{"code:1234, (98765432) \"4711\" 007007!", "", "1234 98765432 4711 007007", ""},
		{"123 123456789 a12345 12345b 2029-12-01 10:30:0000 1,2345 $5000 50.0000 #12345 x=12345 12345@x.test 1234%", "", "", ""},
		{"twice 123456 and 123456", "<b>123456</b>", "123456", ""},
		{"", "<style>p{color:#123456;width:1234}</style><script>x=4321</script><!-- 5555 --><p>Code:<b>&#52;711</b></p>", "4711", ""},
		{"open https://x.test/verify?code=123456&a=b. (or http://y.test/1234)", "", "", "https://x.test/verify?code=123456&a=b http://y.test/1234"},
		{"https://x.test/", `<a class=x HREF='https://x.test/'>a</a><a href="https://z.test/?a=1&amp;b=2">b</a><a href="mailto:a@b">c</a><a href=javascript:x>`, "", "https://x.test/ https://z.test/?a=1&b=2"},
	} {
		raw := "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + c.text + "\n--b\nContent-Type: text/html\n\n" + c.html + "\n--b--\n"
		got := mail.Read(crlf(raw))
		if codes := strings.Join(got.Codes, " "); codes != c.codes {
			t.Errorf("%s%s: codes %q", c.text, c.html, codes)
		}
		if links := strings.Join(got.Links, " "); links != c.links {
			t.Errorf("%s%s: links %q", c.text, c.html, links)
		}
	}
}

// What is read of a mail is valid text, in bounds.
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

package mail_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/mail"
)

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

package mail_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/mail"
)

// Every encoding of the WHATWG's list is decoded: in the subject, in the text, in HTML
// and in file names. The bytes come from Python's codecs.
func TestEveryEncodingIsDecoded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ charset, text, content string }{
		{"utf-8", "認証コード: 123456", "6KqN6Ki844Kz44O844OJOiAxMjM0NTY="},
		{"utf-16le", "認証コード: 123456", "jYo8irMw/DDJMDoAIAAxADIAMwA0ADUANgA="},
		{"utf-16be", "認証コード: 123456", "io2KPDCzMPwwyQA6ACAAMQAyADMANAA1ADY="},
		{"ibm866", "Ваш код: 123456", "gqDoIKqupDogMTIzNDU2"},
		{"iso-8859-2", "Příliš žluťoučký: 123456", "UPjtbGm5IL5sdbtvdehr/TogMTIzNDU2"},
		{"iso-8859-3", "Ĝis la revido: 123456", "2GlzIGxhIHJldmlkbzogMTIzNDU2"},
		{"iso-8859-4", "Jūsų kodas ģ: 123456", "Sv5z+SBrb2RhcyC7OiAxMjM0NTY="},
		{"iso-8859-5", "Ваш код: 123456", "stDoINre1DogMTIzNDU2"},
		{"iso-8859-6", "رمزك: 123456", "0eXS4zogMTIzNDU2"},
		{"iso-8859-7", "Ο κωδικός: 123456", "zyDq+eTp6vzyOiAxMjM0NTY="},
		{"iso-8859-8", "הקוד שלך: 123456", "5Pfl4yD57Oo6IDEyMzQ1Ng=="},
		{"iso-8859-8-i", "הקוד שלך: 123456", "5Pfl4yD57Oo6IDEyMzQ1Ng=="},
		{"iso-8859-10", "Þinn kóði ŋ: 123456", "3mlubiBr8/BpIL86IDEyMzQ1Ng=="},
		{"iso-8859-13", "Jūsų kods ģ: 123456", "Svtz+CBrb2RzIOw6IDEyMzQ1Ng=="},
		{"iso-8859-14", "Eich côd ŵ: 123456", "RWljaCBj9GQg8DogMTIzNDU2"},
		{"iso-8859-15", "Coût 5 € œ: 123456", "Q2/7dCA1IKQgvTogMTIzNDU2"},
		{"iso-8859-16", "Codul șț: 123456", "Q29kdWwguv46IDEyMzQ1Ng=="},
		{"koi8-r", "Ваш код: 123456", "98HbIMvPxDogMTIzNDU2"},
		{"koi8-u", "Ваш код ґї: 123456", "98HbIMvPxCCtpzogMTIzNDU2"},
		{"macintosh", "Grüße “x” ∑: 123456", "R3Kfp2Ug0njTILc6IDEyMzQ1Ng=="},
		{"windows-874", "รหัส: 123456", "w8vRyjogMTIzNDU2"},
		{"windows-1250", "Příliš žluťoučký: 123456", "UPjtbGmaIJ5sdZ1vdehr/TogMTIzNDU2"},
		{"windows-1251", "Ваш код: 123456", "wuD4IOru5DogMTIzNDU2"},
		{"windows-1252", "Grüße “x” €: 123456", "R3L832Ugk3iUIIA6IDEyMzQ1Ng=="},
		{"windows-1253", "Ο κωδικός: 123456", "zyDq+eTp6vzyOiAxMjM0NTY="},
		{"windows-1254", "Şifre ğı: 123456", "3mlmcmUg8P06IDEyMzQ1Ng=="},
		{"windows-1255", "הקוד שלך: 123456", "5Pfl4yD57Oo6IDEyMzQ1Ng=="},
		{"windows-1256", "رمزك: 123456", "0ePS3zogMTIzNDU2"},
		{"windows-1257", "Jūsų kods ģ: 123456", "Svtz+CBrb2RzIOw6IDEyMzQ1Ng=="},
		{"windows-1258", "Đơn ê: 123456", "0PVuIOo6IDEyMzQ1Ng=="},
		{"x-mac-cyrillic", "Ваш код: 123456", "guD4IOru5DogMTIzNDU2"},
		{"gbk", "您的验证码㐂ŉ𠮷: 123456", "xPq1xNHp1qTC64E57zGBMJI1lTSyNTogMTIzNDU2"},
		{"gb18030", "您的验证码㐂ŉ𠮷: 123456", "xPq1xNHp1qTC64E57zGBMJI1lTSyNTogMTIzNDU2"},
		{"big5", "您的驗證碼: 123456", "sXqqusXnw9K9WDogMTIzNDU2"},
		{"euc-jp", "認証コード: 123456", "x6e+2qWzobylyTogMTIzNDU2"},
		{"iso-2022-jp", "認証コード: 123456", "GyRCRyc+WiUzITwlSRsoQjogMTIzNDU2"},
		{"shift_jis", "認証コード: 123456", "lEaP2INSgVuDaDogMTIzNDU2"},
		{"euc-kr", "인증 코드: 123456", "wM7B9SDE2rXlOiAxMjM0NTY="},
		{"utf-16", "認証コード: 123456", "//6NijyKszD8MMkwOgAgADEAMgAzADQANQA2AA=="},
		{"gb2312", "您的验证码: 123456", "xPq1xNHp1qTC6zogMTIzNDU2"},
		{"ks_c_5601-1987", "인증 코드: 123456", "wM7B9SDE2rXlOiAxMjM0NTY="},
		{"cp1251", "Ваш код: 123456", "wuD4IOru5DogMTIzNDU2"},
		{"ISO-8859-1", "Grüße €: 123456", "R3L832UggDogMTIzNDU2"},
		{"us-ascii", "Grüße: 123456", "R3L832U6IDEyMzQ1Ng=="},
		{"utf-16", "認証: 123456", "/v+KjYo8ADoAIAAxADIAMwA0ADUANg=="}, // the mark says big-endian
		{"utf-8", "認証: 123456", "77u/6KqN6Ki8OiAxMjM0NTY="},          // with a byte order mark
		{"x-user-defined", "\uf7e9: 123456", "6TogMTIzNDU2"},
	} {
		bytes, err := base64.StdEncoding.DecodeString(c.content)
		if err != nil {
			t.Fatal(err)
		}
		half := len(bytes) / 2 // perhaps in the middle of a character
		word := func(content []byte) string {
			return "=?" + c.charset + "?B?" + base64.StdEncoding.EncodeToString(content) + "?="
		}
		var quoted, percent strings.Builder
		for _, b := range bytes {
			quoted.WriteString("=" + strings.ToUpper(hexByte(b)))
			percent.WriteString("%" + hexByte(b))
		}
		got := mail.Read(crlf("From: " + word(bytes) + " <a@example.com>\nSubject: " + word(bytes[:half]) + "\n " + word(bytes[half:]) + `
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset="` + strings.ToUpper(c.charset) + `"
Content-Transfer-Encoding: base64

` + c.content + `
--b
Content-Type: text/html; charset=` + c.charset + `; broken
Content-Transfer-Encoding: quoted-printable

` + quoted.String() + `
--b
Content-Disposition: attachment; filename*=` + c.charset + "''" + percent.String() + `

--b
Content-Type: text/x; name="=?` + c.charset + `*en?q?` + quoted.String() + `?="
Content-Disposition: attachment

--b--
`))
		if got.Subject != c.text || got.Text != c.text || got.HTML != c.text {
			t.Errorf("%s: subject %q, text %q, HTML %q, want %q", c.charset, got.Subject, got.Text, got.HTML, c.text)
		}
		if !slices.Equal(got.Codes, []string{"123456"}) {
			t.Errorf("%s: codes %q", c.charset, got.Codes)
		}
		for _, a := range got.Attachments {
			if a.FileName != c.text {
				t.Errorf("%s: a file %q", c.charset, a.FileName)
			}
		}
		if from, err := got.Addresses("From"); err != nil || len(from) != 1 || from[0].Name != c.text || len(got.Attachments) != 2 {
			t.Errorf("%s: from %v (%v), %d attachments", c.charset, from, err, len(got.Attachments))
		}
	}
}

func hexByte(b byte) string {
	return string([]byte{"0123456789abcdef"[b>>4], "0123456789abcdef"[b&15]})
}

// A page without a charset in its part may name it itself.
func TestAPageNamesItsCharset(t *testing.T) {
	t.Parallel()
	const head = "Content-Type: text/html\n\n"
	for raw, want := range map[string]string{
		"<META CHARSET='koi8-r'>\xeb\xcf\xc4":                                  "<META CHARSET='koi8-r'>Код",
		"<meta http-equiv=x content=\"text/html; charset=Shift_JIS\">\x83\x52": "<meta http-equiv=x content=\"text/html; charset=Shift_JIS\">コ",
		"<meta charset=iso-2022-jp>\x1b$B1234\x1b(B":                           "<meta charset=iso-2022-jp>渦慨",
		"<meta charset=koi8-r>Код":                                             "<meta charset=koi8-r>Код",
		"<meta charset=utf-16>x":                                               "<meta charset=utf-16>x",
		strings.Repeat(" ", 1024) + "<meta charset=koi8-r>\xeb":                strings.Repeat(" ", 1024) + "<meta charset=koi8-r>\ufffd",
	} {
		if got := mail.Read(crlf(head + raw)); got.HTML != want || len(got.Codes) != 0 {
			t.Errorf("%q: %q, codes %q", raw, got.HTML, got.Codes)
		}
	}
}

// A text that cannot be decoded has no codes: its digits are other characters.
func TestNoCodesAreFoundInWhatWasNotDecoded(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B 1234 \x1b(B", // decoded, and no code
		"\n\x1b$B 1234 \x1b(B",
		"Content-Type: text/plain; charset=iso-2022-kr\n\n\x1b$)C\x0e 1234 \x0f",
		"Content-Type: text/plain; charset=hz-gb-2312\n\n~{ 1234 ~}",
		"Content-Type: text/html; charset=x-klingon\n\n\xff 1234 <a href=https://x.test>x</a>",
		"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n 1234 \nend\n",
	} {
		if got := mail.Read(crlf(raw)); len(got.Codes)+len(got.Links) != 0 {
			t.Errorf("%q: codes %q, links %q", raw, got.Codes, got.Links)
		}
	}
	// ASCII is the same in nearly all charsets.
	if got := mail.Read(crlf("Content-Type: text/plain; charset=x-klingon\n\nYour code is 1234.\n")); !slices.Equal(got.Codes, []string{"1234"}) {
		t.Errorf("codes %q", got.Codes)
	}
}

package mail

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"mime"
	netmail "net/mail"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// decodeCharset decodes a text. It knows all names of the WHATWG's Encoding Standard.
// Without a name, or with one that it does not know, it reads the text as UTF-8. So it
// does for US-ASCII, since mails with that name often are in UTF-8. known tells whether
// the text is what the sender meant, as far as one can tell.
func decodeCharset(label string, content []byte) (text string, known bool) {
	label = strings.ToLower(strings.TrimSpace(label))
	e, err := htmlindex.Get(label)
	switch {
	case label == "", label == "us-ascii" && utf8.Valid(content):
		return decodeWith(unicode.UTF8, content), !shifted(content)
	case err != nil:
		return decodeWith(unicode.UTF8, content), ascii(content) && !shifted(content)
	case e == simplifiedchinese.GBK:
		e = simplifiedchinese.GB18030 // the standard's decoder of GBK
	}
	return decodeWith(e, content), true
}

// decodeWith decodes a text. Bytes that mean nothing become U+FFFD. At the beginning of
// a Unicode text a byte order mark says which form it has.
func decodeWith(e encoding.Encoding, content []byte) string {
	decoder := e.NewDecoder()
	switch name, _ := htmlindex.Name(e); name {
	case "utf-8", "utf-16le", "utf-16be":
		decoder.Transformer = unicode.BOMOverride(decoder.Transformer)
	}
	text, err := decoder.Bytes(content)
	if err != nil {
		return strings.ToValidUTF8(string(content), "\ufffd")
	}
	return string(text)
}

// ascii reports whether a text is ASCII. Such a text is the same in nearly all charsets.
func ascii(content []byte) bool {
	for _, b := range content {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// shifted reports whether a text has control characters of charsets such as ISO-2022-JP
// or UTF-16: in these, the bytes of digits can mean something else.
func shifted(content []byte) bool {
	for _, b := range content {
		if b == 0 || b == 0x0e || b == 0x0f || b == 0x1b {
			return true
		}
	}
	return false
}

// metaCharset matches the charset that a page names.
var metaCharset = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)`)

// pageCharset is the charset of a page whose part names none. Only the first 1,024 bytes
// count, as in browsers. UTF-8 is recognised whatever the page says, since programs that
// send a page do not always change what it says.
func pageCharset(content []byte) string {
	if utf8.Valid(content) && !ascii(content) {
		return ""
	}
	if m := metaCharset.FindSubmatch(content[:min(1024, len(content))]); m != nil {
		// A page in UTF-16 cannot say so in ASCII.
		if name := string(m[1]); !strings.HasPrefix(strings.ToLower(name), "utf-16") {
			return name
		}
	}
	return ""
}

// encodedWord matches an encoded word of RFC 2047, with the language of RFC 2231.
var encodedWord = regexp.MustCompile(`(?s)=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?(.*?)\?=`)

// decodeHeader decodes encoded words. A word that it cannot decode stays as it is. Words
// that follow each other in the same charset are decoded together, since many programs
// cut a character in two.
func decodeHeader(s string) string {
	var out strings.Builder
	var charset string
	var pending []byte // content of words in that charset
	flush := func() {
		text, _ := decodeCharset(charset, pending)
		out.WriteString(text)
		pending = nil
	}
	at := 0 // all before is done
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		content, err := wordContent(s[m[4]:m[5]], s[m[6]:m[7]])
		if err != nil {
			continue
		}
		// The space between two words is not part of the text.
		between, label := s[at:m[0]], s[m[2]:m[3]]
		if pending != nil && (strings.TrimSpace(between) != "" || !strings.EqualFold(label, charset)) {
			flush()
		}
		if at == 0 || strings.TrimSpace(between) != "" {
			out.WriteString(between)
		}
		charset, pending, at = label, append(pending, content...), m[1]
	}
	flush()
	return out.String() + s[at:]
}

// wordContent is the bytes of an encoded word.
func wordContent(encoding, word string) ([]byte, error) {
	if strings.EqualFold(encoding, "b") {
		return base64.RawStdEncoding.DecodeString(strings.TrimRight(word, "="))
	}
	var content []byte
	for rest := word; rest != ""; rest = rest[1:] {
		b := rest[:1]
		switch b {
		case "_":
			b = " "
		case "=":
			decoded, err := hex.DecodeString(rest[1:min(3, len(rest))])
			if err != nil || len(decoded) != 1 {
				return nil, errWord
			}
			b, rest = string(decoded), rest[2:]
		}
		content = append(content, b...)
	}
	return content, nil
}

var errWord = errors.New("no encoded word")

// Addresses are the addresses in a header, with decoded names.
func (r *Reading) Addresses(header string) ([]*netmail.Address, error) {
	// The parser knows few charsets, and decodes each word by itself.
	utf8Words := encodedWords().ReplaceAllStringFunc(r.Header.Get(header), func(run string) string {
		return mime.BEncoding.Encode("utf-8", decodeHeader(run))
	})
	return netmail.ParseAddressList(utf8Words)
}

// encodedWords matches encoded words that follow each other.
var encodedWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(encodedWord.String() + `(?:\s+` + encodedWord.String() + `)*`)
})

var (
	// extendedCharset matches the charset of a parameter in the form of RFC 2231.
	extendedCharset = regexp.MustCompile(`(\*(?:0\*)?\s*=\s*"?)([^\s'";*=]+)'[^\s'";]*'`)
	// parameter matches a parameter in a header that breaks the rules.
	parameter = regexp.MustCompile(`;\s*([^\s=;"]+)\s*=\s*(?:"([^"]*)"|([^;"]*))`)
)

// parameters reads a header such as Content-Type. Of a broken header it reads as much as
// possible.
func parameters(header string) (value string, params map[string]string) {
	charset := ""
	// The mime package drops a parameter in a charset other than UTF-8.
	if all := extendedCharset.FindAllStringSubmatch(header, -1); all != nil {
		charset = all[len(all)-1][2]
		header = extendedCharset.ReplaceAllString(header, "${1}utf-8''")
	}
	value, params, err := mime.ParseMediaType(header)
	if err != nil {
		value, _, _ = strings.Cut(header, ";")
		value = strings.ToLower(strings.TrimSpace(value))
		params = map[string]string{}
		for _, m := range parameter.FindAllStringSubmatch(header, -1) {
			if name := strings.ToLower(m[1]); params[name] == "" {
				params[name] = strings.TrimSpace(m[2] + m[3])
			}
		}
	}
	for _, name := range []string{"filename", "name"} {
		if charset != "" && params[name] != "" {
			params[name], _ = decodeCharset(charset, []byte(params[name]))
		}
	}
	return value, params
}

package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mockauth0/mockauth0/internal/address"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Domain is the domain of the mock's mails.
const Domain = "mockauth0.test"

// Raw is an e-mail as RFC 5322 bytes. If an application sent it they are the bytes
// that came in. Otherwise Raw writes them from the fields, each time the same. It
// is nil for a message that is not an e-mail.
func Raw(m outbox.Message) []byte {
	switch {
	case m.Raw != nil:
		return m.Raw
	case m.Kind != outbox.Email && m.Kind != outbox.SMTP:
		return nil
	}
	sum := sha256.Sum256([]byte(m.ID + "\x00" + m.To))
	mark := hex.EncodeToString(sum[:8])
	var out bytes.Buffer
	header := func(name, value string) { out.WriteString(name + ": " + value + "\r\n") }

	header("Message-ID", "<"+token(m.ID)+"."+mark+"@"+Domain+">")
	header("Date", m.CreatedAt.UTC().Format(time.RFC1123Z))
	header("From", mailbox(m.From))
	header("To", addresses(m.Recipients))
	header("Subject", unstructured(m.Subject))
	header("MIME-Version", "1.0")
	if m.HTML == "" {
		writePart(&out, "text/plain", m.Text)
		return out.Bytes()
	}
	// Quoted-printable text never has "=_". The parts are not nested, since
	// MailHog's clients do not look into nested parts.
	boundary := "=_" + mark
	header("Content-Type", `multipart/alternative; boundary="`+boundary+`"`)
	for _, part := range []struct{ kind, body string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		out.WriteString("\r\n--" + boundary + "\r\n")
		writePart(&out, part.kind, part.body)
	}
	out.WriteString("\r\n--" + boundary + "--\r\n")
	return out.Bytes()
}

func writePart(out *bytes.Buffer, kind, body string) {
	out.WriteString("Content-Type: " + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(out)
	_, _ = lineFeeds.WriteString(w, body) // a buffer takes everything
	_ = w.Close()
}

// lineFeeds makes LF of each line end, and the writer makes CRLF of that. On other
// input the writer would lose an LF that comes after a CR.
var lineFeeds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Address is the address in a sender or recipient: the text in angle brackets, or
// else the whole text.
func Address(s string) string {
	_, address := split(s)
	return address
}

// split splits "name <address>".
func split(s string) (name, address string) {
	s = oneLine(s)
	if i := strings.LastIndex(s, "<"); i >= 0 && strings.HasSuffix(s, ">") {
		return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1 : len(s)-1])
	}
	return "", s
}

// mailbox is a sender in the form of a header.
func mailbox(s string) string {
	name, address := split(s)
	if name == "" {
		return addrSpec(address)
	}
	angle := "<" + strings.Trim(addrSpec(address), "<>") + ">"
	switch {
	case !plain(name) || len(name) > 400 || strings.Contains(name, "=?"):
		return words(name) + "\r\n " + angle
	case strings.Trim(name, atoms) != "":
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " " + angle
}

// atoms are the characters of a name that needs no quotes.
const atoms = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~ "

// addresses are the recipients, each in its own line.
func addresses(list []string) string {
	specs := make([]string, len(list))
	for i, a := range list {
		specs[i] = addrSpec(Address(a))
	}
	return strings.Join(specs, ",\r\n ")
}

// maxAddress is the longest address, in bytes (RFC 5321, 4.5.3.1).
const maxAddress = 320

// addrSpec quotes the local part of an address if necessary. It cuts an address
// that is too long, so that it fits in a line.
func addrSpec(spec string) string {
	if len(spec) > maxAddress {
		spec = strings.ToValidUTF8(spec[:maxAddress], "")
	}
	local, domain, ok := cutLast(spec, "@")
	if !ok || domain == "" || strings.HasPrefix(local, `"`) && address.Valid(spec) { // it is quoted already
		return spec
	}
	quoted := (&netmail.Address{Address: local + "@" + domain}).String()
	if quoted != "<"+spec+">" {
		return quoted
	}
	return spec
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// unstructured is a text in the form of a header. ASCII stays as it is, since
// clients of MailHog compare it without decoding. Other text is in base64, since
// some of these clients do not know that "_" is a space.
func unstructured(s string) string {
	s = oneLine(s)
	if plain(s) && !strings.Contains(s, "=?") {
		return s
	}
	return words(s)
}

// plain reports whether a header can have the text as it is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= 900 && s == strings.TrimSpace(s)
}

// words are encoded words, each in its own line. mime.BEncoding makes one long
// line, and does not encode ASCII of any length.
func words(s string) string {
	var list []string
	for s != "" {
		n := min(len(s), 45)
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		list = append(list, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(list, "\r\n ")
}

// oneLine is a text with a space instead of each control character, so that it
// cannot end a header.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}

// token is the characters of an id that a Message-ID may have.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return -1
	}, s)
}

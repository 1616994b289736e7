package mail_test

import (
	"bytes"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/outbox"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func message() outbox.Message {
	text := mail.Email(letter())
	return outbox.Message{
		ID: "msg_00000042", Kind: outbox.Email, To: "ada@example.com", Recipients: []string{"ada@example.com"},
		From: text.From, Subject: "Your code is 012345", Text: text.Plain, HTML: text.HTML,
		CreatedAt: time.Date(2030, 1, 2, 10, 0, 0, 0, time.FixedZone("", 3600)),
	}
}

func TestRawIsTheSameBytesEachTime(t *testing.T) {
	t.Parallel()
	raw := mail.Raw(message())
	got := bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")) // as git keeps it
	if n := bytes.Count(raw, []byte("\r\n")); n != bytes.Count(raw, []byte("\n")) || n != bytes.Count(raw, []byte("\r")) {
		t.Errorf("not all lines end with CRLF: %q", raw)
	}
	golden(t, "code.eml", string(got))
}

func TestRawDiffersByRecipientAndID(t *testing.T) {
	t.Parallel()
	other, later := message(), message()
	other.To, other.Recipients = "bob@example.com", []string{"bob@example.com"}
	later.ID = "msg_00000043"
	seen := map[string]bool{}
	for _, m := range []outbox.Message{message(), other, later} {
		h := header(t, mail.Raw(m))
		seen[h.Get("Message-ID")] = true
		seen[h.Get("Content-Type")] = true
	}
	if len(seen) != 6 {
		t.Errorf("ids and boundaries: %v", seen)
	}
}

// A local part that is in quotes keeps them, and gets no second pair.
func TestRawWritesQuotedAddresses(t *testing.T) {
	t.Parallel()
	m := message()
	for to, want := range map[string]string{`"ada l"@example.com`: `"ada l"@example.com`, `ada l@example.com`: `<"ada l"@example.com>`, "山田@日本.com": "山田@日本.com"} {
		m.To, m.Recipients = to, []string{to}
		if got := header(t, mail.Raw(m)).Get("To"); got != want {
			t.Errorf("to %s: the header is %s, want %s", to, got, want)
		}
	}
}

func TestRawKeepsWhatCameIn(t *testing.T) {
	t.Parallel()
	m := outbox.Message{Kind: outbox.SMTP, Raw: []byte("Subject: x\r\n\r\ny"), Subject: "another"}
	if got := mail.Raw(m); string(got) != "Subject: x\r\n\r\ny" {
		t.Errorf("got %q", got)
	}
	if got := mail.Raw(outbox.Message{Kind: outbox.SMS, Text: "x"}); got != nil {
		t.Errorf("of a text message: %q", got)
	}
}

func TestRawIsSafeAgainstInjection(t *testing.T) {
	t.Parallel()
	m := message()
	evil := "x\r\nBcc: eve@example.com\r\n\r\nhello\x00"
	m.Subject, m.From, m.To, m.ID = evil, evil+" <a@b.test\r\nX-Evil: 1>", evil, evil
	m.Recipients = []string{evil, "a@b.test\nX-Evil: 2"}
	h := header(t, mail.Raw(m))
	for name := range h {
		switch name {
		case "Message-Id", "Date", "From", "To", "Subject", "Mime-Version", "Content-Type":
		default:
			t.Errorf("there is a header %s: %q", name, h[name])
		}
	}
}

// The sender's name is in quotes, encoded or as it is.
func TestFromIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, from := range []struct{ in, wire string }{
		{"no-reply@mockauth0.test", "From: no-reply@mockauth0.test\r\n"},
		{"Acme <no-reply@mockauth0.test>", "From: Acme <no-reply@mockauth0.test>\r\n"},
		{"Acme, Inc. <no-reply@mockauth0.test>", "From: \"Acme, Inc.\" <no-reply@mockauth0.test>\r\n"},
		{`The "A" <no-reply@mockauth0.test>`, `From: "The \"A\"" <no-reply@mockauth0.test>` + "\r\n"},
		{"Bücher <no-reply@mockauth0.test>", "From: =?utf-8?B?QsO8Y2hlcg==?=\r\n <no-reply@mockauth0.test>\r\n"},
		{"=?x <no-reply@mockauth0.test>", "From: =?utf-8?B?PT94?=\r\n <no-reply@mockauth0.test>\r\n"},
	} {
		m := message()
		m.From = from.in
		raw := string(mail.Raw(m))
		if !strings.Contains(raw, from.wire) {
			t.Errorf("%s is written\n%s", from.in, raw)
		}
		list, err := header(t, []byte(raw)).AddressList("From")
		if err != nil {
			t.Errorf("%s: %v", from.in, err)
			continue
		}
		back := list[0].Address
		if list[0].Name != "" {
			back = list[0].Name + " <" + back + ">"
		}
		if back != from.in {
			t.Errorf("%s came back as %s", from.in, back)
		}
	}
}

func header(t *testing.T, raw []byte) netmail.Header {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%q", err, raw)
	}
	return m.Header
}

// The content of the fields comes back, also from other readers of mail.
func FuzzRaw(f *testing.F) {
	f.Add("Your code", "Acme <no-reply@mockauth0.test>", "ada@example.com", "text\n", "<p>html</p>\n")
	f.Add("Grüße, 世界 \U0001f600 "+strings.Repeat("ü", 300), "Bücher, \"Inc\" <a@b.test>", `"a b"@x.test`, "a.\r\n.\r\n..b\n=20 \t\n", "--=_x")
	f.Add("=?utf-8?q?x?=", "=?x <a@b.test>", "ä@münchen.test", strings.Repeat("x", 2000), "")
	f.Add("a\r\nBcc: e@x.test", "a\r\nb <c@d.test>", "a@b.test", "\r", "\x00\xff")
	f.Fuzz(func(t *testing.T, subject, from, to, text, page string) {
		if len(subject)+len(from)+len(to) > 4000 {
			return
		}
		m := outbox.Message{ID: "msg_00000001", Kind: outbox.Email, Recipients: []string{to}, To: to, From: from, Subject: subject, Text: text, HTML: page, CreatedAt: time.Unix(0, 0)}
		raw := mail.Raw(m)
		if !bytes.Equal(raw, mail.Raw(m)) {
			t.Fatal("not the same bytes")
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("a line is %q", line)
			}
		}
		parsed, err := netmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%v in\n%q", err, raw)
		}
		if len(parsed.Header) != 7 && page != "" || len(parsed.Header) != 8 && page == "" {
			t.Fatalf("headers %q", parsed.Header)
		}
		decoder := mime.WordDecoder{}
		if got, err := decoder.DecodeHeader(parsed.Header.Get("Subject")); err != nil || got != oneLine(subject) {
			t.Fatalf("subject %q came back as %q, %v", oneLine(subject), got, err)
		}
		if a, err := netmail.ParseAddress(to); err == nil && a.Name == "" && a.Address == to && len(to) <= 320 {
			if list, err := parsed.Header.AddressList("To"); err != nil || len(list) != 1 || list[0].Address != to {
				t.Fatalf("to %q came back as %q, %v", to, parsed.Header.Get("To"), err)
			}
		}
		texts, pages := parts(t, parsed)
		if texts != lines(text) || pages != lines(page) {
			t.Fatalf("%q and %q came back as %q and %q", text, page, texts, pages)
		}
		// Read agrees, apart from line ends.
		read := mail.Read(raw)
		if want := strings.ToValidUTF8(strings.ReplaceAll(texts, "\r\n", "\n"), "\ufffd"); read.Text != want {
			t.Fatalf("Read: %q, want %q", read.Text, want)
		}
	})
}

// parts are the two texts of a mail.
func parts(t *testing.T, m *netmail.Message) (text, page string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		content, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		return string(content), ""
	}
	var found []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextPart() // it decodes quoted-printable
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, string(content))
	}
	if len(found) != 2 {
		t.Fatalf("%d parts", len(found))
	}
	return found[0], found[1]
}

// lines is a text with the line ends of mail.
func lines(s string) string {
	return strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n").Replace(s)
}

// oneLine is what remains of a text in a header.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}

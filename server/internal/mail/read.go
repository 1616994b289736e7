package mail

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
)

// Bounds of what is read of a mail.
const (
	maxDepth = 10
	maxParts = 100
)

// A Reading is what a mail says.
type Reading struct {
	Header                    textproto.MIMEHeader // as it stands
	From, Subject, Text, HTML string
	// Codes and Links are those in the text, in order, each once.
	Codes, Links []string
	Attachments  []Attachment
}

// An Attachment is a part that is not the text.
type Attachment struct {
	Part                             string // its place: 2, or 1.2 in a nested part
	FileName, ContentType, ContentID string
	Inline                           bool // it belongs into the HTML
	Content                          []byte
}

// Read reads RFC 5322 bytes. What is broken in them is read as far as it goes.
func Read(raw []byte) Reading {
	r := Reading{Header: textproto.MIMEHeader{}}
	var body io.Reader
	if m, err := netmail.ReadMessage(bytes.NewReader(raw)); err == nil {
		r.Header, body = textproto.MIMEHeader(m.Header), m.Body
	} else {
		_, rest, found := bytes.Cut(raw, []byte("\r\n\r\n"))
		if !found {
			rest = raw
		}
		body = bytes.NewReader(rest)
	}
	r.From, r.Subject = r.Decoded("From"), r.Decoded("Subject")
	parts := maxParts
	r.take(r.Header, body, "", maxDepth, &parts)
	r.Codes, r.Links = extract(r.Text, r.HTML)
	return r
}

// Decoded is a header as people read it.
func (r *Reading) Decoded(name string) string { return oneLine(decodeHeader(r.Header.Get(name))) }

// take reads a part, and those within it. The first plain text and the first
// HTML are the mail's, unless they are attached.
func (r *Reading) take(header textproto.MIMEHeader, body io.Reader, place string, depth int, parts *int) {
	if *parts--; *parts < 0 {
		return
	}
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil && kind == "" {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		if depth == 0 {
			return
		}
		mr := multipart.NewReader(body, params["boundary"])
		for n := 1; ; n++ {
			part, err := mr.NextRawPart()
			if err != nil {
				return
			}
			within := strconv.Itoa(n)
			if place != "" {
				within = place + "." + within
			}
			r.take(part.Header, part, within, depth-1, parts)
		}
	}
	content, _ := io.ReadAll(transferDecoder(header.Get("Content-Transfer-Encoding"), body)) // what came before a mistake counts
	disposition, named, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	var text *string
	switch {
	case disposition == "attachment":
	case kind == "text/plain":
		text = &r.Text
	case kind == "text/html":
		text = &r.HTML
	}
	if text != nil {
		if *text == "" {
			*text = strings.ReplaceAll(decodeCharset(params["charset"], content), "\r\n", "\n")
		}
		return
	}
	a := Attachment{
		Part: cmp.Or(place, "0"), FileName: oneLine(decodeHeader(cmp.Or(named["filename"], params["name"]))), ContentType: kind,
		ContentID: strings.Trim(oneLine(header.Get("Content-Id")), "<>"), Content: content,
	}
	a.Inline = disposition == "inline" || disposition == "" && a.ContentID != ""
	r.Attachments = append(r.Attachments, a)
}

func transferDecoder(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// decodeHeader decodes encoded words; what cannot be decoded stays.
func decodeHeader(s string) string {
	d := mime.WordDecoder{CharsetReader: func(charset string, input io.Reader) (io.Reader, error) {
		content, err := io.ReadAll(input)
		return strings.NewReader(decodeCharset(charset, content)), err
	}}
	if decoded, err := d.DecodeHeader(s); err == nil {
		return decoded
	}
	return s
}

// windows1252 are the characters 0x80 to 0x9f of the charset that what is
// called Latin 1 mostly is.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// decodeCharset is the text as UTF-8. A charset that is not known is taken for
// UTF-8.
func decodeCharset(charset string, content []byte) string {
	switch strings.ToLower(strings.TrimSpace(charset)) {
	case "iso-8859-1", "latin1", "l1", "windows-1252", "cp1252", "iso-8859-15", "latin-9":
		var out strings.Builder
		for _, b := range content {
			switch {
			case b >= 0x80 && b < 0xa0:
				out.WriteRune(windows1252[b-0x80])
			case b == 0xa4 && strings.HasSuffix(charset, "15"):
				out.WriteRune('€')
			default:
				out.WriteRune(rune(b))
			}
		}
		return out.String()
	}
	return strings.ToValidUTF8(string(content), "\ufffd")
}

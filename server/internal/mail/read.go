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

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// The bounds of a mail.
const (
	maxDepth = 10 // of nested parts
	maxParts = 100
)

// A Reading is the content of a mail.
type Reading struct {
	Header                    textproto.MIMEHeader // not decoded
	From, Subject, Text, HTML string
	// Codes and Links are those in the text, in their order, without
	// duplicates.
	Codes, Links []string
	Attachments  []Attachment
}

// An Attachment is a part other than the text.
type Attachment struct {
	Part                             string // its number, as in 2, or 1.2 for a nested part
	FileName, ContentType, ContentID string
	Inline                           bool // it is shown in the HTML
	Content                          []byte
}

// Read reads RFC 5322 bytes. Of a broken mail it reads as much as possible.
func Read(raw []byte) Reading {
	r := Parts(raw)
	r.Codes, r.Links = extract(r.Text, r.HTML)
	return r
}

// Parts is Read without the codes and links, which take most of its time.
func Parts(raw []byte) Reading {
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
	return r
}

// Decoded is the text of a header.
func (r *Reading) Decoded(name string) string { return oneLine(decodeHeader(r.Header.Get(name))) }

// take reads a part and its nested parts. The text of the mail is the first plain
// text and the first HTML that are not attachments.
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
	content, _ := io.ReadAll(transferDecoder(header.Get("Content-Transfer-Encoding"), body)) // keep what comes before a mistake
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

// decodeHeader decodes encoded words. A text that it cannot decode stays as it is.
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

// decodeCharset is the text in UTF-8. Text in an unknown charset is read as UTF-8,
// and so is US-ASCII, since mails with that name often are in UTF-8.
func decodeCharset(charset string, content []byte) string {
	if e, err := htmlindex.Get(charset); err == nil && e != unicode.UTF8 && !strings.EqualFold(charset, "us-ascii") {
		if decoded, err := e.NewDecoder().Bytes(content); err == nil {
			return string(decoded)
		}
	}
	return strings.ToValidUTF8(string(content), "\ufffd")
}

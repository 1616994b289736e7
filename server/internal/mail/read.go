package mail

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
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
	// duplicates. A text that could not be decoded has none.
	Codes, Links []string
	Attachments  []Attachment

	textUnknown, htmlUnknown bool // it could not be decoded
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
	text, page := r.Text, r.HTML
	if r.textUnknown {
		text = ""
	}
	if r.htmlUnknown {
		page = ""
	}
	r.Codes, r.Links = extract(text, page)
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
	kind, params := parameters(header.Get("Content-Type"))
	kind = cmp.Or(kind, "text/plain")
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
	decoder, known := transferDecoder(header.Get("Content-Transfer-Encoding"), body)
	content, _ := io.ReadAll(decoder) // keep what comes before a mistake
	disposition, named := parameters(header.Get("Content-Disposition"))
	var text *string
	var unknown *bool
	charset := params["charset"]
	switch {
	case disposition == "attachment":
	case kind == "text/plain":
		text, unknown = &r.Text, &r.textUnknown
	case kind == "text/html":
		text, unknown = &r.HTML, &r.htmlUnknown
		if charset == "" {
			charset = pageCharset(content)
		}
	}
	if text != nil {
		if *text == "" {
			decoded, knownCharset := decodeCharset(charset, content)
			*text = strings.ReplaceAll(decoded, "\r\n", "\n")
			*unknown = !known || !knownCharset
		}
		return
	}
	a := Attachment{
		Part: cmp.Or(place, "0"), FileName: fileName(cmp.Or(named["filename"], params["name"])), ContentType: oneLine(kind),
		ContentID: strings.Trim(oneLine(header.Get("Content-Id")), "<>"), Content: content,
	}
	a.Inline = disposition == "inline" || disposition == "" && a.ContentID != ""
	r.Attachments = append(r.Attachments, a)
}

// maxFileName is the longest file name, in bytes, as in most file systems.
const maxFileName = 255

// fileName is the name of an attachment.
func fileName(s string) string {
	s = oneLine(decodeHeader(s))
	if len(s) > maxFileName {
		s = strings.ToValidUTF8(s[:maxFileName], "")
	}
	return s
}

// transferDecoder undoes a transfer encoding, if it is known.
func transferDecoder(encoding string, body io.Reader) (decoder io.Reader, known bool) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body), true
	case "quoted-printable":
		return quotedprintable.NewReader(body), true
	case "", "7bit", "8bit", "binary":
		return body, true
	}
	return body, false
}

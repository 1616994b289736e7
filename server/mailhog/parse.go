package mailhog

import (
	"errors"
	"maps"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/mailhog/data"
)

// Bounds on the parts of a mail. MailHog's API repeats each part in every part around it.
const (
	maxNesting = 20
	maxParts   = 1000
)

var (
	errNesting = errors.New("its parts are nested too deep")
	errParts   = errors.New("it has too many parts")
)

// parse reads a mail as MailHog's own parser does (SMTPMessage.Parse), with an id and a
// time that are given. MailHog's parser copies a header for each of its lines, and has no
// bound on the parts. The error is for a mail beyond the bounds; the message has what was
// read until then.
func parse(e *data.SMTPMessage, id string, at time.Time) (*data.Message, error) {
	m := &data.Message{ID: data.MessageID(id), From: data.PathFromString(e.From), Content: contentOf(e.Data), Created: at, Raw: e}
	for _, to := range e.To {
		m.To = append(m.To, data.PathFromString(to))
	}
	var err error
	if m.Content.IsMIME() {
		left := maxParts
		m.MIME, err = partsOf(m.Content, maxNesting, &left)
	}
	received := "from " + e.Helo + " by " + hostname + " (MailHog)\r\n          id " + id + "; " + at.Format(time.RFC1123Z)
	h := m.Content.Headers
	if name := headerName(h, "Message-ID"); h[name] == nil {
		h[name] = []string{id}
	}
	for name, value := range map[string]string{"Received": received, "Return-Path": "<" + e.From + ">"} {
		name = headerName(h, name)
		h[name] = append(h[name], value)
	}
	return m, err
}

// headerName is a header's name as the mail writes it, or else the name itself.
func headerName(h map[string][]string, name string) string {
	for _, written := range slices.Sorted(maps.Keys(h)) {
		if strings.EqualFold(written, name) {
			return written
		}
	}
	return name
}

// contentOf reads the headers of a mail or of a part. Of a header that is repeated the
// last one counts.
func contentOf(text string) *data.Content {
	c := &data.Content{Headers: map[string][]string{}, Body: text, Size: len(text)}
	head, body, found := strings.Cut(text, "\r\n\r\n")
	if !found {
		return c
	}
	c.Body = body
	name := ""
	var lines []string // of the header with that name
	for line := range strings.SplitSeq(head, "\r\n") {
		if name != "" && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			lines = append(lines, line)
			continue
		}
		next, value, isHeader := strings.Cut(line, ": ")
		if !isHeader {
			continue
		}
		if lines != nil {
			c.Headers[name] = []string{strings.Join(lines, "")}
		}
		name, lines = next, []string{value}
	}
	if lines != nil {
		c.Headers[name] = []string{strings.Join(lines, "")}
	}
	return c
}

// partsOf reads the parts of a content, and their parts.
func partsOf(c *data.Content, depth int, left *int) (*data.MIMEBody, error) {
	parts := &data.MIMEBody{}
	_, params, err := mime.ParseMediaType(c.Headers["Content-Type"][0])
	if err != nil || params["boundary"] == "" {
		return parts, nil
	}
	if depth == 0 {
		return parts, errNesting
	}
	for text := range strings.SplitSeq(c.Body, "--"+params["boundary"]) {
		if text == "" {
			continue
		}
		if *left--; *left < 0 {
			return parts, errParts
		}
		part := contentOf(strings.Trim(text, "\r\n"))
		parts.Parts = append(parts.Parts, part)
		if part.IsMIME() {
			if part.MIME, err = partsOf(part, depth-1, left); err != nil {
				return parts, err
			}
		}
	}
	return parts, nil
}

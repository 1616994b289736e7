package control

import (
	"encoding/base64"
	stdhtml "html"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// attachments are the attachments of a message, with their content. Only an
// application's mail has any.
func attachments(m outbox.Message) []mail.Attachment {
	if m.Raw == nil {
		return nil
	}
	return mail.Parts(m.Raw).Attachments
}

// download is an attachment, to be saved. A stranger may have written it: it must
// not act as a page of this origin, whatever it is.
func download(id string, a mail.Attachment) web.Raw {
	name := safeName(a.FileName)
	if name == "" {
		name = id + "-part-" + a.Part
	}
	return web.Raw{
		ContentType: mediaType(a.ContentType),
		Body:        a.Content,
		Header: http.Header{
			"Content-Disposition":     {mime.FormatMediaType("attachment", map[string]string{"filename": name})},
			"Content-Security-Policy": {"sandbox; default-src 'none'"},
			"Referrer-Policy":         {"no-referrer"},
		},
	}
}

var validMediaType = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}$`)
})

// mediaType is the type of an attachment, if it is one.
func mediaType(s string) string {
	if validMediaType().MatchString(s) {
		return s
	}
	return "application/octet-stream"
}

// safeName is a file name that names no folder, hides no extension and is not
// hidden itself.
func safeName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		case r < ' ', r == 0x7f, r == '\ufffd',
			r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // they change what is seen
			return -1
		}
		return r
	}, s)
	return strings.Trim(s, ". ")
}

// maxPictures is how many bytes of HTML inline pictures may become. Otherwise a mail
// that shows one picture many times would take any amount of memory.
const maxPictures = 4 << 20

var inlinePicture = regexp.MustCompile(`(?i)(["'=(]\s*)cid:([^\s"'<>()]+)`)

// withInlinePictures is the HTML of a message with its inline pictures in it, as data,
// since a sandbox can fetch nothing of this server's.
func withInlinePictures(m outbox.Message) string {
	if !inlinePicture.MatchString(m.HTML) {
		return m.HTML
	}
	pictures := map[string]mail.Attachment{}
	for _, a := range attachments(m) {
		if _, again := pictures[a.ContentID]; a.ContentID != "" && !again && strings.HasPrefix(a.ContentType, "image/") && validMediaType().MatchString(a.ContentType) {
			pictures[a.ContentID] = a
		}
	}
	left := maxPictures
	return inlinePicture.ReplaceAllStringFunc(m.HTML, func(found string) string {
		parts := inlinePicture.FindStringSubmatch(found)
		id := stdhtml.UnescapeString(parts[2])
		if decoded, err := url.PathUnescape(id); err == nil {
			id = decoded
		}
		a, ok := pictures[id]
		size := base64.StdEncoding.EncodedLen(len(a.Content))
		if !ok || size > left {
			return found
		}
		left -= size
		return parts[1] + "data:" + a.ContentType + ";base64," + base64.StdEncoding.EncodeToString(a.Content)
	})
}

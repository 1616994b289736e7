package control

import (
	"net/http"
	"regexp"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

// preview is an e-mail's HTML for a browser to show. A stranger may have written
// it: in a sandbox nothing runs, nothing is sent, nothing is fetched,
// and it has no origin, so that it reads nothing of the tenant's.
//
// With links, a link that is clicked opens in a tab of its own, outside the
// sandbox, which knows nothing of the tab that it came from. With pictures, the
// browser loads remote pictures: their server learns that somebody reads the mail.
// With fit, it has the tenant's origin, so that the page around it can measure it. No
// script runs there either, so nothing in it makes use of that.
func preview(html string, links, pictures, fit bool) web.Raw {
	from := "data:"
	if pictures {
		from += " http: https:"
	}
	sandbox := "sandbox"
	if fit {
		sandbox += " allow-same-origin"
	}
	html = beckoning.ReplaceAllString(html, "<x-$1$2")
	if links {
		sandbox += " allow-popups allow-popups-to-escape-sandbox"
		at := 0
		if doctype := leadingDoctype.FindString(html); doctype != "" {
			at = len(doctype) // what comes before it would make browsers ignore it
		}
		html = html[:at] + `<base target="_blank">` + html[at:]
	}
	return web.Raw{
		ContentType: "text/html; charset=utf-8",
		Body:        []byte(html),
		Header: http.Header{
			"Content-Security-Policy": {sandbox + "; default-src 'none'; img-src " + from + "; style-src 'unsafe-inline'; " +
				"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"},
			"Referrer-Policy":            {"no-referrer"},
			"X-Dns-Prefetch-Control":     {"off"},
			"Cross-Origin-Opener-Policy": {"same-origin"}, // for a link that names its tab: that would know this one
		},
	}
}

var leadingDoctype = regexp.MustCompile(`(?i)\A\s*<!doctype[^>]*>`)

// beckoning is the beginning of an element for which browsers connect to a server, before or
// whatever a policy says: a link with rel=preconnect, a frame. It is made a name that says nothing.
var beckoning = regexp.MustCompile(`(?i)<(link|iframe|frame|object|embed)([\s/>])`)

// source is an e-mail as RFC 5322 bytes, to be saved: browsers that show the
// type do so with all that is in it.
func source(id string, raw []byte) web.Raw {
	return web.Raw{
		ContentType: "message/rfc822",
		Body:        raw,
		Header: http.Header{
			"Content-Disposition":     {`attachment; filename="` + id + `.eml"`},
			"Content-Security-Policy": {"sandbox; default-src 'none'"},
			"Referrer-Policy":         {"no-referrer"},
		},
	}
}

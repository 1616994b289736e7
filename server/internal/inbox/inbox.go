// Package inbox is the live inbox page: HTML, style and script, embedded and
// served as they are. The page knows the control API and nothing else.
package inbox

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

//go:embed page
var files embed.FS

// document is the file that is the page; the others are what it loads.
const document = "index.html"

// An asset is one file of the page, with all that its answer says.
type asset struct {
	body   []byte
	header http.Header
	media  string
}

// assets are the files by name. A browser keeps them and asks each time
// whether they are still the same, so that an upgrade is seen at once.
var assets = sync.OnceValue(func() map[string]asset {
	entries, err := files.ReadDir("page")
	if err != nil {
		panic("inbox: " + err.Error()) // embedded: cannot fail
	}
	all := map[string]asset{}
	for _, entry := range entries {
		body, err := files.ReadFile("page/" + entry.Name())
		if err != nil {
			panic("inbox: " + err.Error())
		}
		sum := sha256.Sum256(body)
		a := asset{body, http.Header{
			"Cache-Control":                {"no-cache"},
			"Cross-Origin-Resource-Policy": {"same-origin"},
			"Etag":                         {`"` + hex.EncodeToString(sum[:8]) + `"`},
		}, mediaTypes[path.Ext(entry.Name())]}
		if entry.Name() == document {
			a.header.Set("Vary", "Accept, Origin")
			a.header.Set("Content-Security-Policy", policy)
			a.header.Set("Referrer-Policy", "no-referrer")
			a.header.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		all[entry.Name()] = a
	}
	return all
})

// policy lets the page load its own files, run its worker, ask the control API, and
// frame an e-mail's HTML. Nothing inline runs, and nothing comes from elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; " +
	"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mediaTypes are spelt out: the mime package asks the machine.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// PageOr is a flow that shows the page to a browser, and leaves everybody else
// to another flow.
func PageOr(other web.Flow) web.Flow {
	return func(c *web.Call) (any, error) {
		switch {
		case !wanted(c.Header.Get("Accept")):
			return other(c)
		case c.Path == pagePath:
			return assets()[document].serve(c), nil
		}
		// The page names its files relative to its own path. So it is sent to
		// that path, which is relative too: a proxy may put the tenant below
		// another one.
		c.ResponseHeader.Set("Location", strings.TrimPrefix(pagePath, "/"))
		return web.Raw{Status: http.StatusFound, Header: http.Header{"Vary": {"Accept, Origin"}}}, nil
	}
}

// pagePath is where the page lives.
const pagePath = "/_mock/"

// File is a flow that serves a file which the page loads. Where the path names
// no file, it is the icon.
func File(c *web.Call) (any, error) {
	name := cmp.Or(c.Vars["file"], "icon.svg")
	a, ok := assets()[name]
	if !ok || name == document {
		return nil, &refusal.Refusal{
			Name: "no_file", Status: http.StatusNotFound, Code: "no_file",
			Description: fmt.Sprintf("the inbox page has no file %q; it has %s", name, strings.Join(names(), ", ")),
		}
	}
	return a.serve(c), nil
}

func (a asset) serve(c *web.Call) web.Raw {
	for held := range strings.SplitSeq(c.Header.Get("If-None-Match"), ",") {
		if held = strings.TrimPrefix(strings.TrimSpace(held), "W/"); held == a.header.Get("Etag") || held == "*" {
			return web.Raw{Status: http.StatusNotModified, Header: a.header}
		}
	}
	return web.Raw{ContentType: a.media, Body: a.body, Header: a.header}
}

// names are the names of the files that the page loads.
func names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(assets())), func(name string) bool { return name == document })
}

// wanted tells whether an Accept header asks for a page. It does if it names
// text/html and does not prefer text/plain, as browsers do. A wildcard, which
// curl and fetch send, names nothing.
func wanted(accept string) bool {
	html := quality(accept, "text/html")
	return html > 0 && html >= quality(accept, "text/plain")
}

// quality is the q of a media type, from 0 to 1; 0 if the header does not name it.
func quality(accept, media string) float64 {
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), media) {
			continue
		}
		for param := range strings.SplitSeq(params, ";") {
			if value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(param)), "q="); ok {
				q, err := strconv.ParseFloat(value, 64)
				if err != nil {
					return 0
				}
				return q
			}
		}
		return 1
	}
	return 0
}

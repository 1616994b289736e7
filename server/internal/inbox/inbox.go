// Package inbox is the live inbox page: HTML, style and script, embedded and
// served as they are. The page knows the control API and nothing else.
package inbox

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

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

// policy lets the page load its own files, ask the control API, and frame an
// e-mail's HTML. Nothing inline runs, and nothing comes from elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mediaTypes are spelt out: the mime package asks the machine.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// Page answers with the page.
func Page(c *web.Call) (any, error) { return assets()[document].answer(c), nil }

// Asset answers with a file that the page loads; false means that there is
// none of that name.
func Asset(c *web.Call, name string) (web.Raw, bool) {
	a, ok := assets()[name]
	if !ok || name == document {
		return web.Raw{}, false
	}
	return a.answer(c), true
}

func (a asset) answer(c *web.Call) web.Raw {
	for held := range strings.SplitSeq(c.Header.Get("If-None-Match"), ",") {
		if held = strings.TrimPrefix(strings.TrimSpace(held), "W/"); held == a.header.Get("Etag") || held == "*" {
			return web.Raw{Status: http.StatusNotModified, Header: a.header}
		}
	}
	return web.Raw{ContentType: a.media, Body: a.body, Header: a.header}
}

// Names are the names of the files that the page loads.
func Names() []string {
	var names []string
	for name := range assets() {
		if name != document {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

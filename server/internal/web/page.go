package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

//go:embed error.html
var errorHTML string

// Style is what all pages have in common: colours, the band that says that
// they are a mock's, and the card.
//
//go:embed page.css
var Style string

var errorTemplate = Template(errorHTML, "STYLE\n", Style)

// Template parses a page when it is first asked for, with a style or a script
// in the place that is marked for it.
func Template(page, mark, inline string) func() *template.Template {
	return sync.OnceValue(func() *template.Template {
		return template.Must(template.New("").Parse(strings.Replace(page, mark, inline, 1)))
	})
}

// A Look is how the pages of a tenant look. The error page has its own style, and it may
// load nothing but what Sources allow.
type Look struct {
	Logo, Favicon string
	Company       string // whose logo it is
	Mark          string // how a page says that it is the mock's: band, corner or not at all
	Style         template.CSS
	Sources       string // directives of a Content-Security-Policy
}

// errorPage is the page on which a browser ends that cannot be sent back. by
// names the rules of scenarios that made it, and failing those that are on for everybody.
func errorPage(r *refusal.Refusal, look Look, by, failing string) []byte {
	var page bytes.Buffer
	if err := errorTemplate().Execute(&page, struct {
		*refusal.Refusal
		Look
		Scenario, Failing string
	}{r, look, by, failing}); err != nil {
		return []byte("Oops!, something went wrong")
	}
	return page.Bytes()
}

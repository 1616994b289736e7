package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/refusal"
)

//go:embed error.html
var errorHTML string

// Style is what all pages have in common: colours, the band that says that
// they are a mock's, and the card.
//
//go:embed page.css
var Style string

var errorTemplate = template.Must(template.New("error").Parse(strings.Replace(errorHTML, "STYLE\n", Style, 1)))

// errorPolicy lets the error page have its own style, and nothing else.
const errorPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// errorPage is the page on which a browser ends that cannot be sent back.
func errorPage(r *refusal.Refusal) []byte {
	var page bytes.Buffer
	if err := errorTemplate.Execute(&page, r); err != nil {
		return []byte("Oops!, something went wrong")
	}
	return page.Bytes()
}

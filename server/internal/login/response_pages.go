package login

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/url"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

var (
	//go:embed form_post.html
	formPostHTML string
	//go:embed form_post.js
	formPostJS string
	//go:embed web_message.html
	webMessageHTML string
	//go:embed web_message.js
	webMessageJS string

	formPostTemplate   = web.Template(formPostHTML, "SCRIPT", strings.TrimSpace(formPostJS))
	webMessageTemplate = web.Template(webMessageHTML, "SCRIPT", strings.TrimSpace(webMessageJS))
)

// allow is the CSP source expression of an inline script.
func allow(script string) string { return source(strings.TrimSpace(script)) }

// source is the CSP source expression of an inline script or style.
func source(inline string) string {
	sum := sha256.Sum256([]byte(inline))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// formPost is a page that posts the parameters to the app.
// Source: OAuth 2.0 Form Post Response Mode.
func (r *request) formPost(ps pairs) (any, error) {
	return render(formPostTemplate(), "default-src 'none'; script-src "+allow(formPostJS)+"; base-uri 'none'; frame-ancestors 'none'",
		struct {
			Action string
			Fields pairs
		}{r.RedirectURI, ps})
}

// webMessage is a page that sends the parameters to the page which embeds or
// opened it. Only a page of the redirect's origin gets them. The page may be
// framed.
// Source: draft-sakimura-oauth-wmrm-00, as auth0-spa-js reads it.
func (r *request) webMessage(ps pairs) (any, error) {
	response := make(map[string]string, len(ps))
	for _, p := range ps {
		response[p[0]] = p[1]
	}
	message, err := json.Marshal(map[string]any{"type": "authorization_response", "response": response})
	if err != nil {
		return nil, err
	}
	return render(webMessageTemplate(), "default-src 'none'; script-src "+allow(webMessageJS)+"; base-uri 'none'; form-action 'none'",
		struct{ Message, Origin string }{string(message), origin(r.RedirectURI)})
}

// isWeb tells whether a URL is http or https, and not an app's own scheme.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

// origin is the origin of a URL, as browsers name it.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func render(t *template.Template, policy string, data any) (web.Page, error) {
	var page bytes.Buffer
	if err := t.Execute(&page, data); err != nil {
		return web.Page{}, err
	}
	return web.Page{HTML: page.Bytes(), Policy: policy}, nil
}

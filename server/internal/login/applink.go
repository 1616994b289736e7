package login

import (
	_ "embed"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

//go:embed app_link.html
var appLinkHTML string

var appLink = web.Template(appLinkHTML, "\nSTYLE", style)

// IOSLink is GET /ios/{id}/email, where the link of send=link_ios leads. An
// iPhone opens the app instead; only other devices see this page.
// Source: auth0/Lock.swift PasswordlessActivity.swift.
func IOSLink(c *web.Call) (any, error) { return opensApp(c, "an iPhone") }

// AndroidLink is GET /android/{id}/email, where the link of send=link_android
// leads. An Android phone opens the app instead.
// Source: auth0/docs-v2 lock-android-passwordless-with-magic-link.mdx.
func AndroidLink(c *web.Call) (any, error) { return opensApp(c, "an Android phone") }

func opensApp(c *web.Call, where string) (any, error) {
	return render(appLink(), "default-src 'none'; style-src "+source(style)+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		struct{ Where, App, Code string }{where, c.Vars["id"], c.Params.Text("code")})
}

package login

import (
	"html"
	"net/http"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/logintexts"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// templated is a page by the tenant's template. Its parts are those of the page without
// one.
// Source: auth0/docs-v2 customize-templates.mdx.
func (v view) templated(c *web.Call) ([]byte, error) {
	t, err := fixtures.ParsePageTemplate(v.look.page)
	if err != nil {
		return nil, err
	}
	var head, widget strings.Builder
	for part, to := range map[string]*strings.Builder{"head": &head, "widget": &widget} {
		if err := pages().ExecuteTemplate(to, part, v); err != nil {
			return nil, err
		}
	}
	variables := v.variables(c)
	variables["auth0_head"], variables["auth0_widget"] = head.String(), widget.String()
	page, err := t.Render(variables, c.Now)
	return []byte(page), err
}

// variables are those of a template or a partial.
func (v view) variables(c *web.Call) map[string]any {
	f := c.Setup.Fixture
	screen, _ := logintexts.Of(v.Screen)
	texts := map[string]any{}
	for key, text := range screen.Texts {
		texts[key] = v.asHTML.Replace(text)
	}
	for key := range v.own {
		texts[key] = v.asHTML.Replace(v.text(key))
	}
	locales := []any{}
	for _, language := range f.Tenant.EnabledLocales {
		locales = append(locales, language)
	}
	dir := v.Dir()
	if dir == "" {
		dir = "ltr"
	}
	application := map[string]any{"name": v.Client}
	if v.client != nil {
		application = map[string]any{"id": v.client.ClientID, "name": v.client.Name, "logo_url": v.client.LogoURI, "metadata": v.client.ClientMetadata}
	}
	return map[string]any{
		"locale": v.Language, "dir": dir, "state": html.EscapeString(v.State),
		"prompt":      map[string]any{"name": screen.Prompt, "screen": map[string]any{"name": v.Screen, "texts": texts, "text": v.ownVariables()}},
		"application": application,
		"branding": map[string]any{
			"logo_url": v.look.Logo, "colors": map[string]any{"primary": f.Branding.Colors.Primary, "page_background": f.Branding.Colors.PageBackground},
		},
		"tenant": map[string]any{"friendly_name": v.Tenant, "support_email": f.Tenant.SupportEmail, "support_url": f.Tenant.SupportURL, "enabled_locales": locales},
		"user":   map[string]any{"email": html.EscapeString(v.email)},
	}
}

// page is the HTML of a view. A template of the tenant that does not work is left out,
// with a hint.
func (v view) page(c *web.Call) (web.Page, error) {
	out := web.Page{Status: http.StatusOK}
	if v.look.page != "" {
		page, err := v.templated(c)
		if err == nil {
			out.HTML, out.Policy = page, v.look.policy(v.Poll)
			return out, nil
		}
		c.Hint("the page does without the template universal_login: " + err.Error())
		v.look.page = ""
	}
	return render(pages().Lookup("page"), v.look.policy(v.Poll), v)
}

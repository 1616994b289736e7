package management

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// branding is /branding.
var branding = setting[fixtures.Branding]{
	path: "/branding", one: "the branding", scope: "branding", change: []string{"PATCH"},
	of: func(f *fixtures.Fixture) *fixtures.Branding { return &f.Branding },
	fields: section[fixtures.Branding]{
		hidden: []string{"templates", "themes"},
		order:  []string{"colors", "favicon_url", "font", "logo_url"},
		body: map[string]property{
			"favicon_url": httpsURL.of("favicon_url", "URL for the favicon. Must use HTTPS."),
			"logo_url":    httpsURL.of("logo_url", "URL for the logo. Must use HTTPS."),
		},
	},
}

// httpsURL is Auth0's format of an address that a page loads something from.
var httpsURL = property{types: []string{"string"}, format: "absolute-https-uri-or-empty"}

// themes are /branding/themes.
var themes = section[fixtures.Theme]{
	of:    func(f *fixtures.Fixture) *[]fixtures.Theme { return &f.Branding.Themes },
	order: []string{"borders", "colors", "displayName", "fonts", "identifiers", "page_background", "themeId", "widget"},
	read:  []string{"themeId"},
	body: map[string]property{
		"borders": themeSection("borders"), "colors": themeSection("colors"), "fonts": themeSection("fonts"), "page_background": themeSection("page_background"), "widget": themeSection("widget"),
	},
}

// themeSection is what a section of a theme may have. Unlike Auth0, it need not have all.
func themeSection(section string) property {
	return property{later: sync.OnceValue(func() property {
		whole := property{types: []string{"object"}}
		for _, name := range slices.Sorted(maps.Keys(fixtures.ThemeFields[section])) {
			whole.add(strings.Split(name, "."), nil, themeField(fixtures.ThemeFields[section][name]))
		}
		return whole
	})}
}

// add adds a member at a path. above are the names of the objects that it is in.
func (p *property) add(path, above []string, member property) {
	name := strings.Join(append(slices.Clone(above), path[0]), "_")
	if len(path) == 1 {
		p.members = append(p.members, member.of(path[0], themeAbout(name)))
		return
	}
	at := slices.IndexFunc(p.members, func(m property) bool { return m.name == path[0] })
	if at < 0 {
		at = len(p.members)
		p.members = append(p.members, property{types: []string{"object"}}.of(path[0], themeAbout(name)))
	}
	p.members[at].add(path[1:], append(above, path[0]), member)
}

// themeAbout is Auth0's description of a field of a theme: its name in words.
// Source: auth0/auth0-deploy-cli src/tools/auth0/handlers/themes.ts.
func themeAbout(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	return themeWords.Replace(strings.ToUpper(words[:1]) + words[1:])
}

var themeWords = strings.NewReplacer("Base focus color", "Base Focus Color", "Base hover color", "Base Hover Color", "Captcha widget theme", "Captcha Widget Theme", "labels placeholders", "labels & placeholders",
	"Links focused", "Links & focused", "Font url", "Font URL", "Input labels bold", "Input Labels bold", "Input labels size", "Input Labels size", "Page layout", "Page Layout")

func themeField(f fixtures.ThemeField) property {
	switch f.Kind {
	case "color":
		return property{types: []string{"string"}, pattern: fixtures.PageColor}
	case "address":
		return httpsURL
	case "flag":
		return boolean
	case "number":
		return property{types: []string{"number"}, min: f.Least, max: f.Most}
	}
	return property{types: []string{"string"}, enum: f.Words}
}

var themeBody = property{later: sync.OnceValue(func() property {
	body := themes.schema(false)
	body.required = []string{"borders", "colors", "fonts", "page_background", "widget"}
	return body
})}

// brandingOperations are those on the branding beside its own.
func brandingOperations() []operation {
	read, update, remove := []string{"read:branding"}, []string{"update:branding"}, []string{"delete:branding"}
	const template, theme = "/branding/templates/universal-login", "/branding/themes/{themeId}"
	return []operation{
		{method: "GET", path: template, summary: "reads the template of the pages", scopes: read, run: readPageTemplate},
		{method: "PUT", path: template, summary: "sets the template of the pages", scopes: update, run: setPageTemplate},
		{method: "DELETE", path: template, summary: "deletes the template of the pages", scopes: remove, run: removePageTemplate},
		{method: "POST", path: "/branding/themes", summary: "creates a theme", scopes: update, body: &themeBody, run: addTheme},
		{method: "GET", path: "/branding/themes/default", summary: "reads the default theme", scopes: read, run: readTheme},
		{method: "GET", path: theme, summary: "reads a theme", scopes: read, run: readTheme},
		{method: "PATCH", path: theme, summary: "changes a theme", scopes: update, body: &themeBody, run: changeTheme},
		{method: "DELETE", path: theme, summary: "deletes a theme", scopes: remove, run: removeTheme},
	}
}

// themeAt is the place of the theme that the path names; the first one is the default.
func (c *call) themeAt(f *fixtures.Fixture, doing string) (int, error) {
	id, named := c.Vars["themeId"]
	at := slices.IndexFunc(f.Branding.Themes, func(t fixtures.Theme) bool { return !named || c.Setup.ThemeID(&t) == id })
	if at < 0 {
		return at, refusal.InexistentTheme.With("doing", doing)
	}
	return at, nil
}

func (c *call) showTheme(theme fixtures.Theme) object {
	theme.ID = c.Setup.ThemeID(&theme)
	return themes.show(c, theme)
}

func readTheme(c *call) (any, error) {
	at, err := c.themeAt(c.Setup.Fixture, "retrieving")
	if err != nil {
		return nil, err
	}
	return c.showTheme(c.Setup.Fixture.Branding.Themes[at]), nil
}

func addTheme(c *call) (any, error) {
	var theme fixtures.Theme
	if err := write(&theme, c.body); err != nil {
		return nil, err
	}
	if theme.Identifiers == nil { // Source: auth0/go-auth0, its recordings
		theme.Identifiers = map[string]any{
			"login_display": "unified", "otp_autocomplete": true,
			"phone_display": map[string]any{"masking": "mask_digits", "formatting": "international"},
		}
	}
	theme.ID = c.Setup.ThemeID(&theme) // it stays, whatever the name becomes
	err := c.configure(func(f *fixtures.Fixture) error {
		if len(f.Branding.Themes) > 0 { // Auth0 has one a tenant
			return refusal.ExistentTheme
		}
		f.Branding.Themes = []fixtures.Theme{theme}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.showTheme(c.Setup.Fixture.Branding.Themes[0]), nil
}

func changeTheme(c *call) (any, error) {
	var changed fixtures.Theme
	err := c.configure(func(f *fixtures.Fixture) error {
		at, err := c.themeAt(f, "updating")
		if err != nil {
			return err
		}
		f.Branding.Themes = slices.Clone(f.Branding.Themes)
		f.Branding.Themes[at].ID = c.Setup.ThemeID(&f.Branding.Themes[at])
		err = write(&f.Branding.Themes[at], c.body)
		changed = f.Branding.Themes[at]
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.showTheme(changed), nil
}

func removeTheme(c *call) (any, error) {
	err := c.configure(func(f *fixtures.Fixture) error {
		at, err := c.themeAt(f, "deleting")
		if err != nil {
			return err
		}
		f.Branding.Themes = slices.Delete(slices.Clone(f.Branding.Themes), at, at+1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return noContent, nil
}

// pageTemplateAt is the place of the template of all pages. Only a tenant with a
// custom domain may have one. Unlike Auth0, the domain need not be verified: the deploy
// CLI reads the template of a tenant with any domain, and gives up if it is refused.
// Source: auth0/docs-v2 main/docs/oas/management/v2/management-api-oas.json.
func pageTemplateAt(f *fixtures.Fixture) (int, error) {
	if len(f.CustomDomains) == 0 {
		return -1, refusal.NoCustomDomain.Because("the tenant has no custom domain; add one with POST /api/v2/custom-domains, or in custom_domains of the fixture")
	}
	at := slices.IndexFunc(f.Branding.Templates, func(t fixtures.PageTemplate) bool { return t.Template == fixtures.TemplateUniversalLogin })
	if at < 0 {
		return at, refusal.InexistentPageTemplate
	}
	return at, nil
}

func readPageTemplate(c *call) (any, error) {
	at, err := pageTemplateAt(c.Setup.Fixture)
	if err != nil {
		return nil, err
	}
	return object{{Key: "body", Value: c.Setup.Fixture.Branding.Templates[at].Body}}, nil
}

var jsonType = regexp.MustCompile(`(?i)^application/json\b`)

// setPageTemplate takes HTML, or JSON: a string, or an object with the member template.
func setPageTemplate(c *call) (any, error) {
	body := string(c.Body)
	if jsonType.MatchString(c.Header.Get("Content-Type")) {
		value, err := readJSON(c.Body)
		if err != nil {
			return nil, refusal.MalformedPayload.Because(err.Error())
		}
		schema := property{types: []string{"string", "object"}, required: []string{"template"}, members: []property{text.of("template", "")}}
		if err := schema.checkBody(value); err != nil {
			return nil, err
		}
		if o, isObject := value.(object); isObject {
			value = (&shape{o}).value("template")
		}
		body, _ = value.(string)
	}
	first := false
	err := c.configure(func(f *fixtures.Fixture) error {
		at, err := pageTemplateAt(f)
		if len(f.CustomDomains) == 0 {
			return err
		}
		if fixtures.MissingPageTag(body) != "" {
			return refusal.IncompletePageTemplate
		}
		f.Branding.Templates = slices.Clone(f.Branding.Templates)
		template := fixtures.PageTemplate{Template: fixtures.TemplateUniversalLogin, Body: body}
		if first = at < 0; first {
			f.Branding.Templates = append(f.Branding.Templates, template)
		} else {
			f.Branding.Templates[at] = template
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case first:
		return web.Status{Code: http.StatusCreated, Value: struct{}{}}, nil
	}
	return noContent, nil
}

// removePageTemplate also succeeds if there is none.
// Source: auth0/terraform-provider-auth0, its recordings.
func removePageTemplate(c *call) (any, error) {
	err := c.configure(func(f *fixtures.Fixture) error {
		at, err := pageTemplateAt(f)
		if err == nil {
			f.Branding.Templates = slices.Delete(slices.Clone(f.Branding.Templates), at, at+1)
		}
		return err
	})
	if err != nil && !errors.Is(err, refusal.InexistentPageTemplate) {
		return nil, err
	}
	return noContent, nil
}

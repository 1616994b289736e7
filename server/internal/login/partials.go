package login

import (
	"html"
	"html/template"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/liquid"
	"github.com/mockauth0/mockauth0/internal/logintexts"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// fillPartials renders the partials of the tenant for the page. One that does not work is
// left out, with a hint.
// Source: auth0/docs-v2 customize-signup-and-login-prompts.mdx.
func (v *view) fillPartials(c *web.Call) {
	screen, _ := logintexts.Of(v.Screen)
	sources := c.Setup.Fixture.Prompts.PartialsOf(screen.Prompt, v.Screen)
	if len(sources) == 0 {
		return
	}
	v.partials, v.look.open = map[string]template.HTML{}, true
	variables := v.variables(c)
	for _, place := range slices.Sorted(maps.Keys(sources)) {
		t, err := liquid.Parse(sources[place])
		if err == nil {
			var text string
			text, err = t.Render(variables, c.Now)
			v.partials[place] = template.HTML(text) // the tenant's own
		}
		if err != nil {
			c.Hint("the page does without the partial " + place + " of " + v.Screen + ": " + err.Error())
		}
	}
}

// Partial is what the tenant has for a place of the page.
func (v view) Partial(place string) template.HTML { return v.partials[place] }

var (
	hyphen       = regexp.MustCompile(`-+(.?)`)
	markdownLink = regexp.MustCompile(`\[([^\[\]]*)\]\(([^()\s]*)\)`)
)

// ownVariables are the tenant's texts var-NAME, which partials show by the name varName.
// Links in Markdown become links.
// Source: auth0/docs-v2 customize-signup-and-login-prompts.mdx.
func (w words) ownVariables() map[string]any {
	texts := map[string]any{}
	for key := range w.own {
		if !strings.HasPrefix(key, "var-") {
			continue
		}
		name := hyphen.ReplaceAllStringFunc(key, func(s string) string { return strings.ToUpper(strings.TrimLeft(s, "-")) })
		texts[name] = markdownLink.ReplaceAllString(html.EscapeString(w.values.Replace(w.text(key))), `<a href="$2">$1</a>`)
	}
	return texts
}

// capturedFields are the fields ulp-NAME of a form, which a partial has brought.
func capturedFields(c *web.Call) map[string]string {
	fields := map[string]string{}
	for _, p := range c.Params {
		if strings.HasPrefix(p.Name, "ulp-") {
			fields[p.Name] = p.Text
		}
	}
	return fields
}

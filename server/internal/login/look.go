package login

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A look is how the pages look: the branding and the theme of the tenant, and what lies
// over them. Whatever it does not have is the mock's own.
type look struct {
	Logo, Favicon string
	font          string
	page          string // the template of the page
	open          bool   // the page has partials
	rules         []string
	css           []string // values of CSS variables
	sources       []string // origins of pictures
}

// lookOf is the look of a tenant's pages for a client.
// Unverified: that the logo of a client stands on its pages if the tenant has none.
func lookOf(b *fixtures.Branding, client *fixtures.Client) look {
	var l look
	if client != nil {
		l.setLogo(client.LogoURI)
	}
	l.setLogo(b.LogoURL)
	l.setColor(b.Colors.Primary, "main", "link")
	l.Favicon, l.font = webAddress(b.FaviconURL), webAddress(b.Font.URL)
	l.setBackground(b.Colors.PageBackground)
	if len(b.Themes) > 0 {
		l.setTheme(&b.Themes[0])
	}
	for _, t := range b.Templates {
		if t.Template == fixtures.TemplateUniversalLogin {
			l.page = t.Body
		}
	}
	return l
}

// over is the look with the branding of an organization over it. The text of a button
// is such that it can be read.
func (l look) over(o fixtures.OrganizationBranding) look {
	l.setLogo(o.LogoURL)
	if main := o.Colors.Primary; fixtures.Color.MatchString(main) {
		l.setColor(main, "main", "link")
		on := "#fff"
		if bright(main) {
			on = "#000"
		}
		l.set("on-main", on)
	}
	l.setBackground(o.Colors.PageBackground)
	return l
}

func (l *look) setLogo(address string) { l.Logo = cmp.Or(webAddress(address), l.Logo) }

func (l *look) set(name, value string) { l.css = append(l.css, "--"+name+": "+value+";") }

func (l *look) setColor(color any, names ...string) {
	if text, _ := color.(string); fixtures.PageColor.MatchString(text) {
		for _, name := range names {
			l.set(name, text)
		}
	}
}

// setBackground sets the background of the page: a color, or a gradient.
// Source: auth0/docs-v2 management-api-oas.json, branding.colors.page_background.
func (l *look) setBackground(background any) {
	l.setColor(background, "back")
	if gradient, isMap := background.(map[string]any); isMap {
		start, _ := gradient["start"].(string)
		end, _ := gradient["end"].(string)
		if angle, ok := number(gradient["angle_deg"]); ok && fixtures.PageColor.MatchString(start) && fixtures.PageColor.MatchString(end) {
			l.set("back", fmt.Sprintf("linear-gradient(%sdeg, %s, %s)", angle, start, end))
		}
	}
}

// number is a number as CSS writes it.
func number(value any) (string, bool) {
	switch n := value.(type) {
	case int:
		return strconv.Itoa(n), true
	case int64:
		return strconv.FormatInt(n, 10), true
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64), !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return "", false
}

// themeColors are the CSS variables of the colors of a theme.
var themeColors = []struct{ field, variable string }{
	{"primary_button", "main"},
	{"primary_button_label", "on-main"},
	{"links_focused_components", "link"},
	{"base_focus_color", "focus"},
	{"base_hover_color", "hover"},
	{"header", "title"},
	{"body_text", "text"},
	{"widget_background", "card"},
	{"widget_border", "card-line"},
	{"input_background", "field"},
	{"input_border", "line"},
	{"input_filled_text", "typed"},
	{"input_labels_placeholders", "quiet"},
	{"icons", "icon"},
	{"secondary_button_border", "second-line"},
	{"secondary_button_label", "second"},
	{"error", "bad"},
	{"success", "good"},
}

// themeLengths are the CSS variables of the lengths of a theme, in px.
var themeLengths = []struct{ field, variable string }{
	{"button_border_radius", "button-radius"},
	{"button_border_weight", "button-weight"},
	{"input_border_radius", "input-radius"},
	{"input_border_weight", "input-weight"},
	{"widget_border_weight", "card-weight"},
	{"widget_corner_radius", "card-radius"},
}

// setTheme sets what a theme has.
// Source: auth0/terraform-provider-auth0 internal/auth0/branding/resource_theme.go.
func (l *look) setTheme(theme *fixtures.Theme) {
	for _, c := range themeColors {
		l.setColor(theme.Colors[c.field], c.variable)
	}
	if card, _ := theme.Colors["widget_background"].(string); isDark(card) {
		l.rules = append(l.rules, ":root { color-scheme: dark; }")
	}
	for _, length := range themeLengths {
		if n, ok := number(theme.Borders[length.field]); ok {
			l.set(length.variable, n+"px")
		}
	}
	for _, style := range []struct{ field, variable string }{{"buttons_style", "button-radius"}, {"inputs_style", "input-radius"}} {
		switch theme.Borders[style.field] {
		case "pill":
			l.set(style.variable, "9999px")
		case "sharp":
			l.set(style.variable, "0")
		}
	}
	if theme.Borders["show_widget_shadow"] == false {
		l.set("card-shadow", "none")
	}
	l.setFonts(theme.Fonts)
	l.setColor(theme.PageBackground["background_color"], "back")
	if picture, ok := l.source(theme.PageBackground["background_image_url"]); ok {
		l.set("back-picture", picture)
	}
	layout, _ := theme.PageBackground["page_layout"].(string)
	if place := flexPlaces[layout]; place != "" {
		l.set("place", place)
	}
	l.setWidget(theme.Widget)
}

// flexPlaces are CSS's words for the places of a theme.
var flexPlaces = map[string]string{"left": "flex-start", "right": "flex-end", "center": "center"}

func (l *look) setWidget(widget map[string]any) {
	logo, _ := widget["logo_url"].(string)
	l.setLogo(logo)
	if n, ok := number(widget["logo_height"]); ok {
		l.set("logo-height", n+"px")
	}
	if position := widget["logo_position"]; position == "none" {
		l.rules = append(l.rules, "#prompt-logo-center { display: none; }")
	} else if position == "left" || position == "right" {
		l.set("logo-"+position.(string), "0")
	}
	switch align := widget["header_text_alignment"]; align {
	case "left":
		l.set("title-place", "start")
	case "right":
		l.set("title-place", "end")
	}
}

// setFonts sets the sizes of texts. They are a share of the size of the reference
// text, in percent.
func (l *look) setFonts(fonts map[string]any) {
	if address, _ := fonts["font_url"].(string); address != "" {
		l.font = cmp.Or(webAddress(address), l.font)
	}
	if n, ok := number(fonts["reference_text_size"]); ok {
		l.set("size", n+"px")
	}
	for _, text := range []struct{ field, variable string }{
		{"title", "title"}, {"subtitle", "subtitle"}, {"body_text", "body"}, {"buttons_text", "button-text"}, {"input_labels", "label"}, {"links", "links"},
	} {
		font, _ := fonts[text.field].(map[string]any)
		if n, ok := number(font["size"]); ok {
			l.set(text.variable+"-size", "calc("+n+"em / 100)")
		}
		if bold, isSet := font["bold"].(bool); isSet {
			l.set(text.variable+"-weight", map[bool]string{true: "700", false: "400"}[bold])
		}
	}
	if fonts["links_style"] == "underlined" {
		l.set("link-line", "underline")
	}
}

// isDark tells whether a color is nearer to black than to white for the eye.
func isDark(color string) bool {
	l, ok := fixtures.Luminance(color)
	return ok && l < 0.18
}

// webAddress is an address from which a page can load something; "" for all others.
// What has a meaning in CSS is encoded.
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || !fixtures.IsPageAddress(address) {
		return ""
	}
	return strings.NewReplacer(`"`, "%22", `'`, "%27", "(", "%28", ")", "%29", "<", "%3C", `\`, "%5C").Replace(u.String())
}

// source is a picture for CSS. Its origin is noted.
func (l *look) source(address any) (string, bool) {
	text, _ := address.(string)
	if text = webAddress(text); text == "" {
		return "", false
	}
	l.sources = append(l.sources, origin(text))
	return `url("` + text + `")`, true
}

// Style is the style sheet of the look; "" for that of the mock.
func (l look) Style() template.CSS {
	var css strings.Builder
	if l.font != "" {
		css.WriteString("@font-face { font-family: \"ulp-font\"; src: url(\"" + l.font + "\"); }\n")
	}
	if len(l.css) > 0 {
		css.WriteString(":root { " + strings.Join(l.css, " ") + " }\n")
	}
	css.WriteString(strings.Join(l.rules, "\n"))
	return template.CSS(css.String()) // made of checked parts
}

// allows is what a Content-Security-Policy has to allow for the look.
func (l look) allows(directive string) string {
	var origins []string
	switch directive {
	case "img-src":
		origins = append(origins, "data:")
		for _, address := range []string{l.Logo, l.Favicon} {
			if address != "" {
				origins = append(origins, origin(address))
			}
		}
		origins = append(origins, l.sources...)
	case "font-src":
		if l.font != "" {
			origins = append(origins, origin(l.font))
		}
	case "style-src":
		origins = append(origins, source(style))
		if own := string(l.Style()); own != "" {
			origins = append(origins, source(own))
		}
	}
	if len(origins) == 0 {
		return ""
	}
	slices.Sort(origins[min(1, len(origins)):])
	return directive + " " + strings.Join(slices.Compact(origins), " ") + "; "
}

// policy is the Content-Security-Policy of a page. It has no form-action: browsers also
// apply that to the redirects that follow a form, and these lead to the app's callback
// and further. A template or a partial of the tenant may bring whatever it wants.
func (l look) policy(polls bool) string {
	const closed = "base-uri 'none'; frame-ancestors 'none'"
	if l.page != "" || l.open {
		return "default-src 'self' http: https: data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; " + closed
	}
	p := "default-src 'none'; " + l.allows("img-src") + l.allows("font-src") + l.allows("style-src") + "script-src " + allow(pagesJS) + "; " + closed
	if polls {
		p += "; connect-src 'self'"
	}
	return p
}

// Look is the look of the error page: that of the tenant, or of the organization through
// which the user signs in.
func Look(c *web.Call) web.Look {
	l, company := lookOf(&c.Setup.Fixture.Branding, nil), c.Setup.Fixture.Tenant.FriendlyName
	if o := c.Setup.ShownOrganization(c.Organization); o != nil {
		l, company = l.over(o.Branding), o.DisplayName
	}
	return web.Look{Logo: l.Logo, Favicon: l.Favicon, Company: company, Mark: markOf(c), Style: l.Style(), Sources: l.allows("img-src") + l.allows("font-src")}
}

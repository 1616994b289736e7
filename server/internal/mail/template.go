package mail

import (
	"html"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/liquid"
)

// templated writes an e-mail from the templates, whose names begin with at. Where there
// is none it has the standard text. If one of them fails, the whole message is the
// standard one: half of each would confuse its reader.
func (l Letter) templated(standard Text, at string) Text {
	if t := l.Templates; t.From == nil && t.Subject == nil && t.Body == nil {
		return standard
	}
	text, vars := standard, l.variables()
	render := func(name string, t *liquid.Template, to *string, tidy func(string) string) {
		if t == nil || standard.Note != "" {
			return
		}
		out, err := t.Render(vars, l.Now)
		if err != nil {
			standard.Note = "the template " + at + name + " failed, so this is the default text: " + err.Error()
			return
		}
		*to = tidy(out)
	}
	render("from", l.Templates.From, &text.From, inOneLine)
	render("subject", l.Templates.Subject, &text.Subject, inOneLine)
	render("body", l.Templates.Body, &text.HTML, func(s string) string { return s })
	if standard.Note != "" {
		return standard
	}
	if l.Templates.Body != nil {
		text.Plain = Readable(text.HTML)
		text.Note = l.missing(html.UnescapeString(text.HTML), text.Plain, text.Subject)
	}
	return text
}

// Rendered fills a template in. "" stands for none, and for one that fails.
func (l Letter) Rendered(t *liquid.Template) string {
	if t == nil {
		return ""
	}
	out, err := t.Render(l.variables(), l.Now)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

func (l Letter) templateSMS() Text {
	text := l.defaultSMS()
	out, err := l.Templates.SMS.Render(l.variables(), l.Now)
	if err != nil {
		text.Note = "the template failed, so this is the default text: " + err.Error()
		return text
	}
	text.Plain = strings.TrimSpace(out)
	text.Note = l.missing(text.Plain)
	return text
}

// missing is a note for a message without the code or the link. A reader also sees a
// code whose digits are apart, as in the cells of a table or in 123-456.
func (l Letter) missing(texts ...string) string {
	what, value := l.secret()
	for _, text := range texts {
		if strings.Contains(text, value) || strings.Contains(gaps.ReplaceAllString(text, ""), value) {
			return ""
		}
	}
	return "the template does not show the " + what
}

// gaps are what may stand between the digits of a code.
var gaps = regexp.MustCompile(`[\s\x{00a0}\x{2009}\x{200b}·-]+`)

func inOneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func isAuth0s(from string) bool {
	address := from
	if parsed, err := netmail.ParseAddress(from); err == nil {
		address = parsed.Address
	}
	_, domain, _ := strings.Cut(strings.TrimSuffix(strings.ToLower(address), ">"), "@")
	return domain == "auth0.com" || strings.HasSuffix(domain, ".auth0.com")
}

// variables are Auth0's variables. Those that the mock does not know are nil.
// Source: auth0/docs-v2 customize/email/email-templates/supported-liquid-syntax.mdx,
// authenticate/passwordless/authentication-methods/email-otp.mdx and sms-otp.mdx.
func (l Letter) variables() map[string]any {
	application := map[string]any{
		"name": l.Client.Name, "clientID": l.Client.ClientID, "callback_domain": orNil(callbackDomain(l.Client)),
		"client_metadata": metadata(l.Client.ClientMetadata),
	}
	vars := map[string]any{
		"application": application, "client": application,
		"request_language": orNil(l.Language), "operation": orNil(l.Operation),
		"tenant": fixtures.TenantName, "friendly_name": l.Tenant.FriendlyName,
		"support_email": orNil(l.Tenant.SupportEmail), "support_url": orNil(l.Tenant.SupportURL),
		"send": orNil(l.Send), "code": orNil(l.OTP), "password": orNil(l.OTP), "link": orNil(l.Link), "url": orNil(l.Link),
	}
	if o := l.Organization; o != nil {
		values := map[string]any{}
		for name, value := range o.Metadata {
			values[name] = value
		}
		vars["organization"] = map[string]any{
			"id": o.ID, "name": o.Name, "display_name": o.DisplayName, "metadata": values,
			"branding": map[string]any{"logo_url": orNil(o.Branding.LogoURL), "colors": map[string]any{"primary": orNil(o.Branding.Colors.Primary), "page_background": orNil(o.Branding.Colors.PageBackground)}},
		}
		vars["inviter"] = map[string]any{"name": orNil(l.Inviter)}
	}
	if l.Connection != nil {
		vars["connection"] = map[string]any{"name": l.Connection.Name}
	}
	if strings.Contains(l.Recipient, "@") {
		vars["user"] = l.userVariables()
	} else {
		vars["phone_number"] = l.Recipient
	}
	return vars
}

// userVariables are those of the user who gets the e-mail.
func (l Letter) userVariables() map[string]any {
	vars := map[string]any{"email": l.Recipient}
	if u := l.User; u.UserID != "" {
		vars = map[string]any{
			"email": l.Recipient, "email_verified": u.EmailVerified, "user_id": u.UserID, "name": u.Name, "nickname": u.Nickname, "picture": u.Picture,
			"given_name": orNil(u.GivenName), "family_name": orNil(u.FamilyName), "username": orNil(u.Username),
			"app_metadata": metadata(u.AppMetadata), "user_metadata": metadata(u.UserMetadata),
		}
	}
	if l.IP != "" { // where it is the mock does not know
		vars["source_ip"] = l.IP
	}
	return vars
}

// metadata is never nil: a template may ask for a member.
func metadata(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// callbackDomain is the origin of the client's first callback.
func callbackDomain(c *fixtures.Client) string {
	if len(c.Callbacks) == 0 {
		return ""
	}
	u, err := url.Parse(strings.TrimSuffix(c.Callbacks[0], ":*"))
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

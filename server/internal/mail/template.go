package mail

import (
	"html"
	netmail "net/mail"
	"net/url"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/liquid"
)

// ownEmail writes an e-mail by the connection's templates. If one fails the
// whole message is the mock's own, as a reader of half a message would not know
// what to make of it.
func (l Letter) ownEmail() Text {
	own := l.email()
	text, vars := own, l.variables()
	render := func(name string, t *liquid.Template, to *string, tidy func(string) string) {
		if t == nil || own.Note != "" {
			return
		}
		out, err := t.Render(vars, l.Now)
		if err != nil {
			own.Note = "the template email." + name + " failed, so this is the default text: " + err.Error()
			return
		}
		*to = tidy(out)
	}
	render("from", l.Templates.From, &text.From, inOneLine)
	render("subject", l.Templates.Subject, &text.Subject, inOneLine)
	render("body", l.Templates.Body, &text.HTML, func(s string) string { return s })
	if own.Note != "" {
		return own
	}
	if l.Templates.From != nil && isAuth0s(text.From) {
		// Source: auth0/docs-v2 authenticate/passwordless/authentication-methods/email-otp.mdx.
		own.Note = "the templates are not used while email.from is an address of auth0.com, as at Auth0: this is the default text"
		return own
	}
	if l.Templates.Body != nil {
		text.Plain = Readable(text.HTML)
		text.Note = l.shown(html.UnescapeString(text.HTML))
	}
	return text
}

func (l Letter) ownSMS() Text {
	own := l.sms()
	out, err := l.Templates.SMS.Render(l.variables(), l.Now)
	if err != nil {
		own.Note = "the template failed, so this is the default text: " + err.Error()
		return own
	}
	own.Plain = strings.TrimSpace(out)
	own.Note = l.shown(own.Plain)
	return own
}

// shown is a note if a text lacks what the message is for.
func (l Letter) shown(text string) string {
	what, value := l.carried()
	if strings.Contains(text, value) {
		return ""
	}
	return "the template does not show the " + what
}

func inOneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func isAuth0s(from string) bool {
	address := from
	if parsed, err := netmail.ParseAddress(from); err == nil {
		address = parsed.Address
	}
	_, domain, _ := strings.Cut(strings.TrimSuffix(strings.ToLower(address), ">"), "@")
	return domain == "auth0.com" || strings.HasSuffix(domain, ".auth0.com")
}

// variables are Auth0's. What the mock does not know is nil.
// Source: auth0/docs-v2 customize/email/email-templates/supported-liquid-syntax.mdx,
// authenticate/passwordless/authentication-methods/email-otp.mdx and sms-otp.mdx.
func (l Letter) variables() map[string]any {
	application := map[string]any{
		"name": l.Client.Name, "clientID": l.Client.ClientID, "callback_domain": orNil(callbackDomain(l.Client)), "client_metadata": map[string]any{},
	}
	vars := map[string]any{
		"application": application, "client": application,
		"request_language": orNil(l.Language), "operation": nil,
		"tenant": l.Tenant.FriendlyName, "friendly_name": l.Tenant.FriendlyName,
		"support_email": orNil(l.Tenant.SupportEmail), "support_url": orNil(l.Tenant.SupportURL),
		"send": l.Send, "code": l.OTP, "password": l.OTP, "link": orNil(l.Link),
	}
	if l.Connection != nil {
		vars["connection"] = map[string]any{"name": l.Connection.Name}
	}
	if strings.Contains(l.Recipient, "@") {
		vars["user"] = map[string]any{"email": l.Recipient}
	} else {
		vars["phone_number"] = l.Recipient
	}
	return vars
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

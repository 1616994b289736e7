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

// templateEmail writes an e-mail from the connection's templates. If one of them
// fails, the whole message is the default e-mail: half of each would confuse its
// reader.
func (l Letter) templateEmail() Text {
	standard := l.defaultEmail()
	text, vars := standard, l.variables()
	render := func(name string, t *liquid.Template, to *string, tidy func(string) string) {
		if t == nil || standard.Note != "" {
			return
		}
		out, err := t.Render(vars, l.Now)
		if err != nil {
			standard.Note = "the template email." + name + " failed, so this is the default text: " + err.Error()
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
	if l.Templates.From != nil && isAuth0s(text.From) {
		// Source: auth0/docs-v2 authenticate/passwordless/authentication-methods/email-otp.mdx.
		standard.Note = "the templates are not used while email.from is an address of auth0.com, as at Auth0: this is the default text"
		return standard
	}
	if l.Templates.Body != nil {
		text.Plain = Readable(text.HTML)
		text.Note = l.missing(html.UnescapeString(text.HTML), text.Plain, text.Subject)
	}
	return text
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
		"send": orNil(l.Send), "code": orNil(l.OTP), "password": orNil(l.OTP), "link": orNil(l.Link),
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

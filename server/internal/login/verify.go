package login

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// ticketView is a page to which the link of an e-mail leads.
func ticketView(c *web.Call, k fixtures.Ticket, screen string) view {
	v := view{Screen: screen, Client: c.Setup.Fixture.Tenant.FriendlyName}
	if client, ok := c.Setup.Client(k.ClientID); ok {
		v.client, v.Client = client, client.Name
	}
	return v
}

// done shows the last page. Its link leads to the client of the ticket, if that has a
// login route.
func (v view) done(c *web.Call, k fixtures.Ticket) (any, error) {
	if client, ok := c.Setup.Client(k.ClientID); ok {
		if route := c.Setup.Fixture.LoginRoute(client); route != "" {
			v.Other = &aside{Text: "Back to ${clientName}", To: route}
		}
	}
	return v.show(c)
}

// outcome is what a refused ticket is called where the browser goes, and the words of
// the page.
// Source: auth0/docs email-template-descriptions, an old page. Unverified: the codes.
type outcome struct{ code, message, words string }

var outcomes = map[string]outcome{
	refusal.TicketExpired.Name:           {"access_expired", "Access expired.", "expired"},
	refusal.TicketUsed.Name:              {"used_ticket", "This URL can be used only once", "used"},
	refusal.AlreadyVerified.Name:         {"already_verified", "This account is already verified.", "verified"},
	refusal.WrongVerificationTicket.Name: {"invalid_account", "User account does not exist or verification code is invalid.", "unknown"},
}

// EmailVerification is GET /u/email-verification, where the link of an e-mail or of a
// ticket leads. Opening it verifies the address. Then it shows a page, or leads on to
// the result_url of the ticket.
func EmailVerification(c *web.Call) (any, error) {
	k, u, err := c.Tenant.VerifyEmail(c.Params.Text("ticket"), c.Now)
	v := ticketView(c, k, "email-verification-result")
	var refused *refusal.Refusal
	switch {
	case err == nil:
		client, _ := c.Setup.Client(k.ClientID)
		recordVerified(c, k, u)
		tickets.Welcome(c, client, u)
		if k.ResultURL != "" {
			return result(k, true, "Your email was verified. You can continue using the application.", "success"), nil
		}
		return v.done(c, k)
	case !errors.As(err, &refused):
		return nil, err
	}
	what := outcomes[refused.Name]
	if k.ResultURL != "" {
		return web.Told{Value: result(k, false, what.message, what.code), Refusal: refused}, nil
	}
	v.failed = v.Screen + ", " + what.words
	page, err := v.show(c)
	return web.Told{Value: page, Refusal: refused}, err
}

// recordVerified writes to the tenant's log that a link has verified an address.
func recordVerified(c *web.Call, k fixtures.Ticket, u fixtures.User) {
	details := map[string]any{
		"body": map[string]any{"tenant": fixtures.TenantName, "ticket": k.Ticket}, "email": u.Email, "title": "Your email was verified. You can continue using the application.",
	}
	c.Record(tenantlog.Entry{Type: "sv", ClientID: k.ClientID, Description: "Your email was verified. You can continue using the application.", Details: details}.Of(&u, c.Setup.AddressOf(u)))
}

// result leads to the result_url of a ticket. Its parameters come before a fragment.
// Source: public code of applications that read them; auth0/docs-v2 customize-email-templates.
func result(k fixtures.Ticket, success bool, message, code string) web.Redirect {
	parameters := []string{"supportSignUp", "true", "supportForgotPassword", "true", "email", k.Email, "message", message, "success", strconv.FormatBool(success), "code", code}
	var query []string
	for i := 0; i < len(parameters); i += 2 {
		if name := parameters[i]; name != "email" || k.IncludeEmail {
			query = append(query, name+"="+strings.ReplaceAll(url.QueryEscape(parameters[i+1]), "+", "%20"))
		}
	}
	before, fragment, hasFragment := strings.Cut(k.ResultURL, "#")
	separator := "?"
	if strings.Contains(before, "?") {
		separator = "&"
	}
	to := before + separator + strings.Join(query, "&")
	if hasFragment {
		to += "#" + fragment
	}
	return web.Redirect{To: to}
}

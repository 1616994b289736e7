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

// ticketView is a page to which the link of an e-mail leads. It has the look of the
// ticket's organization.
// Source: auth0/docs-v2 management-api-oas.json, organization_id of a ticket.
func ticketView(c *web.Call, k fixtures.Ticket, screen string) view {
	c.Organization = k.Organization
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
			v.Other = &aside{Text: "Back to ${clientName}", To: withQuery(route, organizationQuery(c, k))}
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
			return result(c, k, true, "Your email was verified. You can continue using the application.", "success"), nil
		}
		return v.done(c, k)
	case !errors.As(err, &refused):
		return nil, err
	}
	what := outcomes[refused.Name]
	if k.ResultURL != "" {
		return web.Told{Value: result(c, k, false, what.message, what.code), Refusal: refused}, nil
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

// result leads to the result_url of a ticket.
// Source: public code of applications that read them; auth0/docs-v2 customize-email-templates.
func result(c *web.Call, k fixtures.Ticket, success bool, message, code string) web.Redirect {
	query := []string{"supportSignUp", "true", "supportForgotPassword", "true"}
	if k.IncludeEmail {
		query = append(query, "email", k.Email)
	}
	query = append(query, "message", message, "success", strconv.FormatBool(success), "code", code)
	return web.Redirect{To: withQuery(k.ResultURL, append(query, organizationQuery(c, k)...))}
}

// organizationQuery is what an app is told about the organization of a ticket: names and
// values.
// Source: auth0/docs-v2 api/authentication/change-password/change-password.mdx.
func organizationQuery(c *web.Call, k fixtures.Ticket) []string {
	o, ok := c.Setup.Organization(k.Organization)
	if !ok {
		return nil
	}
	return []string{"organization_id", o.ID, "organization_name", o.Name}
}

// withQuery adds parameters to an address: names and values. They come before a fragment.
func withQuery(address string, parameters []string) string {
	before, fragment, hasFragment := strings.Cut(address, "#")
	for i := 0; i < len(parameters); i += 2 {
		separator := "&"
		if !strings.Contains(before, "?") {
			separator = "?"
		}
		before += separator + parameters[i] + "=" + strings.ReplaceAll(url.QueryEscape(parameters[i+1]), "+", "%20")
	}
	if hasFragment {
		before += "#" + fragment
	}
	return before
}

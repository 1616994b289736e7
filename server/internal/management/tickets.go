package management

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// The members of the bodies of tickets and of the job that sends one.
var (
	ticketUser     = text.of("user_id", "user_id of for whom the ticket should be created.")
	ticketClient   = text.of("client_id", "ID of the client (application). If provided for tenants using the New Universal Login experience, the email template and UI displays application details, and the user is prompted to redirect to the application's default login route after the ticket is used. client_id is required to use the Password Reset Post Challenge trigger.")
	ticketOrg      = text.of("organization_id", "(Optional) Organization ID – the ID of the Organization. If provided, organization parameters will be made available to the email template and organization branding will be applied to the prompt. In addition, the redirect link in the prompt will include organization_id and organization_name query string parameters.")
	ticketIdentity = property{
		types: []string{"object"}, required: []string{"user_id", "provider"},
		members: []property{
			text.between(1, 0).of("user_id", "user_id of the identity to be verified."), text.between(1, 0).of("provider", "Identity provider name of the identity (e.g. google-oauth2)."),
			text.of("connection_id", "connection_id of the identity."),
		},
	}.of("identity", "This must be provided to verify primary social, enterprise and passwordless email identities. Also, is needed to verify secondary identities.")
	ticketLink = []property{
		text.withFormat("strict-uri").of("result_url", "URL the user will be redirected to in the classic Universal Login experience once the ticket is used. Cannot be specified when using client_id or organization_id."),
		integer.of("ttl_sec", "Number of seconds for which the ticket is valid before expiration. If unspecified or set to 0, this value defaults to 432000 seconds (5 days)."),
		boolean.of("includeEmailInRedirect", "Whether to include the email address as part of the returnUrl in the reset_email (true), or not (false)."),
	}
)

func ticketOperations() []operation {
	scopes := []string{"create:user_tickets"}
	return []operation{
		{
			method: "POST", path: "/tickets/email-verification", summary: "makes a link that verifies an e-mail address", scopes: scopes,
			body: &property{types: []string{"object"}, required: []string{"user_id"}, members: slices.Concat([]property{ticketUser, ticketClient, ticketOrg, ticketIdentity}, ticketLink)},
			run:  verificationTicket,
		},
		{
			method: "POST", path: "/tickets/password-change", summary: "makes a link that changes a password", scopes: scopes,
			body: &property{types: []string{"object"}, members: slices.Concat([]property{
				ticketUser, ticketClient, ticketOrg, ticketIdentity,
				text.of("connection_id", "ID of the connection. If provided, allows the user to be specified using email instead of user_id. If you set this value, you must also send the email parameter. You cannot send user_id when specifying a connection_id."),
				text.withFormat("email").of("email", "Email address of the user for whom the tickets should be created. Requires the connection_id parameter. Cannot be specified when using user_id."),
				boolean.of("mark_email_as_verified", "Whether to set the email_verified attribute to true (true) or whether it should not be updated (false)."),
				text.between(1, 0).of("new_password", "The password to set, which only old versions of the API have."),
			}, ticketLink)},
			run: passwordTicket,
		},
	}
}

func verificationTicket(c *call) (any, error) {
	u, err := c.ticketUser()
	if err != nil {
		return nil, err
	}
	return c.makeTicket(u, fixtures.Ticket{Purpose: outbox.VerifyEmail, IncludeEmail: c.body["includeEmailInRedirect"] != false})
}

func passwordTicket(c *call) (any, error) {
	for _, name := range []string{"client_id", "organization_id"} {
		if c.text("result_url") != "" && c.text(name) != "" {
			return nil, refusal.NotBoth.With("one", "result_url", "other", name)
		}
	}
	u, err := c.ticketUser()
	if err != nil {
		return nil, err
	}
	if c.Setup.Strategy(u.Connection) != tenant.StrategyDatabase {
		return nil, refusal.NoPasswordToChange
	}
	return c.makeTicket(u, fixtures.Ticket{
		Purpose: outbox.ResetEmail, IncludeEmail: c.body["includeEmailInRedirect"] == true, MarkVerified: c.body["mark_email_as_verified"] == true, NewPassword: c.text("new_password"),
	})
}

// ticketUser is the user whom the body names, by user_id or by connection_id and email.
func (c *call) ticketUser() (u fixtures.User, err error) {
	id, connID, email := c.text("user_id"), c.text("connection_id"), c.text("email")
	switch {
	case id != "" && (connID != "" || email != ""):
		return u, refusal.NotBoth.With("one", "user_id", "other", map[bool]string{true: "connection_id", false: "email"}[connID != ""])
	case id == "" && connID == "" && email == "":
		return u, missingProperty("user_id")
	case id == "" && connID == "":
		return u, missingProperty("connection_id")
	case id == "" && email == "":
		return u, missingProperty("email")
	}
	ok := false
	if id != "" {
		u, ok = c.Tenant.User(id)
	} else {
		conn, known := connections.find(c, connID)
		if !known {
			return u, refusal.UnknownConnectionOfUser.Because("there is no connection with the id " + clip(connID))
		}
		address, _ := fixtures.NormalizeEmail(email)
		u, ok = c.Tenant.UserNamed(conn.Name, address)
	}
	if !ok {
		return u, refusal.InexistentUser
	}
	return u, c.checkTicket(u)
}

func missingProperty(name string) error {
	return refusal.InvalidBody.With("problem", "'Missing required property: "+name+"'.")
}

// checkTicket refuses what the body of a ticket, or of its job, names and what is not
// there.
func (c *call) checkTicket(u fixtures.User) error {
	if id := c.text("client_id"); id != "" {
		if _, ok := c.Setup.Client(id); !ok {
			return refusal.TicketClient
		}
	}
	if id := c.text("organization_id"); id != "" {
		if _, ok := c.Setup.Organization(id); !ok {
			return refusal.TicketOrganization
		}
		if !slices.ContainsFunc(c.Tenant.Members(id), func(m tenant.Member) bool { return m.UserID == u.UserID }) {
			return refusal.TicketMember.With("user", clip(u.UserID), "organization", clip(id))
		}
	}
	if identity, ok := c.body["identity"].(map[string]any); ok {
		provider, _ := identity["provider"].(string)
		if id, _ := identity["user_id"].(string); provider+"|"+id != u.UserID {
			return refusal.TicketIdentity
		}
	}
	if u.Email == "" {
		return refusal.NoEmailAddress
	}
	return nil
}

// makeTicket answers with a link. No e-mail is sent.
func (c *call) makeTicket(u fixtures.User, t fixtures.Ticket) (any, error) {
	t.UserID, t.ClientID, t.Organization, t.ResultURL = u.UserID, c.text("client_id"), c.text("organization_id"), c.text("result_url")
	seconds, _ := c.body["ttl_sec"].(int64)
	made, _, known := c.Tenant.MakeTicket(tenant.MailTicketRequest{Ticket: t, Lifetime: tickets.Lifetime(seconds), Now: c.Now})
	if !known {
		return nil, refusal.InexistentUser // deleted meanwhile
	}
	return created(object{{Key: "ticket", Value: tickets.Link(c.Call, made)}}), nil
}

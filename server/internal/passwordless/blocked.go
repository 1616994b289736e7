package passwordless

import (
	"cmp"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// UnblockPath is the page to which the link of the blocked-account e-mail leads. It
// has the name of Auth0's screen. Unverified: no public source has the path.
const UnblockPath = "/u/brute-force-protection-unblock"

// Caller is who asks to sign a user in. The client is one that has authenticated,
// or nil.
func Caller(c *web.Call, client *fixtures.Client) tenant.Caller {
	return tenant.Caller{Name: c.Caller(), Agent: c.Header.Get("User-Agent"), IP: EndUserIP(c, client), SignedUp: c.SignedUp, Blocked: func(b tenant.Block) outbox.Message { return blocked(c, b) }}
}

// EndUserIP is the address of the end user: what a trusted client says, else the
// caller's own. The client is one that has authenticated, or nil.
// Source: auth0/docs-v2 embedded-login/relevant-api-endpoints.mdx.
func EndUserIP(c *web.Call, client *fixtures.Client) string {
	if client == nil || !tenant.Confidential(client) || !client.IsTokenEndpointIPHeaderTrusted {
		return c.IP
	}
	return cmp.Or(c.Header.Get("Auth0-Forwarded-For"), c.IP)
}

// blocked writes the message to a user whom wrong codes or passwords blocked.
func blocked(c *web.Call, b tenant.Block) outbox.Message {
	link := c.Issuer + UnblockPath[1:] + "?ticket=" + b.Ticket
	letter := mail.Letter{
		Tenant: b.Tenant, Client: b.Client, Connection: b.Connection, Recipient: b.User.Email, User: tenant.Profile(b.User), IP: b.IP, Sender: c.Setup.Fixture.MailSender(),
		Link: link, Language: c.Language(), Lifetime: b.Lifetime, Now: b.Now, Organization: c.Setup.ShownOrganization(c.Organization),
	}
	m := outbox.Message{Purpose: outbox.BlockedAccount, ClientID: b.Client.ClientID, Connection: b.Connection.Name, Language: letter.Language, CreatedAt: b.Now, ExpiresAt: b.Now.Add(b.Lifetime), Links: []string{link}}
	var text mail.Text
	if b.Connection.Strategy == tenant.StrategySMS {
		m.Kind, m.To = outbox.SMS, b.User.PhoneNumber
		text = mail.BlockedSMS(letter)
	} else {
		m.Kind, m.To = outbox.Email, b.User.Email
		own, _ := c.Setup.Mail(outbox.BlockedAccount)
		letter.Templates = own.Templates
		text = mail.BlockedEmail(letter)
	}
	m.Recipients = []string{m.To}
	m.From, m.Subject, m.Text, m.HTML, m.Note = text.From, text.Subject, text.Plain, text.HTML, text.Note
	c.Log.Warn(b.IP+" is blocked for "+m.To+" after too many wrong codes or passwords; to unblock it open "+link, "connection", m.Connection, "client_id", m.ClientID)
	return m
}

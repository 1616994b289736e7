package passwordless

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// TellNewAddress sends the e-mail of the user's connection to the address that the
// user has now. It has neither code nor link: a template tells it from the others by
// its operation.
//
// Unverified: which client it is written for. Here it is the first that may use the
// connection.
// Source: auth0/docs-v2 email-otp.mdx.
func TellNewAddress(c *web.Call, u fixtures.User) {
	conn, ok := c.Setup.Connection(u.Connection)
	if !ok {
		return // a user of a connection that the fixture has lost
	}
	client := &fixtures.Client{}
	for i := range c.Setup.Fixture.Clients {
		if tenant.Enabled(conn, c.Setup.Fixture.Clients[i].ClientID) {
			client = &c.Setup.Fixture.Clients[i]
			break
		}
	}
	letter := mail.Letter{
		Tenant: c.Setup.Fixture.Tenant, Client: client, Connection: conn, Templates: c.Setup.Templates(conn),
		Recipient: u.Email, Operation: mail.ChangeEmail, Language: c.Language(), Now: c.Now, Sender: c.Setup.Fixture.MailSender(),
	}
	text := mail.Email(letter)
	c.Log.Info("The e-mail about the new address goes to "+u.Email, "connection", conn.Name)
	c.Tenant.Outbox.Add(outbox.Message{
		Kind: outbox.Email, Purpose: outbox.ChangeEmail, To: u.Email, Recipients: []string{u.Email}, ClientID: client.ClientID, Connection: conn.Name, Language: letter.Language, CreatedAt: c.Now,
		From: text.From, Subject: text.Subject, Text: text.Plain, HTML: text.HTML, Note: text.Note,
	})
}

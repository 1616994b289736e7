// Package tickets sends the e-mails whose link has a ticket, as several surfaces ask
// for them.
package tickets

import (
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// ResetPath is the page to which the link of the e-mail leads.
const ResetPath = "/u/reset-verify"

// SendReset sends the e-mail to a user who has forgotten the password. If there is
// no such user nothing is sent, and the caller cannot tell.
func SendReset(c *web.Call, client *fixtures.Client, conn *fixtures.Connection, recipient string) {
	sent, known := c.Tenant.StartReset(tenant.ResetRequest{
		Client: client, Connection: conn, Recipient: recipient, Now: c.Now, Effects: c.Effects,
		Compose: func(t tenant.ResetTicket) outbox.Message { return compose(c, t) },
	})
	if known {
		recordReset(c, client, conn, sent)
	}
	switch {
	case !known:
		c.Hint("nothing was sent: there is no user " + recipient + " with an e-mail address on connection " + conn.Name)
	case sent[0].State == outbox.Lost || sent[0].State == outbox.Bounced:
		c.Log.Info("The message to "+recipient+" is "+sent[0].State, "scenario", sent[0].Scenario)
	default:
		c.Log.Info("To change the password of "+recipient+" open "+sent[0].Links[0], "client_id", client.ClientID)
	}
}

// recordReset writes to the tenant's log that the e-mail was sent.
func recordReset(c *web.Call, client *fixtures.Client, conn *fixtures.Connection, sent []outbox.Message) {
	m := sent[0]
	e := tenantlog.Entry{Type: "scpr", ClientID: client.ClientID, Connection: conn.Name, Details: resetDetail{
		resetBody{client.ClientID, conn.Name, m.To, fixtures.TenantName}, m.Links[0],
	}}
	e.UserID, e.UserName = c.Tenant.Named(conn.Name, m.To), m.To
	c.Record(e)
	c.RecordBounces(sent)
}

type resetDetail struct {
	Body     resetBody `json:"body"`
	ResetURL string    `json:"resetUrl"`
}

type resetBody struct {
	ClientID   string `json:"client_id"`
	Connection string `json:"connection"`
	Email      string `json:"email"`
	Tenant     string `json:"tenant"`
}

func compose(c *web.Call, t tenant.ResetTicket) outbox.Message {
	link := strings.TrimSuffix(c.Issuer, "/") + ResetPath + "?ticket=" + t.ID + "#"
	if t.CutLink {
		link = link[:len(link)*2/3]
	}
	text := mail.ResetEmail(mail.Letter{
		Tenant: t.Tenant, Client: t.Client, Connection: t.Connection, Recipient: t.Recipient, Link: link, Lifetime: tenant.ResetLifetime, Now: t.Now,
	})
	return outbox.Message{
		Kind: outbox.Email, Purpose: outbox.ResetEmail, To: t.Recipient, Recipients: []string{t.Recipient}, ClientID: t.Client.ClientID, Connection: t.Connection.Name,
		From: text.From, Subject: text.Subject, Text: text.Plain, HTML: text.HTML, Links: []string{link}, CreatedAt: t.Now, ExpiresAt: t.Now.Add(tenant.ResetLifetime),
	}
}

// CountReset counts a request for the e-mail, wherever it comes from. The limit is
// that of a caller and an e-mail address.
func CountReset(c *web.Call) error {
	return c.Count(tenant.LimitReset, c.IP+" "+c.Subject.Recipient)
}

package tickets

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// recordReset writes to the tenant's log that the e-mail was sent.
func recordReset(c *web.Call, client *fixtures.Client, conn *fixtures.Connection, sent []outbox.Message) {
	m := sent[0]
	e := tenantlog.Entry{Type: "scpr", ClientID: client.ClientID, Connection: conn.Name, Details: resetDetail{
		resetBody{client.ClientID, conn.Name, m.To, fixtures.TenantName}, m.Links[0],
	}}
	e.UserID, e.UserName = c.Tenant.Named(conn.Name, m.To), m.To
	c.Record(e)
}

// ResetRefused writes to the tenant's log that no e-mail was sent with which a user
// changes the password.
func ResetRefused(c *web.Call, refused *refusal.Refusal) {
	if refused.Log == "" {
		recordNoReset(c, c.Params.Text("client_id"), c.Params.Text("connection"), c.Params.Text("email"), refused.Words())
	}
}

func recordNoReset(c *web.Call, client, connection, to, why string) {
	e := tenantlog.Entry{Type: "fcpr", Description: why, ClientID: client, Connection: connection, Details: map[string]any{"body": map[string]any{
		"client_id": client, "connection": connection, "debug": false, "email": to, "tenant": fixtures.TenantName, "verify": false,
	}}}
	e.UserID, e.UserName = c.Tenant.Named(connection, to), to
	c.Record(e)
}

// recordVerification writes to the tenant's log that the e-mail was sent.
// Source: auth0/ruby-auth0 v5.17.0, its recordings.
func recordVerification(c *web.Call, client *fixtures.Client, u fixtures.User, sent []outbox.Message) {
	m := sent[0]
	conn, _ := c.Setup.Connection(u.Connection)
	body := map[string]any{
		"client_id": m.ClientID, "connection": u.Connection, "email": u.Email, "template": map[string]any{"type": m.Purpose}, "tenant": fixtures.TenantName,
		"to": m.To, "user_id": u.UserID, "verificationUrl": m.Links[0],
	}
	if conn != nil {
		body["provider"] = conn.Strategy
	}
	e := tenantlog.Entry{Type: "svr", Details: map[string]any{"body": body}}
	if client != nil {
		e.ClientID = client.ClientID
	}
	c.Record(e.Of(&u, c.Setup.AddressOf(u)))
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

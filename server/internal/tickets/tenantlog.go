package tickets

import (
	"github.com/mockauth0/mockauth0/fixtures"
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

package passwordless

import (
	"errors"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// What the outbox says of a text message that was handed to a gateway.
const (
	relaySent   = "sent"
	relayFailed = "failed"
)

// callGateway hands text messages to the connection's SMS gateway, if the server
// may call it. The tenant is not locked meanwhile. A message that the gateway
// refuses stays in the outbox, and its code stays good: Auth0 stores the code
// before it calls, and a gateway that timed out may have sent the message.
// Unverified: no public source tells.
func callGateway(c *web.Call, conn *fixtures.Connection, sent []outbox.Message) error {
	if !gateway.Used(conn) || c.Gateway.Refuses(conn.Options.GatewayURL) != "" {
		return nil
	}
	for _, m := range sent {
		if m.State != outbox.Delivered {
			continue
		}
		out := gateway.Message{Recipient: m.To, Body: m.Text, Sender: m.From}
		if conn.Options.ForwardReqInfo {
			out.Request = &gateway.Request{IP: c.IP, UserAgent: c.Header.Get("User-Agent")}
		}
		err := c.Gateway.Send(c.Context, conn, out, c.Now)
		if err != nil {
			note := err.Error()
			if refused := (*refusal.Refusal)(nil); errors.As(err, &refused) {
				note = refused.Description
			}
			c.Tenant.Outbox.SetRelay(m.ID, outbox.Relay{State: relayFailed, Error: note})
			return err
		}
		c.Tenant.Outbox.SetRelay(m.ID, outbox.Relay{State: relaySent})
	}
	return nil
}

// gatewayNote says why the connection's gateway does not get a text message; ""
// if it gets it, or if there is no gateway.
func gatewayNote(c *web.Call, conn *fixtures.Connection, keptBack bool) string {
	switch {
	case !gateway.Used(conn):
		return ""
	case keptBack:
		return "the SMS gateway was not called: a scenario keeps the message back"
	}
	return c.Gateway.Refuses(conn.Options.GatewayURL)
}

package passwordless

import (
	"errors"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// How a text message that a gateway was called with is marked.
const (
	relaySent   = "sent"
	relayFailed = "failed"
)

// passOn calls the connection's SMS gateway with the text messages of a start,
// as far as it may. The tenant is not locked meanwhile. What the gateway does
// not take stays in the outbox, and so does its code, which is good: Auth0 has
// filed the code before it calls, and a gateway that timed out may have sent
// the message all the same. No public source tells.
func passOn(c *web.Call, conn *fixtures.Connection, sent []outbox.Message) error {
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

// notPassedOn is a note for a text message that the connection's gateway does
// not get.
func notPassedOn(c *web.Call, conn *fixtures.Connection) string {
	switch {
	case !gateway.Used(conn):
		return ""
	case c.Effects != nil && (c.Effects.Deliver.Outcome != "" || c.Effects.Deliver.Delay > 0 || c.Effects.Deliver.Swap != ""):
		return "the SMS gateway was not called: a scenario keeps the message back"
	}
	return c.Gateway.Refuses(conn.Options.GatewayURL)
}

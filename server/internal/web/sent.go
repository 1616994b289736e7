package web

import (
	"slices"

	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Language is the template's request_language: raw, as Auth0 keeps it.
func (c *Call) Language() string {
	if l := c.Header.Get("X-Request-Language"); l != "" {
		return l
	}
	return c.Header.Get("Accept-Language")
}

// noteSent notes messages for the Actions of providers. Copies of one count once.
func (c *Call) noteSent(sent []outbox.Message) {
	for _, m := range sent {
		if !slices.ContainsFunc(c.Sent, func(known outbox.Message) bool { return known.ID == m.ID }) {
			c.Sent = append(c.Sent, m)
		}
	}
}

// TellSent tells the developer at the terminal what was sent.
func (c *Call) TellSent(sent []outbox.Message, recipient string) {
	c.noteSent(sent)
	if len(sent) == 0 {
		c.Log.Info("Nothing was sent to " + recipient + ": the user is blocked")
		return
	}
	m := sent[0]
	if m.State == outbox.Lost || m.State == outbox.Bounced {
		c.Log.Info("The message to "+recipient+" is "+m.State, "scenario", m.Scenario)
		return
	}
	if m.State == outbox.Queued {
		c.Log.Info("The message to "+recipient+" arrives later", "deliver_at", m.DeliverAt, "scenario", m.Scenario)
	}
	if m.Note != "" {
		c.Log.Warn("The message to "+recipient+": "+m.Note, "connection", m.Connection)
	}
	switch {
	case m.Purpose == outbox.MFACode:
		c.Log.Info("The second factor of "+recipient+" is the code "+m.Code, "kind", m.Kind, "client_id", m.ClientID)
	case m.Code != "":
		c.Log.Info("To sign in as "+recipient+" use the code "+m.Code, "kind", m.Kind, "client_id", m.ClientID)
	default:
		c.Log.Info("To sign in as "+recipient+" open "+m.Link, "kind", m.Kind, "client_id", m.ClientID)
	}
}

// RecordBounces writes to the tenant's log which of the e-mails came back.
func (c *Call) RecordBounces(sent []outbox.Message) {
	c.noteSent(sent)
	for _, m := range sent {
		if m.Kind == outbox.Email && m.State == outbox.Bounced {
			kind := m.Purpose
			if kind == outbox.UserInvitation { // Source: auth0/go-auth0, its recordings
				kind = "organization_invitation"
			}
			c.Record(tenantlog.Entry{
				Type: "fn", Description: "To: " + m.To, ClientID: m.ClientID, Connection: m.Connection,
				Details: map[string]any{"email_type": kind, "error": "the message bounced", "notification_type": "email", "to": m.To},
			})
		}
	}
}

// TellMail tells the developer at the terminal of an e-mail about a user's account, and
// the tenant's log if it came back.
func (c *Call) TellMail(sent []outbox.Message, what string) {
	c.RecordBounces(sent)
	m := sent[0]
	if m.Note != "" {
		c.Log.Warn("The message to "+m.To+": "+m.Note, "connection", m.Connection)
	}
	if m.State == outbox.Lost || m.State == outbox.Bounced {
		c.Log.Info("The message to "+m.To+" is "+m.State, "scenario", m.Scenario)
		return
	}
	c.Log.Info(what, "client_id", m.ClientID)
}

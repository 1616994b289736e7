package triggers

import (
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// provide runs the provider Actions for the messages of a call. The outbox has the
// messages all the same, and what the Action said about them.
func provide(c *web.Call) {
	for _, m := range c.Sent {
		trigger := actions.CustomPhoneProvider
		if m.Kind == outbox.Email {
			trigger = actions.CustomEmailProvider
		}
		if c.Runner.Has(c.Setup.Fixture, trigger) {
			provideOne(c, trigger, m)
		}
	}
}

// otpVerify is the message_type of a code by phone.
// Source: auth0/docs-v2 custom-phone-provider-event-object.mdx.
const otpVerify = "otp_verify"

func provideOne(c *web.Call, trigger actions.Trigger, m outbox.Message) {
	client, _ := c.Setup.Client(m.ClientID)
	e := eventOf(c, client)
	e.Connection = connectionOf(c.Setup, m.Connection)
	if id := c.Tenant.Named(m.Connection, m.To); id != "" {
		if u, ok := c.Tenant.User(id); ok {
			e.User = UserOf(c.Setup, u)
		}
	}
	n := &actions.Notification{MessageType: m.Purpose, Locale: "en"}
	if m.Language != "" {
		n.Locale = m.Language
	}
	if trigger == actions.CustomEmailProvider {
		if n.From, n.To, n.Subject, n.HTML, n.Text = m.From, m.To, m.Subject, m.HTML, m.Text; m.Purpose == outbox.Passwordless {
			n.MessageType = "verification_code"
		}
	} else {
		n.Recipient, n.From, n.AsText, n.AsVoice, n.Code, n.DeliveryMethod = m.To, m.From, m.Text, m.Text, m.Code, "text"
		if m.Kind == outbox.Voice {
			n.DeliveryMethod = "voice"
		}
		if m.Purpose == outbox.Passwordless || m.Purpose == outbox.MFACode {
			n.MessageType = otpVerify
		}
	}
	e.Notification = n
	out := c.Runner.Run(c.Context, c.Setup.Fixture, runner.Flow{Trigger: trigger, Event: e, Issuer: c.Issuer})
	c.Ran = append(c.Ran, out.Ran...)
	said := "sent"
	switch {
	case out.Unsent != "":
		said = out.Unsent
	case out.Denied != nil:
		said = "failed: " + out.Denied.Reason
	}
	c.Tenant.Outbox.SetProvider(m.ID, said)
}

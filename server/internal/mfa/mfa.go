// Package mfa sends what a user proves a second factor with: the code of a message,
// or a push notification. An app asks for it by the MFA API, a user on a login page.
package mfa

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Challenge sends a code to an authenticator of the user, or a push notification.
// The authenticator is the ID of one that tenant.SecondStep lists, or of one that
// the user enrolls now.
func Challenge(c *web.Call, step tenant.StepRequest, authenticator string) (tenant.OOB, error) {
	oob, err := c.Tenant.StartOOB(tenant.OOBRequest{
		StepRequest: step, Authenticator: authenticator,
		Compose: func(s tenant.OOBSecret) outbox.Message { return compose(c, s) },
	})
	if err != nil {
		return oob, err
	}
	recordSent(c, oob)
	switch oob.Authenticator.Channel {
	case tenant.ChannelPush:
		c.Log.Info("A push notification waits for the answer of " + oob.UserID + ": POST /_mock/push")
	default:
		c.TellSent(oob.Sent, oob.Authenticator.To)
	}
	return oob, nil
}

// Enroll begins the enrolment of a factor. A factor with a channel gets its code or
// notification at once.
func Enroll(c *web.Call, r tenant.EnrollRequest) (tenant.Enrollment, tenant.OOB, error) {
	r.Origin = c.Origin
	enrollment, err := c.Tenant.Enroll(r)
	if err == nil {
		c.Record(tenantlog.Entry{Type: "gd_start_enroll"})
	}
	if err != nil || enrollment.Authenticator.Channel == "" {
		return enrollment, tenant.OOB{}, err
	}
	oob, err := Challenge(c, r.StepRequest, enrollment.Authenticator.ID)
	return enrollment, oob, err
}

// Started writes to the tenant's log that a user is asked for a second factor.
func Started(c *web.Call, u *fixtures.User) {
	c.Record(tenantlog.Entry{Type: "gd_start_auth"}.Of(u, c.Setup.AddressOf(*u)))
}

// recordSent writes to the tenant's log what was sent.
func recordSent(c *web.Call, oob tenant.OOB) {
	types := map[string]string{tenant.ChannelEmail: "gd_send_email", tenant.ChannelSMS: "gd_send_sms", tenant.ChannelVoice: "gd_send_voice", tenant.ChannelPush: "gd_send_pn"}
	a := oob.Authenticator
	details := map[string]any{"authenticator": map[string]any{"id": a.ID, "type": a.Type}}
	e := tenantlog.Entry{Type: types[a.Channel], Details: details}
	bounced := len(oob.Sent) > 0 && oob.Sent[0].State == outbox.Bounced
	if bounced && (a.Channel == tenant.ChannelSMS || a.Channel == tenant.ChannelVoice) {
		e.Type += "_failure"
		details["provider_error"] = map[string]any{"errorCode": "bounced", "message": "the message bounced"}
	}
	c.Record(e)
	c.RecordBounces(oob.Sent)
}

// compose writes the message with a code.
func compose(c *web.Call, s tenant.OOBSecret) outbox.Message {
	letter := mail.Letter{
		Tenant: s.Tenant, Client: s.Client, Recipient: s.To, Send: "code", Language: c.Language(),
		Code: s.Code, OTP: s.Code, Lifetime: s.Expires.Sub(s.Now), Now: s.Now, User: tenant.Profile(s.User), Sender: c.Setup.Fixture.MailSender(),
		Organization: c.Setup.ShownOrganization(c.Organization),
	}
	m := outbox.Message{
		Purpose: outbox.MFACode, To: s.To, Recipients: []string{s.To}, Code: s.Code,
		ClientID: s.Client.ClientID, Language: letter.Language, CreatedAt: s.Now, ExpiresAt: s.Expires,
	}
	var text mail.Text
	switch s.Channel {
	case tenant.ChannelEmail:
		m.Kind = outbox.Email
		own, _ := c.Setup.Mail(outbox.MFACode)
		letter.Templates = own.Templates
		text = mail.MFAEmail(letter, s.Enrolling)
	case tenant.ChannelVoice:
		m.Kind = outbox.Voice
		text = mail.MFAVoice(letter, s.Enrolling)
	default:
		m.Kind = outbox.SMS
		text = mail.MFASMS(letter, s.Enrolling)
	}
	m.From, m.Subject, m.Text, m.HTML, m.Note = text.From, text.Subject, text.Plain, text.HTML, text.Note
	return m
}

// Step is the second step that an mfa_token or the ID of a page names.
func Step(c *web.Call, id string) tenant.StepRequest {
	return tenant.StepRequest{Step: id, Now: c.Now, Effects: c.Effects}
}

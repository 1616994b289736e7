package tickets

import (
	"net/url"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/mail"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// InvitationURL is where an invitation leads: into the app, which passes the invitation
// and the organization on to /authorize. It is "" if the app has no login route.
func InvitationURL(s *tenant.Setup, v tenant.Invitation) string {
	client, ok := s.Client(v.ClientID)
	if !ok {
		return ""
	}
	route := s.Fixture.LoginRoute(client)
	organization, known := s.Organization(v.Organization)
	if route == "" || !known {
		return ""
	}
	glue := "?"
	if strings.Contains(route, "?") {
		glue = "&"
	}
	return route + glue + "invitation=" + url.QueryEscape(v.TicketID) + "&organization=" + url.QueryEscape(v.Organization) + "&organization_name=" + url.QueryEscape(organization.Name)
}

// Invite makes an invitation to an organization. Its e-mail goes to the outbox, if it
// shall be sent.
func Invite(c *web.Call, o *fixtures.Organization, v fixtures.Invitation, send bool) (tenant.Invitation, error) {
	made, sent, err := Inviting{c.Tenant, c.Setup, c.Now, c.Effects, c.Language()}.invite(o, v, send)
	tellInvited(c, made, sent)
	return made, err
}

// InviteByName is Invite as a test asks for it: see Inviting.ByName.
func InviteByName(c *web.Call, organization string, v fixtures.Invitation, send bool) (tenant.Invitation, error) {
	made, sent, err := Inviting{c.Tenant, c.Setup, c.Now, c.Effects, c.Language()}.ByName(organization, v, send)
	tellInvited(c, made, sent)
	return made, err
}

// tellInvited tells the developer at the terminal of an invitation.
func tellInvited(c *web.Call, made tenant.Invitation, sent []outbox.Message) {
	c.RecordBounces(sent)
	if len(sent) > 0 {
		o := c.Setup.ShownOrganization(made.Organization)
		c.Log.Info("To accept the invitation of "+made.Invitee.Email+" to "+o.Name+" open "+InvitationURL(c.Setup, made), "client_id", made.ClientID, "state", sent[0].State)
	}
}

func (i Inviting) compose(o *fixtures.Organization, v tenant.Invitation, cutLink bool) outbox.Message {
	link := InvitationURL(i.Setup, v)
	if cutLink {
		link = link[:len(link)*2/3]
	}
	client, _ := i.Setup.Client(v.ClientID)
	to := v.Invitee.Email
	own, _ := i.Setup.Mail(outbox.UserInvitation)
	text := mail.InvitationEmail(mail.Letter{
		Tenant: i.Setup.Fixture.Tenant, Client: client, Templates: own.Templates, Recipient: to, Link: link, Language: i.Language,
		Lifetime: time.Duration(v.TTLSec) * time.Second, Now: i.Now, Sender: i.Setup.Fixture.MailSender(), Organization: i.Setup.ShownOrganization(o.ID), Inviter: v.Inviter.Name,
	})
	return outbox.Message{
		Kind: outbox.Email, Purpose: outbox.UserInvitation, To: to, Recipients: []string{to}, ClientID: v.ClientID, Connection: v.Connection, Language: i.Language,
		From: text.From, Subject: text.Subject, Text: text.Plain, HTML: text.HTML, Note: text.Note, Links: []string{link}, CreatedAt: i.Now, ExpiresAt: v.ExpiresAt,
	}
}

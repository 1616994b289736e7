package control

import (
	"net/http"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// invitationAsked is the body of POST /_mock/invitations.
type invitationAsked struct {
	Organization string         `yaml:"organization" required:"true" doc:"The name or the id of the organization."`
	Email        string         `yaml:"email" required:"true" doc:"Who is invited."`
	ClientID     string         `yaml:"client_id" doc:"The client into which the URL leads. Default: the first one with organization_usage allow or require and an initiate_login_uri."`
	Roles        []string       `yaml:"roles" doc:"The roles in the organization, by name or id."`
	Inviter      string         `yaml:"inviter" doc:"Who invites. Default: the tenant's friendly_name."`
	Connection   string         `yaml:"connection" doc:"The connection by which the user must sign in."`
	TTLSec       int64          `yaml:"ttl_sec" min:"0" max:"2592000" doc:"For how many seconds the invitation is good. Default: 604800."`
	SendEmail    *bool          `yaml:"send_invitation_email" doc:"false: no e-mail is sent. Default: true."`
	AppMetadata  map[string]any `yaml:"app_metadata" doc:"The app_metadata of a user who signs up."`
	UserMetadata map[string]any `yaml:"user_metadata" doc:"The user_metadata of a user who signs up."`
}

// An invitation is the answer, in the Management API's names.
type invitation struct {
	ID            string   `json:"id"`
	Organization  string   `json:"organization_id"`
	ClientID      string   `json:"client_id"`
	Email         string   `json:"email"`
	Roles         []string `json:"roles"`
	TicketID      string   `json:"ticket_id"`
	InvitationURL string   `json:"invitation_url"`
	CreatedAt     string   `json:"created_at"`
	ExpiresAt     string   `json:"expires_at"`
}

// Invite is POST /_mock/invitations.
func (a *API) Invite(c *web.Call) (any, error) {
	var asked invitationAsked
	if err := decode(c, &asked); err != nil {
		return nil, err
	}
	v := fixtures.Invitation{
		Invitee: fixtures.InvitationInvitee{Email: asked.Email}, Inviter: fixtures.InvitationInviter{Name: asked.Inviter}, ClientID: asked.ClientID,
		Roles: asked.Roles, Connection: asked.Connection, TTLSec: asked.TTLSec, AppMetadata: asked.AppMetadata, UserMetadata: asked.UserMetadata,
	}
	made, err := tickets.InviteByName(c, asked.Organization, v, asked.SendEmail == nil || *asked.SendEmail)
	if err != nil {
		return nil, userError(err)
	}
	const form = "2006-01-02T15:04:05.000Z"
	return web.Status{Code: http.StatusCreated, Value: invitation{
		made.ID, made.Organization, made.ClientID, made.Invitee.Email, append([]string{}, made.Roles...), made.TicketID, tickets.InvitationURL(c.Setup, made),
		made.CreatedAt.UTC().Format(form), made.ExpiresAt.UTC().Format(form),
	}}, nil
}

// ListOrganizations is GET /_mock/organizations.
func (a *API) ListOrganizations(*web.Call) (any, error) {
	all := a.Server.Organizations()
	items := make([]rawJSON, len(all))
	for i, o := range all {
		data, err := strictyaml.MarshalJSON(o)
		if err != nil {
			return nil, err
		}
		items[i] = data
	}
	return list[rawJSON]{items}, nil
}

// member is the body of PUT /_mock/organizations/{organization}/members/{user}.
type member struct {
	Roles []string `yaml:"roles" doc:"The roles in the organization, by name or id."`
}

// SetMember is PUT /_mock/organizations/{organization}/members/{user}.
func (a *API) SetMember(c *web.Call) (any, error) {
	var m member
	if len(c.Body) > 0 {
		if err := decode(c, &m); err != nil {
			return nil, err
		}
	}
	if err := a.Server.SetMember(c.Vars["organization"], c.Vars["user"], m.Roles...); err != nil {
		return nil, userError(err)
	}
	return noContent, nil
}

// RemoveMember is DELETE /_mock/organizations/{organization}/members/{user}.
func (a *API) RemoveMember(c *web.Call) (any, error) {
	if err := a.Server.RemoveMember(c.Vars["organization"], c.Vars["user"]); err != nil {
		return nil, userError(err)
	}
	return noContent, nil
}

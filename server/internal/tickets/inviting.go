package tickets

import (
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Inviting makes invitations. An Inviting without Effects or Language is one that no
// request asks for.
type Inviting struct {
	Tenant   *tenant.Tenant
	Setup    *tenant.Setup
	Now      time.Time
	Effects  *faults.Effects
	Language string
}

// ByName invites somebody as a test asks for it: organizations and roles have names, and
// what is left out has a default. Errors are of type *tenant.UserError.
func (i Inviting) ByName(organization string, v fixtures.Invitation, send bool) (made tenant.Invitation, sent []outbox.Message, err error) {
	o, err := i.Setup.CalledOrganization(organization)
	if err != nil {
		return made, nil, err
	}
	if v, err = i.complete(o, v); err != nil {
		return made, nil, err
	}
	return i.invite(o, v, send)
}

func invalidInvitation(description string) error {
	return &tenant.UserError{Code: "invalid_invitation", Description: description}
}

func (i Inviting) complete(o *fixtures.Organization, v fixtures.Invitation) (fixtures.Invitation, error) {
	f := i.Setup.Fixture
	email, ok := fixtures.NormalizeEmail(v.Invitee.Email)
	if !ok {
		return v, invalidInvitation(strconv.Quote(v.Invitee.Email) + " is not an e-mail address")
	}
	v.Invitee.Email = email
	if v.Inviter.Name == "" {
		v.Inviter.Name = f.Tenant.FriendlyName
	}
	if v.TTLSec == 0 {
		v.TTLSec = int64(fixtures.InvitationLifetime / time.Second)
	}
	if v.TTLSec < 0 || v.TTLSec > 2592000 {
		return v, invalidInvitation("ttl_sec must be from 1 to 2592000, which is 30 days")
	}
	var roles []string
	for _, name := range v.Roles {
		id, ok := f.RoleID(name)
		if !ok {
			return v, invalidInvitation("there is no role " + strconv.Quote(name))
		}
		roles = append(roles, id)
	}
	v.Roles = roles
	if v.Connection != "" {
		if _, err := i.Setup.LoginConnection(v.Connection, &tenant.Authorization{Organization: o.ID, Client: &fixtures.Client{}}); err != nil {
			return v, invalidInvitation("organization " + o.Name + " has no connection " + strconv.Quote(v.Connection) + " among its enabled_connections")
		}
	}
	for c := range f.Clients {
		client := &f.Clients[c]
		if v.ClientID == "" && client.MayUseOrganizations() && f.LoginRoute(client) != "" {
			v.ClientID = client.ClientID
		}
	}
	client, known := i.Setup.Client(v.ClientID)
	switch {
	case v.ClientID == "":
		return v, invalidInvitation("no client can take an invitation: one needs organization_usage allow or require, and initiate_login_uri, the address in the app that begins a login")
	case !known:
		return v, invalidInvitation("there is no client " + strconv.Quote(v.ClientID))
	case !client.MayUseOrganizations():
		return v, invalidInvitation("client " + v.ClientID + " does not allow organizations; set its organization_usage to allow or require")
	case f.LoginRoute(client) == "":
		return v, invalidInvitation("client " + v.ClientID + " has no initiate_login_uri, the address in the app that begins a login, and the tenant no default_redirection_uri")
	}
	return v, nil
}

// invite makes an invitation. Its e-mail goes to the outbox, if it shall be sent.
func (i Inviting) invite(o *fixtures.Organization, v fixtures.Invitation, send bool) (tenant.Invitation, []outbox.Message, error) {
	r := tenant.InviteRequest{Organization: o.ID, Invitation: v, Now: i.Now, Effects: i.Effects}
	if send {
		r.Compose = func(made tenant.Invitation, cutLink bool) outbox.Message { return i.compose(o, made, cutLink) }
	}
	return i.Tenant.Invite(r)
}

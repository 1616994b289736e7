package management

import (
	"slices"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
)

// invitationOperations are the invitations to an organization.
var invitationOperations = []operation{
	{
		method: "GET", path: invitationsPath, summary: "lists the invitations to an organization", scopes: []string{"read:organization_invitations"},
		query: slices.Concat(pages, fieldLists, []property{
			text.of("sort", "Field to sort by. Use field:order where order is 1 for ascending and -1 for descending Defaults to created_at:-1."),
		}),
		run: listInvitations,
	},
	{
		method: "POST", path: invitationsPath, summary: "invites somebody to an organization, by e-mail", scopes: []string{"create:organization_invitations"},
		body: &property{types: []string{"object"}, required: []string{"inviter", "invitee", "client_id"}, members: []property{
			{name: "inviter", types: []string{"object"}, required: []string{"name"}, members: []property{text.between(0, 300).of("name", "The inviters name.")}},
			{name: "invitee", types: []string{"object"}, required: []string{"email"}, members: []property{text.withFormat("email").of("email", "The invitee's email.")}},
			text.of("client_id", "Auth0 client ID. Used to resolve the application's login initiation endpoint."),
			text.of("connection_id", "The id of the connection to force invitee to authenticate with."),
			anyBag.of("app_metadata", "Data related to the user that does affect the application's core functionality."),
			anyBag.of("user_metadata", "Data related to the user that does not affect the application's core functionality."),
			{name: "ttl_sec", about: "Number of seconds for which the invitation is valid before expiration. If unspecified or set to 0, this value defaults to 604800 seconds (7 days). Max value: 2592000 seconds (30 days).", types: []string{"integer"}, max: 2592000},
			{name: "roles", about: "List of roles IDs to associated with the user.", types: []string{"array"}, min: 1, max: 50, items: &text},
			boolean.of("send_invitation_email", "Whether the user will receive an invitation email (true) or no email (false), true by default"),
		}},
		run: addInvitation,
	},
	{method: "GET", path: invitationPath, summary: "reads an invitation to an organization", scopes: []string{"read:organization_invitations"}, query: fieldLists, run: readInvitation},
	{method: "DELETE", path: invitationPath, summary: "takes an invitation to an organization back", scopes: []string{"delete:organization_invitations"}, run: removeInvitation},
}

const (
	invitationsPath = "/organizations/{id}/invitations"
	invitationPath  = invitationsPath + "/{invitation_id}"
)

func (c *call) invitingOrganization() (*fixtures.Organization, error) {
	o, ok := c.Setup.Organization(c.Vars["id"])
	if !ok {
		return nil, refusal.InexistentInvitingOrganization
	}
	return o, nil
}

func showInvitation(c *call, v tenant.Invitation) object {
	o := &shape{object{
		{Key: "id", Value: v.ID},
		{Key: "client_id", Value: v.ClientID},
		{Key: "inviter", Value: object{{Key: "name", Value: v.Inviter.Name}}},
		{Key: "invitee", Value: object{{Key: "email", Value: v.Invitee.Email}}},
		{Key: "invitation_url", Value: tickets.InvitationURL(c.Setup, v)},
		{Key: "ticket_id", Value: v.TicketID},
		{Key: "created_at", Value: isoTime(v.CreatedAt)},
		{Key: "expires_at", Value: isoTime(v.ExpiresAt)},
		{Key: "organization_id", Value: v.Organization},
	}}
	if v.Connection != "" {
		o.set("connection_id", c.connectionID(v.Connection))
	}
	if len(v.Roles) > 0 {
		o.set("roles", v.Roles)
	}
	if v.AppMetadata != nil {
		o.set("app_metadata", v.AppMetadata)
	}
	if v.UserMetadata != nil {
		o.set("user_metadata", v.UserMetadata)
	}
	return o.object
}

// listInvitations lists the newest first, as at Auth0.
func listInvitations(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	o, err := c.invitingOrganization()
	if err != nil {
		return nil, err
	}
	all := c.Tenant.Invitations(o.ID)
	if c.query["sort"] != "created_at:1" {
		slices.Reverse(all)
	}
	var shown []object
	for _, v := range cut(p, all) {
		shown = append(shown, c.only(showInvitation(c, v)))
	}
	return c.answer(untotaled, "invitations", p, shown, len(all)), nil
}

func (c *call) invitation() (tenant.Invitation, error) {
	o, err := c.invitingOrganization()
	if err != nil {
		return tenant.Invitation{}, err
	}
	v, ok := c.Tenant.Invitation(o.ID, c.Vars["invitation_id"])
	if !ok {
		return v, refusal.InexistentInvitation
	}
	return v, nil
}

func readInvitation(c *call) (any, error) {
	v, err := c.invitation()
	if err != nil {
		return nil, err
	}
	return c.only(showInvitation(c, v)), nil
}

func removeInvitation(c *call) (any, error) {
	if _, err := c.invitingOrganization(); err != nil {
		return nil, err
	}
	if v, err := c.invitation(); err == nil {
		c.Tenant.EndInvitation(v.ID)
	}
	return noContent, nil
}

func addInvitation(c *call) (any, error) {
	o, err := c.invitingOrganization()
	if err != nil {
		return nil, err
	}
	v := fixtures.Invitation{ClientID: c.text("client_id"), Roles: c.texts("roles"), TTLSec: int64(fixtures.InvitationLifetime / time.Second)}
	inviter, _ := c.body["inviter"].(map[string]any)
	v.Inviter.Name, _ = inviter["name"].(string)
	invitee, _ := c.body["invitee"].(map[string]any)
	address, _ := invitee["email"].(string)
	var ok bool
	if v.Invitee.Email, ok = fixtures.NormalizeEmail(address); !ok {
		return nil, refusal.InvalidBody.With("problem", "'Object didn't pass validation for format email: "+clip(address)+"' on property invitee.email (The invitee's email).")
	}
	if ttl, _ := c.body["ttl_sec"].(int64); ttl != 0 {
		v.TTLSec = ttl
	}
	v.AppMetadata, _ = c.body["app_metadata"].(map[string]any)
	v.UserMetadata, _ = c.body["user_metadata"].(map[string]any)
	if err := c.checkInvitation(&v); err != nil {
		return nil, err
	}
	made, err := tickets.Invite(c.Call, o, v, c.body["send_invitation_email"] != false)
	if err != nil {
		return nil, err
	}
	return created(showInvitation(c, made)), nil
}

// checkInvitation refuses an invitation that leads nowhere. It sets the connection.
func (c *call) checkInvitation(v *fixtures.Invitation) error {
	client, ok := c.Setup.Client(v.ClientID)
	switch {
	case !ok:
		return refusal.InvitationClient.Because("there is no client " + clip(v.ClientID) + " in the fixture")
	case !client.MayUseOrganizations():
		return refusal.InvitationClientUsage.With("client", client.ClientID).Because("set organization_usage of the client to allow or require")
	}
	if id := c.text("connection_id"); id != "" {
		conn, ok := connections.find(c, id)
		switch {
		case !ok:
			return refusal.InvitationConnection
		case tenant.Passwordless(&conn):
			return refusal.InvitationPasswordless.Because("leave connection_id out: then the invited user can sign in with each connection of the organization")
		}
		v.Connection = conn.Name
	}
	if c.Setup.Fixture.LoginRoute(client) == "" {
		return refusal.InvitationLoginRoute.Because("set initiate_login_uri of the client, or default_redirection_uri of the tenant")
	}
	unknown := without(v.Roles, func(id string) bool { _, ok := c.Setup.Role(id); return ok })
	if len(unknown) > 0 {
		return refusal.InvitationRoles.With("roles", clip(strings.Join(unknown, ", ")))
	}
	return nil
}

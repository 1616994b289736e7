package server

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tickets"
)

// Organizations are the organizations with their present members and invitations, in the
// order of the fixture.
func (s *Server) Organizations() []fixtures.Organization { return s.tenant.Organizations() }

// SetMember makes a user a member of an organization, with these roles and no others. The
// organization and the roles are named by ids or names; the user is a user_id, an e-mail
// address, a phone number or a username. The error says which of them there is not.
func (s *Server) SetMember(organization, user string, roles ...string) error {
	return s.tenant.SetMember(organization, user, roles)
}

// RemoveMember ends the membership of a user, who is named as for SetMember. For a user
// who is no member there is nothing to do.
func (s *Server) RemoveMember(organization, user string) error {
	return s.tenant.DropMember(organization, user)
}

// Invite invites somebody to an organization, which is named by its id or its name. It
// sends the e-mail, and returns the invitation with its URL, which leads into the app. Of
// the invitation only Invitee.Email is needed. Without ClientID it is one to the first
// client that takes invitations; roles may have names. The error says what is wrong.
func (s *Server) Invite(organization string, v fixtures.Invitation) (made fixtures.Invitation, url string, err error) {
	setup := s.tenant.Setup()
	inv, _, err := tickets.Inviting{Tenant: s.tenant, Setup: setup, Now: s.Clock().Now()}.ByName(organization, v, true)
	if err != nil {
		return fixtures.Invitation{}, "", err
	}
	return inv.Invitation, tickets.InvitationURL(setup, inv), nil
}

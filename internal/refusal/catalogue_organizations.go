package refusal

// Where the words about invitations are.
const docInvite = "auth0/docs-v2 main/docs/manage-users/organizations/configure-organizations/send-membership-invitations.mdx"

// Roles and organizations in the Management API. Many of its 404s have no errorCode.
var (
	InexistentRole = entry(Refusal{
		Name: "management_inexistent_role", Status: 404,
		Description: "The role does not exist.", Source: recordings,
	})
	ExistentRole = entry(Refusal{
		Name: "management_existent_role", Status: 409,
		Description: "The role name already exists", Source: "no public text", Unverified: true,
	})
	InexistentOrganization = entry(Refusal{
		Name: "management_inexistent_organization", Status: 404,
		Description: "No organization found by that id or name", Source: recordings,
	})
	ExistentOrganization = entry(Refusal{
		Name: "management_existent_organization", Status: 409, Code: "organization_conflict",
		Description: "An organization with the same name already exists.", Source: "auth0/docs-v2 main/docs/manage-users/organizations/configure-organizations/create-organizations.mdx",
	})
	InexistentOrganizationConnection = entry(Refusal{
		Name: "management_inexistent_organization_connection", Status: 404,
		Description: "No connection found by that id", Source: recordings,
	})
	ExistentOrganizationConnection = entry(Refusal{
		Name: "management_existent_organization_connection", Status: 409,
		Description: "The connection is already enabled for the organization", Source: "no public text", Unverified: true,
	})
	SignupNeedsMembership = entry(Refusal{
		Name: "management_signup_needs_membership", Status: 400, Code: "invalid_body",
		Description: "Only database connections with assign_membership_on_login = true support is_signup_enabled = true.", Source: recordings,
	})
	InexistentDiscoveryDomain = entry(Refusal{
		Name: "management_inexistent_discovery_domain", Status: 404,
		Description: "No organization domain found by that id", Source: recordings,
	})
	ExistentDiscoveryDomain = entry(Refusal{
		Name: "management_existent_discovery_domain", Status: 409,
		Description: "The domain is already associated with the organization", Source: "no public text", Unverified: true,
	})
	ExistentOrganizationGrant = entry(Refusal{
		Name: "management_existent_organization_grant", Status: 409,
		Description: "The grant is already associated with the organization", Source: "no public text", Unverified: true,
	})
	InexistentOrganizationClient = entry(Refusal{
		Name: "management_inexistent_organization_client", Status: 404,
		Description: "No client found by that id", Source: "the wording of management_inexistent_organization_connection", Unverified: true,
	})
	ExistentOrganizationClient = entry(Refusal{
		Name: "management_existent_organization_client", Status: 409,
		Description: "The client is already associated with the organization", Source: "no public text", Unverified: true,
	})
)

// Invitations to organizations.
var (
	InexistentInvitation = entry(Refusal{
		Name: "management_inexistent_invitation", Status: 404, Code: "inexistent_invitation",
		Description: "The invitation does not exist.", Source: recordings,
	})
	InexistentInvitingOrganization = entry(Refusal{
		Name: "management_inexistent_inviting_organization", Status: 404,
		Description: "No organization found by that id.", Source: docInvite,
	})
	InvitationClient = entry(Refusal{
		Name: "management_invitation_client", Status: 400, Code: "invalid_body",
		Description: "The specified client_id does not exist.", Source: docInvite,
	})
	InvitationClientUsage = entry(Refusal{
		Name: "management_invitation_client_usage", Status: 400, Code: "invalid_body",
		Description: "The specified client_id ({client}) does not allow organizations.", Source: "https://github.com/auth0/agent-skills/pull/180",
		Examples: map[string]string{"client": "acme-web"},
	})
	InvitationConnection = entry(Refusal{
		Name: "management_invitation_connection", Status: 400, Code: "invalid_body",
		Description: "The specified connection does not exist.", Source: docInvite,
	})
	InvitationPasswordless = entry(Refusal{
		Name: "management_invitation_passwordless", Status: 400, Code: "invalid_body",
		Description: "Passwordless connections are not supported.", Source: docInvite,
	})
	InvitationLoginRoute = entry(Refusal{
		Name: "management_invitation_login_route", Status: 400, Code: "invalid_body",
		Description: "A default login route is required to generate the invitation url.", Source: docInvite,
	})
	InvitationRoles = entry(Refusal{
		Name: "management_invitation_roles", Status: 400, Code: "invalid_body",
		Description: "One or more of the specified roles do not exist: {roles}.", Source: docInvite, Unverified: true,
		Examples: map[string]string{"roles": "rol_1, rol_2"},
	})
)

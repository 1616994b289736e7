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

// Logins through organizations, at /authorize, /oauth/par and /oauth/token. Public texts
// have the words, and none has the status of /oauth/token.
var (
	OrganizationRequired = entry(Refusal{
		Name: "organization_required", Status: 400, Code: "invalid_request",
		Description: "parameter organization is required for this client", Source: "https://github.com/auth0-samples/auth0-nodejs-webapp-sample/issues/117; for an invitation without organization, client_credentials and the logins that take no organization no public text",
	})
	OrganizationNotAllowed = entry(Refusal{
		Name: "organization_not_allowed", Status: 400, Code: "invalid_request",
		Description: "parameter organization is not allowed for this client", Source: "public code that handles the error of /authorize; for client_credentials no public text",
	})
	OrganizationNoID = entry(Refusal{
		Name: "organization_no_id", Status: 400, Code: "invalid_request",
		Description: "authorization request parameter organization must be an organization id", Source: "https://github.com/auth0/auth0-react/issues/590",
	})
	OrganizationUnknown = entry(Refusal{
		Name: "organization_unknown", Status: 400, Code: "invalid_request",
		Description: "parameter organization is invalid", Source: "a test of public code", Unverified: true,
	})
	NotOrganizationMember = entry(Refusal{
		Name: "not_organization_member", Status: 403, Code: "access_denied",
		Description: "user {user} is not part of the {organization} organization", Source: "public code that handles the error of /authorize, with real ids; for a code or a refresh token no public text",
		Examples: map[string]string{"user": "auth0|63d17c3f13efda064d3ac6d1", "organization": "org_0000000000000000"},
	})
	NoOrganization = entry(Refusal{
		Name: "no_organization", Status: 400, Code: "invalid_request",
		Description: "client requires organization membership, but user does not belong to any organization", Source: "public code that handles the error of /authorize",
	})
	OrganizationConnectionDisabled = entry(Refusal{
		Name: "organization_connection_disabled", Status: 403, Code: "access_denied",
		Description: "the connection is not enabled", Source: "auth0/auth0-server-python examples/InteractiveLogin.md has the code; no public text has the words", Unverified: true,
	})
	OrganizationFull = entry(Refusal{
		Name: "organization_full", Status: 403, Code: "access_denied",
		Description: "organization member limit: quota exceeded", Source: "auth0/auth0-server-python pull request 114 has the words for which it looks; no public text has the sentence", Unverified: true,
	})
	InvitationGone = entry(Refusal{
		Name: "invitation_gone", Status: 400, Code: "invalid_request",
		Description: "invitation not found or already used", Source: "public code that handles the error of /authorize; for one that has expired no public text",
	})
	InvitationForAnother = entry(Refusal{
		Name: "invitation_for_another", Status: 403, Code: "access_denied",
		Description: "the specified account is not allowed to accept the current invitation", Source: "public code that handles the error of /authorize has the words; no public text has the code", Unverified: true,
	})
	OrganizationNotGranted = entry(Refusal{
		Name: "organization_not_granted", Status: 403, Code: "access_denied",
		Description: `Client "{client}" is not authorized to access resource server "{audience}".`, Source: "the wording of no_client_grant", Unverified: true,
		Examples: map[string]string{"client": "acme-m2m", "audience": "https://api.acme.test/"},
	})
)

package refusal

// E-mail templates, tickets and jobs of the Management API.
var (
	InexistentEmailTemplate = entry(Refusal{
		Name: "management_inexistent_email_template", Status: 404, Code: "inexistent_email_template",
		Description: "The template does not exist.", Source: recordings,
	})
	ExistentEmailTemplate = entry(Refusal{
		Name: "management_existent_email_template", Status: 409,
		Description: "Template {template} already exists.", Source: recordings,
		Examples: map[string]string{"template": "verify_email"},
	})
	InexistentEmailProvider = entry(Refusal{
		Name: "management_inexistent_email_provider", Status: 404, Code: "inexistent_email_provider",
		Description: "There is not a configured email provider", Source: recordings,
	})
	ExistentEmailProvider = entry(Refusal{
		Name: "management_existent_email_provider", Status: 409,
		Description: "There is already a configured email provider", Source: "the wording of management_inexistent_email_provider", Unverified: true,
	})
	InvalidPath = entry(Refusal{
		Name: "management_invalid_path", Status: 400, Code: "invalid_uri",
		Description: "Path validation error: {problem}", Source: recordings + "; " + zSchema,
		Examples: map[string]string{"problem": "'No enum match for: x' on property templateName (Template name)."},
	})
	InexistentJob = entry(Refusal{
		Name: "management_inexistent_job", Status: 404, Code: "inexistent_job",
		Description: "The job does not exist.", Source: "the wording of management_inexistent_user", Unverified: true,
	})
	TicketClient = entry(Refusal{
		Name: "management_ticket_client", Status: 400, Code: "inexistent_client",
		Description: "The client does not exist", Source: docManage, Unverified: true,
	})
	TicketOrganization = entry(Refusal{
		Name: "management_ticket_organization", Status: 400, Code: "inexistent_organization",
		Description: "The organization does not exist", Source: docManage, Unverified: true,
	})
	TicketMember = entry(Refusal{
		Name: "management_ticket_member", Status: 400, Code: "invalid_body",
		Description: "The user with id {user} is not a member of organization with id {organization}.", Source: docManage, Unverified: true,
		Examples: map[string]string{"user": "auth0|63d17c3f13efda064d3ac6d1", "organization": "org_0000000000000000"},
	})
	TicketIdentity = entry(Refusal{
		Name: "management_ticket_identity", Status: 400, Code: "inexistent_identity",
		Description: "The user exists, but does not contain the given identity.", Source: docManage, Unverified: true,
	})
	NoEmailAddress = entry(Refusal{
		Name: "management_no_email_address", Status: 400, Code: "operation_not_supported",
		Description: "The user does not have an email address", Source: "no public text", Unverified: true,
	})
	NoPasswordToChange = entry(Refusal{
		Name: "management_no_password", Status: 400, Code: "operation_not_supported",
		Description: "The user's main connection does not support this operation", Source: "public posts of users", Unverified: true,
	})
	NotBoth = entry(Refusal{
		Name: "management_not_both", Status: 400, Code: "invalid_body",
		Description: "Cannot specify both {one} and {other}", Source: "auth0/go-auth0 management, the comments of Ticket, which have the rule but no words", Unverified: true,
		Examples: map[string]string{"one": "result_url", "other": "client_id"},
	})
	ImportTooLarge = entry(Refusal{
		Name: "management_import_too_large", Status: 413,
		Description: "Payload content length greater than maximum allowed: {most}", Source: "hapijs/subtext, which reads the bodies of hapi", Unverified: true,
		Examples: map[string]string{"most": "512000"},
	})
	NotMultipart = entry(Refusal{
		Name: "management_not_multipart", Status: 415,
		Description: "Unsupported Media Type", Source: boom, Unverified: true,
	})
)

package refusal

// The settings of a tenant by the Management API.
var (
	InexistentTheme = entry(Refusal{
		Name: "management_inexistent_theme", Status: 404, Code: "theme_not_found",
		Description: "There was an error {doing} branding settings: invalid theme ID", Source: recordings,
		Examples: map[string]string{"doing": "retrieving"},
	})
	ExistentTheme = entry(Refusal{
		Name: "management_existent_theme", Status: 409,
		Description: "There was an error creating branding settings: a theme already exists", Source: "the wording of management_inexistent_theme", Unverified: true,
	})
	NoCustomDomain = entry(Refusal{
		Name: "management_no_custom_domain", Status: 402,
		Description: "A paid subscription is required for this feature.", Source: docManage, Unverified: true,
	})
	InexistentPageTemplate = entry(Refusal{
		Name: "management_inexistent_page_template", Status: 404, Code: "inexistent_templates_universal_login",
		Description: "Template does not exist.", Source: recordings,
	})
	IncompletePageTemplate = entry(Refusal{
		Name: "management_incomplete_page_template", Status: 400, Code: "invalid_body",
		Description: "Template validation error: the template must have the tags auth0:head and auth0:widget", Source: "auth0/docs-v2 main/docs/customize/login-pages/universal-login/customize-templates.mdx", Unverified: true,
	})
	InexistentCustomDomain = entry(Refusal{
		Name: "management_inexistent_custom_domain", Status: 404, Code: "inexistent_custom_domain",
		Description: "The custom domain {id} does not exist", Source: recordings,
		Examples: map[string]string{"id": "cd_0000000000000000"},
	})
	ExistentCustomDomain = entry(Refusal{
		Name: "management_existent_custom_domain", Status: 409,
		Description: "The specified custom domain already exists.", Source: docManage, Unverified: true,
	})
	InexistentSigningKey = entry(Refusal{
		Name: "management_inexistent_signing_key", Status: 404,
		Description: "The signing key does not exist.", Source: "no public text", Unverified: true,
	})
	KeyInUse = entry(Refusal{
		Name: "management_key_in_use", Status: 400,
		Description: "Only the previous signing key can be revoked.", Source: "no public text", Unverified: true,
	})
	InexistentCredential = entry(Refusal{
		Name: "management_inexistent_credential", Status: 404, Code: "inexistent_credential",
		Description: "The credential does not exist", Source: "the wording of management_inexistent_client", Unverified: true,
	})
	CredentialInUse = entry(Refusal{
		Name: "management_credential_in_use", Status: 400, Code: "operation_not_supported",
		Description: "The credential is in use and cannot be deleted", Source: "no public text", Unverified: true,
	})
	NoConnectionStatus = entry(Refusal{
		Name: "management_no_connection_status", Status: 404,
		Description: "The connection has no status", Source: "no public text", Unverified: true,
	})
)

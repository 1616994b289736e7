package refusal

// What the Management API refuses about things that the mock keeps and returns only.
var (
	InexistentPhoneResource = entry(Refusal{
		Name: "management_inexistent_phone_resource", Status: 404,
		Description: "Notification Resource not found", Source: recordings,
	})
	ExistentPhoneProvider = entry(Refusal{
		Name: "management_existent_phone_provider", Status: 409,
		Description: "Provider already exists", Source: "no public text", Unverified: true,
	})
	ExistentPhoneTemplate = entry(Refusal{
		Name: "management_existent_phone_template", Status: 409,
		Description: "Template already exists", Source: "no public text", Unverified: true,
	})
	InexistentUserAttributeProfile = entry(Refusal{
		Name: "management_inexistent_user_attribute_profile", Status: 404,
		Description: "User attribute profile not found.", Source: recordings,
	})
	InexistentConnectionProfile = entry(Refusal{
		Name: "management_inexistent_connection_profile", Status: 404,
		Description: "Connection profile not found.", Source: "the wording of management_inexistent_user_attribute_profile", Unverified: true,
	})
	InexistentSelfServiceProfile = entry(Refusal{
		Name: "management_inexistent_self_service_profile", Status: 404,
		Description: "Self-service profile not found.", Source: "the wording of management_inexistent_user_attribute_profile", Unverified: true,
	})
	InexistentNetworkACL = entry(Refusal{
		Name: "management_inexistent_network_acl", Status: 404,
		Description: "NetworkACL with this ID was not found", Source: recordings,
	})
	InexistentTokenExchangeProfile = entry(Refusal{
		Name: "management_inexistent_token_exchange_profile", Status: 404,
		Description: "Token exchange profile not found.", Source: recordings,
	})
	InexistentFlow = entry(Refusal{
		Name: "management_inexistent_flow", Status: 404, Description: "Flow not found", Source: recordings,
	})
	InexistentFlowConnection = entry(Refusal{
		Name: "management_inexistent_flow_connection", Status: 404,
		Description: "Connection not found", Source: "the wording of management_inexistent_flow", Unverified: true,
	})
	InexistentForm = entry(Refusal{
		Name: "management_inexistent_form", Status: 404, Description: "Form not found", Source: recordings,
	})
	InexistentRule = entry(Refusal{
		Name: "management_inexistent_rule", Status: 404, Code: "inexistent_rule", Description: "The rule does not exist", Source: recordings,
	})
	InexistentHook = entry(Refusal{
		Name: "management_inexistent_hook", Status: 404, Code: "HookDoesNotExist", Description: "Error: Hook does not exist", Source: recordings,
	})
	IPNotBlocked = entry(Refusal{
		Name: "management_ip_not_blocked", Status: 404, Description: "Not Found", Source: recordings,
	})
	InexistentAction = entry(Refusal{
		Name: "management_inexistent_action", Status: 404, Description: "That action does not exist.", Source: recordings,
	})
	InexistentExecution = entry(Refusal{
		Name: "management_inexistent_execution", Status: 404, Description: "That execution does not exist.", Source: recordings,
	})
	ExistentAction = entry(Refusal{
		Name: "management_existent_action", Status: 409, Description: "An action with the same name already exists", Source: "the wording of management_existent_connection", Unverified: true,
	})
	BoundAction = entry(Refusal{
		Name: "management_bound_action", Status: 409, Description: "The action is bound to a trigger, and cannot be deleted without force", Source: "no public text", Unverified: true,
	})
	ForeignAction = entry(Refusal{
		Name: "management_foreign_action", Status: 403, Code: "forbidden", Description: "Actions run on this machine, so only a caller that is local may bring or run them", Source: "mockauth0",
	})
)

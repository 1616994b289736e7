package refusal

// The sources of the Management API's refusals.
const (
	recordings = "auth0/go-auth0 v1.45.0 and auth0/terraform-provider-auth0, their recordings"
	recordRuby = "auth0/ruby-auth0 v5.17.0, its recordings"
	docManage  = "auth0/docs-v2 main/docs/oas/management/v2/management-api-oas.json"
	zSchema    = "zaggino/z-schema, whose words Auth0's validation has"
	boom       = "hapijs/boom, which words the errors of hapi"
)

// The Management API. Its errors have the form of hapi: Description is the wire's
// "message", and Code its "errorCode".
var (
	NoManagementToken = entry(Refusal{
		Name: "management_no_token", Status: 401, Description: "Missing authentication",
		Challenge: "Bearer", Source: recordRuby,
	})
	// A 401 with a challenge that has the message has the member attributes, too, which
	// repeats it.
	WrongManagementSignature = entry(Refusal{
		Name: "management_wrong_signature", Status: 401, Description: "Invalid signature received for JSON Web Token validation",
		Challenge: `Bearer error="Invalid signature received for JSON Web Token validation"`, Source: docManage + "; " + boom,
	})
	ExpiredManagementToken = entry(Refusal{
		Name: "management_expired_token", Status: 401, Description: "Expired token received for JSON Web Token validation",
		Challenge: `Bearer error="Expired token received for JSON Web Token validation"`, Source: docManage + "; " + boom,
	})
	WrongManagementAudience = entry(Refusal{
		Name: "management_wrong_audience", Status: 401, Description: "Bad audience: {audience}",
		Challenge: `Bearer error="Bad audience: {audience}"`, Source: "https://github.com/auth0/node-auth0/issues/787; " + boom,
		Examples: map[string]string{"audience": "https://api.acme.test/"},
	})
	MalformedManagementToken = entry(Refusal{
		Name: "management_malformed_token", Status: 400, Code: "Bearer",
		Description: "Bad HTTP authentication header format", Source: "https://github.com/auth0-samples/auth0-android-sample/issues/70",
	})
	InsufficientScope = entry(Refusal{
		Name: "management_insufficient_scope", Status: 403, Code: "insufficient_scope",
		Description: "Insufficient scope, expected any of: {scopes}", Source: "auth0/auth0-deploy-cli, its recordings",
		Examples: map[string]string{"scopes": "read:users"},
	})
	OtherSubject = entry(Refusal{
		Name: "management_other_subject", Status: 403, Code: "insufficient_scope",
		Description: "User to be acted on does not match subject in bearer token.", Source: docManage, Unverified: true,
	})
	InvalidBody = entry(Refusal{
		Name: "management_invalid_body", Status: 400, Code: "invalid_body",
		Description: "Payload validation error: {problem}", Source: zSchema,
		Examples: map[string]string{"problem": "'Missing required property: connection'."},
	})
	InvalidQuery = entry(Refusal{
		Name: "management_invalid_query", Status: 400, Code: "invalid_query_string",
		Description: "Query validation error: {problem}", Source: zSchema,
		Examples: map[string]string{"problem": "'Missing required property: email'."},
	})
	MalformedPayload = entry(Refusal{
		Name: "management_malformed_payload", Status: 400,
		Description: "Invalid request payload JSON format", Source: "hapijs/subtext, which reads the bodies of hapi", Unverified: true,
	})
	InvalidPaging = entry(Refusal{
		Name: "management_invalid_paging", Status: 400, Code: "invalid_paging",
		Description: "You can only page through the first 1000 records. See https://auth0.com/docs/users/search/v3/view-search-results-by-page#limitation",
		Source:      docManage,
	})
	BadSearch = entry(Refusal{
		Name: "management_bad_search", Status: 400, Code: "invalid_query_string",
		Description: "Failed to parse query", Source: "no public text", Unverified: true,
	})
	OldSearchEngine = entry(Refusal{
		Name: "management_search_engine", Status: 400, Code: "operation_not_supported",
		Description: "You are not allowed to use search_engine={engine}. Use search_engine=v3 instead.", Source: docManage, Unverified: true,
		Examples: map[string]string{"engine": "v2"},
	})
	ManagementLimited = entry(Refusal{
		Name: "management_rate_limited", Status: 429, Code: "too_many_requests",
		Description: "Global limit has been reached", RetryAfter: "{retry_after}", Source: docLimits, Log: LogLimit,
		Examples: map[string]string{"retry_after": "1"},
	})
)

// What the Management API does not find, or has already.
var (
	InexistentUser = entry(Refusal{
		Name: "management_inexistent_user", Status: 404, Code: "inexistent_user",
		Description: "The user does not exist.", Source: recordings,
	})
	ExistentUser = entry(Refusal{
		Name: "management_existent_user", Status: 409, Code: "auth0_idp_error",
		Description: "The user already exists.", Source: "several applications compare it",
	})
	RefusedPassword = entry(Refusal{
		Name: "management_refused_password", Status: 400, Code: "auth0_idp_error",
		Description: "{problem}", Source: "https://community.auth0.com/t/79241 and several applications for the words", Unverified: true,
		Examples: map[string]string{"problem": "PasswordStrengthError: Password is too weak"},
	})
	InexistentClient = entry(Refusal{
		Name: "management_inexistent_client", Status: 404, Code: "inexistent_client",
		Description: "The client does not exist", Source: recordings,
	})
	InexistentConnection = entry(Refusal{
		Name: "management_inexistent_connection", Status: 404, Code: "inexistent_connection",
		Description: "The connection does not exist", Source: recordings,
	})
	InexistentResourceServer = entry(Refusal{
		Name: "management_inexistent_resource_server", Status: 404, Code: "inexistent_resource_server",
		Description: "The resource server does not exist", Source: recordings,
	})
	InexistentGrant = entry(Refusal{
		Name: "management_inexistent_client_grant", Status: 404, Code: "inexistent_client_grant",
		Description: "The grant does not exist.", Source: recordings,
	})
	ExistentConnection = entry(Refusal{
		Name: "management_existent_connection", Status: 409, Code: "connection_conflict",
		Description: "A connection with the same name already exists", Source: "public code of applications", Unverified: true,
	})
	ExistentResourceServer = entry(Refusal{
		Name: "management_existent_resource_server", Status: 409,
		Description: "A resource server with the same identifier already exists", Source: "the wording of management_existent_connection", Unverified: true,
	})
	ExistentGrant = entry(Refusal{
		Name: "management_existent_client_grant", Status: 409,
		Description: "A resource with this identifier already exists.", Source: "no public text", Unverified: true,
	})
	SystemResource = entry(Refusal{
		Name: "management_system_resource", Status: 400, Code: "operation_not_supported",
		Description: "The Management API cannot be changed or deleted", Source: "ours", Unverified: true,
	})
	InvalidGrantTypes = entry(Refusal{
		Name: "management_invalid_grant_types", Status: 400, Code: "invalid_body",
		Description: "Invalid grant types: {grants}", Source: "alexkappa/terraform-provider-auth0#256", Unverified: true,
		Examples: map[string]string{"grants": "client_credentials"},
	})
	UnknownScopes = entry(Refusal{
		Name: "management_unknown_scopes", Status: 400, Code: "invalid_body",
		Description: "The following scopes are not in the resource server: {scopes}", Source: "no public text", Unverified: true,
		Examples: map[string]string{"scopes": "read:nothing"},
	})
	InexistentSession = entry(Refusal{
		Name: "management_inexistent_session", Status: 404, Code: "inexistent_session",
		Description: "The session does not exist.", Source: "the wording of management_inexistent_user", Unverified: true,
	})
	InexistentRefreshToken = entry(Refusal{
		Name: "management_inexistent_refresh_token", Status: 404, Code: "inexistent_refresh_token",
		Description: "The refresh token does not exist.", Source: "the wording of management_inexistent_user", Unverified: true,
	})
	InexistentLog = entry(Refusal{
		Name: "management_inexistent_log", Status: 404, Code: "inexistent_log",
		Description: "The log event does not exist.", Source: "the wording of management_inexistent_user", Unverified: true,
	})
	InexistentLogStream = entry(Refusal{
		Name: "management_inexistent_log_stream", Status: 404,
		Description: "The log stream does not exist.", Source: recordings,
	})
	ExistentLogStream = entry(Refusal{
		Name: "management_existent_log_stream", Status: 409,
		Description: "A log stream with the same name already exists", Source: "the wording of management_existent_connection", Unverified: true,
	})
	InexistentEventStream = entry(Refusal{
		Name: "management_inexistent_event_stream", Status: 404,
		Description: "The requested stream does not exist.", Source: recordings,
	})
	InexistentDelivery = entry(Refusal{
		Name: "management_inexistent_delivery", Status: 404,
		Description: "The requested event does not exist.", Source: "the wording of management_inexistent_event_stream", Unverified: true,
	})
	InexistentPermission = entry(Refusal{
		Name: "management_inexistent_permission", Status: 404, Code: "inexistent_resource_server_permission",
		Description: "This permission does not exist: '{api} - {permission}'", Source: recordings,
		Examples: map[string]string{"api": "https://api.acme.test/", "permission": "read:nothing"},
	})
)

// Rules about users that the schema of the body does not tell.
var (
	UnknownConnectionOfUser = entry(Refusal{
		Name: "management_user_connection", Status: 400, Code: "inexistent_connection",
		Description: "The connection does not exist.", Source: docManage,
	})
	DisabledConnectionOfUser = entry(Refusal{
		Name: "management_user_connection_disabled", Status: 400, Code: "operation_not_supported",
		Description: "Connection is disabled.", Source: docManage, Unverified: true,
	})
	UsernameNotAllowed = entry(Refusal{
		Name: "management_username_not_allowed", Status: 400, Code: "invalid_body",
		Description: "Cannot set username for connection without requires_username", Source: docManage, Unverified: true,
	})
	NotTogether = entry(Refusal{
		Name: "management_not_together", Status: 400, Code: "operation_not_supported",
		Description: "Cannot update {one} and {other} simultaneously", Source: docManage, Unverified: true,
		Examples: map[string]string{"one": "password", "other": "email"},
	})
)

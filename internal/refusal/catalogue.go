package refusal

// The sources of several refusals.
const (
	docStart    = "auth0/docs articles/api/authentication/errors/_passwordless-start.md"
	docVerify   = "auth0/docs articles/api/authentication/errors/_passwordless-verify.md"
	docStandard = "auth0/docs articles/api/authentication/errors/_errors.md"
	docGateway  = "auth0/docs-v2 use-sms-gateway-passwordless.mdx"
	docCORS     = "auth0/docs-v2 set-up-cors.mdx"
	docLimits   = "auth0/docs articles/policies/global-limit.md"
	docTexts    = "auth0/docs-v2 customize-text-elements.mdx, which has code and words"
	docDevice   = "auth0/docs-v2 api/authentication/device-authorization-flow/authorize-device.mdx"
	docOpenAPI  = "auth0/docs-v2 main/docs/oas/authentication/authentication-api-oas.json"
	docOTP      = "auth0/docs-v2 auth-api-passwordless-db-connections.mdx"
	docDPoP     = "auth0/docs-v2 secure/sender-constraining/demonstrating-proof-of-possession-dpop.mdx"
	oauth2orize = "jaredhanson/oauth2orize, which Auth0's OAuth answers match"
)

// POST /passwordless/start. Auth0 makes these checks in this order.
var (
	MissingClientID = entry(Refusal{
		Name: "missing_client_id", Status: 400, Code: "bad.client_id",
		Description: "Missing required property: client_id", Source: docStart,
	})
	MissingConnection = entry(Refusal{
		Name: "missing_connection", Status: 400, Code: "bad.connection",
		Description: "Missing required property: connection", Source: docStart,
	})
	MissingEmail = entry(Refusal{
		Name: "missing_email", Status: 400, Code: "bad.email",
		Description: "Missing required property: email", Source: docStart,
	})
	BadEmail = entry(Refusal{
		Name: "bad_email", Status: 400, Code: "bad.email",
		Description: "error in email - email format validation failed: {email}", Source: docStart,
		Examples: map[string]string{"email": "nobody"},
	})
	MissingPhoneNumber = entry(Refusal{
		Name: "missing_phone_number", Status: 400, Code: "bad.phone_number",
		Description: "Missing required property: phone_number", Source: docStart,
	})
	BadPhoneNumber = entry(Refusal{
		Name: "bad_phone_number", Status: 400, Code: "bad.phone_number",
		Description: `String does not match pattern: ^\+[0-9]{1,15}$`, Source: docStart,
	})
	BadSend = entry(Refusal{
		Name: "bad_send", Status: 400, Code: "bad.send",
		Description: "error in send - No enum match for: {send}", Source: docStart,
		Examples: map[string]string{"send": "telegram"},
	})
	BadAuthParams = entry(Refusal{
		Name: "bad_auth_params", Status: 400, Code: "bad.authParams",
		Description: "error in authParams - invalid type: {type} (expected object)", Source: docStart,
		Examples: map[string]string{"type": "number"},
	})
	BadAuthParam = entry(Refusal{
		Name: "bad_auth_param", Status: 400, Code: "bad.authParams",
		Description: "error in authParams.{member} - invalid type: {type} (expected string)", Source: "the wording of bad_auth_params", Unverified: true,
		Examples: map[string]string{"member": "redirect_uri", "type": "array"},
	})
	BadType = entry(Refusal{
		Name: "bad_type", Status: 400, Code: "bad.{property}",
		Description: "error in {property} - invalid type: {type} (expected {expected})", Source: "https://github.com/auth0/auth0-python/issues/228; the wording of bad.authParams",
		Examples: map[string]string{"property": "email", "type": "number", "expected": "string"},
	})
	BadProperty = entry(Refusal{
		Name: "bad_property", Status: 400, Code: "bad.request",
		Description: "the following properties are not allowed: {properties}", Source: docStart,
		Examples: map[string]string{"properties": "foo"},
	})
	UnknownStartClient = entry(Refusal{
		Name: "unknown_start_client", Status: 403, Code: "unauthorized_client",
		Description: "invalid client", Source: docVerify, Unverified: true,
	})
	StartAuthenticationRequired = entry(Refusal{
		Name: "start_authentication_required", Status: 403, Code: "unauthorized_client",
		Description: "Client authentication is required", Source: "https://github.com/auth0/auth0.js/issues/1249, https://github.com/auth0/ruby-auth0/pull/217",
	})
	WrongStartSecret = entry(Refusal{
		Name: "wrong_start_secret", Status: 401, Code: "access_denied",
		Description: "Unauthorized", Source: "the status is auth0/docs-v2 get-code-or-link.mdx's; the rest is the answer of /oauth/token", Unverified: true,
	})
	ThirdPartyClient = entry(Refusal{
		Name: "third_party_client", Status: 403, Code: "unauthorized_client",
		Description: "This endpoint is not supported for third-party applications", Source: "auth0/docs-v2 third-party-applications/security-controls.mdx says that it is not supported", Unverified: true,
	})
	NoSuchConnection = entry(Refusal{
		Name: "no_such_connection", Status: 400, Code: "bad.connection",
		Description: "Connection does not exist", Source: docStart,
	})
	ConnectionDisabled = entry(Refusal{
		Name: "connection_disabled", Status: 400, Code: "bad.connection",
		Description: "Connection is disabled", Source: docStart,
	})
	NotPasswordless = entry(Refusal{
		Name: "not_passwordless", Status: 400, Code: "bad.connection",
		Description: "Invalid connection strategy. It must either be a passwordless connection", Source: docStart,
	})
	SignupDisabled = entry(Refusal{
		Name: "signup_disabled", Status: 400, Code: "bad.connection",
		Description: "Public signup is disabled", Source: "Auth0's answer as quoted by applications; auth0/Lock.swift PasswordlessInteractor.swift", Log: "fs",
	})
)

// POST /passwordless/start: an SMS gateway fails, or a captcha is not solved.
var (
	InvalidCaptcha = entry(Refusal{
		Name: "invalid_captcha", Status: 401, Code: "invalid_captcha",
		Description: "Invalid captcha value", Source: "the answer of /usernamepassword/login, quoted in public code of real tenants", Unverified: true,
	})
	RequiresVerification = entry(Refusal{
		Name: "requires_verification", Status: 401, Code: "requires_verification",
		Description: "Suspicious request requires verification", Source: "auth0/docs articles/api/authentication/errors/_oauth-ro.md; auth0/Auth0.swift AuthenticationErrorSpec.swift",
	})
	SMSProviderError = entry(Refusal{
		Name: "sms_provider_error", Status: 400, Code: "sms_provider_error",
		Description: "Unexpected response while calling the SMS gateway: {code}", Source: docGateway,
		Examples: map[string]string{"code": "500"},
	})
	SMSProviderUnauthorized = entry(Refusal{
		Name: "sms_provider_unauthorized", Status: 400, Code: "sms_provider_error",
		Description: "Authentication failed while calling the SMS gateway: {code}", Source: docGateway,
		Examples: map[string]string{"code": "401"},
	})
	SMSProviderTimeout = entry(Refusal{
		Name: "sms_provider_timeout", Status: 400, Code: "sms_provider_error",
		Description: "Timeout while calling the SMS gateway: {code}", Source: docGateway,
		Examples: map[string]string{"code": "ETIMEDOUT"},
	})
)

// POST /oauth/token.
var (
	MissingParameter = entry(Refusal{
		Name: "missing_parameter", Status: 400, Code: "invalid_request",
		Description: "Missing required parameter: {parameter}", Source: docOpenAPI,
		Examples: map[string]string{"parameter": "otp"},
	})
	BadParameterType = entry(Refusal{
		Name: "bad_parameter_type", Status: 400, Code: "invalid_request",
		Description: "Parameter {parameter} must be a string", Source: docStandard, Unverified: true,
		Examples: map[string]string{"parameter": "otp"},
	})
	BadScopeType = entry(Refusal{
		Name: "bad_scope_type", Status: 400, Code: "invalid_scope",
		Description: "Scope must be an array or a string", Source: docStandard,
	})
	UnsupportedGrant = entry(Refusal{
		Name: "unsupported_grant", Status: 501, Code: "unsupported_grant_type",
		Description: "Unsupported grant type: {grant}", Source: docStandard + "; the words are those of " + oauth2orize, Unverified: true,
		Examples: map[string]string{"grant": "foo"},
	})
	GrantNotAllowed = entry(Refusal{
		Name: "grant_not_allowed", Status: 403, Code: "unauthorized_client",
		Description: "Grant type '{grant}' not allowed for the client.", URI: "https://auth0.com/docs/clients/client-grant-types",
		Source:   "blockscout/blockscout authenticate_controller_test.exs",
		Examples: map[string]string{"grant": "foo"},
	})
	WrongClient = entry(Refusal{
		Name: "wrong_client", Status: 401, Code: "access_denied",
		Description: "Unauthorized", Source: "https://github.com/auth0/node-auth0/issues/582",
	})
	UnknownRealm = entry(Refusal{
		Name: "unknown_realm", Status: 400, Code: "invalid_request",
		Description: "Unknown realm {realm}.", Source: "the answer of /co/authenticate, auth0/docs-v2 set-up-cors.mdx", Unverified: true,
		Examples: map[string]string{"realm": "foo"},
	})
	RealmDisabled = entry(Refusal{
		Name: "realm_disabled", Status: 400, Code: "invalid_request",
		Description: "the connection was disabled", Source: "https://github.com/auth0/Lock.swift/issues/259",
	})
	WrongEmailCode = entry(Refusal{
		Name: "wrong_email_code", Status: 403, Code: "invalid_grant",
		Description: "Wrong email or verification code.", Source: "https://community.auth0.com/t/56087", Log: "fp",
	})
	WrongPhoneCode = entry(Refusal{
		Name: "wrong_phone_code", Status: 403, Code: "invalid_grant",
		Description: "Wrong phone number or verification code.", Source: "auth0/Auth0.swift AuthenticationError.swift", Log: "fp",
	})
	TooManyTries = entry(Refusal{
		Name: "too_many_tries", Status: 403, Code: "invalid_grant",
		Description: "You've reached the maximum number of attempts. Please try to login again.", Source: "https://community.auth0.com/t/56087", Log: "fp",
	})
	CodeExpired = entry(Refusal{
		Name: "code_expired", Status: 403, Code: "invalid_grant",
		Description: "The verification code has expired. Please try to login again.", Source: "https://community.auth0.com/t/140785", Log: "fp",
	})
	UserBlocked = entry(Refusal{
		Name: "user_blocked", Status: 401, Code: "unauthorized",
		Description: "user is blocked", Source: "auth0/docs-v2 block-and-unblock-users.mdx, which has the redirect of /authorize; not proven at /oauth/token", Unverified: true, Log: "f",
	})
	RefreshUserBlocked = entry(Refusal{
		Name: "refresh_user_blocked", Status: 403, Code: "invalid_grant",
		Description: "user is blocked", Source: "https://github.com/ionic-team/demo-authconnect-auth0/issues/4, https://github.com/auth0/auth0-spa-js/pull/1525",
	})
	TooManyAttempts = entry(Refusal{
		Name: "too_many_attempts", Status: 429, Code: "too_many_attempts",
		Description: "Your account has been blocked after multiple consecutive login attempts. We've sent you a notification via your preferred contact method with instructions on how to unblock it.",
		Source:      docCORS, Log: "limit_wc",
	})
	WrongAuthCode = entry(Refusal{
		Name: "wrong_auth_code", Status: 403, Code: "invalid_grant",
		Description: "Invalid authorization code", Source: "auth0/go-auth0 authentication TestLoginWithAuthCode",
	})
	WrongVerifier = entry(Refusal{
		Name: "wrong_verifier", Status: 403, Code: "invalid_grant",
		Description: "Failed to verify code verifier", Source: "auth0/go-auth0 authentication TestLoginWithAuthCodeWithPKCE",
	})
	WrongRedirectURI = entry(Refusal{
		Name: "wrong_redirect_uri", Status: 403, Code: "unauthorized_client",
		Description: "The redirect URI is wrong. You sent {sent}, and we expected {expected}", Source: "reports that quote the answer",
		Examples: map[string]string{"sent": "http://localhost:3001", "expected": "http://localhost:3000"},
	})
	MissingRedirectURI = entry(Refusal{
		Name: "missing_redirect_uri", Status: 400, Code: "invalid_request",
		Description: "Invalid redirect_uri. Expected type 'string' but found type undefined.", Source: "https://github.com/auth0/auth0-spa-js/pull/374, which has the words only", Unverified: true,
	})
	WrongRefreshToken = entry(Refusal{
		Name: "wrong_refresh_token", Status: 403, Code: "invalid_grant",
		Description: "Unknown or invalid refresh token.", Source: "https://community.auth0.com/t/120406",
	})
	RefreshUserGone = entry(Refusal{
		Name: "refresh_user_gone", Status: 403, Code: "invalid_grant",
		Description: "The refresh_token was generated for a user who doesn't exist anymore.", Source: "auth0/Auth0.swift AuthenticationError.swift",
	})
	WrongAudience = entry(Refusal{
		Name: "wrong_audience", Status: 400, Code: "invalid_request",
		Description: "invalid audience specified for password grant exchange",
		Source:      "auth0/ruby-auth0 cassette should_fail_with_an_invalid_audience.yml",
	})
	NoAudience = entry(Refusal{
		Name: "no_audience", Status: 403, Code: "access_denied",
		Description: "No audience parameter was provided, and no default audience has been configured", Source: "answers of real tenants, quoted in public code",
	})
	NoSuchService = entry(Refusal{
		Name: "no_such_service", Status: 403, Code: "access_denied",
		Description: "Service not found: {audience}", Source: "https://github.com/auth0/lock/issues/842",
		Examples: map[string]string{"audience": "https://api.acme.test/"},
	})
	ServiceNotEnabled = entry(Refusal{
		Name: "service_not_enabled", Status: 403, Code: "access_denied",
		Description: "Service not enabled within domain: {audience}", Source: "https://github.com/auth0/terraform-provider-auth0/issues/951",
		Examples: map[string]string{"audience": "https://api.acme.test/"},
	})
	NoClientGrant = entry(Refusal{
		Name: "no_client_grant", Status: 403, Code: "access_denied",
		Description: `Client "{client}" is not authorized to access resource server "{audience}". You need to create a "client-grant" associated to this API.`,
		Source:      "https://github.com/auth0/ruby-auth0/issues/190",
		Examples:    map[string]string{"client": "acme-m2m", "audience": "https://api.acme.test/"},
	})
	// No source shows how Auth0 joins the names of several scopes.
	ScopesNotGranted = entry(Refusal{
		Name: "scopes_not_granted", Status: 403, Code: "access_denied",
		Description: "Client has not been granted scopes: {scopes}", Source: "answers of real tenants, quoted in public code and documents",
		Examples: map[string]string{"scopes": "write:orders"},
	})
)

// POST /oauth/revoke.
var (
	RevokeOfAnother = entry(Refusal{
		Name: "revoke_of_another", Status: 400, Code: "invalid_request",
		Description: "The refresh token was not issued to this client", Source: "auth0/docs-v2 secure/tokens/refresh-tokens/revoke-refresh-tokens.mdx says that it is refused", Unverified: true,
	})
	WrongRevokeClient = entry(Refusal{
		Name: "wrong_revoke_client", Status: 401, Code: "invalid_client",
		Description: "Invalid client credentials", Source: "auth0/docs articles/api/authentication/errors/_oauth-revoke.md", Unverified: true,
	})
)

// GET and POST /userinfo. The body of a 401 is the text "Unauthorized"; code
// and description are in the WWW-Authenticate header.
var (
	NoAccessToken = entry(Refusal{
		Name: "no_access_token", Status: 401,
		Source: "auth0/ruby-auth0 cassette should_fail_as_not_authorized.yml", Unverified: true,
	})
	BadAccessToken = entry(Refusal{
		Name: "bad_access_token", Status: 401, Code: "invalid_token",
		Description: "{reason}", Source: "auth0/ruby-auth0 cassette should_fail_as_not_authorized.yml",
		Examples: map[string]string{"reason": "invalid_token"},
	})
	BoundAccessToken = entry(Refusal{
		Name: "bound_access_token", Status: 401, Code: "invalid_token", Challenge: challengeDPoP,
		Description: "The access token is bound to a key and needs the scheme DPoP", Source: "RFC 9449 §7.1", Unverified: true,
	})
	WrongAccessKey = entry(Refusal{
		Name: "wrong_access_dpop_key", Status: 401, Code: "invalid_token", Challenge: challengeDPoP,
		Description: "The access token is not bound to the key of the DPoP proof", Source: "RFC 9449 §7.1", Unverified: true,
	})
	WrongAccessProof = entry(Refusal{
		Name: "wrong_access_dpop_proof", Status: 401, Code: "invalid_dpop_proof", Challenge: challengeDPoP,
		Description: "Invalid DPoP proof", Source: "RFC 9449 §7.1", Unverified: true,
	})
)

// challengeDPoP is how /userinfo asks for an access token that is bound to a key.
const challengeDPoP = `DPoP algs="ES256 RS256"`

// Every endpoint.
var (
	BadBody = entry(Refusal{
		Name: "bad_body", Status: 400, Code: "invalid_request",
		Description: "{reason}", Source: docStandard, Unverified: true,
		Examples: map[string]string{"reason": "the body could not be read"},
	})
	BodyTooLarge = entry(Refusal{
		Name: "body_too_large", Status: 413, Code: "invalid_request",
		Description: "request entity too large", Source: "the body parser of Express", Unverified: true,
	})
	MethodNotAllowed = entry(Refusal{
		Name: "method_not_allowed", Status: 405, Code: "method_not_allowed",
		Description: "Method Not Allowed", Source: docStandard, Unverified: true,
	})
	NotServed = entry(Refusal{
		Name: "not_served", Status: 404, Code: "not_found",
		Description: "mockauth0 does not serve {method} {path}", Source: "ours",
		Examples: map[string]string{"method": "POST", "path": "/"},
	})
	// The words are of Auth0's newer documents. The older ones have others, and
	// another code at /oauth/token.
	RateLimited = entry(Refusal{
		Name: "rate_limited", Status: 429, Code: "too_many_requests",
		Description: "Rate limit exceeded.", RetryAfter: "{retry_after}", Source: "auth0/docs-v2 custom-rate-limit-policies.mdx", Unverified: true, Log: LogLimit,
		Examples: map[string]string{"retry_after": "1"},
	})
	RateLimitedOAuth = entry(Refusal{
		Name: "rate_limited_oauth", Status: 429, Code: "access_denied",
		Description: "Global rate limit exceeded", RetryAfter: "{retry_after}", Source: docLimits, Log: LogLimit,
		Examples: map[string]string{"retry_after": "1"},
	})
	RateLimitedText = entry(Refusal{
		Name: "rate_limited_text", Status: 429, Code: "too_many_requests", Plain: true,
		Description: "Rate limit exceed", RetryAfter: "{retry_after}", Source: docLimits, Log: LogLimit,
		Examples: map[string]string{"retry_after": "1"},
	})
	Unavailable = entry(Refusal{
		Name: "unavailable", Status: 503, Code: "temporarily_unavailable",
		Description: "The authorization server is currently unable to handle the request due to a temporary overloading or maintenance of the server.",
		RetryAfter:  "{retry_after}", Source: "RFC 6749 §4.1.2.1", Unverified: true,
		Examples: map[string]string{"retry_after": "1"},
	})
	BadGatewayHTML = entry(Refusal{
		Name: "bad_gateway_html", Status: 502, Code: "bad_gateway", Description: "a page of HTML",
		Page: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n" +
			"<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n",
		Source: "the proxy in front of Auth0",
	})
	ServerError = entry(Refusal{
		Name: "server_error", Status: 500, Code: "server_error",
		Description: "server_error", Source: "https://github.com/auth0/auth0.js/issues/314",
	})
)

var all []*Refusal

// entry adds a refusal to the catalogue.
func entry(r Refusal) *Refusal {
	all = append(all, &r)
	return &r
}

// All is the whole catalogue, in the order of declaration.
func All() []*Refusal { return all[:len(all):len(all)] }

// Named is the entry with that name; nil if there is none.
func Named(name string) *Refusal {
	for _, r := range all {
		if r.Name == name {
			return r
		}
	}
	return nil
}

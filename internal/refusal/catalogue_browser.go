package refusal

import "encoding/json"

// /authorize and magic links. Before the app's callback URL is known to be
// right, a refusal is a page; after that it goes to the callback URL.
var (
	UnknownAuthorizeClient = entry(Refusal{
		Name: "unknown_authorize_client", Status: 400, Code: "invalid_request",
		Description: "Unknown client: {client}", Source: "pages of real tenants, quoted in public code and logs", Log: "f",
		Examples: map[string]string{"client": "foo"},
	})
	InvalidRedirectURI = entry(Refusal{
		Name: "invalid_redirect_uri", Status: 400, Code: "invalid_request",
		Description: `The redirect_uri parameter is not valid: "{uri}" If url looks fine, check that you are not including non printable chars`,
		Source:      "https://github.com/auth0-samples/laravel/issues/32, https://github.com/auth0/react-native-auth0/issues/66",
		Examples:    map[string]string{"uri": "app.acme.test/callback"},
	})
	CallbackMismatch = entry(Refusal{
		Name: "callback_mismatch", Status: 403, Code: "unauthorized_client",
		Description: "Callback URL mismatch. The provided redirect_uri is not in the list of allowed callback URLs. Please go to the Application Settings page and make sure you are sending a valid callback url from your application.",
		Source:      "auth0/docs-v2 quickstart/native/maui.mdx", Log: "f",
	})
	UnsupportedResponseType = entry(Refusal{
		Name: "unsupported_response_type", Status: 501, Code: "unsupported_response_type",
		Description: "Unsupported response type: {type}", Source: docStandard + "; the words are those of " + oauth2orize,
		Examples: map[string]string{"type": "foo"},
	})
	UnsupportedResponseMode = entry(Refusal{
		Name: "unsupported_response_mode", Status: 400, Code: "invalid_request",
		Description: "Unsupported response mode: {mode}", Source: "the wording of unsupported_response_type", Unverified: true,
		Examples: map[string]string{"mode": "foo"},
	})
	BadChallengeMethod = entry(Refusal{
		Name: "bad_challenge_method", Status: 400, Code: "invalid_request",
		Description: "Invalid code_challenge_method: {method}", Source: "RFC 7636 §4.3", Unverified: true,
		Examples: map[string]string{"method": "foo"},
	})
	NoSuchLoginConnection = entry(Refusal{
		Name: "no_such_login_connection", Status: 400, Code: "invalid_request",
		Description: "the connection was not found", Source: docVerify,
	})
	WrongPassword = entry(Refusal{
		Name: "wrong_password", Status: 403, Code: "invalid_grant",
		Description: "Wrong email or password.", Source: "auth0/ruby-auth0 should_fail_with_an_incorrect_password.yml", Log: "fp",
	})
	LinkElsewhere = entry(Refusal{
		Name: "link_elsewhere", Status: 400, Code: "invalid_request",
		Description: "The link must be opened on the same device and browser from which you submitted your email address. Start over from this device or browser.",
		Source:      "https://community.auth0.com/t/109529", Log: "f",
	})
	NoSecondFactor = entry(Refusal{
		Name: "no_second_factor", Status: 400, Code: "mfa-required",
		Description: "Two-factor authentication is required to access this application. To enable this, please contact your system administrator.",
		Source:      "auth0/docs-v2 customize-text-elements.mdx, the screen status; no source has the status code", Unverified: true,
	})
	LoginRequired = entry(Refusal{
		Name: "login_required", Status: 400, Code: "login_required",
		Description: "Login required", Source: "auth0/docs-v2 authenticate/login/configure-silent-authentication.mdx", Log: "fsa",
	})
	WrongTransaction = entry(Refusal{
		Name: "wrong_transaction", Status: 400, Code: "invalid_request",
		Description: "You may have pressed the back button, refreshed during login, opened too many login dialogs, or there is some issue with cookies, since we couldn't find your session. Try logging in again from the application and if the problem persists please contact the administrator.",
		Source:      "auth0/docs-v2 troubleshoot/authentication-issues; a page of a real tenant, quoted in public code",
	})
	BadLogoutHint = entry(Refusal{
		Name: "bad_logout_hint", Status: 400, Code: "invalid_request",
		Description: "Invalid logout hint: {reason}", Source: "auth0/docs-v2 oidc-logout.mdx", Unverified: true,
		Examples: map[string]string{"reason": "id_token_hint is no token of this tenant"},
	})
	BadFederated = entry(Refusal{
		Name: "bad_federated", Status: 400, Code: "invalid_request",
		Description: "Invalid federated: it must be true or false", Source: "auth0/docs-v2 api/authentication/logout/oidc-logout.mdx", Unverified: true,
	})
	LogoutMismatch = entry(Refusal{
		Name: "logout_mismatch", Status: 400, Code: "invalid_request",
		Description: "The \"{parameter}\" querystring parameter \"{url}\" is not defined as a valid URL in \"Allowed Logout URLs\"",
		Source:      "reports that quote the page",
		Examples:    map[string]string{"parameter": "returnTo", "url": "http://localhost:3001"},
	})
)

// POST /oauth/par, and /authorize with the request_uri from there.
var (
	WrongRequestURI = entry(Refusal{
		Name: "wrong_request_uri", Status: 400, Code: "invalid_request_uri",
		Description: "The request_uri is invalid or has expired", Source: "the code is RFC 9101's", Unverified: true,
	})
	RequestNotSupported = entry(Refusal{
		Name: "request_not_supported", Status: 400, Code: "request_not_supported",
		Description: "mockauth0 does not read the parameter request, a request object (JAR); send its parameters themselves", Source: "ours; the code is OpenID Connect Core 3.1.2.6",
	})
)

// Embedded login: /co/authenticate and /passwordless/verify.
var (
	OriginNotAllowed = entry(Refusal{
		Name: "origin_not_allowed", Status: 403, Code: "access_denied", Plain: true,
		Description: "Origin {origin} is not allowed.", Source: docCORS,
		Examples: map[string]string{"origin": "https://app.acme.test"},
	})
	BadCredentialsBody = entry(Refusal{
		Name: "bad_credentials_body", Status: 400, Code: "invalid_request",
		Description: "Invalid request body. All and only of {parameters} are required.", Source: docCORS,
		Examples: map[string]string{"parameters": "client_id, credential_type, username, otp, realm"},
	})
	UnknownCredentialType = entry(Refusal{
		Name: "unknown_credential_type", Status: 400, Code: "unsupported_credential_type",
		Description: "Unknown credential type parameter.", Source: docCORS,
	})
	CrossOriginNotAllowed = entry(Refusal{
		Name: "cross_origin_not_allowed", Status: 401, Code: "unauthorized_client",
		Description: "Cross origin login not allowed.", Source: docCORS,
	})
	BlockedUser = entry(Refusal{
		Name: "blocked_user", Status: 403, Code: "blocked_user",
		Description: "Blocked user", Source: docCORS, Log: "f",
	})
	WrongTicket = entry(Refusal{
		Name: "wrong_ticket", Status: 403, Code: "access_denied",
		Description: "Unknown or invalid login ticket.", Source: "https://github.com/auth0/lock/issues/1268; with the full stop, answers of real tenants, quoted in public code",
	})
	MissingVerifyParameter = entry(Refusal{
		Name: "missing_verify_parameter", Status: 400, Code: "invalid_request",
		Description: "missing {parameter} parameter", Source: docVerify,
		Examples: map[string]string{"parameter": "username"},
	})
	BadVerifyScope = entry(Refusal{
		Name: "bad_verify_scope", Status: 400, Code: "invalid_request",
		Description: "scope parameter must be a string", Source: docVerify,
	})
	WrongStrategy = entry(Refusal{
		Name: "wrong_strategy", Status: 400, Code: "invalid_request",
		Description: "specified strategy does not support requested operation", Source: docVerify,
	})
)

// Database connections: the password grant, /dbconnections/signup and
// /dbconnections/change_password. A refusal of the database itself has a Class.
// Others of these endpoints have no description: the text is the code.
var (
	MissingPassword = entry(Refusal{
		Name: "missing_password", Status: 400, Code: "Missing required property: password",
		Source: "the wording of bad.email; the form is auth0/auth0-java's src/test/resources/auth/error_with_error.json", Unverified: true,
	})
	InvalidSignup = entry(Refusal{
		Name: "invalid_signup", Status: 400, Class: "BadRequestError", Code: "invalid_signup",
		Description: "Invalid sign up", Source: "https://github.com/auth0/node-auth0/pull/886", Log: "fs",
	})
	UserExists = entry(Refusal{
		Name: "user_exists", Status: 400, Class: "BadRequestError", Code: "user_exists",
		Description: "The user already exists.", Source: "https://github.com/auth0/lock/issues/2321", Log: "fs",
	})
	UsernameExists = entry(Refusal{
		Name: "username_exists", Status: 400, Class: "BadRequestError", Code: "user_exists",
		Description: "The user already exists (username: {username}).", Source: "https://github.com/auth0/lock/issues/2321", Log: "fs",
		Examples: map[string]string{"username": "ada"},
	})
	WeakPassword = entry(Refusal{
		Name: "weak_password", Status: 400, Class: "PasswordStrengthError", Message: "Password is too weak", Code: "invalid_password",
		Description: "Password is too weak", Source: "https://community.auth0.com/t/79241; auth0/go-auth0 authentication, its tests",
		Rules:  json.RawMessage(`{"rules":[{"message":"At least %d characters in length","code":"lengthAtLeast","format":[8],"verified":false}],"verified":false}`),
		Policy: "* At least 8 characters in length",
	})
	CommonPassword = entry(Refusal{
		Name: "common_password", Status: 400, Class: "PasswordDictionaryError", Message: "Password is too common", Code: "invalid_password",
		Description: "Password is not allowed, it might be too common.", Source: "https://community.auth0.com/t/131029",
	})
	PersonalPassword = entry(Refusal{
		Name: "personal_password", Status: 400, Class: "PasswordNoUserInfoError", Message: "Password contains user information", Code: "invalid_password",
		Description: "Password contains user information", Source: "auth0/lock src/connection/database/actions.js for the name; the wording of the Management API", Unverified: true,
	})
	UsedPassword = entry(Refusal{
		Name: "used_password", Status: 400, Class: "PasswordHistoryError", Message: "Password has previously been used", Code: "invalid_password",
		Description: "Password has previously been used", Source: "auth0/Auth0.Android AuthenticationException for the name; the wording of the Management API", Unverified: true,
	})
	RequiredUsername = entry(Refusal{
		Name: "required_username", Status: 400, Code: "missing username for {connection} connection with requires_username enabled",
		Source:   "auth0/auth0-java src/test/resources/auth/error_with_error.json",
		Examples: map[string]string{"connection": "Username-Password-Authentication"},
	})
	MissingUsername = entry(Refusal{
		Name: "missing_username", Status: 400, Code: "Missing required property: username",
		Source: "the wording of bad.email", Unverified: true,
	})
	NoIdentifier = entry(Refusal{
		Name: "no_identifier", Status: 400, Code: "At least one identifier is required",
		Source: docTexts + ", of a page", Unverified: true,
	})
	BadUsername = entry(Refusal{
		Name: "bad_username", Status: 400, Code: "error in username - {reason}",
		Source: docTexts + ", of a page; before them, the wording of bad.email", Unverified: true,
		Examples: map[string]string{"reason": "The username has invalid characters."},
	})
	DatabaseSignupDisabled = entry(Refusal{
		Name: "database_signup_disabled", Status: 400, Code: "public signup is disabled",
		Source: "https://github.com/auth0/auth0.js/issues/356", Log: "fs",
	})
	TicketExpired = entry(Refusal{
		Name: "reset_ticket_expired", Status: 400, Code: "auth0-users-expired-ticket",
		Description: "This ticket was expired.", Source: docTexts, Unverified: true,
	})
	TicketUsed = entry(Refusal{
		Name: "reset_ticket_used", Status: 400, Code: "auth0-users-used-ticket",
		Description: "This ticket was already used.", Source: docTexts, Unverified: true,
	})
	WrongResetTicket = entry(Refusal{
		Name: "wrong_reset_ticket", Status: 400, Code: "auth0-users-validation",
		Description: "Something went wrong, please try again later", Source: docTexts, Unverified: true,
	})
	WrongVerificationTicket = entry(Refusal{
		Name: "wrong_verification_ticket", Status: 400, Code: "invalid_account",
		Description: "User account does not exist or the verification code is invalid.", Source: docTexts, Unverified: true,
	})
	AlreadyVerified = entry(Refusal{
		Name: "already_verified", Status: 400, Code: "already_verified",
		Description: "This account is already verified.", Source: docTexts, Unverified: true,
	})
	WrongEnrollmentTicket = entry(Refusal{
		Name: "wrong_enrollment_ticket", Status: 400, Code: "invalid_ticket",
		Description: "This link is invalid or expired.", Source: docTexts, Unverified: true,
	})
	EnrollmentTicketExpired = entry(Refusal{
		Name: "enrollment_ticket_expired", Status: 400, Code: "expired_ticket",
		Description: "This link is expired.", Source: docTexts, Unverified: true,
	})
	EnrollmentTicketUsed = entry(Refusal{
		Name: "enrollment_ticket_used", Status: 400, Code: "used_ticket",
		Description: "This link has already been used. Please get a new link to enroll with Multi-factor Authentication.", Source: docTexts, Unverified: true,
	})
	EnrolledAlready = entry(Refusal{
		Name: "enrolled_already", Status: 400, Code: "already_enrolled",
		Description: "Two-factor Verification has Already Been Enabled.", Source: docTexts, Unverified: true,
	})
	NoDefaultConnection = entry(Refusal{
		Name: "no_default_connection", Status: 500, Code: "server_error",
		Description: "Authorization server not configured with default connection.", Source: "https://community.auth0.com/t/114452",
	})
)

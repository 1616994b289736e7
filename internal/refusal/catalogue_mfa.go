package refusal

// MFA: the answer of the grants that need a second factor, /mfa/*, and the grants
// that give it.
var (
	MFARequired = entry(Refusal{
		Name: "mfa_required", Status: 403, Code: "mfa_required",
		Description: "Multifactor authentication required",
		Members: []Member{
			{"mfa_token", "{mfa_token}"},
			{"mfa_requirements", map[string]any{"challenge": []any{map[string]string{"type": "otp"}}}},
		},
		Source: "auth0/Auth0.swift; auth0/docs-v2 relevant-api-endpoints.mdx", Log: "mfar",
		Examples: map[string]string{"mfa_token": "Fe26.2*1*mockauth0"},
	})
	NotEnrolled = entry(Refusal{
		Name: "mfa_not_enrolled", Status: 401, Code: "unsupported_challenge_type",
		Description: "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.", Source: "auth0/react-native-auth0, older tests",
	})
	UnsupportedChallenge = entry(Refusal{
		Name: "mfa_unsupported_challenge", Status: 401, Code: "unsupported_challenge_type",
		Description: "The user does not support {asked}. Supported type: {supported}.", Source: "notes on the server's templates of MFA errors",
		Examples: map[string]string{"asked": "the requested challenge type (oob)", "supported": "otp"},
	})
	FactorOff = entry(Refusal{
		Name: "mfa_factor_off", Status: 401, Code: "unsupported_challenge_type",
		Description: "The user does not support the requested challenge type ({factor}).", Source: "notes on the server's templates of MFA errors", Unverified: true,
		Examples: map[string]string{"factor": "otp"},
	})
	BadMFAToken = entry(Refusal{
		Name: "mfa_token_invalid", Status: 401, Code: "invalid_grant",
		Description: "The mfa_token provided is invalid. Try getting a new token.", Source: "auth0/auth0.net MfaAuthenticationTests",
	})
	InsufficientMFAScope = entry(Refusal{
		Name: "mfa_insufficient_scope", Status: 403, Code: "insufficient_scope",
		Description: "Insufficient scope, expected: {scope}", Source: "auth0/docs-v2 has the scopes; the words are ours", Unverified: true,
		Examples: map[string]string{"scope": "enroll"},
	})
	AlreadyEnrolled = entry(Refusal{
		Name: "mfa_already_enrolled", Status: 403, Code: "access_denied",
		Description: "User is already enrolled.", Source: "auth0/auth0.net MfaAuthenticationTests",
	})
	BadMFAPhone = entry(Refusal{
		Name: "mfa_bad_phone", Status: 400, Code: "invalid_request",
		Description: "Invalid phone_number", Source: "nothing public has the words", Unverified: true,
	})
	BadMFAEmail = entry(Refusal{
		Name: "mfa_bad_email", Status: 400, Code: "invalid_request",
		Description: "Invalid email", Source: "nothing public has the words", Unverified: true,
	})
	AuthenticatorGone = entry(Refusal{
		Name: "mfa_authenticator_gone", Status: 404, Code: "not_found",
		Description: "Authenticator not found.", Source: "auth0/docs-v2 has the status; the words are ours", Unverified: true,
	})
	MalformedMFAToken = entry(Refusal{
		Name: "mfa_token_malformed", Status: 403, Code: "invalid_grant",
		Description: "Malformed mfa_token", Source: "auth0/Auth0.swift AuthenticationErrorSpec; auth0/Auth0.Android",
	})
	MFATokenExpired = entry(Refusal{
		Name: "mfa_token_expired", Status: 401, Code: "expired_token",
		Description: "mfa_token is expired", Source: "auth0/Auth0.swift AuthenticationErrorSpec has the words; sources differ in the status: 401 or 403", Unverified: true,
	})
	MFATokenOfAnother = entry(Refusal{
		Name: "mfa_token_of_another", Status: 400, Code: "invalid_request",
		Description: "mfa_token not issued to this client", Source: "notes on the server's templates of MFA errors; no source has the status", Unverified: true,
	})
	MalformedOOBCode = entry(Refusal{
		Name: "oob_code_malformed", Status: 403, Code: "invalid_grant",
		Description: "Malformed oob_code", Source: "auth0/react-native-auth0, older tests",
	})
	OOBCodeExpired = entry(Refusal{
		Name: "oob_code_expired", Status: 401, Code: "expired_token",
		Description: "oob_code is expired", Source: "sources differ in the status: 401 or 403", Unverified: true,
	})
	OOBCodeOfAnother = entry(Refusal{
		Name: "oob_code_of_another", Status: 400, Code: "invalid_request",
		Description: "The oob_code doesn't match the mfa_token", Source: "notes on the server's templates of MFA errors; no source has the status", Unverified: true,
	})
	NoSuchAuthenticator = entry(Refusal{
		Name: "no_such_authenticator", Status: 400, Code: "invalid_request",
		Description: "Authenticator not found.", Source: "nothing public has the answer", Unverified: true,
	})
	TooManyMFAMessages = entry(Refusal{
		Name: "mfa_too_many_messages", Status: 429, Code: "too_many_attempts",
		Description: "You have exceeded the maximum number of phone messages per hour. Wait a few minutes and try again.", Source: "auth0/docs-v2 has the limit; the words are those of the pages", Unverified: true, Log: "limit_phone",
	})
	TooManyMFAEmails = entry(Refusal{
		Name: "mfa_too_many_emails", Status: 429, Code: "too_many_attempts",
		Description: "You have exceeded the amount of emails. Wait a few minutes and try again.", Source: "auth0/docs-v2 has the limit; the words are those of the pages", Unverified: true,
	})
	WrongOTPCode = entry(Refusal{
		Name: "wrong_otp_code", Status: 403, Code: "invalid_grant",
		Description: "Invalid otp_code.", Source: "auth0/react-native-auth0, older tests; auth0/Auth0.swift", Log: "gd_auth_failed",
	})
	WrongBindingCode = entry(Refusal{
		Name: "wrong_binding_code", Status: 403, Code: "invalid_grant",
		Description: "Invalid binding_code.", Source: "auth0/Auth0.swift AuthenticationErrorSpec; auth0/Auth0.Android", Log: "gd_auth_failed",
	})
	MFARejected = entry(Refusal{
		Name: "mfa_rejected", Status: 403, Code: "invalid_grant",
		Description: "MFA Authorization rejected.", Source: "auth0/docs-v2 and the SDKs; auth0/go-auth0 recorded 400 access_denied for a rejected notification; that a wrong recovery code gets it too is not proven", Unverified: true, Log: "gd_auth_rejected",
	})
	NoRecoveryCode = entry(Refusal{
		Name: "no_recovery_code", Status: 403, Code: "unsupported_challenge_type",
		Description: "User does not have a recovery-code.", Source: "auth0/react-native-auth0, older tests",
	})
	AuthorizationPending = entry(Refusal{
		Name: "mfa_authorization_pending", Status: 400, Code: "authorization_pending",
		Description: "Authorization pending: please repeat the request in a few seconds.", Source: "auth0/go-auth0 authentication TestMFAVerifyWithOOB",
	})
	PollingTooFast = entry(Refusal{
		Name: "mfa_slow_down", Status: 400, Code: "slow_down",
		Description: "You are polling too fast, please slow down.", Source: "auth0/docs-v2 verify-with-out-of-band.mdx, which has the code", Unverified: true,
	})
	TooManyMFAFailures = entry(Refusal{
		Name: "mfa_too_many_failures", Status: 429, Code: "too_many_attempts",
		Description: "Too many failed codes. Wait for some minutes before retrying.", Source: "auth0/docs-v2 has the limit; the words are those of the pages", Unverified: true, Log: "gd_otp_rate_limit_exceed",
	})
	PrimaryEmail = entry(Refusal{
		Name: "mfa_primary_email", Status: 400, Code: "invalid_request",
		Description: "Verified primary emails cannot be deleted.", Source: "auth0/docs-v2 has the rule", Unverified: true,
	})
)

package refusal

const (
	docExchange       = "auth0/docs-v2 api/authentication/custom-token-exchange/get-token.mdx"
	docExchangeAction = "auth0/docs-v2 actions/reference/custom-token-exchange/custom-token-exchange-api-object.mdx"
)

// Refusals of the grant token-exchange.
var (
	// WrongExchangeTypes is for a subject_token_type that no profile has, and for a request
	// with a requested_token_type.
	WrongExchangeTypes = entry(Refusal{
		Name: "wrong_exchange_types", Status: 400, Code: "invalid_request",
		Description: "Invalid subject_token_type and requested_token_type combination.", Source: "https://github.com/agentgateway/agentgateway/issues/2891",
	})
	IncompleteActor = entry(Refusal{
		Name: "exchange_actor_incomplete", Status: 400, Code: "invalid_request",
		Description: "actor_token and actor_token_type must be provided together.", Source: docExchange + ", which has the status", Unverified: true,
	})
	WrongActorToken = entry(Refusal{
		Name: "exchange_actor_invalid", Status: 400, Code: "invalid_request",
		Description: "Invalid actor_token.", Source: docExchange + ", which says that it is checked", Unverified: true,
	})
	ActorWithMFA = entry(Refusal{
		Name: "exchange_actor_mfa", Status: 400, Code: "invalid_request",
		Description: "MFA is not supported using actor_token with the requested token exchange profile.", Source: docExchange + ", which lacks the code", Unverified: true,
	})
	// TokenExchangeDenied is what an Action says with access.deny and a code of its own.
	TokenExchangeDenied = entry(Refusal{
		Name: "exchange_denied_by_code", Status: 500, Code: "{code}", Description: "{reason}", Source: docExchangeAction + ", and https://github.com/auth0/nextjs-auth0/issues/2512 for the status", Unverified: true,
		Examples: map[string]string{"code": "unauthorized_login", "reason": "The user cannot log in."},
	})
	TooManySubjectTokens = entry(Refusal{
		Name: "exchange_too_many_attempts", Status: 429, Code: "too_many_attempts",
		Description: "We have detected suspicious login behavior and further attempts will be blocked. Please contact the administrator.",
		Source:      "auth0/docs-v2 cte-attack-protection.mdx",
	})
	NoExchangeUser = entry(Refusal{
		Name: "exchange_no_user", Status: 500, Code: "server_error",
		Description: "The Action of the token exchange profile did not set the user.", Source: docExchangeAction + ", which says that it must", Unverified: true,
	})
	UnknownExchangeUser = entry(Refusal{
		Name: "exchange_unknown_user", Status: 400, Code: "invalid_request",
		Description: "The user does not exist.", Source: docExchangeAction + ", which says that it is an error", Unverified: true,
	})
	WrongExchangeUser = entry(Refusal{
		Name: "exchange_wrong_user", Status: 400, Code: "invalid_request",
		Description: "The attributes do not match the existing user: {attributes}", Source: docExchangeAction + ", which says that it is an error", Unverified: true,
		Examples: map[string]string{"attributes": "email"},
	})
)

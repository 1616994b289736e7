package refusal

// What Actions refuse.
var (
	// ActionDenied is what a post-login Action says with access.deny, or with an error that
	// it throws. The app gets it at its callback, or from the token endpoint with this
	// status.
	ActionDenied = entry(Refusal{
		Name: "action_denied", Status: 500, Code: "access_denied", Description: "{reason}",
		Source: "https://community.auth0.com/t/124708 has the status, https://community.auth0.com/t/63027 the words of an error", Log: "f",
		Examples: map[string]string{"reason": "Access denied by an Action."},
	})
	// ActionRedirects is for a post-login Action that wants to lead a browser to another page
	// where no page may be shown: with prompt=none and at the token endpoint.
	ActionRedirects = entry(Refusal{
		Name: "action_redirects", Status: 500, Code: "interaction_required", Description: "External interaction required",
		Source: "https://github.com/auth0/auth0-angular/issues/508 has code and words, with prompt=none", Unverified: true, Log: "f",
	})
	// RefreshRevoked is what a post-login Action says with refreshToken.revoke.
	RefreshRevoked = entry(Refusal{
		Name: "refresh_revoked_by_action", Status: 403, Code: "access_denied", Description: "{reason}",
		Source: "auth0/docs-v2 manage-refresh-tokens-actions.mdx, which has the status", Unverified: true,
		Examples: map[string]string{"reason": "Refresh token revoked by an Action."},
	})
	// RegistrationDenied is what a pre-user-registration Action says.
	RegistrationDenied = entry(Refusal{
		Name: "registration_denied", Status: 400, Class: "InternalExtensibilityError", Code: "extensibility_error", Description: "{reason}",
		Members: []Member{{"message", "{reason}"}, {"friendly_message", "{message}"}, {"fromSandbox", true}},
		Source:  "https://community.auth0.com/t/94025, which has the members in another order", Log: "fs",
		Examples: map[string]string{"reason": "Sign-up is not allowed.", "message": "You cannot sign up."},
	})
	ExchangeScopeDenied = entry(Refusal{
		Name: "exchange_scope_denied", Status: 400, Code: "invalid_scope", Description: "{reason}",
		Source: "auth0/docs-v2 credentials-exchange-api-object.mdx, which has the code", Unverified: true, Log: "feccft",
		Examples: map[string]string{"reason": "The scope is not for this client."},
	})
	// ExchangeDenied is also what an Action says of a subject token.
	ExchangeDenied = entry(Refusal{
		Name: "exchange_denied", Status: 400, Code: "invalid_request", Description: "{reason}",
		Source: "auth0/docs-v2 credentials-exchange-api-object.mdx and custom-token-exchange-api-object.mdx, which have the code", Unverified: true, Log: "feccft",
		Examples: map[string]string{"reason": "The request is not for this client."},
	})
	ExchangeFailed = entry(Refusal{
		Name: "exchange_failed", Status: 500, Code: "server_error", Description: "{reason}",
		Source: "auth0/docs-v2 credentials-exchange-api-object.mdx, which has the code", Unverified: true, Log: "feccft",
		Examples: map[string]string{"reason": "The Action failed."},
	})
)

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
	// RefreshRevoked is what a post-login Action says with refreshToken.revoke.
	RefreshRevoked = entry(Refusal{
		Name: "refresh_revoked_by_action", Status: 403, Code: "access_denied", Description: "{reason}",
		Source: "auth0/docs-v2 manage-refresh-tokens-actions.mdx, which has the status", Unverified: true,
		Examples: map[string]string{"reason": "Refresh token revoked by an Action."},
	})
)

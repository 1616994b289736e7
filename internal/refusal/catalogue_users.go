package refusal

// What the Management API says of identities and of the things that users have.
var (
	SameIdentity = entry(Refusal{
		Name: "management_same_identity", Status: 400, Code: "invalid_body",
		Description: "Main identity and the new one are the same.", Source: docManage, Unverified: true,
	})
	InvalidLinkWith = entry(Refusal{
		Name: "management_link_with", Status: 400, Code: "invalid_body",
		Description: "Invalid token (link_with).", Source: docManage, Unverified: true,
	})
	LinkWithOfAnother = entry(Refusal{
		Name: "management_link_with_audience", Status: 400, Code: "invalid_body",
		Description: "JWT (link_with) must have an aud claim that matches that of the calling token's azp.", Source: docManage, Unverified: true,
	})
	NoSecondary = entry(Refusal{
		Name: "management_no_secondary", Status: 400, Code: "invalid_body",
		Description: "Provided secondary account not found.", Source: docManage, Unverified: true,
	})
	IdentityConflict = entry(Refusal{
		Name: "management_identity_conflict", Status: 409, Code: "identity_conflict",
		Description: "Specified identity already exists.", Source: docManage, Unverified: true,
	})
)

// Second factors of users.
var (
	InexistentEnrollment = entry(Refusal{
		Name: "management_inexistent_enrollment", Status: 404, Code: "enrollment_not_found",
		Description: "Enrollment not found", Source: recordings,
	})
	InexistentMethod = entry(Refusal{
		Name: "management_inexistent_authentication_method", Status: 404, Code: "inexistent_authentication_method",
		Description: "The authentication method does not exist.", Source: "the wording of management_inexistent_user", Unverified: true,
	})
)

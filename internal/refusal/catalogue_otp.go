package refusal

// POST /otp/challenge, and POST /oauth/token with an auth_session.
var (
	MissingOTPParameter = entry(Refusal{
		Name: "missing_otp_parameter", Status: 400, Code: "invalid_request",
		Description: "Missing required property: {parameter}", Members: validationError("{parameter}", "Missing required property: {parameter}"),
		Source: docOTP + ", which has the code", Unverified: true,
		Examples: map[string]string{"parameter": "connection"},
	})
	MissingOTPRecipient = entry(Refusal{
		Name: "missing_otp_recipient", Status: 400, Code: "invalid_request",
		Description: "Either email or phone_number must be provided", Members: validationError("email", "Either email or phone_number must be provided"),
		Source: docOTP,
	})
	BadOTPParameter = entry(Refusal{
		Name: "bad_otp_parameter", Status: 400, Code: "invalid_request",
		Description: "Invalid {what}", Members: validationError("{parameter}", "Invalid {what}"),
		Source: docOTP + ", which has the code", Unverified: true,
		Examples: map[string]string{"parameter": "email", "what": "email address"},
	})
	WrongOTPConnection = entry(Refusal{
		Name: "wrong_otp_connection", Status: 400, Code: "invalid_connection",
		Description: "The connection does not exist or does not support one-time passwords", Source: docOTP + ", which has the code", Unverified: true,
	})
	WrongOTPClient = entry(Refusal{
		Name: "wrong_otp_client", Status: 401, Code: "invalid_client",
		Description: "Client authentication failed", Source: docOTP + ", which has the code; the words are those of " + docOpenAPI, Unverified: true,
	})
	WrongOTPSession = entry(Refusal{
		Name: "wrong_otp_session", Status: 400, Code: "invalid_request",
		Description: "Invalid or expired one-time password.", Source: docOTP + ", which has the code", Unverified: true,
	})
	OTPUserBlocked = entry(Refusal{
		Name: "otp_user_blocked", Status: 403, Code: "access_denied",
		Description: "user is blocked", Source: docOTP + ", which has the code", Unverified: true, Log: "f",
	})
)

// validationError is the list of mistakes of POST /otp/challenge, with one.
func validationError(field, message string) []Member {
	return []Member{{"validation_errors", []any{map[string]string{"field": field, "message": message}}}}
}

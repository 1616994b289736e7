package refusal

// The device flow: POST /oauth/device/code, the polling at /oauth/token, and
// /activate, whose codes are those of the page.
var (
	UnknownDeviceClient = entry(Refusal{
		Name: "unknown_device_client", Status: 401, Code: "access_denied",
		Description: "Unauthorized", Source: "the answer of /oauth/token", Unverified: true,
	})
	DevicePending = entry(Refusal{
		Name: "device_pending", Status: 403, Code: "authorization_pending",
		Description: "User has yet to authorize device code.", Source: docDevice + "; a recorded login of the Auth0 CLI",
	})
	DeviceTooFast = entry(Refusal{
		Name: "device_too_fast", Status: 429, Code: "slow_down",
		Description: "You are polling faster than the specified interval of {interval} seconds.", Source: docDevice,
		Examples: map[string]string{"interval": "5"},
	})
	DeviceDenied = entry(Refusal{
		Name: "device_denied", Status: 403, Code: "access_denied",
		Description: "User cancelled the confirmation prompt.", Source: docDevice,
	})
	DeviceExpired = entry(Refusal{
		Name: "device_expired", Status: 403, Code: "expired_token",
		Description: "The device_code is expired.", Source: docDevice + ", which has status and code", Unverified: true,
	})
	WrongDeviceCode = entry(Refusal{
		Name: "wrong_device_code", Status: 403, Code: "invalid_grant",
		Description: "Invalid or expired device code.", Source: docDevice + ", which has status and code", Unverified: true,
	})
	NoUserCode = entry(Refusal{
		Name: "no_user_code", Status: 400, Code: "no-code",
		Description: "Please enter the code displayed on your device", Source: docTexts,
	})
	BadUserCode = entry(Refusal{
		Name: "bad_user_code", Status: 400, Code: "invalid-code",
		Description: "The code you entered is invalid", Source: docTexts,
	})
	WrongUserCode = entry(Refusal{
		Name: "wrong_user_code", Status: 400, Code: "invalid-expired-code",
		Description: "Invalid or expired user code", Source: docTexts,
	})
)

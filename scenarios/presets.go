package scenarios

import (
	"maps"
	"slices"
)

// presets are the answers of Auth0 that a rule can name, with what stands in
// their placeholders unless vars says otherwise. Their words are in the
// server's catalogue of refusals, which has the same names.
var presets = map[string]map[string]string{
	"missing_client_id":             nil,
	"missing_connection":            nil,
	"missing_email":                 nil,
	"bad_email":                     {"email": "nobody"},
	"missing_phone_number":          nil,
	"bad_phone_number":              nil,
	"bad_send":                      {"send": "telegram"},
	"bad_auth_params":               {"type": "number"},
	"bad_type":                      {"property": "email", "type": "number"},
	"bad_property":                  {"properties": "foo"},
	"unknown_start_client":          nil,
	"start_authentication_required": nil,
	"wrong_start_secret":            nil,
	"no_such_connection":            nil,
	"connection_disabled":           nil,
	"not_passwordless":              nil,
	"signup_disabled":               nil,
	"invalid_captcha":               nil,
	"sms_provider_error":            {"code": "500"},
	"sms_provider_unauthorized":     {"code": "401"},
	"sms_provider_timeout":          {"code": "ETIMEDOUT"},
	"missing_parameter":             {"parameter": "otp"},
	"bad_parameter_type":            {"parameter": "otp"},
	"bad_scope_type":                nil,
	"unsupported_grant":             {"grant": "foo"},
	"grant_not_allowed":             {"grant": "foo"},
	"wrong_client":                  nil,
	"unknown_realm":                 {"realm": "foo"},
	"realm_disabled":                nil,
	"wrong_email_code":              nil,
	"wrong_phone_code":              nil,
	"too_many_tries":                nil,
	"code_expired":                  nil,
	"user_blocked":                  nil,
	"too_many_attempts":             nil,
	"mfa_required":                  {"mfa_token": "Fe26.2*1*mockauth0"},
	"wrong_auth_code":               nil,
	"wrong_verifier":                nil,
	"wrong_redirect_uri":            {"sent": "http://localhost:3001", "expected": "http://localhost:3000"},
	"wrong_refresh_token":           nil,
	"unknown_authorize_client":      {"client": "foo"},
	"callback_mismatch":             nil,
	"unsupported_response_type":     {"type": "foo"},
	"unsupported_response_mode":     {"mode": "foo"},
	"bad_challenge_method":          {"method": "foo"},
	"no_such_login_connection":      nil,
	"wrong_password":                nil,
	"login_required":                nil,
	"link_elsewhere":                nil,
	"wrong_transaction":             nil,
	"bad_logout_hint":               {"reason": "id_token_hint is no token of this tenant"},
	"logout_mismatch":               {"parameter": "returnTo", "url": "http://localhost:3001"},
	"origin_not_allowed":            {"origin": "https://app.acme.test"},
	"bad_credentials_body":          {"parameters": "client_id, credential_type, username, otp, realm"},
	"unknown_credential_type":       nil,
	"cross_origin_not_allowed":      nil,
	"blocked_user":                  nil,
	"wrong_ticket":                  nil,
	"wrong_request_uri":             nil,
	"missing_verify_parameter":      {"parameter": "username"},
	"wrong_strategy":                nil,
	"no_default_connection":         nil,
	"missing_password":              nil,
	"invalid_signup":                nil,
	"user_exists":                   nil,
	"database_signup_disabled":      nil,
	"refresh_user_gone":             nil,
	"wrong_audience":                nil,
	"no_audience":                   nil,
	"no_such_service":               {"audience": "https://api.acme.test/"},
	"no_client_grant":               {"client": "acme-m2m", "audience": "https://api.acme.test/"},
	"wrong_revoke_client":           nil,
	"no_access_token":               nil,
	"bad_access_token":              {"reason": "invalid_token"},
	"bad_body":                      {"reason": "the body could not be read"},
	"body_too_large":                nil,
	"method_not_allowed":            nil,
	"not_served":                    {"method": "POST", "path": "/"},
	"rate_limited":                  {"retry_after": "1"},
	"unavailable":                   {"retry_after": "1"},
	"bad_gateway_html":              nil,
	"server_error":                  nil,
}

func presetNames() []string { return slices.Sorted(maps.Keys(presets)) }

// Presets are the names of the answers that a rule can name, each with what
// stands in its placeholders by default.
func Presets() map[string]map[string]string { return maps.Clone(presets) }

// Filled are the preset's placeholders and what stands in them, as pairs.
func (r *Respond) Filled() []string {
	var pairs []string
	for _, name := range sortedKeys(presets[r.Preset]) {
		value, ok := r.Vars[name]
		if !ok {
			value = presets[r.Preset][name]
		}
		pairs = append(pairs, name, value)
	}
	return pairs
}

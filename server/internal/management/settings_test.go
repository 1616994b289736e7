package management_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// settings are what the next test sets, and where it is read.
var settings = []struct{ method, path, body, read string }{
	{"PATCH", "/tenants/settings", `{"friendly_name":"Bakery","session_lifetime":24.5,"acr_values_supported":[],"flags":{"enable_sso":false},"mtls":{"enable_endpoint_aliases":true},"error_page":{"html":"<p>Oh</p>"}}`, "/tenants/settings"},
	{"PATCH", "/branding", `{"colors":{"primary":"#0059d6","page_background":{"type":"linear-gradient","angle_deg":35}},"logo_url":""}`, "/branding"},
	{"POST", "/branding/themes", `{"displayName":"Oven","borders":{"widget_corner_radius":0},"colors":{"error":"#ffffff"},"fonts":{"links":{"size":87.5}},"page_background":{"background_image_url":""},"widget":{"logo_position":"left"}}`, "/branding/themes/default"},
	{"POST", "/custom-domains", `{"domain":"login.bakery.test","type":"self_managed_certs"}`, "/custom-domains"},
	{"PATCH", "/prompts", `{"identifier_first":false,"webauthn_platform_first_factor":true}`, "/prompts"},
	{"PUT", "/prompts/login/custom-text/de", `{"login":{"title":"Hallo","empty":""}}`, "/prompts/login/custom-text/de"},
	{"PUT", "/prompts/signup/partials", `{"signup":{"form-content-start":"<p>"}}`, "/prompts/signup/partials"},
	{"PATCH", "/prompts/login-id/screen/login-id/rendering", `{"rendering_mode":"advanced","head_tags":[{"tag":"script"}]}`, "/prompts/rendering"},
	{"PATCH", "/attack-protection/brute-force-protection", `{"enabled":false,"shields":[],"max_attempts":3}`, "/attack-protection/brute-force-protection"},
	{"PATCH", "/attack-protection/bot-detection", `{"challenge_password_policy":"always","allowlist":["192.0.2.1"]}`, "/attack-protection/bot-detection"},
	{"PATCH", "/attack-protection/captcha", `{"active_provider_id":"arkose","arkose":{"site_key":"k"}}`, "/attack-protection/captcha"},
	{"PATCH", "/attack-protection/suspicious-ip-throttling", `{"enabled":false,"stage":{"pre-login":{"max_attempts":5}}}`, "/attack-protection/suspicious-ip-throttling"},
	{"PATCH", "/attack-protection/breached-password-detection", `{"enabled":true,"shields":["block"]}`, "/attack-protection/breached-password-detection"},
	{"PATCH", "/attack-protection/phone-provider-protection", `{"type":"exponential"}`, "/attack-protection/phone-provider-protection"},
	{"PATCH", "/risk-assessments/settings", `{"enabled":true}`, "/risk-assessments/settings"},
	{"PATCH", "/risk-assessments/settings/new-device", `{"remember_for":7}`, "/risk-assessments/settings/new-device"},
	{"PATCH", "/supplemental-signals", `{"akamai_enabled":true}`, "/supplemental-signals"},
	{"PUT", "/guardian/factors/duo", `{"enabled":true}`, "/guardian/factors"},
	{"PUT", "/guardian/policies", `["all-applications"]`, "/guardian/policies"},
	{"PUT", "/guardian/factors/phone/message-types", `{"message_types":["voice"]}`, "/guardian/factors/phone/message-types"},
	{"PUT", "/guardian/factors/phone/selected-provider", `{"provider":"twilio"}`, "/guardian/factors/sms/selected-provider"},
	{"PUT", "/guardian/factors/sms/templates", `{"enrollment_message":"e","verification_message":"v"}`, "/guardian/factors/phone/templates"},
	{"PUT", "/guardian/factors/push-notification/selected-provider", `{"provider":"sns"}`, "/guardian/factors/push-notification/selected-provider"},
	{"PUT", "/guardian/factors/sms/providers/twilio", `{"sid":"AC1","auth_token":"secret"}`, "/guardian/factors/phone/providers/twilio"},
	{"PATCH", "/guardian/factors/push-notification/providers/apns", `{"sandbox":false,"bundle_id":"b"}`, "/guardian/factors/push-notification/providers/apns"},
	{"PUT", "/guardian/factors/duo/settings", `{"host":"h","skey":"secret"}`, "/guardian/factors/duo/settings"},
	{"POST", "/clients/acme-m2m/credentials", `{"credential_type":"public_key","name":"n","pem":"` + strings.ReplaceAll(publicKey, "\n", `\n`) + `"}`, "/clients/acme-m2m/credentials"},
	{"POST", "/keys/signing/rotate", "", "/keys/signing"},
}

const publicKey = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7TVQ6OSsU4D0vnEc5Crw
ntXykh0jLCydTQrK/i5q8wwriRERZGa8iTj17EskeQHRkjxfBFcu6WHAg6mcd9RJ
AHtDJaNBGpA+z/1MAwPxc+N/JF5Q0CzxCl+15MQhVaC57VVjM8tEVa04/FFdsWqT
F0Zw666DsVNCRD5CxU0OIfXcctCDO0AeNgVh55rcp8Jg0sdxtXLgQR4z5RIK03LE
Qg+CH4o5SKVEdaisALOEbn/w0wsSy7kfXmF1JXYEVdp8y9JiRYlnI9V0bJ5aoYPH
BSYnMX1ipcbu358M0wSh+6hB/dMwWNpd9Mc8PkxqkObPzCAueNyBnKdr+SWcBkx5
9QIDAQAB
-----END PUBLIC KEY-----
`

// shownWithSecrets are what Auth0 shows with the secrets.
// Source: auth0/go-auth0, its recordings.
var shownWithSecrets = map[string]bool{"/guardian/factors/phone/providers/twilio": true, "/guardian/factors/duo/settings": true}

// All settings are in the export, and a server that loads it answers the same. No answer
// has a secret.
func TestSettingsAreInTheExport(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	before := map[string]string{}
	for _, s := range settings {
		before[s.path] = c.raw("GET", s.read, "")
		c.raw(s.method, s.path, s.body)
	}
	f, err := fixtures.Parse("", []byte(exported(t, c.server)))
	if err != nil {
		t.Fatal(err)
	}
	again := &caller{t, servertest.New(t, server.Config{Fixture: f, At: servertest.At2030}), c.token}
	for _, s := range settings {
		want := c.raw("GET", s.read, "")
		if want == before[s.path] {
			t.Errorf("%s %s has changed nothing in %s", s.method, s.path, want)
		}
		if got := again.raw("GET", s.read, ""); got != want {
			t.Errorf("%s after loading:\n%s\nbefore:\n%s", s.read, got, want)
		}
		if strings.Contains(want, "secret") && s.read != "/tenants/settings" && !shownWithSecrets[s.read] {
			t.Errorf("%s shows a secret: %s", s.read, want)
		}
	}
	c.server.Reset()
	for _, s := range settings {
		if got := c.raw("GET", s.read, ""); got != before[s.path] {
			t.Errorf("%s after a reset:\n%s\nat first:\n%s", s.read, got, before[s.path])
		}
	}
}

// raw is the answer to a call that must succeed.
func (c *caller) raw(method, path, body string) string {
	c.Helper()
	var sent any
	if body != "" {
		sent = body
	}
	w := servertest.Call(c, c.server, method, "/api/v2"+path, sent, servertest.Header("Authorization", "Bearer "+c.token))
	if w.Code >= 300 && path != "/branding/themes/default" {
		c.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Body.String()
}

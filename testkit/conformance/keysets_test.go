package conformance

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/testkit"
)

// keySets are the members of answers, in the order in which real tenants gave them to
// ruby-auth0 (5.17.0), terraform-provider-auth0 and auth0-deploy-cli. {name} in a path or a
// body is the id of the answer with that name. [] is the first item of a list. Of a new
// client and a new API, the real ones lack app_type, token_endpoint_auth_method and
// token_dialect, see testdata/recorded_differences.txt.
var keySets = []struct{ name, call, body, at, keys string }{
	{"client", "POST /clients", `{"name": "Minimal"}`, "", "tenant global is_token_endpoint_ip_header_trusted name cross_origin_authentication is_first_party oidc_conformant refresh_token sso_disabled cross_origin_auth client_id callback_url_template client_secret jwt_configuration token_endpoint_auth_method app_type grant_types custom_login_page_on"},
	{"", "GET /clients?include_totals=true", "", "", "total start limit clients"},
	{"", "GET /clients/{client}", "", "refresh_token", "expiration_type leeway infinite_token_lifetime infinite_idle_token_lifetime token_lifetime idle_token_lifetime rotation_type"},
	{"api", "POST /resource-servers", `{"identifier": "https://keys.test/", "name": "Keys", "scopes": [{"value": "read:keys", "description": "See keys"}]}`, "", "id name identifier allow_offline_access skip_consent_for_verifiable_first_party_clients token_lifetime token_lifetime_for_web signing_alg scopes token_dialect"},
	{"", "GET /resource-servers?include_totals=true", "", "", "total start limit resource_servers"},
	{"grant", "POST /client-grants", `{"client_id": "{client}", "audience": "https://keys.test/", "scope": ["read:keys"]}`, "", "id client_id audience scope"},
	{"", "GET /client-grants?take=1", "", "", "client_grants next"},
	{"database", "POST /connections", `{"name": "keys", "strategy": "auth0"}`, "", "id options strategy name is_domain_connection authentication connected_accounts enabled_clients realms"},
	{"", "GET /connections/{database}", "", "options", "mfa passwordPolicy strategy_version authentication_methods passkey_options brute_force_protection"},
	{"", "GET /connections?strategy=email", "", "[]", "id options strategy name is_domain_connection realms enabled_clients"},
	{"", "GET /connections?include_totals=true", "", "", "total start limit connections"},
	{"", "GET /connections/{database}/clients", "", "", "clients"},
	{"user", "POST /users", `{"connection": "Username-Password-Authentication", "email": "keys@example.com", "password": "Passw0rd!", "blocked": true, "given_name": "Key", "family_name": "Set", "app_metadata": {"a": 1}, "user_metadata": {"b": 2}}`, "", "blocked created_at email email_verified family_name given_name identities name nickname picture updated_at user_id user_metadata app_metadata"},
	{"", "GET /users/{user}", "", "identities[]", "connection user_id provider isSocial"},
	{"", "GET /users?include_totals=true", "", "", "start limit length users total"},
	{"", "POST /users/{user}/permissions", `{"permissions": [{"resource_server_identifier": "https://keys.test/", "permission_name": "read:keys"}]}`, "", ""},
	{"", "GET /users/{user}/permissions", "", "[]", "permission_name description resource_server_name resource_server_identifier sources"},
	{"", "GET /users/{user}/permissions", "", "[]sources[]", "source_id source_name source_type"},
	{"role", "POST /roles", `{"name": "Key keeper", "description": "May see keys"}`, "", "id name description"},
	{"", "GET /roles?include_totals=true", "", "", "roles start limit total"},
	{"", "POST /roles/{role}/permissions", `{"permissions": [{"resource_server_identifier": "https://keys.test/", "permission_name": "read:keys"}]}`, "", ""},
	{"", "GET /roles/{role}/permissions", "", "[]", "permission_name description resource_server_name resource_server_identifier"},
	{"", "POST /roles/{role}/users", `{"users": ["{user}"]}`, "", ""},
	{"", "GET /roles/{role}/users", "", "[]", "user_id email picture name"},
	{"", "GET /users/{user}/roles", "", "[]", "id name description"},
	{"", "DELETE /roles/{role}", "", "", ""},
	{"org", "POST /organizations", `{"name": "keys", "display_name": "Keys", "branding": {"colors": {"primary": "#00aa55", "page_background": "#ffffff"}}}`, "", "id name display_name branding"},
	{"", "GET /organizations?include_totals=true", "", "", "organizations start limit total"},
	{"", "GET /organizations?take=100", "", "", "organizations"},
	{"", "POST /organizations/{org}/enabled_connections", `{"connection_id": "{database}", "assign_membership_on_login": true, "show_as_button": true}`, "", "connection_id assign_membership_on_login show_as_button connection"},
	{"", "POST /organizations/{org}/members", `{"members": ["{user}"]}`, "", ""},
	{"", "GET /organizations/{org}/members", "", "[]", "user_id email picture name"},
	{"", "GET /organizations/{org}/members?include_totals=true", "", "", "members start limit total"},
	{"", "GET /users/{user}/organizations", "", "[]", "branding id display_name name"},
	{"", "POST /organizations/{org}/discovery-domains", `{"domain": "keys.test"}`, "", "id domain status verification_host verification_txt use_for_organization_discovery"},
	{"", "POST /tickets/email-verification", `{"user_id": "{user}"}`, "", "ticket"},
	{"", "POST /tickets/password-change", `{"user_id": "{user}"}`, "", "ticket"},
	{"mailjob", "POST /jobs/verification-email", `{"user_id": "{user}"}`, "", "type status created_at id"},
	{"", "GET /jobs/{mailjob}", "", "", "type status created_at id"},
	{"export", "POST /jobs/users-exports", `{"connection_id": "{database}", "format": "json", "limit": 5, "fields": [{"name": "email"}]}`, "", "type status connection_id format limit fields connection created_at id"},
	{"", "GET /jobs/{export}", "", "", "type status connection_id format limit fields connection created_at id location percentage_done time_left_seconds"},
	{"", "GET /logs?include_totals=true", "", "", "length limit logs start total"},
	{"", "GET /logs?q=type:sapi&sort=date:-1", "", "[]", "_id log_id date type description client_id client_name ip details user_id user_agent isMobile"},
	{"", "GET /logs?q=type:sapi", "", "[]details", "request response"},
	{"", "GET /users/{user}/logs?include_totals=true", "", "", "length limit logs start total"},
	{"", "GET /stats/daily", "", "[]", "date logins signups leaked_passwords created_at updated_at"},
	{"", "GET /tenants/settings", "", "", "allowed_logout_urls change_password default_directory enabled_locales flags friendly_name guardian_mfa_page idle_session_lifetime sandbox_version session_lifetime universal_login resource_parameter_profile session_cookie sandbox_versions_available"},
	{"", "PATCH /attack-protection/brute-force-protection", `{"max_attempts": 10}`, "", "enabled shields mode allowlist max_attempts"},
	{"", "GET /guardian/factors", "", "[]", "name enabled trial_expired"},
	{"", "GET /prompts", "", "", "universal_login_experience identifier_first"},
	{"", "GET /keys/signing", "", "[]", "kid cert pkcs7 current next previous fingerprint thumbprint revoked"},
	{"", "POST /email-templates", `{"template": "verify_email", "body": "<p>{{url}}</p>", "from": "", "resultUrl": "", "subject": "Verify", "syntax": "liquid", "urlLifetimeInSeconds": 432000, "includeEmailInRedirect": false, "enabled": false}`, "", "template body from resultUrl subject syntax urlLifetimeInSeconds includeEmailInRedirect enabled"},
	{"logs", "POST /log-streams", `{"name": "keys", "type": "http", "sink": {"httpEndpoint": "http://localhost:1/", "httpAuthorization": "x"}}`, "", "id name type status sink isPriority"},
	{"", "GET /log-streams/{logs}", "", "sink", "httpAuthorization httpContentFormat httpContentType httpEndpoint"},
	{"events", "POST /event-streams", `{"name": "keys", "subscriptions": [{"event_type": "user.created"}], "destination": {"type": "webhook", "configuration": {"webhook_endpoint": "http://localhost:1/", "webhook_authorization": {"method": "bearer", "token": "x"}}}}`, "", "id status name subscriptions created_at updated_at destination"},
	{"", "GET /event-streams/{events}/stats", "", "", "id name window buckets metrics"},
	{"", "GET /event-streams/{events}/stats", "", "metrics[]", "name window_total type data"},
	{"", "GET /event-streams", "", "", "eventStreams"},
	{"", "POST /branding/phone/providers", `{"name": "custom", "disabled": false, "configuration": {"delivery_methods": ["text"]}, "credentials": {}}`, "", "id tenant name channel disabled configuration created_at updated_at"},
	{"", "GET /branding/phone/providers", "", "providers[]", "id tenant name channel disabled configuration created_at updated_at credentials"},
	{"", "POST /branding/phone/templates", `{"type": "otp_verify", "disabled": false, "content": {"syntax": "liquid", "from": "1", "body": {"text": "x", "voice": "y"}}}`, "", "id tenant channel type disabled created_at updated_at content"},
	{"", "POST /flows", `{"name": "keys"}`, "", "id name description synchronous actions triggers security created_at updated_at executed_at"},
	{"", "POST /network-acls", `{"description": "keys", "active": true, "priority": 1, "rule": {"action": {"block": true}}}`, "", "id description active priority rule created_at updated_at"},
	{"", "POST /token-exchange-profiles", `{"name": "keys", "type": "custom_authentication", "subject_token_type": "https://keys.test/t", "action_id": "a"}`, "", "id name type subject_token_type action_id created_at updated_at"},
	{"", "POST /rules", `{"name": "keys", "script": "x"}`, "", "id enabled script name order stage"},
	{"", "POST /hooks", `{"name": "keys", "script": "x", "triggerId": "pre-user-registration"}`, "", "id name script dependencies triggerId enabled"},
	{"", "DELETE /connections/{database}", "", "", "deleted_at"},
	{"", "GET /users/nobody", "", "", "statusCode error message errorCode"},
	{"", "GET /roles/rol_nobody0000000000", "", "", "statusCode error message"},
}

func TestKeySets(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.InMemory("keys.eu.auth0.com"))
	token := auth.ManagementToken(t)
	ids := []string{}
	for _, k := range keySets {
		name := strings.NewReplacer(ids...)
		method, path, _ := strings.Cut(name.Replace(k.call), " ")
		status, answer := send(t, auth, token, method, auth.URL()+"/api/v2"+path, name.Replace(k.body), "application/json")
		if status >= 400 && !strings.HasPrefix(k.keys, "statusCode") {
			t.Errorf("%s: %d %s", k.call, status, answer)
			continue
		}
		value := answer
		for _, part := range strings.SplitAfter(k.at, "]") {
			value = inside(t, value, part)
		}
		keys, id := members(t, value)
		if strings.Join(keys, " ") != k.keys {
			t.Errorf("%s %s has\n%s, want\n%s", k.call, k.at, strings.Join(keys, " "), k.keys)
		}
		if k.name != "" {
			ids = append(ids, "{"+k.name+"}", id)
		}
	}
}

// inside is a member of an object, or with [] behind its name the first item of a list.
func inside(t *testing.T, value []byte, part string) []byte {
	t.Helper()
	name, isList := strings.CutSuffix(part, "[]")
	if name != "" {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(value, &object); err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		value = object[name]
	}
	if isList {
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil || len(list) == 0 {
			t.Fatalf("%s has no first item: %v", value, err)
		}
		value = list[0]
	}
	return value
}

// members are the names in an object, in its order, and the id that it has.
func members(t *testing.T, value []byte) (names []string, id string) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(value))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return nil, "" // there is no body
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string))
		var inner any
		if err := dec.Decode(&inner); err != nil {
			t.Fatal(err)
		}
		if text, ok := inner.(string); ok && (name == "id" || name == "client_id" && id == "" || name == "user_id") {
			id = text
		}
	}
	return names, id
}

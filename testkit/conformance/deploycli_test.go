package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// The deploy CLI exports a tenant, imports the export into an empty one, and exports
// that: both exports are equal.
func TestDeployCLI(t *testing.T) {
	t.Parallel()
	installPackages(t)
	from := ownMock(t)
	scopes := from.managementScopes(t)
	to := mockOf(t, emptyTenant(t, scopes))
	from.configureAll(t, from.managementToken(t, scopes))
	first, second := t.TempDir(), t.TempDir()
	from.deployCLI(t, "export", "--format", "yaml", "--output_folder", first)
	to.deployCLI(t, "import", "--input_file", filepath.Join(first, "tenant.yaml"))
	to.deployCLI(t, "export", "--format", "yaml", "--output_folder", second)
	files := filesOf(t, first)
	for name, text := range filesOf(t, second) {
		if name == "tenant.yaml" {
			text = createdAt.ReplaceAllString(strings.ReplaceAll(text, filledIn, ""), "")
			files[name] = createdAt.ReplaceAllString(files[name], "")
		}
		if files[name] != text {
			t.Errorf("%s has changed by the import (- and +):\n%s", name, changed(files[name], text))
		}
		delete(files, name)
	}
	for name := range files {
		t.Errorf("%s is not there after the import", name)
	}
}

// What the deploy CLI exports, in one file or in folders, is a fixture: a mock that starts
// with it has the same settings, and the CLI exports the same from it.
func TestAnExportOfTheDeployCLIIsAFixture(t *testing.T) {
	t.Parallel()
	installPackages(t)
	from := ownMock(t)
	scopes := from.managementScopes(t)
	token := from.managementToken(t, scopes)
	from.configureAll(t, token)
	for _, form := range []string{"yaml", "directory"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			first, second := t.TempDir(), t.TempDir()
			from.deployCLI(t, "export", "--format", form, "--output_folder", first)
			files := filesOf(t, first)
			addCLI(t, first, scopes)
			loaded := mockOf(t, first, "--keyword", "LOGSTREAMS_HTTP_SECRET=Bearer abc", "--keyword", "EVENT_STREAM_WEBHOOK_BEARER_TOKEN=abc", "--keyword", "TWILIO_AUTH_TOKEN=abc")
			from.compareSettings(t, token, loaded)
			loaded.deployCLI(t, "export", "--format", form, "--output_folder", second)
			for name, text := range filesOf(t, second) {
				if before := files[name]; !sameContent(t, before, text) {
					t.Errorf("%s is another one (- and +):\n%s", name, changed(before, text))
				}
				delete(files, name)
			}
			for name := range files {
				t.Errorf("%s is not there", name)
			}
		})
	}
}

// sameContent compares two files, but for the order of members and the time at which a
// custom domain was created.
func sameContent(t *testing.T, a, b string) bool {
	t.Helper()
	a, b = createdAt.ReplaceAllString(a, ""), createdAt.ReplaceAllString(b, "")
	var x, y any
	if yaml.Unmarshal([]byte(a), &x) != nil || yaml.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	return reflect.DeepEqual(x, y)
}

// addCLI adds the client of the CLI to an export, which never has it, with its secret and
// its grant.
func addCLI(t *testing.T, folder string, scopes []string) {
	t.Helper()
	overlay, err := json.Marshal(map[string]any{
		"clients":       []any{map[string]any{"client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "name": "Acme Machine", "app_type": "non_interactive", "grant_types": []string{"client_credentials"}}},
		"client_grants": []any{map[string]any{"client_id": "acme-m2m", "audience": "/api/v2/", "scope": scopes}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "mockauth0.yaml"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
}

// compareSettings compares what two mocks answer.
func (m mock) compareSettings(t *testing.T, token string, loaded mock) {
	t.Helper()
	loadedToken := loaded.managementToken(t, loaded.managementScopes(t))
	for _, path := range loadedSettings {
		var want, got any
		m.manage(t, token, "GET", path, "", &want)
		loaded.manage(t, loadedToken, "GET", path, "", &got)
		for _, answer := range []any{got, want} { // the CLI does not write this field
			if enterprise, ok := member(answer, "recaptcha_enterprise").(map[string]any); ok {
				delete(enterprise, "project_id")
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s of the file is\n%v\nwant\n%v", path, got, want)
		}
	}
}

// member is a member of a JSON object; nil if it is not there.
func member(value any, name string) any {
	o, _ := value.(map[string]any)
	return o[name]
}

// loadedSettings are what a mock has from the file that the CLI wrote. A theme gets the
// same id, since that comes from its name.
var loadedSettings = []string{
	"/tenants/settings", "/branding", "/branding/themes/default", "/prompts", "/prompts/login/custom-text/en", "/prompts/signup/partials",
	"/attack-protection/brute-force-protection", "/attack-protection/bot-detection", "/attack-protection/captcha", "/attack-protection/suspicious-ip-throttling",
	"/attack-protection/breached-password-detection", "/risk-assessments/settings", "/supplemental-signals", "/guardian/factors", "/guardian/policies",
	"/guardian/factors/phone/message-types", "/guardian/factors/phone/templates", "/guardian/factors/phone/selected-provider",
	"/clients?is_global=true&fields=custom_login_page,custom_login_page_on",
	"/roles", "/organizations", "/email-templates/verify_email", "/emails/provider?fields=name,enabled,default_from_address", "/custom-domains?fields=domain,type",
}

// changed are the lines that only one of two texts has.
func changed(before, after string) string {
	var out strings.Builder
	for _, side := range []struct{ sign, one, other string }{{"-", before, after}, {"+", after, before}} {
		lines := strings.Split(side.other, "\n")
		for line := range strings.SplitSeq(side.one, "\n") {
			if !slices.Contains(lines, line) {
				fmt.Fprintln(&out, side.sign, line)
			}
		}
	}
	return out.String()
}

// filledIn is what the CLI adds to a database that it imports: its own default.
const filledIn = "      disable_self_service_change_password: false\n"

// createdAt is when a custom domain was created. The import creates it anew.
var createdAt = regexp.MustCompile(`(?m)^ +(- )?"?created_at"?: .*\n`)

// deployCLI runs one command of the CLI, as the client acme-m2m. On a busy machine the CLI
// computes for so long that its own connection times out: then it runs once more, as a
// user would do.
func (m mock) deployCLI(t *testing.T, args ...string) {
	t.Helper()
	for attempt := 1; ; attempt++ {
		c := exec.CommandContext(within(t), "node", append([]string{filepath.Join("node_modules", "auth0-deploy-cli", "lib", "index.js")}, args...)...)
		c.Env = append(environWithout("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_USE_SYSTEM_CA", "AUTH0_AUDIENCE"),
			"AUTH0_DOMAIN="+m.domain, "AUTH0_CLIENT_ID=acme-m2m", "AUTH0_CLIENT_SECRET=acme-m2m-secret", "AUTH0_KEYWORD_REPLACE_MAPPINGS="+secrets)
		gently(c)
		out, err := c.CombinedOutput()
		if err == nil {
			return
		}
		noAnswer := bytes.Contains(out, []byte("fetch failed")) || bytes.Contains(out, []byte("did not return an alternative response"))
		if attempt == 3 || !noAnswer {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
}

// secrets are those that the CLI does not export. It writes the names of variables in
// their place.
const secrets = `{"LOGSTREAMS_HTTP_SECRET":"Bearer abc","EVENT_STREAM_WEBHOOK_BEARER_TOKEN":"abc","TWILIO_AUTH_TOKEN":"abc"}`

// emptyTenant is a file with a fixture that has little more than the client of the CLI,
// with the grant that the default tenant gives it.
func emptyTenant(t *testing.T, scopes []string) string {
	t.Helper()
	fixture, err := json.Marshal(map[string]any{
		"version": 1, "extends": "minimal", "client_grants": []any{map[string]any{"client_id": "acme-m2m", "audience": "/api/v2/", "scope": scopes}},
		"clients": []any{
			map[string]any{"client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "name": "Acme Machine", "grant_types": []string{"client_credentials"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "empty.json")
	if err := os.WriteFile(file, fixture, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// managementScopes are the scopes of acme-m2m.
func (m mock) managementScopes(t *testing.T) []string {
	t.Helper()
	var state struct {
		Grants []struct {
			Audience string
			Scope    []string
		} `json:"client_grants"`
	}
	if err := json.Unmarshal(m.call(t, "GET", "/_mock/state", ""), &state); err != nil {
		t.Fatal(err)
	}
	for _, grant := range state.Grants {
		if grant.Audience == "/api/v2/" {
			return grant.Scope
		}
	}
	t.Fatal("nobody has a grant for the Management API")
	return nil
}

// managementToken is a token with some scopes.
func (m mock) managementToken(t *testing.T, scopes []string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"management": scopes})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Token string }
	if err := json.Unmarshal(m.call(t, "POST", "/_mock/tokens", string(body)), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Token
}

// configureAll sets what the CLI exports and the default tenant does not have.
func (m mock) configureAll(t *testing.T, token string) {
	t.Helper()
	var client struct {
		ID string `json:"client_id"`
	}
	var global []struct {
		ID string `json:"client_id"`
	}
	var role, organization struct{ ID string }
	var connection []struct{ ID string }
	for _, into := range []struct {
		method, path, body string
		answer             any
	}{
		{"PATCH", "/tenants/settings", `{"support_email":"help@bakery.test","session_lifetime":24,"picture_url":"https://bakery.test/p.png","flags":{"enable_public_signup_user_exists_error":true},"error_page":{"html":"<p>Oh</p>","show_log_link":true,"url":""}}`, nil},
		{"PATCH", "/branding", `{"colors":{"primary":"#0059d6","page_background":"#ffffff"},"logo_url":"https://bakery.test/logo.png"}`, nil},
		{"POST", "/branding/themes", theme, nil},
		{"PATCH", "/prompts", `{"identifier_first":false}`, nil},
		{"PUT", "/prompts/login/custom-text/en", `{"login":{"title":"Hello","description":"Please"}}`, nil},
		{"PUT", "/prompts/signup/partials", `{"signup":{"form-content-start":"<p>Welcome</p>"}}`, nil},
		{"PATCH", "/attack-protection/brute-force-protection", `{"max_attempts":7,"allowlist":["192.0.2.1"]}`, nil},
		{"PATCH", "/attack-protection/bot-detection", `{"challenge_passwordless_policy":"always"}`, nil},
		{"PATCH", "/attack-protection/suspicious-ip-throttling", `{"enabled":false}`, nil},
		{"PUT", "/guardian/policies", `["all-applications"]`, nil},
		{"PUT", "/guardian/factors/phone/templates", `{"enrollment_message":"Enroll: {{code}}","verification_message":"{{code}}"}`, nil},
		{"POST", "/custom-domains", `{"domain":"login.bakery.test","type":"auth0_managed_certs"}`, nil},
		{"PUT", "/branding/templates/universal-login", `{"template":"<html>{%- auth0:head -%}{%- auth0:widget -%}</html>"}`, nil},
		{"POST", "/email-templates", `{"template":"verify_email","body":"<p>{{ url }}</p>","from":"a@bakery.test","subject":"Verify","syntax":"liquid","enabled":true,"resultUrl":"https://bakery.test/ok","urlLifetimeInSeconds":3600}`, nil},
		{"POST", "/emails/provider", `{"name":"smtp","enabled":true,"default_from_address":"a@bakery.test","credentials":{"smtp_host":"mail.bakery.test","smtp_port":2525,"smtp_user":"u"}}`, nil},
		{"POST", "/log-streams", `{"name":"audit","type":"http","sink":{"httpEndpoint":"http://localhost:9/logs","httpAuthorization":"Bearer abc"},"filters":[{"type":"category","name":"auth.login.fail"}]}`, nil},
		{"POST", "/event-streams", `{"name":"users","subscriptions":[{"event_type":"user.created"}],"destination":{"type":"webhook","configuration":{"webhook_endpoint":"http://localhost:9/users","webhook_authorization":{"method":"bearer","token":"abc"}}}}`, nil},
		{"POST", "/branding/phone/providers", `{"name":"twilio","configuration":{"sid":"AC1","default_from":"+12025550100","delivery_methods":["text","voice"]},"credentials":{"auth_token":"abc"}}`, nil},
		{"POST", "/branding/phone/templates", `{"type":"otp_verify","content":{"syntax":"liquid","body":{"text":"Your code: {{ code }}","voice":"Your code is {{ code }}"},"from":"+12025550100"}}`, nil},
		{"POST", "/actions/actions", `{"name":"second","supported_triggers":[{"id":"post-login","version":"v3"}],"code":"exports.onExecutePostLogin = async () => {} // second","secrets":[{"name":"KEY","value":"abc"}],"dependencies":[{"name":"lodash","version":"4.17.21"}],"deploy":true}`, nil},
		{"POST", "/actions/actions", `{"name":"draft","supported_triggers":[{"id":"post-login","version":"v3"}],"code":"exports.onExecutePostLogin = async () => {} // draft"}`, nil},
		{"POST", "/actions/actions", `{"name":"first","supported_triggers":[{"id":"post-login","version":"v3"}],"code":"exports.onExecutePostLogin = async () => {} // first","runtime":"node18","deploy":true}`, nil},
		{"PATCH", "/actions/triggers/post-login/bindings", `{"bindings":[{"ref":{"type":"action_name","value":"first"},"display_name":"The first"},{"ref":{"type":"action_name","value":"second"}}]}`, nil},
		{"POST", "/roles", `{"name":"baker","description":"Bakes"}`, &role},
		{"GET", "/connections?name=email", "", &connection},
		{"POST", "/organizations", `{"name":"bakery","display_name":"Bakery","branding":{"logo_url":"https://bakery.test/l.png","colors":{"primary":"#0059d6","page_background":"#ffffff"}},"metadata":{"tier":"gold"}}`, &organization},
		{"GET", "/clients?is_global=true", "", &global},
		{"POST", "/clients", `{"name":"Robot","app_type":"non_interactive","grant_types":["client_credentials"],"client_metadata":{"kind":"robot"},"logo_uri":"https://bakery.test/r.png"}`, &client},
	} {
		m.manage(t, token, into.method, into.path, into.body, into.answer)
	}
	m.manage(t, token, "PATCH", "/clients/"+global[0].ID, `{"custom_login_page":"<p>Sign in</p>","custom_login_page_on":true}`, nil)
	m.manage(t, token, "POST", "/roles/"+role.ID+"/permissions", `{"permissions":[{"resource_server_identifier":"https://api.acme.test/","permission_name":"read:orders"}]}`, nil)
	m.manage(t, token, "POST", "/organizations/"+organization.ID+"/enabled_connections", fmt.Sprintf(`{"connection_id":%q,"assign_membership_on_login":true}`, connection[0].ID), nil)
	m.manage(t, token, "POST", "/organizations/"+organization.ID+"/discovery-domains", `{"domain":"bakery.test","status":"verified"}`, nil)
	m.manage(t, token, "POST", "/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":"https://api.acme.test/","scope":["read:orders"]}`, client.ID), nil)
}

// theme is one with all that the CLI requires.
const theme = `{
"borders":{"button_border_radius":3,"button_border_weight":1,"buttons_style":"rounded","input_border_radius":3,"input_border_weight":1,"inputs_style":"rounded","show_widget_shadow":true,"widget_border_weight":0,"widget_corner_radius":5},
"colors":{"body_text":"#1e212a","error":"#d03c38","header":"#1e212a","icons":"#65676e","input_background":"#ffffff","input_border":"#c9cace","input_filled_text":"#000000","input_labels_placeholders":"#65676e","links_focused_components":"#635dff","primary_button":"#635dff","primary_button_label":"#ffffff","secondary_button_border":"#c9cace","secondary_button_label":"#1e212a","success":"#13a688","widget_background":"#ffffff","widget_border":"#c9cace"},
"displayName":"Oven",
"fonts":{"body_text":{"bold":false,"size":87.5},"buttons_text":{"bold":false,"size":100},"font_url":"","input_labels":{"bold":false,"size":100},"links":{"bold":true,"size":87.5},"links_style":"normal","reference_text_size":16,"subtitle":{"bold":false,"size":87.5},"title":{"bold":false,"size":150}},
"page_background":{"background_color":"#000000","background_image_url":"","page_layout":"center"},
"widget":{"header_text_alignment":"center","logo_height":52,"logo_position":"center","logo_url":"","social_buttons_layout":"bottom"}}`

// manage is one call of the Management API.
func (m mock) manage(t *testing.T, token, method, path, body string, answer any) {
	t.Helper()
	req, err := http.NewRequestWithContext(within(t), method, m.url+"/api/v2"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := plainHTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s (%v)", method, path, res.Status, data, err)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(data, answer); err != nil {
		t.Fatal(err)
	}
}

// filesOf are the texts of the files below a folder.
func filesOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

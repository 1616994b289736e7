package conformance

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/auth0/go-auth0/management"
)

// A fixture may have every field of Auth0's Management API: those of go-auth0's
// models, which are written down in fixtures/auth0_fields.txt.
func TestFieldsOfGoAuth0(t *testing.T) {
	t.Parallel()
	connection := fieldsOf(management.Connection{})
	options := fieldsOf(management.ConnectionOptions{}, management.ConnectionOptionsEmail{}, management.ConnectionOptionsSMS{})
	options["email"] = fieldsOf(management.ConnectionOptionsEmailSettings{})
	options["totp"] = fieldsOf(management.ConnectionOptionsOTP{})
	options["gateway_authentication"] = fieldsOf(management.ConnectionGatewayAuthentication{})
	connection["options"] = options
	client := fieldsOf(management.Client{})
	client["jwt_configuration"] = fieldsOf(management.ClientJWTConfiguration{})
	client["refresh_token"] = fieldsOf(management.ClientRefreshToken{})
	client["mobile"] = map[string]any{"ios": fieldsOf(management.ClientMobileIOS{}), "android": fieldsOf(management.ClientMobileAndroid{})}
	client["client_authentication_methods"] = fieldsOf(management.ClientAuthenticationMethods{})
	tenant := fieldsOf(management.Tenant{})
	tenant["flags"] = fieldsOf(management.TenantFlags{})
	fixture, err := json.Marshal(map[string]any{
		"version": 1, "tenant": tenant, "clients": []any{client}, "connections": []any{connection},
		"resource_servers": []any{fieldsOf(management.ResourceServer{})}, "client_grants": []any{fieldsOf(management.ClientGrant{})},
		"users": []any{fieldsOf(management.User{})}, "organizations": []any{fieldsOf(management.Organization{})},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "fixture.json")
	if err := os.WriteFile(file, fixture, 0o600); err != nil {
		t.Fatal(err)
	}
	// Fields that must have a value are missing, so the file is refused in any case.
	out, _ := exec.CommandContext(within(t), os.Getenv(envBinary), "validate", file).CombinedOutput()
	if !strings.Contains(string(out), "clients[0].client_id: required field") {
		t.Fatalf("the fixture was not read: %s", out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "unknown field") {
			t.Error(strings.TrimSpace(line))
		}
	}
}

// fieldsOf are the names of the structs' fields in JSON, without values.
func fieldsOf(structs ...any) map[string]any {
	fields := map[string]any{}
	for _, s := range structs {
		for f := range reflect.TypeOf(s).NumField() {
			if name, _, _ := strings.Cut(reflect.TypeOf(s).Field(f).Tag.Get("json"), ","); name != "" && name != "-" {
				fields[name] = nil
			}
		}
	}
	return fields
}

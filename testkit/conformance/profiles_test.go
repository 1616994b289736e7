package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const profilesFixture = `version: 1
extends: default
resource_servers:
  - {identifier: https://rfc9068.acme.test/, scopes: [read:orders], token_dialect: rfc9068_profile}
  - {identifier: https://authz.acme.test/, scopes: [read:orders], token_dialect: rfc9068_profile_authz, enforce_policies: true}
  - {identifier: https://plain.acme.test/, scopes: [read:orders]}
client_grants:
  - {client_id: acme-m2m, audience: https://rfc9068.acme.test/, scope: [read:orders]}
  - {client_id: acme-m2m, audience: https://authz.acme.test/, scope: [read:orders]}
  - {client_id: acme-m2m, audience: https://plain.acme.test/, scope: [read:orders]}
`

// Verifiers that insist on RFC 9068 accept the tokens of an API with that profile,
// a user's and a program's. They refuse Auth0's own profile.
func TestAccessTokenProfiles(t *testing.T) {
	t.Parallel()
	installPackages(t)
	file := filepath.Join(t.TempDir(), "profiles.yaml")
	if err := os.WriteFile(file, []byte(profilesFixture), 0o600); err != nil {
		t.Fatal(err)
	}
	m := mockOf(t, file)
	for _, audience := range []string{"https://rfc9068.acme.test/", "https://authz.acme.test/"} {
		if got, want := m.verifyProfile(t, audience), strings.Repeat("accepted\n", 4); got != want {
			t.Errorf("%s:\n%s", audience, got)
		}
	}
	if got := m.verifyProfile(t, "https://plain.acme.test/"); strings.Contains(got, "accepted") || strings.Count(got, "\n") != 4 {
		t.Errorf("Auth0's own profile:\n%s", got)
	}
}

// verifyProfile is what the verifiers say of two tokens: a user's and a program's.
func (m mock) verifyProfile(t *testing.T, audience string) string {
	t.Helper()
	to := "profiles@example.com"
	post(t, m.url+"/passwordless/start", nil, map[string]any{"client_id": "acme-native", "connection": "email", "email": to, "send": "code"})
	var users, programs plainTokens
	post(t, m.url+"/oauth/token", &users, map[string]any{
		"client_id": "acme-native", "grant_type": "http://auth0.com/oauth/grant-type/passwordless/otp", "realm": "email",
		"username": to, "otp": m.code(t, to), "audience": audience, "scope": "openid read:orders",
	})
	post(t, m.url+"/oauth/token", &programs, map[string]any{
		"client_id": "acme-m2m", "client_secret": "acme-m2m-secret", "grant_type": "client_credentials", "audience": audience,
	})
	c := exec.CommandContext(within(t), "node", "javascript/profiles.js", m.url, audience)
	c.Stdin = strings.NewReader(users.AccessToken + "\n" + programs.AccessToken + "\n")
	c.Stderr = os.Stderr
	gently(c)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	t.Logf("%s:\n%s", audience, out)
	var said strings.Builder
	for line := range strings.Lines(string(out)) {
		_, verdict, _ := strings.Cut(line, ": ")
		said.WriteString(verdict)
	}
	return said.String()
}

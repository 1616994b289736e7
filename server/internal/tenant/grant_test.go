package tenant

import (
	"strings"
	"testing"
)

func TestScopesOfThePasswordStyleGrants(t *testing.T) {
	t.Parallel()
	const standard = "openid profile email address phone"
	for asked, want := range map[string]string{
		"":                        standard,
		"openid":                  standard,
		" openid  openid ":        standard,
		"offline_access":          standard + " offline_access",
		"openid offline_access":   standard + " offline_access",
		"offline_access openid":   standard + " offline_access",
		"email":                   "email",
		"openid email":            "openid email",
		"read:orders":             "read:orders",
		"openid read:orders":      "openid read:orders",
		"offline_access read:xyz": "offline_access read:xyz",
	} {
		if got := strings.Join(passwordScopes(asked), " "); got != want {
			t.Errorf("%q gives %q, want %q", asked, got, want)
		}
	}
}

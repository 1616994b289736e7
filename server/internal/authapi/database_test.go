package authapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// What an app cannot learn about an organization, the developer learns by a hint.
func TestADatabaseHintsAtOrganizations(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, "organizations: [{id: org_acme000000000000, name: acme}]\n")})
	for path, hint := range map[string]string{
		"/dbconnections/signup":          "the parameter organization is ignored: this sign-up makes nobody a member",
		"/dbconnections/change_password": "dora@example.com is no member of organization acme",
	} {
		email := map[bool]string{true: "new@example.com", false: "dora@example.com"}[strings.HasSuffix(path, "signup")]
		w := servertest.Call(t, s, "POST", path, servertest.Object{
			"client_id": "acme-web", "connection": "Username-Password-Authentication", "email": email, "password": "Passw0rd!", "organization": "org_acme000000000000",
		})
		r := s.Requests()
		if last := r[len(r)-1]; w.Code != http.StatusOK || !strings.Contains(last.Hint, hint) {
			t.Errorf("%s answers %d, with the hint %q", path, w.Code, last.Hint)
		}
	}
}

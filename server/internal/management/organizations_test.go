package management_test

import (
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

const organizations = `
version: 1
extends: default
clients:
  - {client_id: acme-native, grant_types: ["http://auth0.com/oauth/grant-type/passwordless/otp", refresh_token]}
  - {client_id: web, client_secret: s, grant_types: [authorization_code], organization_usage: allow, initiate_login_uri: "http://localhost:3000/login"}
  - {client_id: acme-m2m, client_secret: s, grant_types: [client_credentials]}
resource_servers: [{identifier: "https://api.acme.test/", scopes: ["read:orders", "write:orders"], enforce_policies: true}]
roles:
  - {name: admin, permissions: [{permission_name: "write:orders", resource_server_identifier: "https://api.acme.test/"}]}
  - {name: reader}
users:
  - {email: ada@example.com, roles: [admin]}
  - {email: grace@example.com}
organizations:
  - name: acme
    display_name: Acme Inc
    members: [{user: ada@example.com, roles: [reader]}, {user: grace@example.com, roles: [admin], joined: false}]
    enabled_connections: [{connection: email}]
    client_grants: [{client_id: acme-m2m}]
    discovery_domains: [{domain: acme.test, status: verified}]
    invitations: [{client_id: web, invitee: {email: eve@example.com}, roles: [reader]}]
`

// newOrganizations is a caller of a server with those of a file.
func newOrganizations(t *testing.T, restore *fixtures.Fixture) *caller {
	t.Helper()
	f, err := fixtures.Parse("", []byte(organizations))
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: f, Restore: restore})
	token, err := s.ManagementToken("http://localhost:2884/")
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t, s, token}
}

// What a file says of organizations and roles, the API has, with users by their ids.
func TestAFileHasOrganizations(t *testing.T) {
	t.Parallel()
	c := newOrganizations(t, nil)
	org := "/organizations/" + c.must("GET", "/organizations/name/acme", nil)["id"].(string)
	for path, want := range map[string]string{
		org + "/members?include_totals=true&fields=user_id,roles": `{"members":[{"user_id":"email|1cce6cf6de44decdc7fb465a","roles":[{"id":"rol_`,
		org + "/enabled_connections?include_totals=true":          `"connection":{"name":"email","strategy":"email"}`,
		org + "/client-grants?include_totals=true":                `"audience":"https://api.acme.test/"`,
		org + "/discovery-domains":                                `"status":"verified"`,
		org + "/invitations?include_totals=true":                  `"invitation_url":"http://localhost:3000/login?invitation=`,
		"/users/email%7C1cce6cf6de44decdc7fb465a/roles":           `"name":"admin"`,
		"/users/email%7C1cce6cf6de44decdc7fb465a/organizations":   `"display_name":"Acme Inc"`,
	} {
		w := servertest.Call(t, c.server, "GET", "/api/v2"+path, nil, servertest.Header("Authorization", "Bearer "+c.token))
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %s, want %s in it", path, w.Body, want)
		}
	}
	tokens := servertest.Login(t, c.server, "ada@example.com", servertest.Object{"audience": "https://api.acme.test/", "scope": "openid read:orders write:orders"})
	if tokens.Scope != "openid write:orders" {
		t.Errorf("the scope is %q", tokens.Scope)
	}
}

// An export has members, roles and invitations as they are now. A server that loads it,
// and one that goes on from it, have the same.
func TestTheExportHasOrganizations(t *testing.T) {
	t.Parallel()
	c := newOrganizations(t, nil)
	before := exported(t, c.server)
	const graceID = "email%7C5e94472bec226ec1ee029a3b"
	org := "/organizations/" + c.must("GET", "/organizations/name/acme", nil)["id"].(string)
	role := c.must("POST", "/roles", servertest.Object{"name": "writer"})["id"].(string)
	user := c.must("POST", "/users", servertest.Object{"connection": "email", "email": "joan@example.com", "name": "Joan", "nickname": "j"})["user_id"].(string)
	c.must("POST", "/users/"+strings.ReplaceAll(user, "|", "%7C")+"/roles", servertest.Object{"roles": []string{role}})
	c.must("POST", org+"/members", servertest.Object{"members": []string{user}})
	c.must("POST", org+"/members/"+strings.ReplaceAll(user, "|", "%7C")+"/roles", servertest.Object{"roles": []string{role}})
	c.must("POST", "/users/"+graceID+"/roles", servertest.Object{"roles": []string{role}})
	c.must("POST", org+"/connections", servertest.Object{"connection_id": "con_0HBJrRBkyC3BDYIy", "organization_access_level": "full"})
	c.must("PATCH", org, servertest.Object{"name": "acme-inc", "metadata": servertest.Object{"tier": "gold"}, "is_app_entitlement_active": true})
	c.must("POST", org+"/invitations", servertest.Object{"client_id": "web", "inviter": servertest.Object{"name": "Ada"}, "invitee": servertest.Object{"email": "eve@example.com"}, "app_metadata": servertest.Object{"a": []int{1}}})
	c.must("POST", "/organizations", servertest.Object{"name": "acme"}) // the name that the other one had

	state := exported(t, c.server)
	for _, want := range []string{`"user": "` + user + `"`, `"joined": false`, `"name": "acme-inc"`, `"organization_access_level": "full"`, `"ttl_sec": 604800`} {
		if !strings.Contains(state, want) {
			t.Errorf("the export lacks %s", want)
		}
	}
	f, err := fixtures.Parse("", []byte(state))
	if err != nil {
		t.Fatal(err)
	}
	if got := exported(t, servertest.New(t, server.Config{Fixture: f, At: servertest.At2030})); got != state {
		t.Errorf("a server that has loaded the export has\n%s\nwant\n%s", got, state)
	}
	if got := exported(t, newOrganizations(t, f).server); got != state {
		t.Errorf("a server that goes on from the export has\n%s\nwant\n%s", got, state)
	}
	c.server.Reset()
	if got := exported(t, c.server); got != before {
		t.Errorf("after a reset it has\n%s\nwant\n%s", got, before)
	}
}

// What refers to a role, a user or a client goes with it, so that the export can be
// loaded again.
func TestWhatIsDeletedIsNotInTheExport(t *testing.T) {
	t.Parallel()
	c := newOrganizations(t, nil)
	role, _ := c.server.State().RoleID("admin")
	c.must("DELETE", "/roles/"+role, nil)
	if state := exported(t, c.server); strings.Contains(state, `"`+role+`"`) {
		t.Errorf("the export has the role\n%s", state)
	}
	c.must("DELETE", "/users/email%7C1cce6cf6de44decdc7fb465a", nil)
	state := exported(t, c.server)
	if strings.Contains(state, "1cce6cf6de44decdc7fb465a") || !strings.Contains(state, "uinv_") {
		t.Errorf("the export has\n%s", state)
	}
	c.must("DELETE", "/clients/web", nil)
	state = exported(t, c.server)
	if _, err := fixtures.Parse("", []byte(state)); err != nil || strings.Contains(state, "\"invitations\":") {
		t.Errorf("%v: the export has\n%s", err, state)
	}
}

// A passwordless connection of an organization has a hint.
func TestAPasswordlessConnectionOfAnOrganizationIsHintedAt(t *testing.T) {
	t.Parallel()
	c := newOrganizations(t, nil)
	for id, want := range map[string]string{"con_0HBJrRBkyC3BDYIy": "name no passwordless connection", "con_iPQoteU6D6KrSgd3": ""} {
		c.must("POST", "/organizations/org_2uLFQrFAnxJSQiDM/connections", servertest.Object{"connection_id": id})
		all := c.server.Requests()
		if hint := all[len(all)-1].Hint; !strings.Contains(hint, want) || want == "" && hint != "" {
			t.Errorf("%s: the hint is %q", id, hint)
		}
	}
}

// An invitation is not the same as one before, though that one is gone.
func TestNoInvitationComesTwice(t *testing.T) {
	t.Parallel()
	c := newOrganizations(t, nil)
	path := "/organizations/" + c.must("GET", "/organizations/name/acme", nil)["id"].(string) + "/invitations"
	body := servertest.Object{"client_id": "web", "inviter": servertest.Object{"name": "Ada"}, "invitee": servertest.Object{"email": "eve@example.com"}}
	first := c.must("GET", path+"?include_totals=true", nil)["invitations"].([]any)[0].(servertest.Object)
	seen := map[any]bool{first["ticket_id"]: true}
	c.must("DELETE", path+"/"+first["id"].(string), nil)
	for range 3 {
		v := c.must("POST", path, body)
		if seen[v["ticket_id"]] {
			t.Errorf("the ticket %s came before", v["ticket_id"])
		}
		seen[v["ticket_id"]] = true
		c.must("DELETE", path+"/"+v["id"].(string), nil)
	}
}

// The e-mail of an invitation is lost if a scenario says so.
func TestAScenarioLosesAnInvitation(t *testing.T) {
	t.Parallel()
	c := newOrganizations(t, nil)
	if w := servertest.Call(t, c.server, "POST", "/_mock/scenarios", `{"version":1,"name":"lost","rules":[{"id":"r","when":{"endpoint":"management"},"then":{"deliver":{"outcome":"lost"}}}]}`); w.Code != 201 {
		t.Fatal(w.Body)
	}
	path := "/organizations/" + c.must("GET", "/organizations/name/acme", nil)["id"].(string) + "/invitations"
	c.must("POST", path, servertest.Object{"client_id": "web", "inviter": servertest.Object{"name": "Ada"}, "invitee": servertest.Object{"email": "joan@example.com"}})
	w := servertest.Call(t, c.server, "GET", "/_mock/outbox?to=joan@example.com&state=lost", nil)
	if !strings.Contains(w.Body.String(), `"purpose":"user_invitation"`) {
		t.Errorf("the outbox has %s", w.Body)
	}
}

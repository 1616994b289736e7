package testkit_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/testkit"
)

const organizationsFixture = `
version: 1
extends: default
tenant: {allow_organization_name_in_authentication_api: true}
clients:
  - {client_id: web, client_secret: s, grant_types: [authorization_code, refresh_token], callbacks: ["http://localhost:*"], organization_usage: require, initiate_login_uri: "http://localhost:3000/login"}
  - {client_id: asks, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: require, organization_require_behavior: pre_login_prompt, organization_discovery_methods: [organization_name]}
  - {client_id: picks, client_secret: s, grant_types: [authorization_code], callbacks: ["http://localhost:*"], organization_usage: require, organization_require_behavior: post_login_prompt}
roles: [{name: admin, permissions: [{resource_server_identifier: "https://api.acme.test/", permission_name: read:orders}]}]
users: [{email: ada@example.com}, {email: bob@example.com}]
organizations:
  - {id: org_acme000000000000, name: acme, display_name: Acme Inc, members: [{user: ada@example.com, roles: [admin]}], enabled_connections: [{connection: email}]}
  - {id: org_globex0000000000, name: globex, members: [{user: ada@example.com}], enabled_connections: [{connection: email}]}
`

func TestTokensNameTheOrganization(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML(organizationsFixture))
	for _, name := range []string{"acme", "org_acme000000000000"} {
		tokens := auth.Tokens(t, "ada@example.com", testkit.TokenRequest{ClientID: "web", Organization: name})
		if tokens.Claims["org_id"] != "org_acme000000000000" || tokens.Claims["org_name"] != "acme" || tokens.RefreshToken == "" {
			t.Errorf("%s: %+v", name, tokens)
		}
	}
	fails := failureOf(t, func(t *recorder) {
		auth.Tokens(t, "bob@example.com", testkit.TokenRequest{ClientID: "web", Organization: "acme"})
	})
	if !strings.Contains(fails, "is not part of the org_acme000000000000 organization") {
		t.Errorf("Tokens of one who is no member fails with %q", fails)
	}
}

// The invited user follows the URL of the e-mail into the app, which passes the invitation
// on, and is a member then.
func TestAnInvitationIsAccepted(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML(organizationsFixture))
	invited, err := url.Parse(auth.Invite(t, "acme", "zoe@example.com", "admin"))
	if err != nil || invited.Host != "localhost:3000" || invited.Query().Get("organization") != "org_acme000000000000" || invited.Query().Get("organization_name") != "acme" {
		t.Fatalf("the invitation leads to %s, %v", invited, err)
	}
	if m := auth.Server().Outbox().All(); len(m) != 1 || m[0].To != "zoe@example.com" || m[0].Links[0] != invited.String() {
		t.Errorf("the outbox has %+v", m)
	}
	var back url.Values
	var callback string
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			http.Redirect(w, r, auth.URL()+"/authorize?"+url.Values{
				"client_id": {"web"}, "response_type": {"code"}, "redirect_uri": {callback}, "scope": {"openid"},
				"invitation": {r.FormValue("invitation")}, "organization": {r.FormValue("organization")},
			}.Encode(), http.StatusFound)
			return
		}
		back = r.URL.Query()
	}))
	defer app.Close()
	callback = strings.Replace(app.URL, "127.0.0.1", "localhost", 1) + "/callback"
	auth.SignIn(t, nil, app.URL+"/login?"+invited.RawQuery, "zoe@example.com")
	if back.Get("code") == "" {
		t.Fatalf("the app gets %v", back)
	}
	zoe, _ := auth.Server().UserByAddress("zoe@example.com")
	acme := auth.Server().Organizations()[0]
	at := slices.IndexFunc(acme.Members, func(m fixtures.OrganizationMember) bool { return m.User == zoe.UserID })
	if at < 0 || len(acme.Members[at].Roles) != 1 || len(acme.Invitations) != 0 || !zoe.EmailVerified {
		t.Errorf("the members are %+v, the invitations %+v, and the user is %+v", acme.Members, acme.Invitations, zoe)
	}
	// The invitation is used up.
	back = nil
	auth.SignIn(t, nil, app.URL+"/login?"+invited.RawQuery, "zoe@example.com")
	if back.Get("error_description") != "invitation not found or already used" {
		t.Errorf("the second time the app gets %v", back)
	}
}

func TestInviteSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for fixture, want := range map[string]string{
		organizationsFixture: `there is no organization "initech"; there are acme, globex`,
		"version: 1\nextends: default\norganizations: [{name: initech}]\n": "no client can take an invitation",
	} {
		auth := testkit.Start(t, testkit.FixtureYAML(fixture))
		if got := failureOf(t, func(t *recorder) { auth.Invite(t, "initech", "zoe@example.com") }); !strings.Contains(got, want) {
			t.Errorf("Invite fails with %q, not with %q", got, want)
		}
	}
}

// SignIn answers the pages about organizations.
func TestSignInNamesAndPicksAnOrganization(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML(organizationsFixture))
	for _, client := range []string{"asks", "picks"} {
		var back url.Values
		app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { back = r.URL.Query() }))
		defer app.Close()
		callback := strings.Replace(app.URL, "127.0.0.1", "localhost", 1)
		auth.SignIn(t, nil, auth.URL()+"/authorize?"+url.Values{"client_id": {client}, "response_type": {"code"}, "redirect_uri": {callback}, "scope": {"openid"}}.Encode(), "ada@example.com")
		if back.Get("code") == "" {
			t.Errorf("%s: the app gets %v", client, back)
		}
	}
}

// The fixture, the Management API, the control API and Go see the same members and
// invitations.
func TestOrganizationsAreOneState(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.FixtureYAML(organizationsFixture))
	call := func(method, path, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, auth.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(path, "/api/v2/") {
			r.Header.Set("Authorization", "Bearer "+auth.ManagementToken(t, "read:organization_members", "create:organization_members", "read:organization_invitations", "delete:organization_invitations"))
		}
		got, err := auth.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		text, err := io.ReadAll(got.Body)
		if err != nil || got.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %s %v", method, path, got.StatusCode, text, err)
		}
		return string(text)
	}
	const members, invitations = "/api/v2/organizations/org_globex0000000000/members", "/api/v2/organizations/org_globex0000000000/invitations"
	bob, _ := auth.Server().UserByAddress("bob@example.com")
	see := func(who string, want bool) {
		t.Helper()
		globex := auth.Server().Organizations()[1]
		inGo := slices.ContainsFunc(globex.Members, func(m fixtures.OrganizationMember) bool { return m.User == who })
		state, err := auth.Server().State().JSON()
		if err != nil {
			t.Fatal(err)
		}
		inState := strings.Count(string(state), `"user":"`+who+`"`)+strings.Count(string(state), `"user": "`+who+`"`) > 0
		if byAPI, byControl := strings.Contains(call("GET", members, ""), who), strings.Contains(call("GET", "/_mock/organizations", ""), who); inGo != want || byAPI != want || byControl != want || inState != want {
			t.Errorf("%s is a member in Go: %v, by the Management API: %v, by the control API: %v, in the state: %v; want %v", who, inGo, byAPI, byControl, inState, want)
		}
	}
	see(bob.UserID, false)
	call("POST", members, `{"members":["`+bob.UserID+`"]}`)
	see(bob.UserID, true)
	call("DELETE", "/_mock/organizations/globex/members/bob@example.com", "")
	see(bob.UserID, false)
	if err := auth.Server().SetMember("globex", "bob@example.com", "admin"); err != nil {
		t.Fatal(err)
	}
	see(bob.UserID, true)

	auth.Invite(t, "globex", "zoe@example.com")
	var listed []struct{ ID string }
	if err := json.Unmarshal([]byte(call("GET", invitations, "")), &listed); err != nil || len(listed) != 1 || listed[0].ID != auth.Server().Organizations()[1].Invitations[0].ID {
		t.Fatalf("the invitations are %+v, %v", listed, err)
	}
	call("DELETE", invitations+"/"+listed[0].ID, "")
	if left := auth.Server().Organizations()[1].Invitations; len(left) != 0 {
		t.Errorf("the invitations are %+v", left)
	}
}

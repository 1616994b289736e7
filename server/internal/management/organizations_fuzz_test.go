package management_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/management"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Whatever an operation on roles and organizations is sent, it is no error of the
// server, and the state can be loaded after it.
func FuzzOrganizations(f *testing.F) {
	fixture, err := fixtures.Parse("", []byte(organizations))
	if err != nil {
		f.Fatal(err)
	}
	organization := fixture.Organizations[0]
	names := strings.NewReplacer(
		"/users/{id}", "/users/email%7C1cce6cf6de44decdc7fb465a", "/roles/{id}", "/roles/"+fixture.Roles[0].ID, "/client-grants/{id}", "/client-grants/cgr_8W0KycgwtektWnrl",
		"{id}", organization.ID, "{user_id}", "email%7C1cce6cf6de44decdc7fb465a", "{role_id}", fixture.Roles[0].ID, "{name}", "acme", "{connectionId}", "con_RiSLDOqS4WPQpUOz",
		"{connection_id}", "con_RiSLDOqS4WPQpUOz", "{client_id}", "web", "{grant_id}", "cgr_8W0KycgwtektWnrl", "{discovery_domain}", "acme.test",
		"{discovery_domain_id}", organization.DiscoveryDomains[0].ID, "{invitation_id}", organization.Invitations[0].ID,
	)
	var routes []web.Route
	for _, r := range management.Routes() {
		if strings.Contains(r.Path, "/organizations") || strings.Contains(r.Path, "/roles") {
			routes = append(routes, r)
		}
	}
	for i := range routes {
		for _, body := range []string{
			`{"name":"x","display_name":"x","branding":{"logo_url":null,"colors":{"primary":"#fff","page_background":"#000000"}},"metadata":{"a":null},"enabled_connections":[{"connection_id":"con_RiSLDOqS4WPQpUOz","is_signup_enabled":true}],"token_quota":null}`,
			`{"name":null,"branding":null,"metadata":{"a":"b"},"description":"x"}`,
			`{"members":["email|1cce6cf6de44decdc7fb465a","x"]}`, `{"roles":["` + fixture.Roles[0].ID + `"]}`, `{"users":["email|1cce6cf6de44decdc7fb465a"]}`,
			`{"permissions":[{"resource_server_identifier":"https://api.acme.test/","permission_name":"read:orders"}]}`,
			`{"connection_id":"con_iPQoteU6D6KrSgd3","assign_membership_on_login":true,"is_signup_enabled":true,"organization_access_level":null}`,
			`{"is_enabled":false,"show_as_button":null,"organization_connection_name":"x"}`, `{"domain":"x.test","status":"verified"}`, `{"grant_id":"cgr_8W0KycgwtektWnrl"}`,
			`{"clients":[{"client_id":"web","use_for_member_access":true}]}`, `{"clients":["web"]}`, `{"use_for_member_access":null}`,
			`{"client_id":"web","inviter":{"name":"x"},"invitee":{"email":"x@example.com"},"ttl_sec":1,"roles":["` + fixture.Roles[0].ID + `"],"app_metadata":{"a":[{}]}}`,
		} {
			f.Add(uint8(i), "", []byte(body))
		}
		f.Add(uint8(i), "include_totals=true&page=0&per_page=1&fields=user_id,roles", []byte(nil))
		f.Add(uint8(i), "take=1&from=MQ&sort=name:-1&is_enabled=false&grant_ids=a", []byte("[]"))
	}
	before := exported(f, servertest.New(f, server.Config{At: servertest.At2030, Fixture: fixture}))
	if _, err := fixtures.Parse("", []byte(before)); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, route uint8, query string, body []byte) {
		r := routes[int(route)%len(routes)]
		s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: fixture})
		token, err := s.ManagementToken("http://localhost:2884/")
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest(r.Method, names.Replace(r.Path), strings.NewReader(string(body)))
		request.Host, request.URL.RawQuery = "localhost:2884", query
		request.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, request)
		if w.Code >= 500 {
			t.Errorf("%s %s?%s %s: %d %s", r.Method, request.URL.Path, query, body, w.Code, w.Body)
		}
		state := exported(t, s)
		if state == before {
			return // it is known to load
		}
		if _, err := fixtures.Parse("", []byte(state)); err != nil {
			t.Errorf("after %s %s %s the state has mistakes: %v", r.Method, request.URL.Path, body, err)
		}
	})
}

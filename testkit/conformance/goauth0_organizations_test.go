package conformance

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/auth0/go-auth0/authentication"
	"github.com/auth0/go-auth0/authentication/database"
	"github.com/auth0/go-auth0/authentication/oauth"
	"github.com/auth0/go-auth0/v2/management"
	"github.com/auth0/go-auth0/v2/management/client"
	"github.com/auth0/go-auth0/v2/management/option"

	"github.com/mockauth0/mockauth0/server/outbox"
	"github.com/mockauth0/mockauth0/testkit"
)

const ada = "ada@example.com"

const goOrganizations = `
version: 1
extends: default
tenant: {allow_organization_name_in_authentication_api: true}
clients:
  - {client_id: b2b, client_secret: s, grant_types: [authorization_code, refresh_token], callbacks: ["http://localhost:*"], organization_usage: require, organization_discovery_methods: [organization_name], initiate_login_uri: "http://localhost:3000/login"}
  - {client_id: robot, client_secret: s, grant_types: [client_credentials]}
client_grants:
  - {client_id: robot, audience: "https://api.acme.test/", scope: [read:orders], organization_usage: require, allow_any_organization: true}
roles: [{id: rol_admin00000000000, name: admin}]
users: [{email: ada@example.com}, {email: bob@example.com}, {email: dora@example.com, password: "Passw0rd!"}]
organizations:
  - {id: org_acme000000000000, name: acme, members: [{user: ada@example.com}, {user: dora@example.com}], enabled_connections: [{connection: email}]}
  - {id: org_globex0000000000, name: globex, members: [{user: ada@example.com}], enabled_connections: [{connection: email}]}
`

// A goBusiness is a web app with go-auth0, its browser, and its tenant.
type goBusiness struct {
	t        *testing.T
	auth     *testkit.Auth0
	sdk      *authentication.Authentication
	api      *client.Management
	browser  *http.Client
	callback string
	back     url.Values // what the app got last
}

func newGoBusiness(t *testing.T) *goBusiness {
	t.Helper()
	b := &goBusiness{t: t, auth: testkit.Start(t, testkit.FixtureYAML(goOrganizations))}
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { b.back = r.URL.Query() }))
	t.Cleanup(app.Close)
	b.callback = strings.Replace(app.URL, "127.0.0.1", "localhost", 1) + "/callback"
	b.sdk = b.as("b2b")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b.browser = &http.Client{Jar: jar}
	scopes := []string{"update:clients", "create:organization_members", "read:organization_members", "delete:organization_members", "create:organization_member_roles", "read:organization_member_roles", "create:organization_invitations", "read:organization_invitations", "delete:organization_invitations"}
	if b.api, err = client.New(b.auth.Domain(), option.WithToken(b.auth.ManagementToken(t, scopes...)), option.WithHTTPClient(b.auth.Client())); err != nil {
		t.Fatal(err)
	}
	return b
}

// as is go-auth0 for a client. New writes to the HTTP client that it is given.
func (b *goBusiness) as(id string) *authentication.Authentication {
	b.t.Helper()
	own := *b.auth.Client()
	a, err := authentication.New(within(b.t), b.auth.Domain(), authentication.WithClientID(id), authentication.WithClientSecret("s"), authentication.WithClient(&own))
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// login pushes an authorization request, and walks the browser through it.
func (b *goBusiness) login(user string, r oauth.PushedAuthorizationRequest) {
	b.t.Helper()
	r.RedirectURI, r.ResponseType, r.Scope = b.callback, "code", "openid email offline_access"
	pushed, err := b.sdk.OAuth.PushedAuthorization(b.t.Context(), r)
	if err != nil {
		b.t.Fatal(err)
	}
	b.back = nil
	b.auth.SignIn(b.t, b.browser, b.auth.TLSURL()+"/authorize?client_id=b2b&request_uri="+url.QueryEscape(pushed.RequestURI), user)
}

// tokens exchanges the code that came back. go-auth0 checks through which organization
// the login was.
func (b *goBusiness) tokens(organization string) *oauth.TokenSet {
	b.t.Helper()
	got, err := b.sdk.OAuth.LoginWithAuthCode(b.t.Context(), oauth.LoginWithAuthCodeRequest{Code: b.back.Get("code"), RedirectURI: b.callback}, oauth.IDTokenValidationOptions{Organization: organization})
	if err != nil {
		b.t.Fatalf("%v, after %v", err, b.back)
	}
	return got
}

// behave changes how the client behaves if a request names no organization.
func (b *goBusiness) behave(behavior management.ClientOrganizationRequireBehaviorPatchEnum) {
	b.t.Helper()
	if _, err := b.api.Clients.Update(b.t.Context(), "b2b", &management.UpdateClientRequestContent{OrganizationRequireBehavior: &behavior}); err != nil {
		b.t.Fatal(err)
	}
}

// go-auth0 pushes requests with an organization, by id and by name, and without one for
// the pages that ask; it checks the claims, refreshes, and goes on to another
// organization without a page.
func TestGoAuth0ThroughOrganizations(t *testing.T) {
	t.Parallel()
	b := newGoBusiness(t)
	b.login(ada, oauth.PushedAuthorizationRequest{Organization: "org_acme000000000000"})
	tokens := b.tokens("org_acme000000000000")
	refreshed, err := b.sdk.OAuth.RefreshToken(t.Context(), oauth.RefreshTokenRequest{RefreshToken: tokens.RefreshToken}, oauth.IDTokenValidationOptions{Organization: "acme"})
	if err != nil || refreshed.IDToken == "" {
		t.Fatalf("a refresh gives %+v, %v", refreshed, err)
	}

	pages := b.pages()
	b.login(ada, oauth.PushedAuthorizationRequest{Organization: "Globex"})
	b.tokens("Globex")
	if n := b.pages() - pages; n != 0 {
		t.Errorf("the browser saw %d pages", n)
	}
	_, err = b.sdk.OAuth.PushedAuthorization(t.Context(), oauth.PushedAuthorizationRequest{RedirectURI: b.callback, ResponseType: "code"})
	refused(t, err, authentication.Error{StatusCode: 400, Err: "invalid_request", Message: "parameter organization is required for this client"})

	b.behave(management.ClientOrganizationRequireBehaviorPatchEnumPreLoginPrompt)
	b.login(ada, oauth.PushedAuthorizationRequest{})
	b.tokens("acme")
	b.behave(management.ClientOrganizationRequireBehaviorPatchEnumPostLoginPrompt)
	b.login(ada, oauth.PushedAuthorizationRequest{})
	b.tokens("org_acme000000000000")
	if n := b.pages() - pages; n != 4 { // two pages, each shown and sent
		t.Errorf("the browser asked for %d pages", n)
	}

	robot, err := b.as("robot").OAuth.LoginWithClientCredentials(t.Context(), oauth.LoginWithClientCredentialsRequest{Audience: audience, Organization: "acme"}, oauth.IDTokenValidationOptions{})
	if err != nil || robot.AccessToken == "" {
		t.Errorf("a client of its own gets %+v, %v", robot, err)
	}
	told, err := b.sdk.Database.ChangePassword(t.Context(), database.ChangePasswordRequest{Email: "dora@example.com", Connection: "Username-Password-Authentication", Organization: "org_acme000000000000"})
	if m, sent := b.auth.Server().Outbox().Latest(outbox.To("dora@example.com")); err != nil || told == "" || !sent || m.Purpose != outbox.ResetEmail {
		t.Errorf("change_password: %q, %v, %+v", told, err, m)
	}
}

// pages is how many login pages the tenant was asked for.
func (b *goBusiness) pages() (n int) {
	for _, r := range b.auth.Server().Requests() {
		if strings.HasPrefix(r.Path, "/u/") {
			n++
		}
	}
	return n
}

// go-auth0 makes members and ends memberships, gives roles, and invites.
func TestGoAuth0ManagesMembers(t *testing.T) {
	t.Parallel()
	b := newGoBusiness(t)
	const globex = "org_globex0000000000"
	bob, _ := b.auth.Server().UserByAddress("bob@example.com")
	fields := "user_id,roles"
	members := func() (list []string) {
		t.Helper()
		page, err := b.api.Organizations.Members.List(t.Context(), globex, &management.ListOrganizationMembersRequestParameters{Fields: &fields})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Results {
			for _, role := range m.GetRoles() {
				list = append(list, m.GetUserID()+" "+role.GetName())
			}
			if len(m.GetRoles()) == 0 {
				list = append(list, m.GetUserID())
			}
		}
		return list
	}
	b.login("bob@example.com", oauth.PushedAuthorizationRequest{Organization: globex})
	if got := b.back.Get("error_description"); got != "user "+bob.UserID+" is not part of the "+globex+" organization" {
		t.Errorf("who is no member gets %v", b.back)
	}
	if err := b.api.Organizations.Members.Create(t.Context(), globex, &management.CreateOrganizationMemberRequestContent{Members: []string{bob.UserID}}); err != nil {
		t.Fatal(err)
	}
	if err := b.api.Organizations.Members.Roles.Assign(t.Context(), globex, bob.UserID, &management.AssignOrganizationMemberRolesRequestContent{Roles: []string{"rol_admin00000000000"}}); err != nil {
		t.Fatal(err)
	}
	if got := members(); !slices.Contains(got, bob.UserID+" admin") || len(got) != 2 {
		t.Errorf("the members are %q", got)
	}
	b.login("bob@example.com", oauth.PushedAuthorizationRequest{Organization: globex})
	tokens := b.tokens(globex)
	if err := b.api.Organizations.Members.Delete(t.Context(), globex, &management.DeleteOrganizationMembersRequestContent{Members: []string{bob.UserID}}); err != nil {
		t.Fatal(err)
	}
	_, err := b.sdk.OAuth.RefreshToken(t.Context(), oauth.RefreshTokenRequest{RefreshToken: tokens.RefreshToken}, oauth.IDTokenValidationOptions{})
	refused(t, err, authentication.Error{StatusCode: 403, Err: "access_denied", Message: "user " + bob.UserID + " is not part of the " + globex + " organization"})

	// An invitation brings back who was a member, with a role.
	invite := func(email string) *management.CreateOrganizationInvitationResponseContent {
		t.Helper()
		made, err := b.api.Organizations.Invitations.Create(t.Context(), globex, &management.CreateOrganizationInvitationRequestContent{
			ClientID: "b2b", Inviter: &management.OrganizationInvitationInviter{Name: "Ada"}, Invitee: &management.OrganizationInvitationInvitee{Email: email}, Roles: []string{"rol_admin00000000000"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	made := invite("bob@example.com")
	if got, err := b.api.Organizations.Invitations.Get(t.Context(), globex, made.GetID(), &management.GetOrganizationInvitationRequestParameters{}); err != nil || got.GetTicketID() != made.GetTicketID() {
		t.Errorf("the invitation is %+v, %v", got, err)
	}
	invited, err := url.Parse(made.GetInvitationURL())
	if err != nil {
		t.Fatal(err)
	}
	passed := oauth.PushedAuthorizationRequest{Organization: invited.Query().Get("organization"), Invitation: invited.Query().Get("invitation")}
	b.login("bob@example.com", passed)
	b.tokens(globex)
	if got := members(); !slices.Contains(got, bob.UserID+" admin") {
		t.Errorf("after the invitation the members are %q", got)
	}
	gone := authentication.Error{StatusCode: 400, Err: "invalid_request", Message: "invitation not found or already used"}
	passed.RedirectURI, passed.ResponseType = b.callback, "code"
	_, err = b.sdk.OAuth.PushedAuthorization(t.Context(), passed)
	refused(t, err, gone)

	// One that is taken back is gone.
	made = invite("zoe@example.com")
	list, err := b.api.Organizations.Invitations.List(t.Context(), globex, &management.ListOrganizationInvitationsRequestParameters{})
	if err != nil || len(list.Results) != 1 || list.Results[0].Invitee.Email != "zoe@example.com" {
		t.Errorf("the invitations are %+v, %v", list, err)
	}
	if err := b.api.Organizations.Invitations.Delete(t.Context(), globex, made.GetID()); err != nil {
		t.Fatal(err)
	}
	passed.Invitation = made.GetTicketID()
	_, err = b.sdk.OAuth.PushedAuthorization(t.Context(), passed)
	refused(t, err, gone)
}

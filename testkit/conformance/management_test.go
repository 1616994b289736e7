package conformance

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/auth0/go-auth0"
	"github.com/auth0/go-auth0/authentication/oauth"
	"github.com/auth0/go-auth0/management"
)

// What go-auth0's management client does to permissions, clients, connections, APIs and
// grants acts in logins. What it does to users is in TestGoAuth0Journeys.
func TestGoAuth0Management(t *testing.T) {
	t.Parallel()
	needCertFile(t)
	m := ownMock(t)
	ctx := within(t)
	// The HTTP client is no default: go-auth0 wraps the one that it is given.
	api, err := management.New(m.domain, management.WithClientCredentials(ctx, "acme-m2m", "acme-m2m-secret"), management.WithClient(new(http.Client)))
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	// A user has permissions.
	ada := &management.User{Connection: auth0.String("email"), Email: auth0.String("grace@example.com")}
	must(api.User.Create(ctx, ada))
	login := newClient(t, m, "acme-web", "acme-web-secret")
	_, _, err = ways[0].send(ctx, login, "grace@example.com")
	must(err)
	tokens, err := ways[0].login(ctx, login, "grace@example.com", m.code(t, "grace@example.com"))
	must(err)
	must(api.User.AssignPermissions(ctx, ada.GetID(), []*management.Permission{{ResourceServerIdentifier: auth0.String(audience), Name: auth0.String("read:orders")}}))
	permissions, err := api.User.Permissions(ctx, ada.GetID())
	must(err)
	if len(permissions.Permissions) != 1 || permissions.Permissions[0].GetName() != "read:orders" {
		t.Errorf("the permissions are %v", permissions)
	}

	// A blocked user gets no tokens.
	must(api.User.Update(ctx, ada.GetID(), &management.User{Blocked: auth0.Bool(true)}))
	if _, err := login.OAuth.RefreshToken(ctx, oauth.RefreshTokenRequest{RefreshToken: tokens.RefreshToken}, oauth.IDTokenValidationOptions{}); err == nil {
		t.Error("a blocked user gets tokens")
	}
	must(api.User.Delete(ctx, ada.GetID()))
	_, err = api.User.Read(ctx, ada.GetID())
	var refused management.Error
	if !errors.As(err, &refused) || refused.Status() != http.StatusNotFound || refused.Error() != "404 Not Found: The user does not exist." {
		t.Errorf("the user who was deleted: %v", err)
	}

	// A client with its API and grant gets a token.
	client := &management.Client{Name: auth0.String("Robot"), AppType: auth0.String("non_interactive"), GrantTypes: &[]string{"client_credentials"}}
	must(api.Client.Create(ctx, client))
	server := &management.ResourceServer{Identifier: auth0.String("https://books.test/"), Name: auth0.String("Books"), Scopes: &[]management.ResourceServerScope{{Value: auth0.String("read:books"), Description: auth0.String("See books")}}}
	must(api.ResourceServer.Create(ctx, server))
	must(api.ClientGrant.Create(ctx, &management.ClientGrant{ClientID: client.ClientID, Audience: server.Identifier, Scope: &[]string{"read:books"}}))
	robot := newClient(t, m, client.GetClientID(), client.GetClientSecret())
	granted, err := robot.OAuth.LoginWithClientCredentials(ctx, oauth.LoginWithClientCredentialsRequest{Audience: "https://books.test/"}, oauth.IDTokenValidationOptions{})
	must(err)
	if granted.Scope != "read:books" {
		t.Errorf("the robot gets the scope %q", granted.Scope)
	}
	got, err := api.ResourceServer.Read(ctx, "https://books.test/")
	must(err)
	if got.GetID() != server.GetID() {
		t.Errorf("by its identifier it finds the API %v", got)
	}

	// A connection of which a client is not enabled sends it no code.
	email, err := api.Connection.ReadByName(ctx, "email")
	must(err)
	must(api.Connection.UpdateEnabledClients(ctx, email.GetID(), []management.ConnectionEnabledClient{{ClientID: auth0.String("acme-web"), Status: auth0.Bool(false)}}))
	enabled, err := api.Connection.ReadEnabledClients(ctx, email.GetID())
	must(err)
	if slices.ContainsFunc(enabled.GetClients(), func(c management.ConnectionEnabledClient) bool { return c.GetClientID() == "acme-web" }) {
		t.Errorf("the enabled clients are %v", enabled)
	}
	if _, _, err := ways[0].send(ctx, login, "grace@example.com"); err == nil {
		t.Error("a client that is not enabled sends a code")
	}
	must(api.Client.Delete(ctx, client.GetClientID()))
	must(api.Connection.Delete(ctx, email.GetID()))
}

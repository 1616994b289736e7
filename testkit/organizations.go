package testkit

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/printable"
)

// Invite invites somebody to an organization, which is named by its name or id, with roles
// there by name or id. It sends the e-mail, and returns the URL in it. That leads into the
// app: to the initiate_login_uri of the first client with organization_usage allow or
// require that has one. Invite fails t if there is none, or no such organization.
//
// For what else an invitation can say, see the method Invite of Server.
func (a *Auth0) Invite(t testing.TB, organization, email string, roles ...string) string {
	t.Helper()
	_, url, err := a.server.Invite(organization, fixtures.Invitation{Invitee: fixtures.InvitationInvitee{Email: email}, Roles: roles})
	if err != nil {
		t.Fatalf("testkit: %s", printable.Lines(err.Error()))
	}
	return url
}

// thrownBack is the callback of a login that has no app.
const thrownBack = "http://localhost:1/callback"

// tokensThrough signs a user in through an organization, on the login pages.
func (a *Auth0) tokensThrough(t testing.TB, user string, want TokenRequest) Tokens {
	t.Helper()
	organization := want.Organization
	for _, o := range a.server.Organizations() {
		if o.Name == want.Organization {
			organization = o.ID
		}
	}
	query := url.Values{
		"client_id": {want.ClientID}, "response_type": {"code"}, "redirect_uri": {thrownBack}, "scope": {strings.Join(want.Scopes, " ")}, "organization": {organization},
	}
	if want.Audience != "" {
		query.Set("audience", want.Audience)
	}
	var back *url.URL
	app := roundTrip(func(r *http.Request) (*http.Response, error) {
		back = r.URL
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
	})
	b := &browser{a: a}
	if err := b.use(nil); err != nil {
		t.Fatalf("testkit: Tokens: %v", err)
	}
	b.others = app
	unlock := a.oneSignIn()
	defer unlock()
	res, err := b.walk(t, a.URL()+"/authorize?"+query.Encode(), user)
	if err == nil {
		_ = res.Body.Close() // it is empty
	}
	switch {
	case err != nil:
		t.Fatalf("testkit: Tokens for %s through organization %s: %v%s", user, want.Organization, err, strings.Join(b.steps, ""))
	case back.Query().Get("code") == "":
		t.Fatalf("testkit: Tokens for %s through organization %s: the tenant refuses: %s: %s", user, want.Organization, back.Query().Get("error"), back.Query().Get("error_description"))
	}
	return a.exchange(t, user, want.ClientID, url.Values{"grant_type": {fixtures.GrantAuthorizationCode}, "code": {back.Query().Get("code")}, "redirect_uri": {thrownBack}})
}

// A roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip is for package http.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

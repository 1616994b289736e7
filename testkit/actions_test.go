package testkit_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/testkit"
)

// claimsOf are those of a JWT.
func claimsOf(t *testing.T, jwt string) map[string]any {
	t.Helper()
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", jwt)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestAnActionInGoSetsClaimsScopesAndMetadata(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.Audience("https://api.test/", "read:all", "write:all"), testkit.PostLogin(func(event *actions.Event, api *actions.API) {
		if event.Transaction.ACRValues == nil || event.Transaction.UILocales == nil { // JavaScript reads event.transaction.acr_values.includes
			t.Errorf("the transaction is %+v", event.Transaction)
		}
		api.IDToken.SetCustomClaim("https://acme.test/email", event.User.Email)
		api.IDToken.SetCustomClaim("roles", []string{"admin"}) // restricted
		api.AccessToken.SetCustomClaim("plan", map[string]any{"name": "gold"})
		api.AccessToken.AddScope("write:all")
		api.User.SetAppMetadata("plan", "gold")
		api.User.SetUserMetadata("seen", event.Stats.LoginsCount)
	}))
	tokens := auth.Tokens(t, "ada@example.com", testkit.TokenRequest{Audience: "https://api.test/", Scopes: []string{"openid", "read:all"}})
	if got := tokens.Claims["https://acme.test/email"]; got != "ada@example.com" {
		t.Errorf("the claim of the ID token is %v", got)
	}
	if got, has := tokens.Claims["roles"]; has {
		t.Errorf("the restricted claim roles is in the ID token: %v", got)
	}
	access := claimsOf(t, tokens.AccessToken)
	if plan, _ := access["plan"].(map[string]any); plan["name"] != "gold" {
		t.Errorf("the claim of the access token is %v", access["plan"])
	}
	if !slices.Contains(tokens.Scopes, "write:all") || !strings.Contains(access["scope"].(string), "write:all") {
		t.Errorf("the scopes are %v and %v", tokens.Scopes, access["scope"])
	}
	for _, u := range auth.Server().Users() {
		if u.Email == "ada@example.com" && (u.AppMetadata["plan"] != "gold" || u.UserMetadata["seen"] != 1.0) {
			t.Errorf("the metadata are %v and %v", u.AppMetadata, u.UserMetadata)
		}
	}
	requests := auth.Server().Requests()
	ran := requests[len(requests)-1].Actions
	if len(ran) != 1 || len(ran[0].Did) != 5 || len(ran[0].Dropped) != 1 || !strings.Contains(ran[0].Dropped[0], "claim roles is restricted; dropped") {
		t.Errorf("the journal has %+v", ran)
	}
}

func TestAnActionInGoDeniesTheLogin(t *testing.T) {
	t.Parallel()
	second := false
	auth := testkit.Start(t,
		testkit.PostLogin(func(_ *actions.Event, api *actions.API) {
			api.User.SetAppMetadata("tried", true)
			api.Access.Deny("Not on Sundays")
		}),
		testkit.PostLogin(func(*actions.Event, *actions.API) { second = true }),
	)
	// 1. At the token endpoint.
	post := func(path string, values url.Values) (int, string) {
		t.Helper()
		resp, err := auth.Client().PostForm(auth.URL()+path, values)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	post("/passwordless/start", url.Values{"client_id": {auth.ClientID()}, "connection": {"email"}, "email": {"ada@example.com"}, "send": {"code"}})
	status, body := post("/oauth/token", url.Values{
		"grant_type": {"http://auth0.com/oauth/grant-type/passwordless/otp"}, "client_id": {auth.ClientID()},
		"username": {"ada@example.com"}, "otp": {auth.OTP(t, "ada@example.com")}, "realm": {"email"}, "scope": {"openid offline_access"},
	})
	if status != http.StatusInternalServerError || body != `{"error":"access_denied","error_description":"Not on Sundays"}` {
		t.Errorf("the token endpoint answers %d %s", status, body)
	}
	if n := len(auth.Server().State().State.RefreshTokens); n != 0 {
		t.Errorf("%d refresh tokens are left", n)
	}
	// 2. In the browser.
	var back url.Values
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { back = r.URL.Query() }))
	defer app.Close()
	auth.SignIn(t, nil, auth.URL()+"/authorize?response_type=code&scope=openid&state=s1&client_id="+auth.ClientID()+"&redirect_uri="+url.QueryEscape(app.URL+"/cb"), "eve@example.com")
	if u, _ := auth.Server().UserByAddress("eve@example.com"); u.AppMetadata["tried"] != true {
		t.Errorf("what the Action set before it denied is not kept: %v", u.AppMetadata)
	}
	if back.Get("error") != "access_denied" || back.Get("error_description") != "Not on Sundays" || back.Get("state") != "s1" {
		t.Errorf("the app gets %v", back)
	}
	if second {
		t.Error("an Action ran after one that denied")
	}
}

// The Action of a phone provider learns of text messages and of calls. What it throws is
// noted with the message.
func TestAPhoneProviderLearnsOfTextsAndCalls(t *testing.T) {
	t.Parallel()
	var methods []string
	auth := testkit.Start(t, testkit.FixtureYAML(`version: 1
extends: default
connections:
  - name: Username-Password-Authentication
    strategy: auth0
    enabled_clients: ["*"]
    options: {authentication_methods: {phone_otp: {enabled: true}}}
users:
  - {connection: Username-Password-Authentication, email: pat@example.com, phone_number: "+12025550133", password: Passw0rd!}
`), testkit.CustomPhoneProvider(func(e *actions.Event, _ *actions.API) {
		methods = append(methods, e.Notification.DeliveryMethod)
		if e.Notification.DeliveryMethod == "voice" {
			panic("the line is dead")
		}
	}))
	for _, method := range []string{"text", "voice"} {
		resp, err := auth.Client().PostForm(auth.URL()+"/otp/challenge", url.Values{
			"connection": {"Username-Password-Authentication"}, "client_id": {auth.ClientID()}, "phone_number": {"+12025550133"}, "delivery_method": {method},
		})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	var said []string
	for _, m := range auth.Server().Outbox().All() {
		said = append(said, m.Provider)
	}
	if !slices.Equal(methods, []string{"text", "voice"}) || !slices.Equal(said, []string{"sent", "failed: the line is dead"}) {
		t.Errorf("the Action was asked to deliver by %q, and the messages say %q", methods, said)
	}
}

// The Action of a token exchange knows the organization of the request.
func TestATokenExchangeKnowsItsOrganization(t *testing.T) {
	t.Parallel()
	var seen []string
	auth := testkit.Start(t, testkit.FixtureYAML(`version: 1
extends: default
clients: [{client_id: app, app_type: native, token_endpoint_auth_method: none, organization_usage: allow}]
organizations: [{id: org_0123456789abcdef, name: acme, members: [{user: ada@example.com}], enabled_connections: [{connection: email}]}]
`), testkit.CustomTokenExchange("urn:acme:legacy-token", func(e *actions.Event, api *actions.API) {
		name := ""
		if e.Organization != nil {
			name = e.Organization.Name
		}
		seen = append(seen, name)
		api.Access.DenyCode("invalid_request", "seen")
	}))
	for _, organization := range []string{"", "org_0123456789abcdef"} {
		form := url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {"app"},
			"subject_token": {"legacy-1"}, "subject_token_type": {"urn:acme:legacy-token"},
		}
		if organization != "" {
			form.Set("organization", organization)
		}
		resp, err := auth.Client().PostForm(auth.URL()+"/oauth/token", form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if !slices.Equal(seen, []string{"", "acme"}) {
		t.Errorf("the Action saw the organizations %q", seen)
	}
}

// An Action of pre-user-registration gives metadata to a user of a database. A user of a
// passwordless connection gets none, as at Auth0.
func TestRegistrationGivesMetadataToDatabaseUsersOnly(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t, testkit.PreUserRegistration(func(_ *actions.Event, api *actions.API) {
		api.User.SetAppMetadata("plan", "trial")
		api.User.SetUserMetadata("color", "blue")
	}))
	resp, err := auth.Client().PostForm(auth.URL()+"/dbconnections/signup", url.Values{
		"client_id": {auth.ClientID()}, "connection": {"Username-Password-Authentication"}, "email": {"new@example.com"}, "password": {"Passw0rd!Passw0rd!"},
	})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	auth.Tokens(t, "coded@example.com")
	for address, plan := range map[string]any{"new@example.com": "trial", "coded@example.com": nil} {
		u, ok := auth.Server().UserByAddress(address)
		if !ok || u.AppMetadata["plan"] != plan || (u.UserMetadata["color"] != nil) != (plan != nil) {
			t.Errorf("%s has the metadata %v and %v", address, u.AppMetadata, u.UserMetadata)
		}
	}
}

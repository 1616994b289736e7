package conformance

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/auth0/go-auth0/authentication"
	"github.com/auth0/go-auth0/authentication/database"
	"github.com/auth0/go-auth0/authentication/oauth"
)

// claimsOf are those of a JWT.
func claimsOf(t *testing.T, jwt string) (claims map[string]any) {
	t.Helper()
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", jwt)
	}
	if err := json.Unmarshal(decode(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// Actions that make the calls of Auth0's public templates, as the SDKs see what they do:
// go-auth0 denials, claims and refused scopes, auth0-auth-js an exchange whose Action
// requires npm jsonwebtoken.
func TestActionsBySDKs(t *testing.T) {
	t.Parallel()
	installPackages(t)
	m := mockOf(t, "testdata/actions/mockauth0.yaml")
	ctx := within(t)
	web := newClient(t, m, "acme-web", "acme-web-secret")
	login := func(email string) (*oauth.TokenSet, error) {
		t.Helper()
		if _, _, err := ways[0].send(ctx, web, email); err != nil {
			t.Fatal(err)
		}
		return ways[0].login(ctx, web, email, m.code(t, email))
	}

	tokens, err := login("ada@acme.test")
	if err != nil {
		t.Fatal(err)
	}
	if got := claimsOf(t, tokens.IDToken)["https://acme.test/price"]; got != 10.0 {
		t.Errorf("the price is %v", got)
	}
	var ada struct {
		App map[string]any `json:"app_metadata"`
		Own map[string]any `json:"user_metadata"`
	}
	users := struct {
		Items []struct {
			ID    string `json:"user_id"`
			Email string `json:"email"`
		}
	}{}
	if err := json.Unmarshal(m.call(t, http.MethodGet, "/_mock/users", ""), &users); err != nil {
		t.Fatal(err)
	}
	for _, u := range users.Items {
		if u.Email == "ada@acme.test" {
			if err := json.Unmarshal(m.call(t, http.MethodGet, "/_mock/users/"+strings.ReplaceAll(u.ID, "|", "%7C"), ""), &ada); err != nil {
				t.Fatal(err)
			}
		}
	}
	if ada.App["first_client"] != "acme-web" || ada.Own["lang"] != "en" {
		t.Errorf("the metadata are %v and %v", ada.App, ada.Own)
	}
	_, err = login("mallory@evil.test")
	refused(t, err, authentication.Error{StatusCode: 500, Err: "access_denied", Message: "Access to Acme Web is for the staff."})

	machine := newClient(t, m, "acme-m2m", "acme-m2m-secret")
	of := oauth.LoginWithClientCredentialsRequest{Audience: audience}
	granted, err := machine.OAuth.LoginWithClientCredentials(ctx, of, oauth.IDTokenValidationOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := claimsOf(t, granted.AccessToken)["https://acme.test/machine"]; got != "Acme M2M" {
		t.Errorf("the machine is %v", got)
	}
	of.ExtraParameters = map[string]string{"scope": "write:orders"}
	_, err = machine.OAuth.LoginWithClientCredentials(ctx, of, oauth.IDTokenValidationOptions{})
	refused(t, err, authentication.Error{StatusCode: 400, Err: "invalid_scope", Message: "This machine does not write."})

	_, err = web.Database.Signup(ctx, database.SignupRequest{Connection: "Username-Password-Authentication", Email: "eve@trash.test", Password: "Passw0rd!"})
	if err == nil || !strings.Contains(err.Error(), "trash.test is refused") {
		t.Errorf("the sign-up gives %v", err)
	}

	c := exec.CommandContext(ctx, "node", "javascript/actions.js")
	c.Env = append(environWithout("AUTH0_DOMAIN", "MOCKAUTH0_URL", "NODE_OPTIONS"), "AUTH0_DOMAIN="+m.domain, "MOCKAUTH0_URL="+m.url)
	gently(c)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

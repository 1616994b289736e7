package conformance

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/auth0/go-auth0"
	"github.com/auth0/go-auth0/management"
)

// An Action that go-auth0 creates, deploys and binds acts in the next login.
func TestGoAuth0Actions(t *testing.T) {
	t.Parallel()
	needCertFile(t)
	m := ownMock(t)
	ctx := within(t)
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
	action := &management.Action{
		Name: auth0.String("plan"), SupportedTriggers: []management.ActionTrigger{{ID: auth0.String(management.ActionTriggerPostLogin), Version: auth0.String("v3")}},
		Code:    auth0.String(`exports.onExecutePostLogin = async (event, api) => api.idToken.setCustomClaim("https://acme.test/plan", event.secrets.PLAN)`),
		Secrets: &[]management.ActionSecret{{Name: auth0.String("PLAN"), Value: auth0.String("gold")}},
	}
	must(api.Action.Create(ctx, action))
	built, err := api.Action.Read(ctx, action.GetID())
	must(err)
	if built.GetStatus() != management.ActionStatusBuilt {
		t.Errorf("the status is %s", built.GetStatus())
	}
	version, err := api.Action.Deploy(ctx, action.GetID())
	must(err)
	must(api.Action.UpdateBindings(ctx, management.ActionTriggerPostLogin, []*management.ActionBinding{
		{Ref: &management.ActionBindingReference{Type: auth0.String(management.ActionBindingReferenceByName), Value: action.Name}, DisplayName: auth0.String("The plan")},
	}))
	bindings, err := api.Action.Bindings(ctx, management.ActionTriggerPostLogin)
	must(err)
	if len(bindings.Bindings) != 1 || bindings.Bindings[0].GetDisplayName() != "The plan" || bindings.Bindings[0].Action.GetID() != action.GetID() {
		t.Errorf("the bindings are %v", bindings)
	}

	login := newClient(t, m, "acme-web", "acme-web-secret")
	_, _, err = ways[0].send(ctx, login, "ada@example.com")
	must(err)
	tokens, err := ways[0].login(ctx, login, "ada@example.com", m.code(t, "ada@example.com"))
	must(err)
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(tokens.IDToken, ".")[1])
	must(err)
	var claims map[string]any
	must(json.Unmarshal(payload, &claims))
	if claims["https://acme.test/plan"] != "gold" {
		t.Errorf("the claims are %v", claims)
	}

	result := &management.ActionTestPayload{"event": map[string]any{}}
	must(api.Action.Test(ctx, action.GetID(), result))
	if (*result)["error"] != nil || (*result)["stats"] == nil {
		t.Errorf("the test says %v", *result)
	}
	versions, err := api.Action.Versions(ctx, action.GetID())
	must(err)
	if len(versions.Versions) != 1 || versions.Versions[0].GetID() != version.GetID() || !versions.Versions[0].Deployed {
		t.Errorf("the versions are %v", versions)
	}
	if _, err := api.Action.DeployVersion(ctx, action.GetID(), version.GetID()); err != nil {
		t.Error(err)
	}
	list, err := api.Action.List(ctx)
	must(err)
	if list.Total != 1 || !list.Actions[0].AllChangesDeployed {
		t.Errorf("the list is %v", list)
	}
	must(api.Action.UpdateBindings(ctx, management.ActionTriggerPostLogin, []*management.ActionBinding{}))
	must(api.Action.Delete(ctx, action.GetID()))
	if _, err := api.Action.Read(ctx, action.GetID()); err == nil || !strings.Contains(err.Error(), "That action does not exist.") {
		t.Errorf("the Action that was deleted: %v", err)
	}
}

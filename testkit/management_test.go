package testkit_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/testkit"
)

func TestManagementToken(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	for token, want := range map[string]string{
		auth.ManagementToken(t):                 "200",
		auth.ManagementToken(t, "read:users"):   "200",
		auth.ManagementToken(t, "create:users"): "403 Insufficient scope, expected any of: read:users",
	} {
		if got := readUsers(t, auth, token); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func readUsers(t *testing.T, auth *testkit.Auth0, token string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", auth.URL()+"/api/v2/users", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := auth.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var refused struct{ Message string }
	if res.StatusCode != http.StatusOK {
		if err := json.NewDecoder(res.Body).Decode(&refused); err != nil {
			t.Fatal(err)
		}
	}
	status, _, _ := strings.Cut(res.Status, " ")
	return strings.TrimSpace(status + " " + refused.Message)
}

// A scenario acts on the Management API, and its answer has that API's words.
func TestAScenarioActsOnTheManagementAPI(t *testing.T) {
	t.Parallel()
	auth := testkit.Start(t)
	limited := auth.InjectScenario(t, scenarios.Scenario{Name: "busy", Rules: []scenarios.Rule{{
		ID: "users", When: scenarios.When{Endpoint: scenarios.AnyOf{"management"}}, Then: scenarios.Then{Respond: &scenarios.Respond{Preset: "rate_limited"}},
	}}})
	if got, want := readUsers(t, auth, auth.ManagementToken(t)), "429 Global limit has been reached"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	limited.MustFire(t, 1)
}

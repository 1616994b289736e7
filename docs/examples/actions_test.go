package shop

import (
	"os"
	"os/exec"
	"testing"

	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/testkit"
)

// needsNode skips a test where there is no Node.js. In CI it fails.
func needsNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil && os.Getenv("CI") == "" {
		t.Skip("this test needs Node.js")
	}
	t.Chdir("testdata/actions")
}

func TestThePlanIsAClaim(t *testing.T) {
	needsNode(t)
	auth := testkit.Start(t, testkit.Fixture("mockauth0.yaml"))
	run := auth.RunAction(t, "add-plan", &actions.Event{User: &actions.User{AppMetadata: map[string]any{"plan": "gold"}}})
	if got := run.Claim("idToken", "https://acme.test/plan"); got != "gold" {
		t.Errorf("the plan is %v", got)
	}
}

// What the event leaves out is that of the sample.
func TestAnEventNamesAUserOnly(t *testing.T) {
	needsNode(t)
	auth := testkit.Start(t, testkit.Fixture("mockauth0.yaml"))
	run := auth.RunAction(t, "add-plan", &actions.Event{User: &actions.User{Email: "ada@example.com"}})
	if got := run.Claim("idToken", "https://acme.test/plan"); got != "free" {
		t.Errorf("the plan is %v: %s", got, run.Error)
	}
}

func TestTheLoginOfAnUserHasThePlan(t *testing.T) {
	needsNode(t)
	auth := testkit.Start(t, testkit.Fixture("mockauth0.yaml"))
	tokens := auth.Tokens(t, "ada@example.com")
	if got := tokens.Claims["https://acme.test/plan"]; got != "free" {
		t.Errorf("the plan is %v", got)
	}
}

func TestAnActionInGo(t *testing.T) {
	auth := testkit.Start(t, testkit.PostLogin(func(event *actions.Event, api *actions.API) {
		if event.User.Email != "ada@example.com" {
			api.Access.Deny("Only Ada may sign in.")
		}
		api.IDToken.SetCustomClaim("https://acme.test/plan", "gold")
	}))
	if got := auth.Tokens(t, "ada@example.com").Claims["https://acme.test/plan"]; got != "gold" {
		t.Errorf("the plan is %v", got)
	}
}

package management_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

func needsNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil && os.Getenv("CI") == "" {
		t.Skip("this test needs Node.js")
	}
}

// plan is what the Action of a tenant puts into an ID token.
func plan(t *testing.T, s *server.Server) any {
	t.Helper()
	return servertest.Claims(t, s, servertest.Login(t, s, "ada@example.com", nil).IDToken)["https://acme.test/plan"]
}

func code(value string) string {
	return `exports.onExecutePostLogin = async (event, api) => api.idToken.setCustomClaim("https://acme.test/plan", ` + value + `)`
}

// An Action acts in the next login once it is deployed and bound; a draft does not, nor one
// that is bound no more. An older version can come back. A state has all of it.
func TestAnActionActsOnceItIsDeployedAndBound(t *testing.T) {
	t.Parallel()
	needsNode(t)
	c := newCaller(t)
	id, _ := c.must("POST", "/actions/actions", servertest.Object{
		"name": "plan", "supported_triggers": []any{servertest.Object{"id": "post-login", "version": "v3"}}, "code": code("event.secrets.PLAN"),
		"secrets": []any{servertest.Object{"name": "PLAN", "value": "gold"}},
	})["id"].(string)
	bind := func(refs ...any) {
		c.Helper()
		c.must("PATCH", "/actions/triggers/post-login/bindings", servertest.Object{"bindings": append([]any{}, refs...)})
	}
	expect := func(when string, want any) {
		c.Helper()
		if got := plan(t, c.server); got != want {
			t.Errorf("%s: the plan is %v, want %v", when, got, want)
		}
	}
	ref := servertest.Object{"ref": servertest.Object{"type": "action_id", "value": id}}
	expect("a draft", nil)
	bind(ref)
	expect("a draft that is bound", nil)
	first, _ := c.must("POST", "/actions/actions/"+id+"/deploy", nil)["id"].(string)
	expect("deployed and bound", "gold")
	c.must("PATCH", "/actions/actions/"+id, servertest.Object{"code": code(`"silver"`)})
	expect("a draft of another", "gold")
	c.must("POST", "/actions/actions/"+id+"/deploy", nil)
	expect("deployed again", "silver")
	c.must("POST", "/actions/actions/"+id+"/versions/"+first+"/deploy", nil)
	expect("the first version again", "gold")
	if a := c.must("GET", "/actions/actions/"+id, nil); a["all_changes_deployed"] != false || !strings.Contains(a["code"].(string), "silver") {
		t.Errorf("the draft is %v", a)
	}

	again, err := fixtures.Parse("", []byte(exported(t, c.server)))
	if err != nil {
		t.Fatal(err)
	}
	other := servertest.New(t, server.Config{At: servertest.At2030, Fixture: again})
	if got := plan(t, other); got != "gold" {
		t.Errorf("another mock with the state: the plan is %v", got)
	}

	bind()
	expect("bound no more", nil)
	c.server.Reset()
	if list := c.server.Actions(); len(list) != 0 {
		t.Errorf("after a reset there are %v", list)
	}
}

// The test of an Action runs the draft, and nothing of it acts.
func TestATestRunsTheDraft(t *testing.T) {
	t.Parallel()
	needsNode(t)
	c := newCaller(t)
	id, _ := c.must("POST", "/actions/actions", servertest.Object{
		"name": "plan", "supported_triggers": []any{servertest.Object{"id": "post-login"}}, "code": `exports.onExecutePostLogin = async (event, api) => {
			console.log("for " + event.user.email)
			api.user.setAppMetadata("seen", true)
			if (event.user.email === "bob@example.com") event.none.none
		}`,
	})["id"].(string)
	run := func(email string) string {
		c.Helper()
		w := c.call("POST", "/actions/actions/"+id+"/test", servertest.Object{"payload": servertest.Object{"event": servertest.Object{"user": servertest.Object{"email": email}}}})
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return w.Body.String()
	}
	if got := run("carl@example.com"); !strings.Contains(got, `"logs":"for carl@example.com"`) || !strings.Contains(got, `"call":"user.setAppMetadata"`) || strings.Contains(got, `"error"`) {
		t.Errorf("the test says %s", got)
	}
	if got := run("bob@example.com"); !strings.Contains(got, `"error":{"message":"Cannot read properties of undefined`) {
		t.Errorf("the test of an error says %s", got)
	}
	if u := servertest.UserOf(t, c.server, "ada@example.com"); u.AppMetadata["seen"] != nil {
		t.Errorf("it has acted: %v", u.AppMetadata)
	}
}

// The secrets of Actions, hooks and rules are in no answer to a GET, and not in the journal
// or the log.
func TestNothingShowsTheSecretOfAnAction(t *testing.T) {
	t.Parallel()
	c := newCaller(t)
	const secret = "very-secret-value"
	id, _ := c.must("POST", "/actions/actions", servertest.Object{
		"name": "plan", "supported_triggers": []any{servertest.Object{"id": "post-login"}}, "code": "", "deploy": true,
		"secrets": []any{servertest.Object{"name": "KEY", "value": secret}},
	})["id"].(string)
	for _, path := range []string{"/actions/actions", "/actions/actions/" + id, "/actions/actions/" + id + "/versions", "/logs"} {
		if w := c.call("GET", path, nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	hook := c.must("POST", "/hooks", servertest.Object{"name": "h", "script": "", "triggerId": "credentials-exchange"})["id"].(string)
	c.must("POST", "/hooks/"+hook+"/secrets", servertest.Object{"KEY": secret})
	c.must("PATCH", "/hooks/"+hook+"/secrets", servertest.Object{"KEY": secret})
	c.must("PUT", "/rules-configs/KEY", servertest.Object{"value": secret})
	if w := c.call("GET", "/logs", nil); strings.Contains(w.Body.String(), secret) {
		t.Errorf("the log has it: %s", w.Body)
	}
	if w := servertest.Call(t, c.server, "GET", "/_mock/requests", nil); strings.Contains(w.Body.String(), secret) {
		t.Errorf("the journal has it: %s", w.Body)
	}
}

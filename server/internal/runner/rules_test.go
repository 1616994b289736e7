package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/actions"
)

// say runs an Action that makes calls, each written as name and JSON arguments.
func say(trigger actions.Trigger, flow Flow, calls ...string) *Outcome {
	flow.Trigger = trigger
	if flow.Event == nil {
		flow.Event = &actions.Event{AccessToken: &actions.AccessTokenEvent{Scope: []string{"read"}}}
	}
	r := &Runner{Hooks: []actions.Hook{{Trigger: trigger, Name: "one", Execute: func(_ *actions.Event, api *actions.API) {
		for _, call := range calls {
			name, args, _ := strings.Cut(call, " ")
			var list []any
			if err := json.Unmarshal([]byte("["+args+"]"), &list); err != nil {
				panic(err)
			}
			api.Call(name, list...)
		}
	}}}}
	return r.Run(context.Background(), &fixtures.Fixture{}, flow)
}

// Each call has its effect, or is dropped for a reason that the journal has.
func TestWhatACallDoes(t *testing.T) {
	t.Parallel()
	claim := func(name string, value any) []Claim { return []Claim{{name, value}} }
	login := actions.PostLogin
	for name, tt := range map[string]struct {
		trigger actions.Trigger
		flow    Flow
		calls   []string
		want    Outcome // without what the journal has
		dropped string  // a part of the reason; "" if nothing is dropped
	}{
		"a claim with a namespace":               {login, Flow{}, []string{`idToken.setCustomClaim "https://acme.test/plan", "gold"`}, Outcome{ID: claim("https://acme.test/plan", "gold")}, ""},
		"a claim with a urn":                     {login, Flow{}, []string{`idToken.setCustomClaim "urn:acme:plan", 1`}, Outcome{ID: claim("urn:acme:plan", 1.0)}, ""},
		"a claim without a namespace":            {login, Flow{}, []string{`accessToken.setCustomClaim "plan", [1]`}, Outcome{Access: claim("plan", []any{1.0})}, ""},
		"a claim of the profile":                 {login, Flow{}, []string{`idToken.setCustomClaim "nickname", "x"`}, Outcome{ID: claim("nickname", "x")}, ""},
		"a claim that is set twice":              {login, Flow{}, []string{`idToken.setCustomClaim "plan", 1`, `idToken.setCustomClaim "plan", 2`}, Outcome{ID: claim("plan", 2.0)}, ""},
		"a restricted claim":                     {login, Flow{}, []string{`idToken.setCustomClaim "roles", []`}, Outcome{}, "claim roles is restricted; dropped"},
		"org_id on refresh":                      {login, Flow{}, []string{`accessToken.setCustomClaim "org_id", "org_1"`}, Outcome{}, "claim org_id is restricted; dropped"},
		"a namespace of Auth0":                   {login, Flow{}, []string{`idToken.setCustomClaim "https://acme.auth0.com/x", 1`}, Outcome{}, "namespace of Auth0"},
		"a urn of Auth0":                         {login, Flow{}, []string{`idToken.setCustomClaim "urn:auth0:x", 1`}, Outcome{}, "namespace of Auth0"},
		"a plain claim for Auth0's API":          {login, Flow{Auth0API: true}, []string{`accessToken.setCustomClaim "plan", 1`}, Outcome{}, "has no namespace"},
		"claims that are too large":              {login, Flow{}, []string{`idToken.setCustomClaim "plan", "` + strings.Repeat("x", maxClaims) + `"`}, Outcome{}, "more than 100000 bytes"},
		"a scope more":                           {login, Flow{}, []string{`accessToken.addScope "write"`}, Outcome{Added: []string{"write"}}, ""},
		"a scope more and then less":             {login, Flow{}, []string{`accessToken.addScope "write"`, `accessToken.removeScope "write"`}, Outcome{Added: []string{}, Removed: []string{"write"}}, ""},
		"two words are no scope":                 {login, Flow{}, []string{`accessToken.addScope "a b"`}, Outcome{}, "a scope is a word"},
		"metadata":                               {login, Flow{}, []string{`user.setAppMetadata "a", 1`, `user.setUserMetadata "b", null`}, Outcome{AppMetadata: map[string]any{"a": 1.0}, UserMetadata: map[string]any{"b": nil}}, ""},
		"metadata of a machine":                  {actions.CredentialsExchange, Flow{}, []string{`user.setAppMetadata "a", 1`}, Outcome{}, "the trigger credentials-exchange has no api.user.setAppMetadata"},
		"a denial":                               {login, Flow{}, []string{`access.deny "no"`}, Outcome{Denied: &Denial{Code: "access_denied", Reason: "no", Call: "access.deny", Action: "one"}}, ""},
		"a denial of a registration":             {actions.PreUserRegistration, Flow{}, []string{`access.deny "why", "Sorry"`}, Outcome{Denied: &Denial{Code: "access_denied", Reason: "why", UserMessage: "Sorry", Call: "access.deny", Action: "one"}}, ""},
		"a denial of a machine":                  {actions.CredentialsExchange, Flow{}, []string{`access.deny "invalid_scope", "no"`}, Outcome{Denied: &Denial{Code: "invalid_scope", Reason: "no", Call: "access.deny", Action: "one"}}, ""},
		"a redirect":                             {login, Flow{MayRedirect: true}, []string{`redirect.sendUserTo "https://app.test/?a=1", {"query": {"b": "2"}}`}, Outcome{Redirect: "https://app.test/?a=1&b=2", Resumes: true}, ""},
		"a redirect without a browser":           {login, Flow{}, []string{`redirect.sendUserTo "https://app.test/"`}, Outcome{Denied: &Denial{Code: "interaction_required", Reason: "External interaction required", Call: "redirect.sendUserTo", Action: "one"}}, ""},
		"a redirect to what is no URL":           {login, Flow{MayRedirect: true}, []string{`redirect.sendUserTo "javascript:alert(1)"`}, Outcome{}, "it needs a URL"},
		"a second factor at the end":             {login, Flow{}, []string{`multifactor.enable "any", {"allowRememberBrowser": false}`}, Outcome{Multifactor: &Multifactor{"any", false}}, ""},
		"a second factor that is taken back":     {login, Flow{}, []string{`multifactor.enable "any"`, `multifactor.enable "none"`}, Outcome{}, ""},
		"a challenge":                            {login, Flow{MayChallenge: true}, []string{`authentication.challengeWith {"type": "otp"}, {"additionalFactors": [{"type": "email"}]}`}, Outcome{Factors: &Factors{Types: []string{"otp", "email"}}, Next: 1}, ""},
		"an enrolment":                           {login, Flow{MayChallenge: true}, []string{`authentication.enrollWithAny [{"type": "phone"}]`}, Outcome{Factors: &Factors{Enroll: true, Types: []string{"phone"}}, Next: 1}, ""},
		"recordMethod before a redirect":         {login, Flow{}, []string{`authentication.recordMethod "https://x.test/"`}, Outcome{}, "onContinuePostLogin only"},
		"scopes of a machine":                    {actions.CredentialsExchange, Flow{}, []string{`transaction.addTargetScope "write"`, `transaction.removeTargetScope "read"`}, Outcome{TargetScopes: []string{"write"}}, ""},
		"no scopes of a machine":                 {actions.CredentialsExchange, Flow{}, []string{`transaction.clearTargetScopes`}, Outcome{TargetScopes: []string{}}, ""},
		"the user of an exchange":                {actions.CustomTokenExchange, Flow{}, []string{`authentication.setUserById "auth0|1"`}, Outcome{User: &SetUser{ID: "auth0|1"}}, ""},
		"a message that is dropped":              {actions.CustomEmailProvider, Flow{}, []string{`notification.drop "no"`}, Outcome{Unsent: "dropped: no"}, ""},
		"a refresh token where there is none":    {login, Flow{}, []string{`refreshToken.revoke "no"`}, Outcome{}, "exchanges no refresh token"},
		"a call without an effect":               {login, Flow{}, []string{`prompt.render "ap_1"`}, Outcome{}, "no forms"},
		"a call that Auth0 does not have":        {login, Flow{}, []string{`idToken.setClaim "a", 1`}, Outcome{}, "there is no api.idToken.setClaim"},
		"transaction metadata that is no scalar": {login, Flow{}, []string{`transaction.setMetadata "a", {}`}, Outcome{}, "must be a string, a number or a boolean"},
		"transaction metadata":                   {login, Flow{}, []string{`transaction.setMetadata "a", true`}, Outcome{Transaction: map[string]any{"a": true}}, ""},
		"transaction metadata that is a number":  {login, Flow{}, []string{`transaction.setMetadata "a", 1`}, Outcome{Transaction: map[string]any{"a": 1.0}}, ""},
		"a user who may be created":              {actions.CustomTokenExchange, Flow{}, []string{`authentication.setUserByConnection "email", {"email": "a@x.test"}, {"creationBehavior": "create_if_not_exists", "updateBehavior": "none"}`}, Outcome{User: &SetUser{Connection: "email", Profile: map[string]any{"email": "a@x.test"}, Create: true}}, ""},
		"a user who may be changed":              {actions.CustomTokenExchange, Flow{}, []string{`authentication.setUserByConnection "email", {"email": "a@x.test"}, {"creationBehavior": "none", "updateBehavior": "replace"}`}, Outcome{User: &SetUser{Connection: "email", Profile: map[string]any{"email": "a@x.test"}, Update: true}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := say(tt.trigger, tt.flow, tt.calls...)
			ran := got.Ran[0]
			got.Ran = nil
			if got.Done { // the place of the next one says nothing more
				got.Next, got.Done = 0, false
			}
			if !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("the outcome is\n%+v, not\n%+v", *got, tt.want)
			}
			if dropped := strings.Join(ran.Dropped, "\n"); (tt.dropped == "") != (dropped == "") || !strings.Contains(dropped, tt.dropped) {
				t.Errorf("dropped: %q, not %q", dropped, tt.dropped)
			}
		})
	}
}

// An actor has at most five members beside sub and act, all of them scalars, and stands at
// most in the fifth place of a chain.
func TestAnActorIsBounded(t *testing.T) {
	t.Parallel()
	actor := func(members, levels int) string {
		one := `{"sub": "a"`
		for i := range members {
			one += fmt.Sprintf(`, "m%d": %d`, i, i)
		}
		return strings.Repeat(one+`, "act": `, levels-1) + one + strings.Repeat("}", levels)
	}
	for actor, refused := range map[string]string{
		actor(5, 5):                        "",
		actor(6, 1):                        "more than 5 members",
		actor(0, 6):                        "more than 5 actors",
		`{"name": "x"}`:                    "needs a sub",
		`{"sub": "a", "act": {}}`:          "needs a sub",
		`{"sub": "a", "act": "b"}`:         "needs a sub",
		`{"sub": "a", "more": {"b": "c"}}`: "neither a string nor a number nor a boolean",
	} {
		out := say(actions.CustomTokenExchange, Flow{}, "authentication.setActor "+actor)
		switch {
		case refused == "" && (out.Denied != nil || out.Actor["sub"] != "a"):
			t.Errorf("%s: %+v, denied: %+v", actor, out.Actor, out.Denied)
		case refused != "" && (out.Denied == nil || out.Actor != nil || !strings.Contains(out.Denied.Reason, refused)):
			t.Errorf("%s: %+v, denied: %+v; want %q", actor, out.Actor, out.Denied, refused)
		}
	}
}

// The Actions run in their order, a denial ends them, and metadata are in the outcome
// once.
func TestTheOrderOfActions(t *testing.T) {
	t.Parallel()
	var order []string
	hook := func(name string, do func(*actions.API)) actions.Hook {
		return actions.Hook{Trigger: actions.PostLogin, Name: name, Execute: func(e *actions.Event, api *actions.API) {
			order = append(order, name)
			if e.User.AppMetadata["a"] != nil {
				t.Error("an Action sees what one before it has set")
			}
			if name == "second" && e.Transaction.Metadata["seen"] != "first" {
				t.Errorf("of the transaction it sees %v", e.Transaction.Metadata)
			}
			do(api)
		}}
	}
	r := &Runner{Hooks: []actions.Hook{
		hook("first", func(api *actions.API) { api.User.SetAppMetadata("a", 1); api.Transaction.SetMetadata("seen", "first") }),
		hook("second", func(api *actions.API) { api.User.SetAppMetadata("a", 2); api.Access.Deny("no") }),
		hook("third", func(*actions.API) {}),
	}}
	out := r.Run(context.Background(), &fixtures.Fixture{}, Flow{Trigger: actions.PostLogin, Event: &actions.Event{User: &actions.User{}, Transaction: &actions.Transaction{}}})
	if got := strings.Join(order, " "); got != "first second" {
		t.Errorf("they ran as %s", got)
	}
	if out.AppMetadata["a"] != 2.0 || out.Denied == nil || out.Transaction["seen"] != "first" {
		t.Errorf("the outcome is %+v", out)
	}
}

// A redirect suspends the Actions. The way back runs the other function of the same
// Action, and then those that follow.
func TestARedirectSuspendsTheActions(t *testing.T) {
	t.Parallel()
	var order []string
	note := func(name string) actions.Function {
		return func(_ *actions.Event, api *actions.API) {
			order = append(order, name)
			if name == "redirects" {
				api.Redirect.SendUserTo("https://page.test/", nil)
			}
			if name == "back" {
				api.Authentication.RecordMethod("https://page.test/")
			}
		}
	}
	r := &Runner{Hooks: []actions.Hook{
		{Trigger: actions.PostLogin, Name: "1", Execute: note("before")},
		{Trigger: actions.PostLogin, Name: "2", Execute: note("redirects"), Continue: note("back")},
		{Trigger: actions.PostLogin, Name: "3", Execute: note("after")},
	}}
	flow := Flow{Trigger: actions.PostLogin, Event: &actions.Event{}, MayRedirect: true}
	out := r.Run(context.Background(), &fixtures.Fixture{}, flow)
	if out.Redirect != "https://page.test/" || out.Done {
		t.Fatalf("the outcome is %+v", out)
	}
	flow.After = out
	out = r.Run(context.Background(), &fixtures.Fixture{}, flow)
	if got := strings.Join(order, " "); got != "before redirects back after" || !out.Done || out.Redirect != "" || len(out.Methods) != 1 {
		t.Errorf("they ran as %s, with the outcome %+v", got, out)
	}
}

// A function in Go gets an event of its own. A panic in it is what it throws.
func TestAFunctionInGoChangesNothingElse(t *testing.T) {
	t.Parallel()
	metadata := map[string]any{"deep": map[string]any{"plan": "gold"}}
	r := &Runner{Hooks: []actions.Hook{
		{Trigger: actions.PostLogin, Name: "1", Execute: func(e *actions.Event, _ *actions.API) {
			e.User.Email = "changed"
			e.User.AppMetadata["deep"].(map[string]any)["plan"] = "changed"
			e.Client.Metadata["a"] = "changed"
		}},
		{Trigger: actions.PostLogin, Name: "2", Execute: func(e *actions.Event, api *actions.API) {
			if e.User.Email != "ada@example.com" || e.User.AppMetadata["deep"].(map[string]any)["plan"] != "gold" || e.Client.Metadata["a"] != nil {
				t.Errorf("an Action sees what another one has changed: %+v", e.User)
			}
			api.IDToken.SetCustomClaim("plan", "gold")
			var none *actions.Session
			_ = none.ID
		}},
	}}
	event := &actions.Event{User: &actions.User{Email: "ada@example.com", AppMetadata: metadata}, Client: &actions.Client{Metadata: map[string]any{}}}
	out := r.Run(context.Background(), &fixtures.Fixture{}, Flow{Trigger: actions.PostLogin, Event: event})
	if metadata["deep"].(map[string]any)["plan"] != "gold" || event.User.Email != "ada@example.com" {
		t.Errorf("the tenant sees what an Action has changed: %v", metadata)
	}
	if out.Denied == nil || !strings.Contains(out.Denied.Reason, "nil pointer dereference") || len(out.ID) != 1 {
		t.Errorf("the outcome is %+v", out)
	}
}

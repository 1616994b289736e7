package testkit_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/testkit"
)

// An Action in Go and one in JavaScript, which call the same methods of api, ask for the
// same things: at each trigger, with all methods that it has.
func TestTheAPIInGoSaysWhatTheAPIInJavaScriptSays(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil && os.Getenv("CI") == "" {
		t.Skip("JavaScript needs node")
	}
	for _, tt := range []struct {
		trigger actions.Trigger
		option  func(actions.Function) testkit.Option
		name    string // of the function in JavaScript
		js      string // its body
		run     actions.Function
	}{
		{
			actions.PostLogin, testkit.PostLogin, "onExecutePostLogin", `
			api.access.deny('no')
			api.idToken.setCustomClaim('https://acme.test/a', {list: [1, true, null]})
			api.accessToken.setCustomClaim('https://acme.test/b', 'text')
			api.accessToken.addScope('read:tea')
			api.accessToken.removeScope('read:orders')
			api.user.setAppMetadata('plan', 'pro')
			api.user.setUserMetadata('color', null)
			api.multifactor.enable('any', {allowRememberBrowser: false})
			api.authentication.challengeWithAny([{type: 'otp', options: {a: 1}}, {type: 'email'}])
			api.authentication.enrollWithAny([{type: 'phone', options: {}}])
			api.authentication.recordMethod('https://acme.test/method')
			api.session.revoke('gone')
			api.refreshToken.revoke('gone, too')
			api.transaction.setMetadata('seen', 2)
			api.redirect.sendUserTo('https://acme.test/page', {query: {a: 'b', c: 'd'}})
			console.log('may redirect:', api.redirect.canRedirect())`,
			func(_ *actions.Event, api *actions.API) {
				api.Access.Deny("no")
				api.IDToken.SetCustomClaim("https://acme.test/a", map[string]any{"list": []any{1, true, nil}})
				api.AccessToken.SetCustomClaim("https://acme.test/b", "text")
				api.AccessToken.AddScope("read:tea")
				api.AccessToken.RemoveScope("read:orders")
				api.User.SetAppMetadata("plan", "pro")
				api.User.SetUserMetadata("color", nil)
				api.Multifactor.Enable("any", false)
				api.Authentication.ChallengeWithAny(actions.Factor{Type: "otp", Options: map[string]any{"a": 1}}, actions.Factor{Type: "email"})
				api.Authentication.EnrollWithAny(actions.Factor{Type: "phone", Options: map[string]any{}})
				api.Authentication.RecordMethod("https://acme.test/method")
				api.Session.Revoke("gone")
				api.RefreshToken.Revoke("gone, too")
				api.Transaction.SetMetadata("seen", 2)
				api.Redirect.SendUserTo("https://acme.test/page", url.Values{"a": {"b"}, "c": {"d"}})
				api.Log("may redirect:", api.Redirect.CanRedirect())
			},
		},
		{
			actions.CredentialsExchange, testkit.CredentialsExchange, "onExecuteCredentialsExchange", `
			api.access.deny('invalid_scope', 'no')
			api.accessToken.setCustomClaim('https://acme.test/b', 1)
			api.transaction.setTargetScopes(['read:tea', 'write:tea'])`,
			func(_ *actions.Event, api *actions.API) {
				api.Access.DenyCode("invalid_scope", "no")
				api.AccessToken.SetCustomClaim("https://acme.test/b", 1)
				api.Transaction.SetTargetScopes("read:tea", "write:tea")
			},
		},
		{
			actions.PreUserRegistration, testkit.PreUserRegistration, "onExecutePreUserRegistration", `
			api.access.deny('for the log', 'for the user')
			api.validation.error('code', 'message')`,
			func(_ *actions.Event, api *actions.API) {
				api.Access.DenySignUp("for the log", "for the user")
				api.Validation.Error("code", "message")
			},
		},
		{
			actions.CustomTokenExchange, func(run actions.Function) testkit.Option { return testkit.CustomTokenExchange("urn:acme:go", run) }, "onExecuteCustomTokenExchange", `
			api.access.rejectInvalidSubjectToken('no')
			api.authentication.setUserById('auth0|1')
			api.authentication.setUserByConnection('email', {user_id: 'x', email: 'x@example.com'}, {creationBehavior: 'create_if_not_exists', updateBehavior: 'none'})
			api.authentication.setOrganization('acme')
			api.authentication.setActor({sub: 'robot'})`,
			func(_ *actions.Event, api *actions.API) {
				api.Access.RejectInvalidSubjectToken("no")
				api.Authentication.SetUserByID("auth0|1")
				api.Authentication.SetUserByConnection("email", map[string]any{"user_id": "x", "email": "x@example.com"}, "create_if_not_exists", "none")
				api.Authentication.SetOrganization("acme")
				api.Authentication.SetActor(map[string]any{"sub": "robot"})
			},
		},
		{
			actions.CustomEmailProvider, testkit.CustomEmailProvider, "onExecuteCustomEmailProvider", `
			api.notification.drop('not wanted')
			api.notification.retry('later')`,
			func(_ *actions.Event, api *actions.API) {
				api.Notification.Drop("not wanted")
				api.Notification.Retry("later")
			},
		},
		{
			actions.PostUserRegistration, testkit.PostUserRegistration, "onExecutePostUserRegistration", `throw new Error('broken')`,
			func(_ *actions.Event, api *actions.API) { api.Throw(errors.New("broken")) },
		},
	} {
		t.Run(string(tt.trigger), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for file, text := range map[string]string{
				"action.js":      fmt.Sprintf("exports.%s = async (event, api) => {%s\n}\n", tt.name, tt.js),
				"mockauth0.yaml": fmt.Sprintf("version: 1\nextends: default\nactions: [{name: js, trigger: %s, code: ./action.js}]\n", tt.trigger),
			} {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			auth := testkit.Start(t, testkit.Fixture(filepath.Join(folder, "mockauth0.yaml")), tt.option(tt.run))
			all := auth.Server().Actions()
			inGo, js := auth.RunAction(t, all[len(all)-1].Name, nil), auth.RunAction(t, "js", nil)
			var calls [2][]string
			for i, run := range []actions.Run{inGo, js} {
				for _, c := range run.Commands {
					calls[i] = append(calls[i], c.String())
				}
			}
			if !slices.Equal(calls[0], calls[1]) {
				t.Errorf("in Go\n%s\nin JavaScript\n%s", strings.Join(calls[0], "\n"), strings.Join(calls[1], "\n"))
			}
			if !slices.Equal(inGo.Logs, js.Logs) || inGo.Error != js.Error || !slices.Equal(inGo.Dropped, js.Dropped) {
				t.Errorf("in Go logs %q, error %q, dropped %q; in JavaScript logs %q, error %q, dropped %q", inGo.Logs, inGo.Error, inGo.Dropped, js.Logs, js.Error, js.Dropped)
			}
			if len(js.Commands) == 0 && js.Error == "" {
				t.Error("nothing was called")
			}
		})
	}
}

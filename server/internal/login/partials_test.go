package login_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/actions"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// The fields that partials bring to the pages of a login reach its Actions, also those of
// an earlier page, and nothing else of it does.
func TestFieldsOfPartialsReachActions(t *testing.T) {
	t.Parallel()
	got := map[actions.Trigger]map[string]any{}
	note := func(trigger actions.Trigger) actions.Hook {
		return actions.Hook{Trigger: trigger, Name: string(trigger), Execute: func(e *actions.Event, _ *actions.API) {
			got[trigger] = maps.Clone(e.Request.Body)
		}}
	}
	s := servertest.New(t, server.Config{At: servertest.At2030, Actions: []actions.Hook{note(actions.PreUserRegistration), note(actions.PostLogin)}})
	b := servertest.NewBrowser(t, s)
	page := next(t, b.Call("GET", "/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost:3000/cb&screen_hint=signup&connection=Username-Password-Authentication", nil))
	page = next(t, b.Call("POST", page.String(), url.Values{"email": {"new@example.com"}, "ulp-tos": {"on"}, "ulp-pet": {"Rex"}, "other": {"x"}}))
	page = next(t, b.Call("POST", page.String(), url.Values{"password": {"Passw0rd!"}, "ulp-pet": {"Tom"}, "ulp-long": {strings.Repeat("x", 5000)}}))
	if to := next(t, b.Call("GET", page.String(), nil)); to.Query().Get("code") == "" {
		t.Fatalf("the login leads to %s", to)
	}
	for _, trigger := range []actions.Trigger{actions.PreUserRegistration, actions.PostLogin} {
		if body := got[trigger]; body["ulp-tos"] != "on" || body["ulp-pet"] != "Tom" || body["other"] != nil || body["password"] != nil {
			t.Errorf("the body of %s has %v, %v, %v and %v", trigger, body["ulp-tos"], body["ulp-pet"], body["other"], body["password"])
		}
	}
	if long, _ := got[actions.PostLogin]["ulp-long"].(string); long != "" {
		t.Errorf("a field of %d bytes was kept from one page to the next", len(long))
	}
}

// A page with HTML of the tenant lets it load what it wants, and has the script that
// checks its fields. Other pages stay closed.
func TestPagesWithPartialsAreOpen(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, `prompts:
  partials: {login-id: {login-id: {form-content-end: "<div class=ulp-field><input name=ulp-a></div>"}}}
`)})
	b := servertest.NewBrowser(t, s)
	query := b.Begin("x")
	for path, open := range map[string]bool{"/u/login/identifier?": true, "/u/signup/identifier?": false} {
		w := b.Call("GET", path+query, nil)
		if policy := w.Header().Get("Content-Security-Policy"); strings.Contains(policy, "'unsafe-inline'") != open {
			t.Errorf("%s has %s", path, policy)
		}
		if has := strings.Contains(w.Body.String(), "<script>"); has != open {
			t.Errorf("%s has a script: %v", path, has)
		}
		if has := strings.Contains(w.Body.String(), `<div class=ulp-field><input name=ulp-a></div>`); has != open {
			t.Errorf("%s has the partial: %v", path, has)
		}
	}
}

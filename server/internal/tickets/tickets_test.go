package tickets_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

const dora = "dora@example.com"

var forgotten = servertest.Object{"client_id": "acme-native", "connection": "Username-Password-Authentication", "email": dora}

// What happens to messages happens to this one, too; and what cannot happen to it,
// as it has no code, does not count as done.
func TestScenariosActOnTheResetMail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ deliver, states, by string }{
		{"{outcome: lost}", "lost", "x/y"},
		{"{copies: 2}", "delivered delivered", "x/y"},
		{"{delay: 1m}", "queued", "x/y"},
		{"{swap: next}", "queued", "x/y"},
		{"{corrupt: link}", "delivered", "x/y"},
		{"{corrupt: code}", "delivered", ""},
	} {
		s := servertest.New(t, server.Config{At: servertest.At2030})
		servertest.SwitchOn(t, s, "version: 1\nname: x\nrules: [{id: y, when: {endpoint: dbconnections.change_password}, times: 1, then: {deliver: "+tt.deliver+"}}]\n")
		w := servertest.Call(t, s, "POST", "/dbconnections/change_password", forgotten)
		var states []string
		all := s.Outbox().All()
		for _, m := range all {
			states = append(states, m.State)
			if cut := !strings.HasSuffix(m.Links[0], "#"); cut != (tt.deliver == "{corrupt: link}") {
				t.Errorf("%s: the link is %s", tt.deliver, m.Links[0])
			}
		}
		if got := strings.Join(states, " "); got != tt.states || all[0].Scenario != tt.by || w.Header().Get("X-Mock-Scenario") != tt.by {
			t.Errorf("%s: %s by %q, and the response says %q", tt.deliver, got, all[0].Scenario, w.Header().Get("X-Mock-Scenario"))
		}
		if tt.deliver != "{swap: next}" {
			continue
		}
		servertest.Call(t, s, "POST", "/dbconnections/change_password", forgotten)
		if m := s.Outbox().All(outbox.State(outbox.Delivered)); len(m) != 2 || m[0].ID != "msg_00000002" || m[1].ID != "msg_00000001" {
			t.Errorf("the first message arrives after the second: %+v", m)
		}
	}
}

// The page and the API share a limit, which is that of a caller and an address.
func TestTheResetMailHasALimit(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, "limits: {enforce: true}\n")})
	query := servertest.NewBrowser(t, s).Begin("x")
	page := func(email string) int {
		return servertest.Call(t, s, "POST", "/u/reset-password/request/Username-Password-Authentication?"+query, url.Values{"email": {email}}).Code
	}
	for i := range 10 {
		code := page(dora)
		if i%2 == 0 {
			code = servertest.Call(t, s, "POST", "/dbconnections/change_password", forgotten).Code
		}
		if i < 5 && code != http.StatusOK {
			t.Fatalf("request %d: %d", i, code)
		}
	}
	w := servertest.Call(t, s, "POST", "/dbconnections/change_password", forgotten)
	if got := fmt.Sprint(w.Code, page(dora), page("zoe@example.com")); got != "429 429 200" {
		t.Errorf("the statuses are %s", got)
	}
}

// What happens to messages happens to those of the Management API and of sign-ups, too.
func TestScenariosActOnTheVerificationMail(t *testing.T) {
	t.Parallel()
	for endpoint, ask := range map[string]func(*server.Server) *httptest.ResponseRecorder{
		"dbconnections.signup": func(s *server.Server) *httptest.ResponseRecorder {
			return servertest.Call(t, s, "POST", "/dbconnections/signup", servertest.Object{"client_id": "acme-native", "connection": "Username-Password-Authentication", "email": "kay@example.com", "password": "Passw0rd!"})
		},
		"management": func(s *server.Server) *httptest.ResponseRecorder {
			token, err := s.ManagementToken("http://localhost:2884/")
			if err != nil {
				t.Fatal(err)
			}
			u, _ := s.UserByAddress(dora)
			return servertest.Call(t, s, "POST", "/api/v2/jobs/verification-email", servertest.Object{"user_id": u.UserID}, servertest.Header("Authorization", "Bearer "+token))
		},
	} {
		s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, "email_templates: [{template: verify_email, enabled: true}]\n")})
		servertest.SwitchOn(t, s, "version: 1\nname: x\nrules: [{id: y, when: {endpoint: "+endpoint+"}, times: 1, then: {deliver: {corrupt: link}}}]\n")
		w := ask(s)
		all := s.Outbox().All()
		if len(all) != 1 || all[0].Purpose != outbox.VerifyEmail || strings.HasSuffix(all[0].Links[0], "#") || w.Header().Get("X-Mock-Scenario") != "x/y" {
			t.Errorf("%s: %d %s, and the outbox has %+v", endpoint, w.Code, w.Body, all)
		}
	}
}

// A new user gets one e-mail, by whatever way the user signs up, and a form that is sent
// twice sends no second one.
func TestASignUpOnAPageSendsOneMail(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Fixture: servertest.ParseFixture(t, "email_templates: [{template: verify_email, enabled: true}, {template: welcome_email, enabled: true}]\n")})
	b := servertest.NewBrowser(t, s)
	first := b.Call("GET", "/authorize?"+url.Values{
		"client_id": {"acme-web"}, "redirect_uri": {"http://localhost:3000/cb"}, "response_type": {"code"}, "connection": {"Username-Password-Authentication"},
	}.Encode(), nil).Header().Get("Location")
	_, query, _ := strings.Cut(first, "?")
	b.Call("POST", "/u/signup/identifier?"+query, url.Values{"email": {"kay@example.com"}})
	for range 2 {
		w := b.Call("POST", "/u/signup/password?"+query, url.Values{"email": {"kay@example.com"}, "password": {"Passw0rd!"}})
		if w.Code != http.StatusFound {
			t.Errorf("the form is answered %d %s", w.Code, w.Body)
		}
	}
	all := s.Outbox().All()
	if len(all) != 1 || all[0].Purpose != outbox.VerifyEmail || all[0].To != "kay@example.com" {
		t.Errorf("the outbox has %+v", all)
	}
}

package tickets_test

import (
	"fmt"
	"net/http"
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

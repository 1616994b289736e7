package server_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// Rules of the endpoint smtp see the sender and the recipient of a mail.
func TestRulesDecideAboutMails(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, "version: 1\nname: mail\nrules:\n"+
		"  - {id: late, when: {endpoint: smtp, recipient: bob@x.test}, then: {delay: 1s, deliver: {copies: 2}}}\n"+
		"  - {id: refused, when: {endpoint: smtp, params: {from: \"spam@*\"}}, then: {respond: {status: 451}}}\n"+
		"  - {id: broken, when: {endpoint: smtp, recipient: eve@x.test, params: {other: \"\"}}, times: 1, then: {fault: reset}}\n"+
		"  - {id: cut, when: {endpoint: any, recipient: eve@x.test}, then: {fault: truncate}}\n")
	for _, c := range []struct{ from, to, want string }{ // what is decided at once, and when the mail arrives
		{"app@x.test", "ada@x.test", ""},
		{"app@x.test", "Bob@X.test", "wait 1s,  by mail/late, deliver 2 by mail/late"},
		{"spam@x.test", "bob@x.test", "wait 1s, respond 451 by mail/late, mail/refused"},
		{"app@x.test", "eve@x.test", "reset by mail/broken"},
		{"app@x.test", "eve@x.test", ""}, // a mail cannot be truncated as an answer of HTTP can
	} {
		what, rules, deliver := s.DecideSMTP(c.from, c.to)
		got := ""
		if what != nil {
			if what.Delay != nil {
				got += fmt.Sprintf("wait %s, ", what.Delay.Fixed)
			}
			if what.Respond != nil {
				got += fmt.Sprintf("respond %d", what.Respond.Status)
			}
			got += what.Fault + " by " + rules
		}
		if what == nil || what.Respond == nil && what.Fault == "" {
			if how, rules := deliver(); rules != "" {
				got += fmt.Sprintf(", deliver %d by %s", how.Copies, rules)
			}
		}
		if got != c.want {
			t.Errorf("from %s to %s: got %q, want %q", c.from, c.to, got, c.want)
		}
	}
	if last := servertest.StatusOf(t, s, "mail").Rules[0].Last; len(last) != 2 || !last[0].At.Equal(servertest.At2030) {
		t.Errorf("%+v", last)
	}
}

// A Go test can do with scenarios what the control API can.
func TestScenariosThroughGo(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	on, err := s.Inject(scenarios.EmailLost, scenarios.Narrowing{TTL: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if w := servertest.PostStart(t, s, "ada@example.com", nil); w.Code != 200 || on.Fired() != 1 || on.Status().Rules[0].Last[0].Effect != "deliver lost" {
		t.Errorf("%d, %+v", w.Code, on.Status())
	}
	if all := s.Scenarios(); len(all) != 1 || all[0].Name != scenarios.EmailLost || !all[0].Until.Equal(servertest.At2030.Add(time.Minute)) {
		t.Errorf("%+v", all)
	}
	if failures, checked, err := s.VerifyScenarios(map[string]scenarios.Count{"email-lost/lost": "2", scenarios.EmailLost: "1"}); err != nil || checked != 2 || len(failures) != 1 || failures[0].Expected != "2" {
		t.Errorf("%+v, %d, %v", failures, checked, err)
	}
	if failures, checked, err := s.VerifyScenarios(nil); err != nil || checked != 1 || failures != nil {
		t.Errorf("%+v, %d, %v", failures, checked, err)
	}
	if n := s.SwitchOff(scenarios.EmailLost); n != 1 || len(s.Scenarios()) != 0 || on.Fired() != 1 {
		t.Errorf("%d are switched off", n)
	}
	if _, _, err := s.VerifyScenarios(map[string]scenarios.Count{scenarios.EmailLost: "1"}); err == nil {
		t.Error("a scenario that is off is verified")
	}
	if _, err := s.Inject("email-lst", scenarios.Narrowing{}); err == nil {
		t.Error("an unknown scenario is on")
	}
}

// A user is named by any of the names, also by one who has nothing but a username.
func TestAUserIsNamedByUsername(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{Fixture: servertest.ParseFixture(t, "connections: [{name: db, strategy: auth0, enabled_clients: [\"*\"], options: {attributes: {username: {}}}}]\nusers: [{username: Grace}]\n")})
	d := servertest.DecodeAnswer[map[string]any](t, servertest.Call(t, s, "POST", "/oauth/device/code", servertest.Object{"client_id": "acme-native"}))
	approved, err := s.ApproveDevice(d["user_code"].(string), "grace")
	if u, ok := s.UserByAddress("GRACE"); err != nil || !ok || approved.UserID != u.UserID {
		t.Errorf("approved by %q, %v; grace is %q", approved.UserID, err, u.UserID)
	}
}

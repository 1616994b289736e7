package control_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
)

// With describe=1 the list tells what each scenario does.
func TestScenariosAreDescribed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	type list struct {
		Available    []string
		Descriptions map[string]string
	}
	plain := servertest.DecodeAnswer[list](t, servertest.Call(t, s, "GET", "/_mock/scenarios", nil))
	described := servertest.DecodeAnswer[list](t, servertest.Call(t, s, "GET", "/_mock/scenarios?describe=1", nil))
	if plain.Descriptions != nil || !slices.Equal(plain.Available, described.Available) {
		t.Errorf("%+v", plain)
	}
	for _, name := range described.Available {
		if described.Descriptions[name] == "" {
			t.Errorf("%s is not described", name)
		}
	}
}

// Header, recipient, Go, control API, flag, fixture: the first of them answers.
// Of one way, the scenario that was switched on first does. Those behind count
// the request as shadowed.
func TestEarlierWaysToSwitchOnGoFirst(t *testing.T) {
	t.Parallel()
	file := func(name string, status int) string {
		return servertest.ScenarioFile(t, servertest.Answering(name, status))
	}
	f := *servertest.NamedFixture(t, "default")
	f.Scenarios = []string{file("by-fixture", 521), "unavailable"}
	s := servertest.New(t, server.Config{Fixture: &f, Scenarios: []string{file("by-flag", 520), file("by-second-flag", 522)}, At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Answering("by-control", 420))
	servertest.SwitchOn(t, s, servertest.Answering("by-later-control", 421))
	for _, path := range []string{file("by-go", 418), file("by-later-go", 419)} {
		if _, err := s.Inject(path, scenarios.Narrowing{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		asks, email string
		status      int
		off         string // what is switched off afterwards
	}{
		{"unavailable", "ada+mock-rate-limited@example.com", 503, ""},
		{"bad-gateway-html, unavailable", "ada+mock-rate-limited@example.com", 502, "bad-gateway-html@header"},
		{"", "ada+mock-rate-limited@example.com", 429, "rate-limited@recipient"},
		{"", "ada@example.com", 418, "by-go"},
		{"", "ada@example.com", 419, "by-later-go"},
		{"", "ada@example.com", 420, "by-control"},
		{"", "ada@example.com", 421, "by-later-control"},
		{"", "ada@example.com", 520, "by-flag"},
		{"", "ada@example.com", 522, "by-second-flag"},
		{"", "ada@example.com", 521, "by-fixture"},
		{"", "ada@example.com", 503, "unavailable"},
		{"", "ada@example.com", 200, ""},
	} {
		if step.off == "by-go" {
			if r := servertest.StatusOf(t, s, "by-go").Rules[0]; r.Matched != 3 || r.Fired != 0 || r.Shadowed != 3 {
				t.Errorf("shadowed three times: %+v", r)
			}
		}
		if w := servertest.PostStart(t, s, step.email, nil, servertest.Header("X-Mock-Scenario", step.asks)); w.Code != step.status {
			t.Errorf("before %s is off: status %d, not %d", step.off, w.Code, step.status)
		}
		if step.off == "" {
			continue
		}
		if w := servertest.Call(t, s, "DELETE", "/_mock/scenarios/"+step.off, nil); w.Code != http.StatusNoContent {
			t.Errorf("%s off: %d %s", step.off, w.Code, w.Body)
		}
	}
}

func TestScenariosAreSwitchedOffByIDNameOrAllAtOnce(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Scenarios: []string{"email-lost"}})
	expect := func(what string, ids ...string) {
		t.Helper()
		got := []string{}
		for _, st := range s.Scenarios() {
			got = append(got, st.ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(ids) {
			t.Errorf("%s: %q are on, not %q", what, got, ids)
		}
	}
	lost := func(to string) servertest.Object {
		return servertest.Object{"name": "email-lost", "when": servertest.Object{"recipient": to}}
	}
	for _, to := range []string{"a@*", "b@*", "c@*"} {
		servertest.SwitchOn(t, s, lost(to))
	}
	servertest.SwitchOn(t, s, servertest.Object{"name": "slow"})
	expect("at first", "email-lost~2", "email-lost~3", "email-lost~4", "slow", "email-lost")
	off := func(name string, status int) {
		t.Helper()
		if w := servertest.Call(t, s, "DELETE", "/_mock/scenarios"+name, nil); w.Code != status || status == http.StatusNotFound && !strings.Contains(w.Body.String(), "is not on") {
			t.Errorf("%s off: %d %s", name, w.Code, w.Body)
		}
	}
	off("/email-lost~3", http.StatusNoContent)
	expect("one by its id", "email-lost~2", "email-lost~4", "slow", "email-lost")
	// The free id is used again. The same conditions are the same scenario.
	again := lost("d@*")
	for _, times := range []int{1, 3} {
		again["times"] = times
		if st := servertest.SwitchOn(t, s, again); st.ID != "email-lost~3" || st.Times != times {
			t.Errorf("%+v", st)
		}
	}
	off("/email-lost", http.StatusNoContent) // the one whose id it is
	off("/email-lost", http.StatusNoContent) // all whose name it is
	expect("all of a name", "slow")
	off("/email-lost", http.StatusNotFound)
	servertest.SwitchOn(t, s, servertest.Object{"name": "email-lost"})
	off("", http.StatusNoContent)
	expect("all")
}

// A state replaces the fixture's scenarios and switches off those of tests.
func TestPutStateReplacesTheFixturesScenarios(t *testing.T) {
	t.Parallel()
	f := *servertest.NamedFixture(t, "default")
	f.Scenarios = []string{servertest.ScenarioFile(t, servertest.Answering("own", 421)), "email-lost"}
	s := servertest.New(t, server.Config{Fixture: &f, Scenarios: []string{"slow"}, At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited"})
	exported := bodyOf(t, s, "/_mock/state")
	for _, put := range []struct {
		state  string
		status int
		want   []string
	}{
		{"version: 1\nextends: default\nscenarios: [email-lst]\n", http.StatusBadRequest, []string{"control rate-limited", "flag slow", "fixture own", "fixture email-lost"}},
		{"version: 1\nextends: default\nscenarios: [mfa-required]\n", http.StatusNoContent, []string{"flag slow", "fixture mfa-required"}},
		// The server still knows the files of the export by name.
		{exported, http.StatusNoContent, []string{"flag slow", "fixture own", "fixture email-lost"}},
	} {
		if says := putState(t, s, put.status, put.state); put.status == http.StatusBadRequest && !strings.Contains(says, `did you mean \"email-lost\"?`) {
			t.Error(says)
		}
		var on []string
		for _, st := range s.Scenarios() {
			on = append(on, st.By+" "+st.Name)
		}
		if !slices.Equal(on, put.want) {
			t.Errorf("after %.60s: %q are on, not %q", put.state, on, put.want)
		}
	}
}

package control_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// With describe=1 the list tells what each scenario does.
func TestScenariosAreDescribed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	type list struct {
		Available    []string
		Descriptions map[string]string
	}
	got := servertest.DecodeAnswer[list](t, servertest.Call(t, s, "GET", "/_mock/scenarios?describe=1", nil))
	for _, name := range got.Available {
		if got.Descriptions[name] == "" {
			t.Errorf("%s is not described", name)
		}
	}
	if plain := servertest.DecodeAnswer[list](t, servertest.Call(t, s, "GET", "/_mock/scenarios", nil)); plain.Descriptions != nil || len(plain.Available) != len(got.Available) {
		t.Errorf("%+v", plain)
	}
}

// Header, recipient, Go, control API, flag, fixture: who comes first answers,
// and those behind count it as shadowed.
func TestEarlierWaysToSwitchOnGoFirst(t *testing.T) {
	t.Parallel()
	f := *servertest.NamedFixture(t, "default")
	f.Scenarios = []string{servertest.ScenarioFile(t, servertest.Answering("by-fixture", 521)), "unavailable"}
	s := servertest.New(t, server.Config{Fixture: &f, Scenarios: []string{servertest.ScenarioFile(t, servertest.Answering("by-flag", 520)), servertest.ScenarioFile(t, servertest.Answering("by-second-flag", 522))}, At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Answering("by-control", 420))
	servertest.SwitchOn(t, s, servertest.Answering("by-later-control", 421))
	on, err := s.Inject(servertest.ScenarioFile(t, servertest.Answering("by-go", 418)), scenarios.Narrowing{})
	if err != nil {
		t.Fatal(err)
	}
	later, err := s.Inject(servertest.ScenarioFile(t, servertest.Answering("by-later-go", 419)), scenarios.Narrowing{})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(want int, email string, changes ...servertest.Change) {
		t.Helper()
		if got := servertest.StartWith(t, s, email, changes...); got != want {
			t.Errorf("status %d, not %d", got, want)
		}
	}
	off := func(name string) {
		t.Helper()
		if w := servertest.Call(t, s, "DELETE", "/_mock/scenarios/"+name, nil); w.Code != http.StatusNoContent {
			t.Errorf("%s off: %d %s", name, w.Code, w.Body)
		}
	}
	expect(503, "ada+mock-rate-limited@example.com", servertest.Header("X-Mock-Scenario", "unavailable"))
	expect(502, "ada+mock-rate-limited@example.com", servertest.Header("X-Mock-Scenario", "bad-gateway-html, unavailable"))
	expect(429, "ada+mock-rate-limited@example.com")
	if st := servertest.StatusOf(t, s, "by-go"); st.Rules[0].Matched != 3 || st.Rules[0].Fired != 0 || st.Rules[0].Shadowed != 3 {
		t.Errorf("shadowed three times: %+v", st.Rules[0])
	}
	expect(418, "ada@example.com")
	on.Off()
	expect(419, "ada@example.com")
	later.Off()
	expect(420, "ada@example.com")
	off("by-control")
	expect(421, "ada@example.com")
	off("by-later-control")
	expect(520, "ada@example.com")
	off("by-flag")
	expect(522, "ada@example.com")
	off("by-second-flag")
	expect(521, "ada@example.com")
	off("by-fixture")
	expect(503, "ada@example.com")
	off("unavailable@header") // only its counts: the header switches on what it names
	off("unavailable")
	expect(200, "ada@example.com")
}

// Of several effects each key is decided by itself; delays add up, and what
// answers ends the search.
func TestEffectsOfSeveralScenariosComeTogether(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Scenarios: []string{
		servertest.ScenarioFile(t, "version: 1\nname: one\nrules:\n  - {id: a, then: {token: {iss: https://one.example.com/}, headers: {X-One: one, X-Both: one}, patch: {expires_in: 1}}}\n"),
		servertest.ScenarioFile(t, "version: 1\nname: two\nrules:\n  - {id: b, then: {token: {iss: https://two.example.com/, aud: two}, headers: {x-both: two, X-Two: two}, patch: {expires_in: 2, two: true}}}\n"),
	}})
	w := servertest.Redeem(t, s, "ada@example.com", servertest.Start(t, s, "ada@example.com"), nil)
	got := servertest.DecodeAnswer[servertest.Object](t, w)
	c := servertest.Claims(t, s, got["id_token"].(string))
	if c["iss"] != "https://one.example.com/" || c["aud"] != "two" || got["expires_in"] != 1.0 || got["two"] != true {
		t.Errorf("claims %v, answer %v", c, got)
	}
	if h := w.Header(); h.Get("X-One") != "one" || h.Get("X-Both") != "one" || h.Get("X-Two") != "two" || h.Get("X-Mock-Scenario") != "one/a, two/b" {
		t.Errorf("headers %v", h)
	}
	if two := servertest.StatusOf(t, s, "two").Rules[0]; two.Fired != 1 || two.Shadowed != 1 || two.Last[0].Effect != "token aud two, patch two, header X-Two" {
		t.Errorf("the second counts %+v", two)
	}
}

func TestScenariosAreSwitchedOffByIDNameOrAllAtOnce(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030, Scenarios: []string{"email-lost"}})
	ids := func() (ids []string) {
		for _, st := range s.Scenarios() {
			ids = append(ids, st.ID)
		}
		return ids
	}
	for _, to := range []string{"a@*", "b@*", "c@*"} {
		servertest.SwitchOn(t, s, servertest.Object{"name": "email-lost", "when": servertest.Object{"recipient": to}})
	}
	servertest.SwitchOn(t, s, servertest.Object{"name": "slow"})
	if got := ids(); !slices.Equal(got, []string{"email-lost~2", "email-lost~3", "email-lost~4", "slow", "email-lost"}) {
		t.Fatal(got)
	}
	servertest.Call(t, s, "DELETE", "/_mock/scenarios/email-lost~3", nil)
	if got := ids(); !slices.Equal(got, []string{"email-lost~2", "email-lost~4", "slow", "email-lost"}) {
		t.Error("one by its id:", got)
	}
	// The free id is used again; the same conditions are the same one.
	if st := servertest.SwitchOn(t, s, servertest.Object{"name": "email-lost", "when": servertest.Object{"recipient": "d@*"}}); st.ID != "email-lost~3" {
		t.Error(st.ID)
	}
	if st := servertest.SwitchOn(t, s, servertest.Object{"name": "email-lost", "when": servertest.Object{"recipient": "d@*"}, "times": 3}); st.ID != "email-lost~3" || st.Times != 3 {
		t.Errorf("%+v", st)
	}
	servertest.Call(t, s, "DELETE", "/_mock/scenarios/email-lost", nil) // an id comes before a name
	servertest.Call(t, s, "DELETE", "/_mock/scenarios/email-lost", nil)
	if got := ids(); !slices.Equal(got, []string{"slow"}) {
		t.Error("all of a name:", got)
	}
	if w := servertest.Call(t, s, "DELETE", "/_mock/scenarios/email-lost", nil); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "is not on") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	servertest.SwitchOn(t, s, servertest.Object{"name": "email-lost"})
	servertest.Call(t, s, "DELETE", "/_mock/scenarios", nil)
	if got := ids(); got != nil {
		t.Error("all:", got)
	}
}

// Workers that share a server switch the same scenario on, each for itself.
func TestANarrowedScenarioIsForWhatItSays(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	w3 := servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited", "when": servertest.Object{"recipient": "Ada+w3@*"}, "times": 2, "ttl": "1m"})
	w4 := servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited", "when": servertest.Object{"recipient": "/^ada[+]w4@/", "client": "Acme *", "connection": "email", "send": "code", "header": servertest.Object{"x-worker": "4"}, "params": servertest.Object{"email": "*w4*"}}})
	if w4.ID != "rate-limited~2" || len(w4.Narrowed) != 6 {
		t.Errorf("%+v", w4)
	}
	expect := func(want int, email string, changes ...servertest.Change) {
		t.Helper()
		if got := servertest.StartWith(t, s, email, changes...); got != want {
			t.Errorf("%s: status %d, not %d", email, got, want)
		}
	}
	expect(200, "ada@example.com")
	expect(429, "ADA+W3@example.com")
	expect(200, "ada+w4@example.com")
	expect(429, "ada+w4@example.com", servertest.Header("X-Worker", "4"))
	expect(429, "ada+w3@example.com")
	expect(200, "ada+w3@example.com") // twice
	if st := servertest.StatusOf(t, s, w3.ID); st.Active || st.Rules[0].Fired != 2 || st.Rules[0].Skipped["times"] != 1 {
		t.Errorf("%+v", st)
	}
	// The same again starts again, with its own end.
	servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited", "when": servertest.Object{"recipient": "Ada+w3@*"}, "ttl": "1m"})
	if err := s.Clock().Advance(time.Minute - time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	expect(429, "ada+w3@example.com")
	if err := s.Clock().Advance(time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	expect(200, "ada+w3@example.com")
	if st := servertest.StatusOf(t, s, w3.ID); st.Active || st.Rules[0].Matched != 1 {
		t.Errorf("%+v", st)
	}
	if st := servertest.StatusOf(t, s, w4.ID); !st.Active || !slices.Contains(st.Rules[0].NearMisses, "passwordless.start: `header x-worker` was absent, the rule wants 4") {
		t.Errorf("%+v", st)
	}
}

func TestResetEndsWhatTestsSwitchedOnAndCountsTheRestAnew(t *testing.T) {
	t.Parallel()
	f := *servertest.NamedFixture(t, "default")
	f.Scenarios = []string{"email-duplicate"}
	s := servertest.New(t, server.Config{Fixture: &f, Scenarios: []string{servertest.ScenarioFile(t, "version: 1\nname: first\nrules:\n  - {id: a, when: {endpoint: passwordless.start, call: 1}, then: {respond: {preset: unavailable}}}\n")}, At: servertest.At2030})
	play := func(want ...int) {
		t.Helper()
		for i, status := range want {
			if got := servertest.StartWith(t, s, "ada@example.com"); got != status {
				t.Errorf("start %d: status %d, not %d", i+1, got, status)
			}
		}
	}
	play(503, 200)
	servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited"})
	on, err := s.Inject("bad-gateway-html", scenarios.Narrowing{})
	if err != nil {
		t.Fatal(err)
	}
	servertest.StartWith(t, s, "ada@example.com", servertest.Header("X-Mock-Scenario", "unavailable"))
	play(502)
	if w := servertest.Call(t, s, "POST", "/_mock/reset", nil); w.Code != http.StatusNoContent {
		t.Fatal(w.Code)
	}
	all := s.Scenarios()
	if len(all) != 2 || all[0].By != "flag" || all[1].By != "fixture" || all[0].Rules[0].Matched != 0 || all[1].Rules[0].Fired != 0 {
		t.Errorf("after the reset: %+v", all)
	}
	if on.Fired() != 1 { // what it did can still be read
		t.Error("the injection fired", on.Fired())
	}
	play(503, 200)
	if n := len(s.Outbox().All(outbox.To("ada@example.com"))); n != 2 {
		t.Errorf("%d messages", n)
	}
}

func TestPutStateReplacesTheFixturesScenarios(t *testing.T) {
	t.Parallel()
	f := *servertest.NamedFixture(t, "default")
	f.Scenarios = []string{servertest.ScenarioFile(t, servertest.Answering("own", 421)), "email-lost"}
	s := servertest.New(t, server.Config{Fixture: &f, Scenarios: []string{"slow"}, At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited"})
	own := servertest.Call(t, s, "GET", "/_mock/state", nil).Body.String()
	names := func() (names []string) {
		for _, st := range s.Scenarios() {
			names = append(names, st.By+" "+st.Name)
		}
		return names
	}
	put := func(want int, state string) string {
		t.Helper()
		w := servertest.Call(t, s, "PUT", "/_mock/state", state, servertest.Header("Content-Type", "application/yaml"))
		if w.Code != want {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		return w.Body.String()
	}
	if says := put(http.StatusBadRequest, "version: 1\nextends: default\nscenarios: [email-lst]\n"); !strings.Contains(says, `did you mean \"email-lost\"?`) {
		t.Error(says)
	}
	if got := names(); !slices.Equal(got, []string{"control rate-limited", "flag slow", "fixture own", "fixture email-lost"}) {
		t.Error("a bad state changed something:", got)
	}
	put(http.StatusNoContent, "version: 1\nextends: default\nscenarios: [mfa-required]\n")
	if got := names(); !slices.Equal(got, []string{"flag slow", "fixture mfa-required"}) {
		t.Error(got)
	}
	// What was exported can be put back, files included: they are known by name.
	put(http.StatusNoContent, own)
	if got := names(); !slices.Equal(got, []string{"flag slow", "fixture own", "fixture email-lost"}) {
		t.Error(got)
	}
}

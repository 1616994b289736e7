package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// What acted stands in the answer, in the journal, with the message, and among
// the rule's hits, under the request's own id.
func TestWhatActedIsWrittenDown(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "email-duplicate"})
	servertest.SwitchOn(t, s, "version: 1\nname: late\nrules: [{id: per, when: {per: recipient}, then: {headers: {X-Late: soon}}}]\n")
	var ids []string
	for n := range 25 {
		w := servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": fmt.Sprintf("Ada%d@Example.com", n), "send": "code"})
		if got := w.Header().Get("X-Mock-Scenario"); got != "email-duplicate/duplicate, late/per" || w.Header().Get("X-Late") != "soon" {
			t.Fatalf("%q %v", got, w.Header())
		}
		ids = append(ids, w.Header().Get("X-Auth0-Requestid"))
	}
	for i, r := range s.Requests() {
		if r.ID != ids[i] || r.Scenario != "email-duplicate/duplicate, late/per" {
			t.Errorf("the journal has %+v", r)
		}
	}
	hits := servertest.StatusOf(t, s, "late").Rules[0].Last
	if len(hits) != 20 { // the last ones
		t.Fatalf("%d hits", len(hits))
	}
	for i, hit := range hits {
		if hit.RequestID != ids[i+5] || !hit.At.Equal(servertest.At2030) || hit.Effect != "header X-Late" || hit.Key != fmt.Sprintf("ada%d@example.com", i+5) {
			t.Errorf("hit %d: %+v", i, hit)
		}
	}
	messages := s.Outbox().All()
	if len(messages) != 50 || slices.ContainsFunc(messages, func(m outbox.Message) bool { return m.Scenario != "email-duplicate/duplicate" }) {
		t.Errorf("%d messages", len(messages))
	}
}

// A header that names no scenario is a mistake of the test, and counts nowhere.
func TestAnUnknownScenarioInAHeaderIsRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "rate-limited"})
	for _, names := range []string{"email-lst", "email-lost, email-lst", "email-lost email-lst"} {
		w := servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com"}, servertest.Header("X-Mock-Scenario", names))
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `X-Mock-Scenario: there is no scenario \"email-lst\"; did you mean \"email-lost\"?`) {
			t.Errorf("%s: %d %s", names, w.Code, w.Body)
		}
	}
	if st := servertest.StatusOf(t, s, "rate-limited"); st.Rules[0].Matched != 0 || len(s.Outbox().All()) != 0 {
		t.Errorf("%+v", st)
	}
	// Two headers are one list.
	w := servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com"}, func(r *http.Request) {
		r.Header["X-Mock-Scenario"] = []string{"email-lost", "email-delayed,email-lost"}
	})
	if got := w.Header().Get("X-Mock-Scenario"); got != "rate-limited/limit" { // which leaves no message to be lost
		t.Errorf("%d %q", w.Code, got)
	}
	servertest.Call(t, s, "DELETE", "/_mock/scenarios/rate-limited", nil)
	w = servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com"}, func(r *http.Request) {
		r.Header["X-Mock-Scenario"] = []string{"email-lost", "email-delayed,email-lost"}
	})
	if got := w.Header().Get("X-Mock-Scenario"); got != "email-lost/lost, email-delayed/delay" {
		t.Errorf("%d %q", w.Code, got)
	}
	if st := servertest.StatusOf(t, s, "email-lost@header"); st.Rules[0].Matched != 2 { // one a request
		t.Errorf("%+v", st)
	}
}

// However bad it gets, the control API answers, and so does OPTIONS; a page may
// read an answer that a scenario gives.
func TestScenariosLeaveTheControlAPIAlone(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	if _, err := s.Inject("unavailable", scenarios.Narrowing{}); err != nil {
		t.Fatal(err)
	}
	origin := servertest.Header("Origin", "http://localhost:3000")
	for _, e := range append(servertest.Table(t, s), servertest.Endpoint{Method: "GET", Path: "/health"}, servertest.Endpoint{Method: "GET", Path: "/"}, servertest.Endpoint{Method: "GET", Path: "/_mock/nowhere"}) {
		if e.Method != "GET" || strings.HasSuffix(e.Path, "/stream") {
			continue
		}
		control := strings.HasPrefix(e.Path, "/_mock") || e.Path == "/health" || e.Path == "/"
		w := servertest.Call(t, s, e.Method, strings.ReplaceAll(strings.ReplaceAll(e.Path, "{id}", "x"), "{name}", "x"), nil, origin, servertest.Header("X-Mock-Scenario", "unavailable"))
		if (w.Code == http.StatusServiceUnavailable) == control || (w.Header().Get("X-Mock-Scenario") != "") == control {
			t.Errorf("%s %s: %d %v", e.Method, e.Path, w.Code, w.Header())
		}
		if control {
			continue
		}
		if strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			continue // a page, which no other page reads
		}
		if h := w.Header(); h.Get("Access-Control-Allow-Origin") == "" || !strings.Contains(h.Get("Access-Control-Expose-Headers"), "Retry-After") {
			t.Errorf("%s: a page may not read %v", e.Path, h)
		}
		w = servertest.Call(t, s, "OPTIONS", e.Path, nil, origin, servertest.Header("Access-Control-Request-Method", "GET"), servertest.Header("Access-Control-Request-Headers", "x-mock-scenario"))
		if h := w.Header(); w.Code != http.StatusNoContent || h.Get("X-Mock-Scenario") != "" || h.Get("Access-Control-Allow-Headers") != "x-mock-scenario" {
			t.Errorf("OPTIONS %s: %d %v", e.Path, w.Code, h)
		}
	}
	w := servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{}, origin)
	if h := w.Header(); w.Code != http.StatusServiceUnavailable || h.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Errorf("%d %v", w.Code, h)
	}
	if unheard := servertest.StartWith(t, s, "ada@example.com", servertest.Header("Origin", "https://evil.example.com")); unheard != http.StatusServiceUnavailable {
		t.Error(unheard)
	}
}

// A scenario fails each of many parallel logins once, over a real network, and
// each of them counts for itself.
func TestParallelRecipientsAreCountedByThemselves(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	servertest.SwitchOn(t, s, "version: 1\nname: once\nrules:\n  - {id: start, when: {endpoint: passwordless.start, per: recipient, call: 2}, then: {respond: {preset: unavailable}}}\n"+
		"  - {id: token, when: {endpoint: oauth.token, per: recipient}, times: 1, then: {otp: expired}}\n"+
		"  - {id: client, when: {endpoint: passwordless.start, per: client, call: {every: 100}}, then: {headers: {X-Hundredth: \"yes\"}}}\n")
	network := httptest.NewServer(s)
	defer network.Close()
	client := network.Client()
	defer client.CloseIdleConnections()
	post := func(path, body string) int {
		answer, err := client.Post(network.URL+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return 0
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode
	}
	const logins = 200
	var all sync.WaitGroup
	for n := range logins {
		all.Go(func() {
			to := fmt.Sprintf("worker%d@example.com", n)
			begin := `{"client_id":"acme-native","connection":"email","email":"` + to + `","send":"code"}`
			got := []int{post("/passwordless/start", begin), post("/passwordless/start", begin), post("/passwordless/start", begin)}
			m, _ := s.Outbox().Latest(outbox.To(to), outbox.Live())
			redeem := `{"grant_type":"` + servertest.GrantOTP + `","client_id":"acme-native","username":"` + to + `","otp":"` + m.Code + `","realm":"email"}`
			got = append(got, post("/oauth/token", redeem), post("/oauth/token", redeem))
			if want := []int{200, 503, 200, 403, 200}; !slices.Equal(got, want) {
				t.Errorf("%s: %d, not %d", to, got, want)
			}
		})
	}
	all.Wait()
	for i, want := range []scenarios.RuleStatus{
		{Matched: 3 * logins, Fired: logins, Skipped: map[string]int64{"call": 2 * logins}},
		{Matched: 2 * logins, Fired: logins, Skipped: map[string]int64{"times": logins}},
		{Matched: 3 * logins, Fired: 6, Skipped: map[string]int64{"call": 3*logins - 6}},
	} {
		got := servertest.StatusOf(t, s, "once").Rules[i]
		if got.Matched != want.Matched || got.Skipped["call"] != want.Skipped["call"] || got.Skipped["times"] != want.Skipped["times"] ||
			got.Fired+got.Shadowed != want.Fired || got.Fired < want.Fired && i != 2 {
			t.Errorf("%+v", got)
		}
	}
}

// A client that gives up while a scenario lets it wait had no answer, and that
// is no failure of the mock's.
func TestAClientThatGivesUpHadNoAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &servertest.LockedBuffer{}
		s := servertest.New(t, server.Config{At: servertest.At2030, Log: slog.New(slog.NewTextHandler(log, nil))})
		servertest.SwitchOn(t, s, "version: 1\nname: late\nrules: [{id: late, when: {endpoint: any}, then: {delay: 1m}}]\n")
		for what, giveUp := range map[string]func(context.Context) (context.Context, context.CancelFunc){
			"a deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, time.Second)
			},
			"a client that goes": func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(time.Second, cancel)
				return ctx, cancel
			},
		} {
			log.Take()
			start := time.Now()
			servertest.StartWith(t, s, "ada@example.com", func(r *http.Request) {
				ctx, cancel := giveUp(r.Context())
				t.Cleanup(cancel)
				*r = *r.WithContext(ctx)
			})
			requests := s.Requests()
			last := requests[len(requests)-1]
			if said := log.Take(); last.Status != 0 || last.Error != "" || last.Scenario != "late/late" || time.Since(start) != time.Second ||
				strings.Contains(said, "level=ERROR") || !strings.Contains(said, "POST /passwordless/start: no answer") {
				t.Errorf("%s: %+v after %s, and the log says %s", what, last, time.Since(start), said)
			}
		}
	})
}

// A text message carries a code, whatever send says; an e-mail a link, unless
// send says code.
func TestRulesKnowWhatAMessageCarries(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, "version: 1\nname: sends\nrules:\n  - {id: code, when: {send: code}, then: {deliver: {copies: 2}}}\n  - {id: link, when: {send: link}, then: {deliver: {copies: 3}}}\n")
	for _, one := range []struct {
		body servertest.Object
		want string
	}{
		{servertest.Object{"connection": "sms", "phone_number": "+12025550101"}, "sends/code"},
		{servertest.Object{"connection": "sms", "phone_number": "+12025550101", "send": "link"}, "sends/code"},
		{servertest.Object{"connection": "email", "email": "ada@example.com"}, "sends/link"},
		{servertest.Object{"connection": "email", "email": "ada@example.com", "send": "code"}, "sends/code"},
	} {
		one.body["client_id"] = "acme-native"
		if w := servertest.Call(t, s, "POST", "/passwordless/start", one.body); w.Code != http.StatusOK || w.Header().Get("X-Mock-Scenario") != one.want {
			t.Errorf("%v: %d %q", one.body, w.Code, w.Header().Get("X-Mock-Scenario"))
		}
	}
}

// The pages of a login belong to its client, though their forms do not name it.
func TestRulesKnowTheClientOfALoginPage(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, "version: 1\nname: page\nrules: [{id: down, when: {endpoint: authorize, client: acme-web, params: {username: \"*@*\"}}, then: {respond: {preset: unavailable}}}]\n")
	for client, want := range map[string]int{"acme-web": http.StatusServiceUnavailable, "acme-spa": http.StatusFound} {
		w := servertest.Call(t, s, "GET", "/authorize?client_id="+client+"&response_type=code&redirect_uri=http://localhost:3000&connection=email", nil)
		page := w.Header().Get("Location")
		w = servertest.Call(t, s, "POST", page, "username=ada%40example.com&action=default", servertest.Header("Content-Type", "application/x-www-form-urlencoded"))
		if w.Code != want {
			t.Errorf("%s: %d %s", client, w.Code, w.Body)
		}
		if requests := s.Requests(); requests[len(requests)-1].ClientID != client {
			t.Errorf("the journal has client %q", requests[len(requests)-1].ClientID)
		}
	}
}

// A page of another site can send a form without asking. It switches no
// scenario on by it, and an app's own page does.
func TestAForeignPageSwitchesNothingOn(t *testing.T) {
	t.Parallel()
	magic := "ada" + "+mock-jwks-rotated@example.com"
	for _, c := range []struct {
		name    string
		changes []servertest.Change
		rotates bool
	}{
		{"no page", nil, true},
		{"an app's page", []servertest.Change{servertest.Header("Origin", "http://localhost:3000")}, true},
		{"the tenant's own page", []servertest.Change{servertest.Header("Origin", "http://login.test"), servertest.Host("login.test")}, true},
		{"a page by a name that was rebound", []servertest.Change{servertest.Header("Origin", "http://rebound.example.com"), servertest.Host("rebound.example.com")}, false},
		{"a request that httptest made", []servertest.Change{servertest.Host("example.com")}, true},
		{"a name that was rebound", []servertest.Change{servertest.Host("rebound.example.com:2884")}, false},
		{"a foreign page", []servertest.Change{servertest.Header("Origin", "https://evil.example.com")}, false},
		{"a page that says not which", []servertest.Change{servertest.Header("Origin", "null")}, false},
		{"an image", []servertest.Change{servertest.Header("Sec-Fetch-Mode", "no-cors")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, changes := range [][]servertest.Change{
				{servertest.Header("Content-Type", "application/x-www-form-urlencoded")},
				{servertest.Header("Content-Type", "application/x-www-form-urlencoded"), servertest.Header("X-Mock-Scenario", "jwks-rotated")},
			} {
				s := servertest.New(t, server.Config{At: servertest.At2030})
				before := servertest.JWKS(t, s)
				form := "grant_type=x&realm=email&username=" + strings.ReplaceAll(magic, "+", "%2B")
				w := servertest.Call(t, s, "POST", "/oauth/token", form, append(changes, c.changes...)...)
				if rotated := !bytes.Equal(before, servertest.JWKS(t, s)); rotated != c.rotates {
					t.Errorf("rotated: %t, want %t; %d %s", rotated, c.rotates, w.Code, w.Body)
				}
			}
		})
	}
}

// A body that is too large is refused at once, whatever is on: a delay could
// not tell whether the client is still there.
func TestAScenarioDoesNotDelayWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	if _, err := s.InjectScenario(scenarios.Scenario{Name: "stuck", Rules: []scenarios.Rule{{ID: "hang", Then: scenarios.Then{Fault: "hang"}}}}, scenarios.Narrowing{}); err != nil {
		t.Fatal(err)
	}
	w := servertest.Call(t, s, "POST", "/passwordless/start", `{"x":"`+strings.Repeat("x", 1<<20)+`"}`)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// blank is a placeholder that is not filled in.
var blank = regexp.MustCompile(`\{[a-z_]+\}`)

// Each preset is answered with the catalogue's words, with nothing left to fill
// in, and with vars in their places.
func TestEachPresetIsAnswered(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	answer := func(t *testing.T, respond *scenarios.Respond) *httptest.ResponseRecorder {
		t.Helper()
		on, err := s.InjectScenario(scenarios.Scenario{Name: "preset", Rules: []scenarios.Rule{{ID: "preset", Then: scenarios.Then{Respond: respond}}}}, scenarios.Narrowing{})
		if err != nil {
			t.Fatal(err)
		}
		defer on.Off()
		return servertest.Call(t, s, "POST", "/passwordless/start", servertest.Object{})
	}
	for _, r := range refusal.All() {
		w := answer(t, &scenarios.Respond{Preset: r.Name})
		filled := r.Filled(nil)
		said := w.Body.String() + w.Header().Get("Retry-After")
		if w.Code != r.Status || blank.MatchString(said) || w.Header().Get("Retry-After") != filled.RetryAfter {
			t.Errorf("%s: %d %s %v", r.Name, w.Code, w.Body, w.Header())
		}
		if r.Plain && w.Body.String() != filled.Description {
			t.Errorf("%s: %s", r.Name, w.Body)
		}
		if r.Page == "" && !r.Plain {
			e := servertest.DecodeError(t, w)
			if r.Class != "" {
				var own struct{ Code, Description string }
				if err := json.Unmarshal(w.Body.Bytes(), &own); err != nil {
					t.Error(err)
				}
				e.Error, e.Description = own.Code, own.Description
			}
			if e.Error != filled.Code || e.Description != filled.Description {
				t.Errorf("%s: %s", r.Name, w.Body)
			}
		}
		for name := range r.Examples {
			w := answer(t, &scenarios.Respond{Preset: r.Name, Vars: map[string]string{name: "77"}})
			if said := w.Body.String() + w.Header().Get("Retry-After"); !strings.Contains(said, "77") || blank.MatchString(said) {
				t.Errorf("%s with %s: %d %s", r.Name, name, w.Code, w.Body)
			}
		}
	}
}

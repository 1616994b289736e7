package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
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

// The rules that acted are named in the answer, in the journal and with the
// message. Each rule tells its last hits, with the request's id.
func TestTheRulesThatActedAreWrittenDown(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "email-duplicate"})
	servertest.SwitchOn(t, s, "version: 1\nname: late\nrules: [{id: per, when: {per: recipient}, then: {headers: {X-Late: soon}}}]\n")
	var ids []string
	for n := range 25 {
		w := servertest.PostStart(t, s, fmt.Sprintf("Ada%d@Example.com", n), nil)
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

// A request whose header names an unknown scenario is refused, and counts nowhere.
// Several headers are one list, and a name counts once.
func TestAHeaderNamesScenarios(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, servertest.Object{"name": "email-duplicate"})
	for _, names := range []string{"email-lst", "email-lost, email-lst", "email-lost email-lst"} {
		w := servertest.PostStart(t, s, "ada@example.com", nil, servertest.Header("X-Mock-Scenario", names))
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `X-Mock-Scenario: there is no scenario \"email-lst\"; did you mean \"email-lost\"?`) {
			t.Errorf("%s: %d %s", names, w.Code, w.Body)
		}
	}
	if st := servertest.StatusOf(t, s, "email-duplicate"); st.Rules[0].Matched != 0 || len(s.Outbox().All()) != 0 {
		t.Errorf("%+v", st)
	}
	w := servertest.PostStart(t, s, "ada@example.com", nil, func(r *http.Request) {
		r.Header["X-Mock-Scenario"] = []string{"email-lost", "email-delayed,email-lost"}
	})
	if got := w.Header().Get("X-Mock-Scenario"); got != "email-lost/lost, email-delayed/delay, email-duplicate/duplicate" {
		t.Errorf("%d %q", w.Code, got)
	}
	if st := servertest.StatusOf(t, s, "email-lost@header"); st.Rules[0].Matched != 1 {
		t.Errorf("%+v", st)
	}
}

// Scenarios act neither on the control API nor on OPTIONS. A page may read the
// answer that a scenario gives.
func TestScenariosLeaveTheControlAPIAlone(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	if _, err := s.Inject("unavailable", scenarios.Narrowing{}); err != nil {
		t.Fatal(err)
	}
	origin := servertest.Header("Origin", servertest.AppOrigin)
	for _, e := range append(servertest.Table(t, s), servertest.Endpoint{Method: "GET", Path: "/health"}, servertest.Endpoint{Method: "GET", Path: "/"}, servertest.Endpoint{Method: "GET", Path: "/_mock/nowhere"}) {
		if e.Method != "GET" || strings.HasSuffix(e.Path, "/stream") {
			continue
		}
		control := strings.HasPrefix(e.Path, "/_mock") || e.Path == "/health" || e.Path == "/"
		w := servertest.Call(t, s, e.Method, strings.ReplaceAll(strings.ReplaceAll(e.Path, "{id}", "x"), "{name}", "x"), nil, origin, servertest.Header("X-Mock-Scenario", "unavailable"))
		h := w.Header()
		if (w.Code == http.StatusServiceUnavailable) == control || (h.Get("X-Mock-Scenario") != "") == control {
			t.Errorf("%s %s: %d %v", e.Method, e.Path, w.Code, h)
		}
		if control || strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") { // a page, which no other page reads
			continue
		}
		if h.Get("Access-Control-Allow-Origin") == "" || !strings.Contains(h.Get("Access-Control-Expose-Headers"), "Retry-After") {
			t.Errorf("%s: a page may not read %v", e.Path, h)
		}
		w = servertest.Call(t, s, "OPTIONS", e.Path, nil, origin, servertest.Header("Access-Control-Request-Method", "GET"), servertest.Header("Access-Control-Request-Headers", "x-mock-scenario"))
		if h := w.Header(); w.Code != http.StatusNoContent || h.Get("X-Mock-Scenario") != "" || h.Get("Access-Control-Allow-Headers") != "x-mock-scenario" {
			t.Errorf("OPTIONS %s: %d %v", e.Path, w.Code, h)
		}
	}
	for from, status := range map[string]int{servertest.AppOrigin: http.StatusServiceUnavailable, "https://evil.example.com": http.StatusForbidden} {
		w := servertest.PostStart(t, s, "ada@example.com", nil, servertest.Header("Origin", from))
		may := map[int]string{http.StatusServiceUnavailable: from}[status]
		if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != status || got != may {
			t.Errorf("a start from %s: %d, and %q may read it", from, w.Code, got)
		}
	}
}

// Parallel logins over a real network are counted each by its recipient.
func TestParallelRecipientsAreCountedByThemselves(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	servertest.SwitchOn(t, s, "version: 1\nname: once\nrules:\n  - {id: start, when: {endpoint: passwordless.start, per: recipient, call: 2}, then: {respond: {preset: unavailable}}}\n"+
		"  - {id: token, when: {endpoint: oauth.token, per: recipient}, times: 1, then: {otp: expired}}\n")
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
	rules := servertest.StatusOf(t, s, "once").Rules
	if got := []int64{rules[0].Matched, rules[0].Fired, rules[0].Skipped["call"], rules[1].Matched, rules[1].Fired, rules[1].Skipped["times"]}; !slices.Equal(got, []int64{3 * logins, logins, 2 * logins, 2 * logins, logins, logins}) {
		t.Errorf("the rules count %v", got)
	}
}

// A client that gives up while a scenario lets it wait had no answer. The log
// does not call that an error.
func TestAClientThatGivesUpHadNoAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &servertest.LogBuffer{}
		s := servertest.New(t, server.Config{At: servertest.At2030, Log: slog.New(slog.NewTextHandler(log, nil))})
		servertest.SwitchOn(t, s, "version: 1\nname: late\nrules: [{id: late, when: {endpoint: any}, then: {delay: 1m}}]\n")
		for what, limit := range map[string]time.Duration{"a deadline": time.Second, "a client that goes": time.Hour} {
			log.Take()
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			if limit > time.Second {
				time.AfterFunc(time.Second, cancel)
			}
			start := time.Now()
			servertest.PostStart(t, s, "ada@example.com", nil, servertest.Within(ctx))
			cancel()
			requests := s.Requests()
			last := requests[len(requests)-1]
			if said := log.Take(); last.Status != 0 || last.Error != "" || last.Scenario != "late/late" || time.Since(start) != time.Second ||
				strings.Contains(said, "level=ERROR") || !strings.Contains(said, "POST /passwordless/start: no answer") {
				t.Errorf("%s: %+v after %s, and the log says %s", what, last, time.Since(start), said)
			}
		}
	})
}

// A server that stops ends a delay. The client gets no answer, and above all not
// that the tenant failed.
func TestADelayThatTheEndOfTheServerCutsHasNoAnswer(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{})
	servertest.SwitchOn(t, s, "version: 1\nname: late\nrules: [{id: late, when: {endpoint: any}, then: {delay: 1m}}]\n")
	for _, http2 := range []bool{false, true} {
		stopped, stop := context.WithCancel(t.Context())
		network := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			stop()
			s.ServeHTTP(w, r)
		}))
		network.Config.BaseContext = func(net.Listener) context.Context { return stopped }
		network.EnableHTTP2 = http2
		network.StartTLS()
		defer network.Close()
		answer, err := network.Client().Post(network.URL+"/oauth/token", "application/json", strings.NewReader("{}"))
		if err == nil {
			answer.Body.Close()
			t.Errorf("the answer is %s %s", answer.Proto, answer.Status)
		}
	}
	if n := len(s.Requests()); n != 2 {
		t.Errorf("%d requests came", n)
	}
	for _, one := range s.Requests() {
		if one.Status != 0 || one.Scenario != "late/late" {
			t.Errorf("the journal has %+v", one)
		}
	}
}

// A text message carries a code, whatever send says. An e-mail carries a link
// unless send says code.
func TestRulesKnowWhatAMessageCarries(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, "version: 1\nname: sends\nrules:\n  - {id: code, when: {send: code}, then: {deliver: {copies: 2}}}\n  - {id: link, when: {send: link}, then: {deliver: {copies: 3}}}\n")
	for _, one := range []struct{ connection, send, want string }{
		{"sms", "", "sends/code"}, {"sms", "link", "sends/code"}, {"email", "", "sends/link"}, {"email", "code", "sends/code"},
	} {
		body := servertest.Object{"connection": one.connection, "send": one.send}
		if one.connection == "sms" {
			body["email"], body["phone_number"] = "", "+12025550101"
		}
		if w := servertest.PostStart(t, s, "ada@example.com", body); w.Code != http.StatusOK || w.Header().Get("X-Mock-Scenario") != one.want {
			t.Errorf("%v: %d %q", body, w.Code, w.Header().Get("X-Mock-Scenario"))
		}
	}
}

// A path that is not served has a user, too: the one whom the parameters name.
func TestRulesKnowTheUserOfAnUnknownPath(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, "version: 1\nname: nowhere\nrules: [{id: down, when: {recipient: \"ada@*\"}, then: {respond: {preset: unavailable}}}]\n")
	for email, want := range map[string]int{"ada@example.com": http.StatusServiceUnavailable, "bob@example.com": http.StatusNotFound} {
		if w := servertest.Call(t, s, "POST", "/nowhere", servertest.Object{"email": email}); w.Code != want {
			t.Errorf("%s: %d %s", email, w.Code, w.Body)
		}
	}
}

// A login page belongs to the client of its login, though its form does not name it.
func TestRulesKnowTheClientOfALoginPage(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, server.Config{At: servertest.At2030})
	servertest.SwitchOn(t, s, "version: 1\nname: page\nrules: [{id: down, when: {endpoint: authorize, client: acme-web, params: {username: \"*@*\"}}, then: {respond: {preset: unavailable}}}]\n")
	for client, want := range map[string]int{"acme-web": http.StatusServiceUnavailable, "acme-spa": http.StatusFound} {
		w := servertest.Call(t, s, "GET", "/authorize?client_id="+client+"&response_type=code&redirect_uri=http://localhost:3000&connection=email", nil)
		w = servertest.Call(t, s, "POST", w.Header().Get("Location"), url.Values{"username": {"ada@example.com"}, "action": {"default"}})
		requests := s.Requests()
		if last := requests[len(requests)-1]; w.Code != want || last.ClientID != client {
			t.Errorf("%s: %d %s, in the journal of client %q", client, w.Code, w.Body, last.ClientID)
		}
	}
}

// A page of another site can send a form without asking. It cannot switch a
// scenario on by that. An app's own page can.
func TestAForeignPageSwitchesNothingOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, host, header, value string
		acts                      bool
	}{
		{"no page", "localhost:2884", "Accept", "*/*", true},
		{"an app's page", "localhost:2884", "Origin", "http://localhost:3000", true},
		{"the tenant's own page", "login.test", "Origin", "http://login.test", true},
		{"a page by a name that was rebound", "rebound.example.com", "Origin", "http://rebound.example.com", false},
		{"a request that httptest made", "example.com", "Accept", "*/*", true},
		{"a name that was rebound", "rebound.example.com:2884", "Accept", "*/*", false},
		{"a foreign page", "localhost:2884", "Origin", "https://evil.example.com", false},
		{"a page that does not say which", "localhost:2884", "Origin", "null", false},
		{"an image", "localhost:2884", "Sec-Fetch-Mode", "no-cors", false},
	} {
		for _, asks := range []servertest.Change{servertest.Header("X-Mock-Scenario", "rate-limited"), servertest.Header("Accept", "*/*")} {
			s := servertest.New(t, server.Config{At: servertest.At2030})
			form := url.Values{"grant_type": {"x"}, "realm": {"email"}, "username": {"ada+mock-rate-limited@example.com"}}
			w := servertest.Call(t, s, "POST", "/oauth/token", form, asks, servertest.Host(c.host), servertest.Header(c.header, c.value))
			if acted := s.Requests()[0].Scenario != ""; acted != c.acts || acted != (w.Code == http.StatusTooManyRequests) {
				t.Errorf("%s: acted: %t, want %t; %d %s", c.name, acted, c.acts, w.Code, w.Body)
			}
			w = servertest.Call(t, s, "GET", "/.well-known/jwks.json", nil, servertest.Header("X-Mock-Scenario", "unavailable"), servertest.Host(c.host), servertest.Header(c.header, c.value))
			if acted := w.Code == http.StatusServiceUnavailable; acted != c.acts {
				t.Errorf("%s, reading: acted: %t, want %t; %d %s", c.name, acted, c.acts, w.Code, w.Body)
			}
		}
	}
}

// A body that is too large is refused at once, whatever is on. During a delay
// the server could not notice that the client has gone.
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

// Each preset is answered in the catalogue's words. Each placeholder is filled
// in, by the rule's vars or by an example.
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
				var classed struct {
					Code        string
					Description any
				}
				if err := json.Unmarshal(w.Body.Bytes(), &classed); err != nil {
					t.Error(err)
				}
				e.Error = classed.Code
				if e.Description, _ = classed.Description.(string); r.Rules != nil {
					e.Description = filled.Description
				}
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

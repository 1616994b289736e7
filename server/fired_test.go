package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// What acted stands in the answer, in the journal, with the message, and among
// the rule's hits, under the request's own id.
func TestWhatActedIsWrittenDown(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	switchOn(t, s, object{"name": "email-duplicate"})
	switchOn(t, s, "version: 1\nname: late\nrules: [{id: per, when: {per: recipient}, then: {headers: {X-Late: soon}}}]\n")
	var ids []string
	for n := range 25 {
		w := call(t, s, "POST", "/passwordless/start", object{"client_id": "acme-native", "connection": "email", "email": fmt.Sprintf("Ada%d@Example.com", n), "send": "code"})
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
	hits := statusOf(t, s, "late").Rules[0].Last
	if len(hits) != 20 { // the last ones
		t.Fatalf("%d hits", len(hits))
	}
	for i, hit := range hits {
		if hit.RequestID != ids[i+5] || !hit.At.Equal(at2030) || hit.Effect != "header X-Late" || hit.Key != fmt.Sprintf("ada%d@example.com", i+5) {
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
	s := newServer(t, server.Config{At: at2030})
	switchOn(t, s, object{"name": "rate-limited"})
	for _, names := range []string{"email-lst", "email-lost, email-lst", "email-lost email-lst"} {
		w := call(t, s, "POST", "/passwordless/start", object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com"}, header("X-Mock-Scenario", names))
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `X-Mock-Scenario: there is no scenario \"email-lst\"; did you mean \"email-lost\"?`) {
			t.Errorf("%s: %d %s", names, w.Code, w.Body)
		}
	}
	if st := statusOf(t, s, "rate-limited"); st.Rules[0].Matched != 0 || len(s.Outbox().All()) != 0 {
		t.Errorf("%+v", st)
	}
	// Two headers are one list.
	w := call(t, s, "POST", "/passwordless/start", object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com"}, func(r *http.Request) {
		r.Header["X-Mock-Scenario"] = []string{"email-lost", "email-delayed,email-lost"}
	})
	if got := w.Header().Get("X-Mock-Scenario"); got != "rate-limited/limit" { // which leaves no message to be lost
		t.Errorf("%d %q", w.Code, got)
	}
	call(t, s, "DELETE", "/_mock/scenarios/rate-limited", nil)
	w = call(t, s, "POST", "/passwordless/start", object{"client_id": "acme-native", "connection": "email", "email": "ada@example.com"}, func(r *http.Request) {
		r.Header["X-Mock-Scenario"] = []string{"email-lost", "email-delayed,email-lost"}
	})
	if got := w.Header().Get("X-Mock-Scenario"); got != "email-lost/lost, email-delayed/delay" {
		t.Errorf("%d %q", w.Code, got)
	}
	if st := statusOf(t, s, "email-lost@header"); st.Rules[0].Matched != 2 { // one a request
		t.Errorf("%+v", st)
	}
}

// However bad it gets, the control API answers, and so does OPTIONS; a page may
// read an answer that a scenario gives.
func TestScenariosLeaveTheControlAPIAlone(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	if _, err := s.Inject("unavailable", scenarios.Narrowing{}); err != nil {
		t.Fatal(err)
	}
	origin := header("Origin", "http://localhost:3000")
	for _, e := range append(table(t, s), endpoint{"GET", "/health", ""}, endpoint{"GET", "/", ""}, endpoint{"GET", "/_mock/nowhere", ""}) {
		if e.method != "GET" || strings.HasSuffix(e.path, "/stream") {
			continue
		}
		control := strings.HasPrefix(e.path, "/_mock") || e.path == "/health" || e.path == "/"
		w := call(t, s, e.method, strings.ReplaceAll(strings.ReplaceAll(e.path, "{id}", "x"), "{name}", "x"), nil, origin, header("X-Mock-Scenario", "unavailable"))
		if (w.Code == http.StatusServiceUnavailable) == control || (w.Header().Get("X-Mock-Scenario") != "") == control {
			t.Errorf("%s %s: %d %v", e.method, e.path, w.Code, w.Header())
		}
		if control {
			continue
		}
		if strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			continue // a page, which no other page reads
		}
		if h := w.Header(); h.Get("Access-Control-Allow-Origin") == "" || !strings.Contains(h.Get("Access-Control-Expose-Headers"), "Retry-After") {
			t.Errorf("%s: a page may not read %v", e.path, h)
		}
		w = call(t, s, "OPTIONS", e.path, nil, origin, header("Access-Control-Request-Method", "GET"), header("Access-Control-Request-Headers", "x-mock-scenario"))
		if h := w.Header(); w.Code != http.StatusNoContent || h.Get("X-Mock-Scenario") != "" || h.Get("Access-Control-Allow-Headers") != "x-mock-scenario" {
			t.Errorf("OPTIONS %s: %d %v", e.path, w.Code, h)
		}
	}
	w := call(t, s, "POST", "/passwordless/start", object{}, origin)
	if h := w.Header(); w.Code != http.StatusServiceUnavailable || h.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Errorf("%d %v", w.Code, h)
	}
	if unheard := startWith(t, s, "ada@example.com", header("Origin", "https://evil.example.com")); unheard != http.StatusServiceUnavailable {
		t.Error(unheard)
	}
}

// A scenario fails each of many parallel logins once, over a real network, and
// each of them counts for itself.
func TestParallelRecipientsAreCountedByThemselves(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{})
	switchOn(t, s, "version: 1\nname: once\nrules:\n  - {id: start, when: {endpoint: passwordless.start, per: recipient, call: 2}, then: {respond: {preset: unavailable}}}\n"+
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
			redeem := `{"grant_type":"` + otpGrant + `","client_id":"acme-native","username":"` + to + `","otp":"` + m.Code + `","realm":"email"}`
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
		got := statusOf(t, s, "once").Rules[i]
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
		log := &lockedBuffer{}
		s := newServer(t, server.Config{At: at2030, Log: slog.New(slog.NewTextHandler(log, nil))})
		switchOn(t, s, "version: 1\nname: late\nrules: [{id: late, when: {endpoint: any}, then: {delay: 1m}}]\n")
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
			log.take()
			start := time.Now()
			startWith(t, s, "ada@example.com", func(r *http.Request) {
				ctx, cancel := giveUp(r.Context())
				t.Cleanup(cancel)
				*r = *r.WithContext(ctx)
			})
			requests := s.Requests()
			last := requests[len(requests)-1]
			if said := log.take(); last.Status != 0 || last.Error != "" || last.Scenario != "late/late" || time.Since(start) != time.Second ||
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
	s := newServer(t, server.Config{At: at2030})
	switchOn(t, s, "version: 1\nname: sends\nrules:\n  - {id: code, when: {send: code}, then: {deliver: {copies: 2}}}\n  - {id: link, when: {send: link}, then: {deliver: {copies: 3}}}\n")
	for _, one := range []struct {
		body object
		want string
	}{
		{object{"connection": "sms", "phone_number": "+12025550101"}, "sends/code"},
		{object{"connection": "sms", "phone_number": "+12025550101", "send": "link"}, "sends/code"},
		{object{"connection": "email", "email": "ada@example.com"}, "sends/link"},
		{object{"connection": "email", "email": "ada@example.com", "send": "code"}, "sends/code"},
	} {
		one.body["client_id"] = "acme-native"
		if w := call(t, s, "POST", "/passwordless/start", one.body); w.Code != http.StatusOK || w.Header().Get("X-Mock-Scenario") != one.want {
			t.Errorf("%v: %d %q", one.body, w.Code, w.Header().Get("X-Mock-Scenario"))
		}
	}
}

// The pages of a login belong to its client, though their forms do not name it.
func TestRulesKnowTheClientOfALoginPage(t *testing.T) {
	t.Parallel()
	s := newServer(t, server.Config{At: at2030})
	switchOn(t, s, "version: 1\nname: page\nrules: [{id: down, when: {endpoint: authorize, client: acme-web, params: {username: \"*@*\"}}, then: {respond: {preset: unavailable}}}]\n")
	for client, want := range map[string]int{"acme-web": http.StatusServiceUnavailable, "acme-spa": http.StatusFound} {
		w := call(t, s, "GET", "/authorize?client_id="+client+"&response_type=code&redirect_uri=http://localhost:3000&connection=email", nil)
		page := w.Header().Get("Location")
		w = call(t, s, "POST", page, "username=ada%40example.com&action=default", header("Content-Type", "application/x-www-form-urlencoded"))
		if w.Code != want {
			t.Errorf("%s: %d %s", client, w.Code, w.Body)
		}
		if requests := s.Requests(); requests[len(requests)-1].ClientID != client {
			t.Errorf("the journal has client %q", requests[len(requests)-1].ClientID)
		}
	}
}

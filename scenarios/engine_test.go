package scenarios_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

// A bench is an engine that a test puts questions to.
type bench struct {
	*testing.T
	*scenarios.Engine
	now time.Time
	n   int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	return &bench{T: t, Engine: scenarios.NewEngine("dev"), now: noon}
}

// file is a scenario of these rules.
func (b *bench) file(name string, rules ...string) *scenarios.Scenario {
	b.Helper()
	s, err := scenarios.Parse("", []byte("version: 1\nname: "+name+"\nrules:\n  - "+strings.Join(rules, "\n  - ")+"\n"))
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func (b *bench) on(name string, rules ...string) *scenarios.Activation {
	b.Helper()
	return b.onBy(scenarios.ByGo, scenarios.Narrowing{}, name, rules...)
}

func (b *bench) onBy(by scenarios.Layer, n scenarios.Narrowing, name string, rules ...string) *scenarios.Activation {
	b.Helper()
	a, err := b.SwitchOn(b.file(name, rules...), by, n, b.now)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// start is a request for a code to be sent.
func (b *bench) start(recipient string, change ...func(*scenarios.Request)) *scenarios.Effects {
	b.Helper()
	b.n++
	r := &scenarios.Request{
		ID: fmt.Sprint("request-", b.n), At: b.now, Endpoint: "passwordless.start", Connection: "email", Send: "code", ClientID: "acme-native", ClientName: "Acme Native",
		Recipient: recipient, Param: func(string) string { return "" },
	}
	for _, c := range change {
		c(r)
	}
	effects, err := b.Decide(r)
	if err != nil {
		b.Fatal(err)
	}
	return effects
}

// redeem makes a request one for tokens.
func redeem(r *scenarios.Request) {
	r.Endpoint, r.Grant = "oauth.token", fixtures.GrantPasswordlessOTP
}

// fired are the rules that acted on some requests, one after the other; those
// on which none did are empty.
func (b *bench) fired(recipients ...string) string {
	b.Helper()
	names := make([]string, len(recipients))
	for i, r := range recipients {
		names[i] = b.start(r).Names()
	}
	return strings.Join(names, "|")
}

func (b *bench) expect(what string, got, want any) {
	b.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		b.Errorf("%s:\ngot  %s\nwant %s", what, g, w)
	}
}

// rule is how a rule stands, in a line.
func rule(a *scenarios.Activation, i int) string {
	r := a.Status(noon).Rules[i]
	parts := []string{fmt.Sprintf("matched %d, fired %d, shadowed %d", r.Matched, r.Fired, r.Shadowed)}
	for _, reason := range slices.Sorted(maps.Keys(r.Skipped)) {
		parts = append(parts, fmt.Sprintf("%d by %s", r.Skipped[reason], reason))
	}
	return strings.Join(parts, ", ")
}

func five(s string) []string { return []string{s, s, s, s, s} }

func TestTheFirstRuleToSetAKeyWinsAndDelaysAdd(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a",
		`{id: one, when: {endpoint: oauth.token}, then: {delay: 1s, token: {iss: one, claims: {sub: one, roles: [x]}, drop: [scope]}, headers: {X-A: one}, patch: {scope: one}}}`,
		`{id: two, when: {endpoint: oauth.token}, then: {delay: 500ms, token: {iss: two, exp: 1m, claims: {sub: two, amr: [pwd]}, drop: [scope, id_token]}, headers: {x-a: two, X-B: two}, patch: {scope: null, expires_in: 2}}}`,
		`{id: three, when: {endpoint: oauth.token}, then: {token: {iss: three, exp: 2m}, headers: {X-B: three}}}`,
		`{id: four, when: {endpoint: oauth.token}, then: {delay: {min: 10ms, max: 10ms}, otp: wrong, user: blocked}}`,
		`{id: five, when: {endpoint: oauth.token}, then: {otp: expired, user: mfa_required, signup: disabled}}`)
	e := b.start("ada@example.com", redeem)
	b.expect("delay", e.Delay, 1510*time.Millisecond)
	b.expect("token", fmt.Sprintf("%+v", *e.Token), fmt.Sprintf("%+v", scenarios.Token{Iss: "one", Exp: "1m", Claims: map[string]any{"sub": "one", "roles": []any{"x"}, "amr": []any{"pwd"}}, Drop: []string{"scope", "id_token"}}))
	b.expect("headers", e.Headers, map[string]string{"X-A": "one", "X-B": "two"})
	b.expect("patch", e.Patch, map[string]any{"scope": "one", "expires_in": 2})
	b.expect("domain", e.OTP.Verdict+" "+e.User+" "+e.Signup, "wrong blocked disabled")
	b.expect("names", e.Names(), "a/one, a/two, a/four, a/five")
	for i, want := range []string{
		"matched 1, fired 1, shadowed 0",
		"matched 1, fired 1, shadowed 1",
		"matched 1, fired 0, shadowed 1",
		"matched 1, fired 1, shadowed 0",
		"matched 1, fired 1, shadowed 1",
	} {
		b.expect(fmt.Sprint("rule ", i+1), rule(a, i), want)
	}
	b.expect("effect", a.Status(noon).Rules[4].Last[0].Effect, "signup disabled")
	b.expect("all", a.Fired(), 4)
}

// What is decided already costs a rule neither its budget nor its turn.
func TestWhatAnswersEndsTheSearch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first := b.on("first",
		`{id: late, when: {endpoint: passwordless.start}, then: {delay: 1s}}`,
		`{id: ends, when: {endpoint: passwordless.start, call: [1, 3]}, then: {respond: {preset: unavailable}}}`,
		`{id: after, when: {endpoint: passwordless.start, call: 2..3}, times: 1, then: {headers: {X-After: "yes"}}}`)
	second := b.onBy(scenarios.ByFlag, scenarios.Narrowing{Times: 2}, "second", `{id: counts, when: {endpoint: passwordless.start}, then: {delay: 1s}}`)
	b.expect("fired", b.fired(five("ada@example.com")...),
		"first/late, first/ends|first/late, first/after, second/counts|first/late, first/ends|first/late, second/counts|first/late")
	b.expect("ends", rule(first, 1), "matched 5, fired 2, shadowed 0, 3 by call")
	b.expect("after", rule(first, 2), "matched 5, fired 1, shadowed 0, 3 by call, 1 by times")
	b.expect("counts", rule(second, 0), "matched 5, fired 2, shadowed 2, 1 by times")

	// With a connection that breaks nothing is left to change, or to wait for.
	b.SwitchAllOff()
	broken := b.on("broken",
		`{id: changes, when: {endpoint: passwordless.start}, times: 1, then: {headers: {X-A: a}}}`,
		`{id: waits, when: {endpoint: passwordless.start}, then: {delay: 1s, headers: {X-A: b}}}`,
		`{id: mail, when: {call: 1..2}, then: {deliver: {outcome: lost}}}`,
		`{id: breaks, when: {endpoint: passwordless.start, call: 1}, then: {fault: reset}}`)
	b.expect("broken", b.fired("ada@example.com", "ada@example.com"), "broken/waits, broken/breaks|broken/changes, broken/waits, broken/mail")
	b.expect("changes", rule(broken, 0), "matched 2, fired 1, shadowed 1")
	b.expect("waits", rule(broken, 1), "matched 2, fired 2, shadowed 2")
	b.expect("mail", rule(broken, 2), "matched 2, fired 1, shadowed 1")
}

func TestEachFormOfCall(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"1": "x.......", "[1, 3]": "x.x.....", "2..4": ".xxx....", `">=3"`: "..xxxxxx", "{every: 3}": "..x..x..", `[1, 4..5, ">=8"]`: "x..xx..x", `["1..1", "2"]`: "xx......", "8": ".......x",
	} {
		b := newBench(t)
		b.on("a", `{id: a, when: {endpoint: passwordless.start, call: `+form+`}, then: {delay: 1s}}`)
		var got strings.Builder
		for range 8 {
			got.WriteString(map[bool]string{true: "x", false: "."}[b.start("ada@example.com") != nil])
		}
		b.expect(form, got.String(), want)
	}
}

func TestCountsAndBudgetsAreForEachKeyOfPer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a",
		`{id: rule, when: {endpoint: passwordless.start, call: 2}, then: {delay: 1s}}`,
		`{id: recipient, when: {endpoint: passwordless.start, per: recipient, call: 2}, then: {delay: 1s}}`,
		`{id: client, when: {endpoint: passwordless.start, per: client, call: ">=2"}, times: 1, then: {delay: 1s}}`)
	other := func(r *scenarios.Request) { r.ClientID = "other" }
	var got []string
	for _, ask := range []struct {
		to     string
		change func(*scenarios.Request)
	}{
		{"ada", nil}, {"grace", nil}, {"ada", other}, {"grace", other}, {"ada", nil}, {"ada", other},
	} {
		if ask.change == nil {
			ask.change = func(*scenarios.Request) {}
		}
		got = append(got, strings.ReplaceAll(b.start(ask.to, ask.change).Names(), "a/", ""))
	}
	b.expect("fired", strings.Join(got, "|"), "|rule, client|recipient|recipient, client||")
	b.expect("keys", a.Status(noon).Rules[1].Last[0].Key+" "+a.Status(noon).Rules[2].Last[1].Key, "ada other")
}

// A magic recipient is counted by itself, whatever the rule says.
func TestMagicRecipientsAreCountedByThemselves(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	swap := "x+mock-email-out-of-order@example.com"
	b.expect("per recipient", b.fired("a"+swap, "b"+swap, "a"+swap), "email-out-of-order/swap|email-out-of-order/swap|")
	got := []string{}
	for _, to := range []string{"a+mock-jwks-rotated@x", "b+mock-jwks-rotated@x", "a+mock-jwks-rotated@x"} {
		got = append(got, b.start(to, redeem).Names())
	}
	b.expect("per rule", strings.Join(got, "|"), "jwks-rotated/rotate|jwks-rotated/rotate|")
}

func TestTimePassesOnTheTenantsClock(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.on("a",
		`{id: after, when: {endpoint: passwordless.start, after: 30s}, then: {delay: 1s}}`,
		`{id: until, when: {endpoint: passwordless.start, until: 1m}, then: {delay: 1s}}`,
		`{id: between, when: {endpoint: passwordless.start, after: 2030-01-01T12:00:10Z, until: 2030-01-01T13:01:00+01:00, call: 2}, then: {delay: 1s}}`,
		`{id: never, when: {endpoint: passwordless.start, after: 2031-01-01T00:00:00Z}, then: {delay: 1s}}`)
	var got []string
	for _, at := range []time.Duration{0, 9 * time.Second, 10 * time.Second, 29 * time.Second, 30 * time.Second, 59 * time.Second, time.Minute, -time.Hour} {
		b.now = noon.Add(at)
		got = append(got, strings.ReplaceAll(b.start("ada@example.com").Names(), "a/", ""))
	}
	b.expect("fired", strings.Join(got, "|"), "until|until|until|until, between|after, until|after, until|after|until")
	b.expect("between", rule(a, 2), "matched 8, fired 1, shadowed 0, 3 by call, 4 by time")

	// A narrowing ends by the same clock.
	b.SwitchAllOff()
	b.now = noon
	short := b.onBy(scenarios.ByControl, scenarios.Narrowing{TTL: time.Minute}, "short", `{id: a, when: {endpoint: any}, then: {delay: 1s}}`)
	for _, at := range []time.Duration{0, time.Minute - 1, time.Minute, 0} {
		b.now = noon.Add(at)
		b.start("ada@example.com")
	}
	b.expect("short", rule(short, 0), "matched 3, fired 3, shadowed 0")
	b.expect("active", fmt.Sprint(short.Status(noon).Active, short.Status(noon.Add(time.Minute)).Active, short.Status(noon).Until), fmt.Sprint(true, false, noon.Add(time.Minute)))
}

func TestEachConditionIsHeldAgainstItsPartOfTheRequest(t *testing.T) {
	t.Parallel()
	params := func(values map[string]string) func(*scenarios.Request) {
		return func(r *scenarios.Request) { r.Param = func(name string) string { return values[name] } }
	}
	headers := func(h map[string][]string) func(*scenarios.Request) {
		return func(r *scenarios.Request) { r.Header = h }
	}
	for _, one := range []struct {
		when string
		ask  func(*scenarios.Request)
		miss string // the near miss; "" if it matches
	}{
		{`endpoint: [userinfo, passwordless.start]`, nil, ""},
		{`endpoint: userinfo`, nil, "`endpoint` was passwordless.start, the rule wants userinfo"},
		{`endpoint: userinfo`, func(r *scenarios.Request) { r.Endpoint = "" }, "`endpoint` was absent, the rule wants userinfo"},
		{`endpoint: any`, func(r *scenarios.Request) { r.Endpoint = "" }, ""},
		{`grant: passwordless/otp`, redeem, ""},
		{`grant: "*passwordless*"`, redeem, ""},
		{`grant: "http://auth0.com/oauth/grant-type/passwordless/otp"`, redeem, ""},
		{`grant: refresh_token`, redeem, "`grant` was http://auth0.com/oauth/grant-type/passwordless/otp, the rule wants refresh_token"},
		{`connection: [sms, "e*"]`, nil, ""},
		{`connection: sms`, nil, "`connection` was email, the rule wants sms"},
		{`send: link*`, nil, "`send` was code, the rule wants link*"},
		{`client: Acme Native`, nil, ""},
		{`client: acme-*`, nil, ""},
		{`client: [acme-web, acme-spa]`, nil, "`client` was acme-native, the rule wants acme-web or acme-spa"},
		{`recipient: ADA@Example.COM`, nil, ""},
		{`recipient: /^(ada|grace)@/`, nil, ""},
		{`recipient: "*@example.org"`, nil, "`recipient` was ada@example.com, the rule wants *@example.org"},
		{`recipient: ""`, func(r *scenarios.Request) { r.Recipient = "" }, ""},
		{`header: {x-worker: "3"}`, headers(map[string][]string{"X-Worker": {"2", "3"}}), ""},
		{`header: {x-worker: "3"}`, headers(map[string][]string{"X-Worker": {"2"}}), "`header x-worker` was 2, the rule wants 3"},
		{`header: {x-worker: ""}`, nil, ""},
		{`header: {x-worker: "3"}`, nil, "`header x-worker` was absent, the rule wants 3"},
		{`params: {scope: "*offline*", authParams.state: "/^[0-9]+$/"}`, params(map[string]string{"scope": "openid offline_access", "authParams.state": "12"}), ""},
		{`params: {scope: openid, state: "1"}`, params(map[string]string{"scope": "openid"}), "`params state` was absent, the rule wants 1"},
		{`connection: sms, send: link`, nil, "-"},
	} {
		b := newBench(t)
		a := b.on("a", `{id: a, when: {`+one.when+`}, then: {delay: 1s}}`)
		if one.ask == nil {
			one.ask = func(*scenarios.Request) {}
		}
		effects := b.start("ada@example.com", one.ask)
		var near []string
		for _, miss := range a.Status(noon).Rules[0].NearMisses {
			_, sentence, _ := strings.Cut(miss, ": ")
			near = append(near, sentence)
		}
		if one.miss == "-" {
			b.expect(one.when+": two are no near miss", fmt.Sprint(effects != nil, near), "false []")
			continue
		}
		b.expect(one.when, fmt.Sprint(effects != nil, strings.Join(near, "|")), fmt.Sprint(one.miss == "", one.miss))
	}
}

// A rule is for requests on which it can act.
func TestARuleActsWhereItsEffectsDo(t *testing.T) {
	t.Parallel()
	ask := map[string]func(*scenarios.Request){
		"start":      func(r *scenarios.Request) {},
		"known":      func(r *scenarios.Request) { r.Known = true },
		"redeem":     redeem,
		"refresh":    func(r *scenarios.Request) { r.Endpoint, r.Grant = "oauth.token", "refresh_token" },
		"client":     func(r *scenarios.Request) { r.Endpoint, r.Grant, r.Recipient = "oauth.token", "client_credentials", "" },
		"userinfo":   func(r *scenarios.Request) { r.Endpoint = "userinfo" },
		"nobody":     func(r *scenarios.Request) { r.Endpoint, r.Recipient = "userinfo", "" },
		"jwks":       func(r *scenarios.Request) { r.Endpoint = "jwks" },
		"discovery":  func(r *scenarios.Request) { r.Endpoint = "openid-configuration" },
		"revocation": func(r *scenarios.Request) { r.Endpoint = "oauth.revoke" },
	}
	for then, want := range map[string]string{
		"otp: wrong":                       "redeem",
		"user: blocked":                    "redeem refresh userinfo",
		"user: mfa_required":               "redeem refresh",
		"signup: disabled":                 "redeem start",
		"signup: disabled, otp: wrong":     "redeem",
		"deliver: {copies: 2}":             "known start",
		"token: {iss: x}":                  "client redeem refresh",
		"keys: rotate":                     "client jwks redeem refresh",
		"keys: empty":                      "jwks",
		"keys: stale":                      "jwks",
		"delay: 1s, otp: wrong":            "redeem",
		"delay: 1s":                        "client discovery jwks known nobody redeem refresh revocation start userinfo",
		"fault: reset":                     "client discovery jwks known nobody redeem refresh revocation start userinfo",
		"patch: {a: 1}, headers: {X-A: b}": "client discovery jwks known nobody redeem refresh revocation start userinfo",
	} {
		b := newBench(t)
		b.on("a", `{id: a, then: {`+then+`}}`)
		var acts []string
		for _, name := range slices.Sorted(maps.Keys(ask)) {
			if b.start("ada@example.com", ask[name]) != nil {
				acts = append(acts, name)
			}
		}
		b.expect(then, strings.Join(acts, " "), want)
	}
}

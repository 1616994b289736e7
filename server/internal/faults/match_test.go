package faults_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/mockauth0/mockauth0/server/internal/faults"
)

func TestEachConditionMatchesItsPartOfTheRequest(t *testing.T) {
	t.Parallel()
	params := func(values map[string]string) func(*faults.Request) {
		return func(r *faults.Request) { r.Param = func(name string) string { return values[name] } }
	}
	headers := func(h map[string][]string) func(*faults.Request) {
		return func(r *faults.Request) { r.Header = h }
	}
	for _, one := range []struct {
		when string
		ask  func(*faults.Request)
		miss string // the near miss; "" if it matches
	}{
		{`endpoint: [userinfo, passwordless.start]`, nil, ""},
		{`endpoint: userinfo`, nil, "`endpoint` was passwordless.start, the rule wants userinfo"},
		{`endpoint: userinfo`, func(r *faults.Request) { r.Endpoint = "" }, "`endpoint` was absent, the rule wants userinfo"},
		{`endpoint: any`, func(r *faults.Request) { r.Endpoint = "" }, ""},
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
		{`recipient: ""`, func(r *faults.Request) { r.Recipient = "" }, ""},
		{`header: {x-worker: "3"}`, headers(map[string][]string{"X-Worker": {"2", "3"}}), ""},
		{`header: {x-worker: "3"}`, headers(map[string][]string{"X-Worker": {"2"}}), "`header x-worker` was 2, the rule wants 3"},
		{`header: {x-worker: ""}`, nil, ""},
		{`header: {x-worker: "3"}`, headers(map[string][]string{"X-Worker": append(make([]string, 15), "3")}), ""},
		{`header: {x-worker: "3"}`, headers(map[string][]string{"X-Worker": append(make([]string, 16), "3")}), "`header x-worker` was 3, the rule wants 3"},
		{`header: {x-worker: "3"}`, nil, "`header x-worker` was absent, the rule wants 3"},
		{`params: {scope: "*offline*", authParams.state: "/^[0-9]+$/"}`, params(map[string]string{"scope": "openid offline_access", "authParams.state": "12"}), ""},
		{`params: {scope: openid, state: "1"}`, params(map[string]string{"scope": "openid"}), "`params state` was absent, the rule wants 1"},
		{`connection: sms, send: link`, nil, "-"},
	} {
		b := newBench(t)
		a := b.on("a", `{id: a, when: {`+one.when+`}, then: {delay: 1s}}`)
		if one.ask == nil {
			one.ask = func(*faults.Request) {}
		}
		effects := b.start("ada@example.com", one.ask)
		var near []string
		for _, miss := range a.Status().Rules[0].NearMisses {
			_, sentence, _ := strings.Cut(miss, ": ")
			near = append(near, sentence)
		}
		if one.miss == "-" {
			b.expect(one.when+": two are no near miss", fmt.Sprint(effects.Names() != "", near), "false []")
			continue
		}
		b.expect(one.when, fmt.Sprint(effects.Names() != "", strings.Join(near, "|")), fmt.Sprint(one.miss == "", one.miss))
	}
}

// A rule matches only requests on which its effects can act.
func TestARuleActsWhereItsEffectsDo(t *testing.T) {
	t.Parallel()
	ask := map[string]func(*faults.Request){
		"start":      func(r *faults.Request) {},
		"redeem":     redeem,
		"refresh":    func(r *faults.Request) { r.Endpoint, r.Grant = "oauth.token", "refresh_token" },
		"client":     func(r *faults.Request) { r.Endpoint, r.Grant, r.Recipient = "oauth.token", "client_credentials", "" },
		"userinfo":   func(r *faults.Request) { r.Endpoint = "userinfo" },
		"nobody":     func(r *faults.Request) { r.Endpoint, r.Recipient = "userinfo", "" },
		"jwks":       func(r *faults.Request) { r.Endpoint = "jwks" },
		"discovery":  func(r *faults.Request) { r.Endpoint = "openid-configuration" },
		"revocation": func(r *faults.Request) { r.Endpoint = "oauth.revoke" },
	}
	for then, want := range map[string]string{
		"otp: wrong":                       "redeem",
		"user: blocked":                    "nobody redeem refresh userinfo",
		"user: mfa_required":               "redeem refresh",
		"signup: disabled":                 "redeem start",
		"signup: disabled, otp: wrong":     "redeem",
		"deliver: {copies: 2}":             "start",
		"token: {iss: x}":                  "client redeem refresh",
		"keys: rotate":                     "client jwks redeem refresh",
		"keys: empty":                      "jwks",
		"keys: stale":                      "jwks",
		"delay: 1s, otp: wrong":            "redeem",
		"delay: 1s":                        "client discovery jwks nobody redeem refresh revocation start userinfo",
		"fault: reset":                     "client discovery jwks nobody redeem refresh revocation start userinfo",
		"patch: {a: 1}, headers: {X-A: b}": "client discovery jwks nobody redeem refresh revocation start userinfo",
	} {
		b := newBench(t)
		a := b.on("a", `{id: a, then: {`+then+`}}`)
		var acts []string
		for _, name := range slices.Sorted(maps.Keys(ask)) {
			if b.start("ada@example.com", ask[name]); a.Status().Rules[0].Matched > int64(len(acts)) {
				acts = append(acts, name)
			}
		}
		b.expect(then, strings.Join(acts, " "), want)
	}
}

// Patterns are matched with the front of a long value. A header may name a few
// scenarios, and the names of those that acted are cut short.
func TestOnlyTheFrontOfALongValueIsMatched(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.on("end", `{id: a, when: {client: "*end"}, then: {headers: {X-A: a}}}`)
	b.on("front", `{id: a, when: {client: "front*"}, then: {headers: {X-B: b}}}`)
	long := "front" + strings.Repeat("x", 10<<10) + "end"
	if got := b.start("ada@example.com", func(r *faults.Request) { r.ClientID = long }).Names(); got != "front/a" {
		t.Errorf("acted: %s", got)
	}
	many := strings.Fields(strings.Repeat("slow ", 21))
	if _, err := b.Decide(&faults.Request{At: noon, Scenarios: many}); err == nil || err.Error() != "it names 21 scenarios; name 20 at most" {
		t.Errorf("21 names: %v", err)
	}
	var rules []string
	for n := range 25 {
		rules = append(rules, fmt.Sprintf(`{id: r%d, then: {headers: {X-%d: x}}}`, n, n))
	}
	b.SwitchAllOff()
	b.on("a", rules...)
	if got := b.start("ada@example.com").Names(); !strings.HasSuffix(got, "a/r18, a/r19 and 5 more") {
		t.Errorf("names: %s", got)
	}
}

package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A played login knows how its scenario was switched on.
type played struct {
	*testing.T
	*server.Server
	name    string // of the scenario, which may be a copy
	to      string // the recipient
	changes []change
	keys    string // the first key set
	access  string
}

// mayFail plays as long as a scenario takes that acts now and then.
func (p *played) mayFail(name string) {
	acted := map[string]int{}
	const logins = 30
	for range logins {
		for step := range strings.SplitSeq(p.play(), ", ") {
			if words := strings.Fields(step); len(words) > 2 && words[0] != "keys" && words[2] != "delivered" {
				acted[words[2]]++
			}
		}
	}
	loaded, err := scenarios.Load(name)
	if err != nil {
		p.Fatal(err)
	}
	total := 0
	for _, r := range loaded.Rules {
		total += acted[r.ID]
	}
	if total < 2 || total > logins*3*6/10 {
		p.Errorf("of %d logins so many requests were touched: %v", logins, acted)
	}
}

func (p *played) expect(want string) {
	p.Helper()
	if got := p.play(); got != want {
		p.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

// play is a login, and what happened in it.
func (p *played) play() string {
	p.keys, p.access = "", "none"
	conn, field := "email", "email"
	if strings.HasPrefix(p.to, "+") {
		conn, field = "sms", "phone_number"
	}
	steps := []string{
		p.step("keys", "GET", "/.well-known/jwks.json", nil),
		p.step("start", "POST", "/passwordless/start", object{"client_id": "acme-native", "connection": conn, field: p.to, "send": "code"}),
	}
	otp := "000000"
	if sent := p.Outbox().All(outbox.To(p.to)); len(sent) > 0 {
		otp = slices.MaxFunc(sent, func(a, b outbox.Message) int { return strings.Compare(a.ID, b.ID) }).Code
	}
	return strings.Join(append(steps,
		p.step("token", "POST", "/oauth/token", object{"grant_type": otpGrant, "client_id": "acme-native", "username": p.to, "otp": otp, "realm": conn, "audience": "https://api.acme.test/"}),
		p.step("keys", "GET", "/.well-known/jwks.json", nil),
		p.step("userinfo", "GET", "/userinfo", nil, header("Authorization", "Bearer "+p.access)),
	), ", ")
}

// step makes a request and says what came of it.
func (p *played) step(what, method, path string, body any, more ...change) string {
	before := len(p.Outbox().All(outbox.To(p.to)))
	start := time.Now()
	w, broken := p.answer(method, path, body, more)
	words := []string{what, fmt.Sprint(w.Code)}
	if broken {
		words[1] = "broken"
	}
	requests := p.Requests()
	acted := requests[len(requests)-1].Scenario
	if shown := w.Header().Get("X-Mock-Scenario"); !broken && shown != acted {
		p.Errorf("%s: the journal says %q, the answer %q", what, acted, shown)
	}
	if acted != "" {
		rules := []string{}
		for name := range strings.SplitSeq(acted, ", ") {
			scenario, rule, _ := strings.Cut(name, "/")
			if scenario != p.name {
				p.Errorf("%s: %s acted, not %s", what, scenario, p.name)
			}
			rules = append(rules, rule)
		}
		words = append(words, strings.Join(rules, "+"))
	}
	if time.Since(start) > 0 {
		words = append(words, "late")
	}
	for _, m := range p.Outbox().All(outbox.To(p.to))[before:] {
		words = append(words, m.State)
	}
	if w.Code == http.StatusOK && !broken {
		switch what {
		case "keys":
			if p.keys == "" {
				p.keys = w.Body.String()
			} else if p.keys != w.Body.String() {
				words = append(words, "others")
			}
		case "token":
			words = append(words, p.flaws(w.Body.Bytes())...)
		}
	}
	return strings.Join(words, " ")
}

func (p *played) answer(method, path string, body any, more []change) (w *httptest.ResponseRecorder, broken bool) {
	may := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { broken = serveBroken(p, w, r) })
	w = call(p, may, method, path, body, append(p.changes, more...)...)
	return w, broken
}

// flaws is what is wrong with the tokens of an answer.
func (p *played) flaws(body []byte) (flaws []string) {
	var issued tokens
	if json.Unmarshal(body, &issued) != nil {
		return []string{"no JSON"}
	}
	p.access = issued.AccessToken
	if strings.HasSuffix(issued.IDToken, ".") {
		return []string{"alg none"}
	}
	payload, err := verifyErr(p.published(), issued.IDToken)
	if err != nil {
		return []string{"not verified"}
	}
	var c struct {
		Iss, Aud string
		Iat, Exp int64
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		p.Fatal(err)
	}
	if c.Iss != "http://localhost:2884/" {
		flaws = append(flaws, "iss "+c.Iss)
	}
	if c.Aud != "acme-native" {
		flaws = append(flaws, "aud "+c.Aud)
	}
	if off := time.Duration(c.Iat-at2030.Unix()) * time.Second; off != 0 {
		flaws = append(flaws, "iat "+off.String())
	}
	if left := time.Duration(c.Exp-at2030.Unix()) * time.Second; left <= 0 {
		flaws = append(flaws, "exp "+left.String())
	}
	return flaws
}

// published is the key set, whatever the scenario makes of it: another server
// with the same keys tells.
func (p *played) published() []byte {
	other := newServer(p, server.Config{})
	if !strings.HasPrefix(p.name, "jwks-rotated") {
		return jwks(p, other)
	}
	if _, err := other.Inject("jwks-rotated", scenarios.Narrowing{}); err != nil {
		p.Fatal(err)
	}
	redeem(p, other, "ada@example.com", "000000", nil)
	return jwks(p, other)
}

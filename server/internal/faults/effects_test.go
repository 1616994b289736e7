package faults_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server"
	"github.com/mockauth0/mockauth0/server/internal/servertest"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// A played login knows how its scenario was switched on.
type played struct {
	*testing.T
	*server.Server
	name    string // of the scenario, which may be a copy
	to      string // the recipient
	changes []servertest.Change
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
		p.step("start", "POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": conn, field: p.to, "send": "code"}),
	}
	otp := "000000"
	if sent := p.Outbox().All(outbox.To(p.to)); len(sent) > 0 {
		otp = slices.MaxFunc(sent, func(a, b outbox.Message) int { return strings.Compare(a.ID, b.ID) }).Code
	}
	return strings.Join(append(steps,
		p.step("token", "POST", "/oauth/token", servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": p.to, "otp": otp, "realm": conn, "audience": "https://api.acme.test/"}),
		p.step("keys", "GET", "/.well-known/jwks.json", nil),
		p.step("userinfo", "GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+p.access)),
	), ", ")
}

// step makes a request and says what came of it.
func (p *played) step(what, method, path string, body any, more ...servertest.Change) string {
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

func (p *played) answer(method, path string, body any, more []servertest.Change) (w *httptest.ResponseRecorder, broken bool) {
	may := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { broken = servertest.ServeBroken(p, w, r) })
	w = servertest.Call(p, may, method, path, body, append(p.changes, more...)...)
	return w, broken
}

// flaws is what is wrong with the tokens of an answer.
func (p *played) flaws(body []byte) (flaws []string) {
	var issued servertest.Tokens
	if json.Unmarshal(body, &issued) != nil {
		return []string{"no JSON"}
	}
	p.access = issued.AccessToken
	if strings.HasSuffix(issued.IDToken, ".") {
		return []string{"alg none"}
	}
	payload, err := servertest.VerifyErr(p.published(), issued.IDToken)
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
	if off := time.Duration(c.Iat-servertest.At2030.Unix()) * time.Second; off != 0 {
		flaws = append(flaws, "iat "+off.String())
	}
	if left := time.Duration(c.Exp-servertest.At2030.Unix()) * time.Second; left <= 0 {
		flaws = append(flaws, "exp "+left.String())
	}
	return flaws
}

// published is the key set, whatever the scenario makes of it: another server
// with the same keys tells.
func (p *played) published() []byte {
	other := servertest.New(p, server.Config{})
	if !strings.HasPrefix(p.name, "jwks-rotated") {
		return servertest.JWKS(p, other)
	}
	if _, err := other.Inject("jwks-rotated", scenarios.Narrowing{}); err != nil {
		p.Fatal(err)
	}
	servertest.Redeem(p, other, "ada@example.com", "000000", nil)
	return servertest.JWKS(p, other)
}

// effects is what each built-in scenario does to a login: the key set is asked
// for, a code is sent and redeemed, the key set asked for again, and /userinfo.
// Behind a status stands the rule that acted, behind that what else is seen.
var effects = map[string]string{
	"rate-limited":         "keys 200, start 429 limit, token 429 limit, keys 200, userinfo 401",
	"rate-limited-once":    "keys 200, start 429 limit, token 403, keys 200, userinfo 401",
	"otp-expired":          "keys 200, start 200 delivered, token 403 expired, keys 200, userinfo 401",
	"otp-locked":           "keys 200, start 200 delivered, token 403 locked, keys 200, userinfo 401",
	"otp-always-wrong":     "keys 200, start 200 delivered, token 403 wrong, keys 200, userinfo 401",
	"sms-provider-error":   "keys 200, start 400 provider, token 403, keys 200, userinfo 401",
	"sms-provider-timeout": "keys 200, start 400 provider, token 403, keys 200, userinfo 401",
	"sms-lost":             "keys 200, start 200 lost lost, token 200, keys 200, userinfo 200",
	"email-lost":           "keys 200, start 200 lost lost, token 200, keys 200, userinfo 200",
	"email-delayed":        "keys 200, start 200 delay queued, token 200, keys 200, userinfo 200",
	"email-duplicate":      "keys 200, start 200 duplicate delivered delivered, token 200, keys 200, userinfo 200",
	"email-out-of-order":   "keys 200, start 200 swap queued, token 200, keys 200, userinfo 200",
	"email-bounced":        "keys 200, start 200 bounced bounced, token 200, keys 200, userinfo 200",
	"slow":                 "keys 200 slow late, start 200 slow late delivered, token 200 slow late, keys 200 slow late, userinfo 200 slow late",
	"connection-reset":     "keys 200, start broken reset, token broken reset, keys 200, userinfo 401",
	"bad-gateway-html":     "keys 502 gateway, start 502 gateway, token 502 gateway, keys 502 gateway, userinfo 502 gateway",
	"unavailable":          "keys 503 down, start 503 down, token 503 down, keys 503 down, userinfo 503 down",
	"truncated-json":       "keys 200, start 200 delivered, token 200 cut no JSON, keys 200, userinfo 401",
	"token-bad-signature":  "keys 200, start 200 delivered, token 200 signature not verified, keys 200, userinfo 401",
	"token-alg-none":       "keys 200, start 200 delivered, token 200 none alg none, keys 200, userinfo 401",
	"token-expired":        "keys 200, start 200 delivered, token 200 expired exp -1h0m0s, keys 200, userinfo 401",
	"token-wrong-issuer":   "keys 200, start 200 delivered, token 200 issuer iss https://other.example.com/, keys 200, userinfo 200",
	"token-wrong-audience": "keys 200, start 200 delivered, token 200 audience aud https://other.example.com/api, keys 200, userinfo 401",
	"clock-skew":           "keys 200, start 200 delivered, token 200 skew iat 10m0s, keys 200, userinfo 200",
	"jwks-rotated":         "keys 200, start 200 delivered, token 200 rotate, keys 200 others, userinfo 200",
	"jwks-unavailable":     "keys 503 down, start 200 delivered, token 200, keys 503 down, userinfo 200",
	"user-blocked":         "keys 200, start 200 delivered, token 401 blocked, keys 200, userinfo 401",
	"mfa-required":         "keys 200, start 200 delivered, token 403 mfa, keys 200, userinfo 401",
	"signup-disabled":      "keys 200, start 400 signup, token 403 signup, keys 200, userinfo 401",
	"flaky":                "",
	"strict-client":        "",
}

// A way is one of the ways to switch a scenario on.
type way struct {
	name  string
	build func(t *testing.T, name string) *played
}

func ways() []way {
	newcomer := func(name string) string {
		if strings.HasPrefix(name, "sms-") {
			return "+12025550142"
		}
		return "newcomer@example.com"
	}
	on := func(how string, config func(t *testing.T, name string) server.Config, then func(p *played)) way {
		return way{how, func(t *testing.T, name string) *played {
			t.Helper()
			p := &played{T: t, name: name, to: newcomer(name)}
			c := server.Config{}
			if config != nil {
				c = config(t, name)
			}
			c.At = servertest.At2030
			p.Server = servertest.New(t, c)
			if then != nil {
				then(p)
			}
			return p
		}}
	}
	copied := func(p *played) []byte {
		p.name += "-copy"
		return renamed(p.name)
	}
	switchOn := func(p *played, body any) {
		if w := servertest.Call(p, p, "POST", "/_mock/scenarios", body, servertest.Header("Content-Type", "application/yaml")); w.Code != http.StatusCreated {
			p.Fatalf("switched on: %d %s", w.Code, w.Body)
		}
	}
	return []way{
		on("flag", func(_ *testing.T, name string) server.Config { return server.Config{Scenarios: []string{name}} }, nil),
		on("flag, a file", func(t *testing.T, name string) server.Config {
			t.Helper()
			return server.Config{Scenarios: []string{servertest.ScenarioFile(t, string(renamed(name+"-copy")))}}
		}, func(p *played) { p.name += "-copy" }),
		on("fixture", func(t *testing.T, name string) server.Config {
			t.Helper()
			f := *servertest.NamedFixture(t, "default")
			f.Scenarios = []string{name}
			return server.Config{Fixture: &f}
		}, nil),
		on("control API, by name", nil, func(p *played) { switchOn(p, servertest.Object{"name": p.name}) }),
		on("control API, the whole", nil, func(p *played) { switchOn(p, string(copied(p))) }),
		on("header", nil, func(p *played) { p.changes = []servertest.Change{servertest.Header("X-Mock-Scenario", p.name)} }),
		on("recipient", nil, func(p *played) { p.to = magic(p.name, newcomer(p.name)) }),
		on("Go", nil, func(p *played) {
			if _, err := p.Inject(p.name, scenarios.Narrowing{}); err != nil {
				p.Fatal(err)
			}
		}),
		on("Go, a value", nil, func(p *played) {
			loaded, err := scenarios.Load(p.name)
			if err != nil {
				p.Fatal(err)
			}
			made := *loaded
			p.name += "-copy"
			made.Name = p.name
			if _, err := p.InjectScenario(made, scenarios.Narrowing{}); err != nil {
				p.Fatal(err)
			}
		}),
	}
}

// renamed is the file of a built-in scenario under the name NAME-copy.
func renamed(copied string) []byte {
	name := strings.TrimSuffix(copied, "-copy")
	return []byte(strings.Replace(string(scenarios.Source(name)), "name: "+name, "name: "+copied, 1))
}

// magic is a recipient that switches a scenario on.
func magic(name, newcomer string) string {
	if !strings.HasPrefix(newcomer, "+") {
		return "newcomer+mock-" + name + "@example.com"
	}
	return scenarios.MagicPhone(name)
}

func TestEachBuiltInScenarioHasItsEffectThroughEachWay(t *testing.T) {
	t.Parallel()
	for _, name := range scenarios.Names() {
		want, known := effects[name]
		if !known {
			t.Errorf("this test does not know %s", name)
		}
		for _, w := range ways() {
			t.Run(name+"/"+w.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					p := w.build(t, name)
					switch {
					case want == "":
						p.mayFail(name)
					case w.name == "recipient":
						p.expect(ofOne(want))
					default:
						p.expect(want)
					}
				})
			})
		}
	}
}

// Each number of the library does what its scenario's name does.
func TestEachMagicNumberHasItsScenariosEffect(t *testing.T) {
	t.Parallel()
	for _, name := range scenarios.Names() {
		phone := scenarios.MagicPhone(name)
		if phone == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &played{T: t, Server: servertest.New(t, server.Config{At: servertest.At2030}), name: name, to: phone}
				if effects[name] == "" {
					p.mayFail(name)
					return
				}
				p.expect(ofOne(effects[name]))
			})
		})
	}
}

// ofOne is an effect on requests that tell who they are about, which those for
// the key set do not, nor those for /userinfo without a token.
func ofOne(effect string) string {
	steps := strings.Split(effect, ", ")
	for i, step := range steps {
		if strings.HasPrefix(step, "keys ") && !strings.HasSuffix(step, "others") {
			steps[i] = "keys 200"
		}
	}
	if !strings.HasPrefix(steps[2], "token 200") {
		steps[4] = "userinfo 401"
	}
	return strings.Join(steps, ", ")
}

func TestOrdinaryRecipientsSwitchNothingOn(t *testing.T) {
	t.Parallel()
	for _, to := range []string{
		"+15005550100", "+15005550126", "+15005550199", "+15005550203", "+14155550103", "+12025550103", "+150055501030", "+5005550103", "+1500555010",
		"otp-expired@example.com", "mock-otp-expired@example.com", "ada+otp-expired@example.com", "ada+mock-@example.com", "ada+mock-otp@example.com",
		"ada@example.com+mock-otp-expired", "ada@mock-otp-expired.example.com", "ada@x+mock-otp-expired.example.com", "ada+mock-otp-expired+x@example.com",
	} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			p := &played{T: t, Server: servertest.New(t, server.Config{At: servertest.At2030}), to: to}
			p.play()
			for _, r := range p.Requests() {
				if r.Scenario != "" {
					t.Errorf("%s %s: %s", r.Method, r.Path, r.Scenario)
				}
			}
		})
	}
}

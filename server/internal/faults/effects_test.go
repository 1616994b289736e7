package faults_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
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

// A player logs in while a scenario is on.
type player struct {
	*testing.T
	*server.Server
	name    string // of the scenario, which may be a copy
	to      string // the recipient
	changes []servertest.Change
}

// A step is what came of one request.
type step struct{ seen, body string }

// logIn asks for the key set, sends a code and redeems it, asks for the key set
// again, and for the profile.
func (p *player) logIn() (steps []step) {
	do := func(method, path string, body any, changes ...servertest.Change) (answer servertest.Tokens) {
		sent, began, broken := len(p.sent()), time.Now(), false
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { broken = servertest.ServeBroken(p, w, r) })
		w := servertest.Call(p, handler, method, path, body, append(changes, p.changes...)...)
		requests := p.Requests()
		acted := requests[len(requests)-1].Scenario
		if shown := w.Header().Get("X-Mock-Scenario"); !broken && shown != acted {
			p.Errorf("%s: the journal says %q, the answer %q", path, acted, shown)
		}
		s := step{fmt.Sprintf("%s: %d, broken %t, late %t, by %q", path, w.Code, broken, time.Since(began) > 0, strings.ReplaceAll(acted, p.name+"/", "")), w.Body.String()}
		for _, m := range p.sent()[sent:] {
			s.seen += ", " + m.State
		}
		steps = append(steps, s)
		_ = json.Unmarshal(w.Body.Bytes(), &answer) // a scenario may have cut it off
		return answer
	}
	connection, field := "email", "email"
	if strings.HasPrefix(p.to, "+") {
		connection, field = "sms", "phone_number"
	}
	do("GET", "/.well-known/jwks.json", nil)
	do("POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": connection, field: p.to, "send": "code"})
	otp := "000000"
	if sent := p.sent(); len(sent) > 0 {
		otp = slices.MaxFunc(sent, func(a, b outbox.Message) int { return strings.Compare(a.ID, b.ID) }).Code
	}
	given := do("POST", "/oauth/token", servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": p.to, "otp": otp, "realm": connection, "audience": "https://api.acme.test/"}, p.proof()...)
	do("GET", "/.well-known/jwks.json", nil)
	do("GET", "/userinfo", nil, servertest.Header("Authorization", "Bearer "+given.AccessToken))
	return steps
}

// proof is the DPoP proof of a login, with the nonce that the tenant wants, where the
// scenario is about proofs.
func (p *player) proof() []servertest.Change {
	if !strings.HasPrefix(p.name, "dpop-") {
		return nil
	}
	proof := func(jti, nonce string) servertest.Change {
		claims := servertest.Object{"jti": jti, "htm": "POST", "htu": "http://localhost:2884/oauth/token", "iat": servertest.At2030.Unix(), "nonce": nonce}
		return servertest.Header("DPoP", servertest.NewProofKey(p, "app").Proof(p, claims))
	}
	asked := servertest.Call(p, p, "POST", "/oauth/token", servertest.Object{"grant_type": "refresh_token", "client_id": "acme-native"}, proof("1", ""))
	return []servertest.Change{proof("2", asked.Header().Get("DPoP-Nonce"))}
}

// sent are the messages to the recipient.
func (p *player) sent() []outbox.Message { return p.Outbox().All(outbox.To(p.to)) }

// copied is the file of a built-in scenario under another name.
func copied(name string) string {
	return strings.Replace(string(scenarios.Source(name)), "name: "+name, "name: "+name+"-copy", 1)
}

// ways are the ways to switch a scenario on. A way that does not fit a scenario
// gives nil.
var ways = map[string]func(t *testing.T, name string) *player{
	"Go": func(t *testing.T, name string) *player {
		t.Helper()
		p := newPlayer(t, name, server.Config{})
		if _, err := p.Inject(name, scenarios.Narrowing{}); err != nil {
			t.Fatal(err)
		}
		return p
	},
	"Go, a value": func(t *testing.T, name string) *player {
		t.Helper()
		loaded, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		value := *loaded
		value.Name += "-copy"
		p := newPlayer(t, value.Name, server.Config{})
		if _, err := p.InjectScenario(value, scenarios.Narrowing{}); err != nil {
			t.Fatal(err)
		}
		return p
	},
	"flag": func(t *testing.T, name string) *player {
		t.Helper()
		return newPlayer(t, name, server.Config{Scenarios: []string{name}})
	},
	"flag, a file": func(t *testing.T, name string) *player {
		t.Helper()
		return newPlayer(t, name+"-copy", server.Config{Scenarios: []string{servertest.ScenarioFile(t, copied(name))}})
	},
	"fixture": func(t *testing.T, name string) *player {
		t.Helper()
		f := *servertest.NamedFixture(t, "default")
		f.Scenarios = []string{name}
		return newPlayer(t, name, server.Config{Fixture: &f})
	},
	"control API": func(t *testing.T, name string) *player {
		t.Helper()
		p := newPlayer(t, name, server.Config{})
		servertest.SwitchOn(t, p.Server, servertest.Object{"name": name})
		return p
	},
	"control API, a file": func(t *testing.T, name string) *player {
		t.Helper()
		p := newPlayer(t, name+"-copy", server.Config{})
		servertest.SwitchOn(t, p.Server, copied(name))
		return p
	},
	"header": func(t *testing.T, name string) *player {
		t.Helper()
		p := newPlayer(t, name, server.Config{})
		p.changes = []servertest.Change{servertest.Header("X-Mock-Scenario", name)}
		return p
	},
	"address": func(t *testing.T, name string) *player {
		t.Helper()
		p := newPlayer(t, name, server.Config{})
		if p.to = "newcomer+mock-" + name + "@example.com"; strings.HasPrefix(name, "sms-") {
			return nil
		}
		return p
	},
	"number": func(t *testing.T, name string) *player {
		t.Helper()
		p := newPlayer(t, name, server.Config{})
		if p.to = scenarios.MagicPhone(name); p.to == "" {
			return nil
		}
		return p
	},
}

func newPlayer(t *testing.T, name string, c server.Config) *player {
	t.Helper()
	c.At = servertest.At2030
	p := &player{T: t, Server: servertest.New(t, c), name: name, to: "newcomer@example.com"}
	if strings.HasPrefix(name, "sms-") {
		p.to = "+12025550142"
	}
	return p
}

// The conversations show what each built-in scenario does when Go switches it
// on. Each other way does the same. Scenarios with a probability act on other
// requests where they or the recipient have another name.
func TestEachBuiltInScenarioActsTheSameByEachWay(t *testing.T) {
	t.Parallel()
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random, logins := strings.Contains(copied(name), "probability:"), 1
				if random {
					logins = 30
				}
				play := func(p *player) (steps []step) {
					for range logins {
						steps = append(steps, p.logIn()...)
					}
					return steps
				}
				reference := map[bool][]step{} // by phone or by e-mail
				for _, phone := range []bool{false, true} {
					p := ways["Go"](t, name)
					if phone {
						p.to = "+12025550142"
					}
					reference[phone] = play(p)
				}
				for way, switchOn := range ways {
					p := switchOn(t, name)
					if p == nil {
						continue
					}
					magic, acted := way == "address" || way == "number", 0
					want := reference[strings.HasPrefix(p.to, "+")]
					for i, got := range play(p) {
						if !strings.Contains(got.seen, `by ""`) {
							acted++
						}
						switch {
						case random && (magic || p.name != name):
						case magic && (i == 0 || i > 2): // these requests do not tell their recipient
						case got.seen != want[i].seen, got.body != want[i].body && !magic:
							t.Errorf("%s:\ngot  %s %s\nwant %s %s", way, got.seen, got.body, want[i].seen, want[i].body)
						}
					}
					// Nothing tells for whom the key set is asked.
					if acted == 0 && !(magic && name == scenarios.JWKSUnavailable) || random && acted > 54 {
						t.Errorf("%s: it acts on %d requests", way, acted)
					}
				}
			})
		})
	}
}

// A failure in the tenant itself waits for its place. Requests that never come to
// it do not use it up: a page that is opened, a client that is unknown, a user to
// whom nothing was sent, a preflight.
func TestABuiltInScenarioWaitsForItsPlace(t *testing.T) {
	t.Parallel()
	waiting := 0
	for _, name := range scenarios.Names() {
		if s := string(scenarios.Source(name)); strings.Contains(s, "respond:") || strings.Contains(s, "fault:") || strings.Contains(s, "delay: {median") {
			continue // it acts before the request is handled
		}
		waiting++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPlayer(t, name, server.Config{})
				on, err := p.Inject(name, scenarios.Narrowing{Times: 1})
				if err != nil {
					t.Fatal(err)
				}
				form := "application/x-www-form-urlencoded"
				redeem := servertest.Object{"grant_type": servertest.GrantOTP, "client_id": "acme-native", "username": p.to, "otp": "000000", "realm": "email", "audience": "https://api.acme.test/"}
				with := func(more servertest.Object) servertest.Object {
					body := maps.Clone(redeem)
					maps.Copy(body, more)
					return body
				}
				browser := servertest.NewBrowser(t, p.Server)
				page := browser.Call("GET", "/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost:3000/cb&scope=openid", nil)
				browser.Call("GET", page.Header().Get("Location"), nil)
				for _, one := range []struct {
					method, path string
					body         any
					changes      []servertest.Change
				}{
					{"POST", "/oauth/token", redeem, nil}, // nothing was sent to this user
					{"POST", "/oauth/token", with(servertest.Object{"username": "+12025550142", "realm": "sms"}), nil},
					{"POST", "/oauth/token", with(servertest.Object{"client_id": "nobody"}), nil},
					{"POST", "/oauth/token", with(servertest.Object{"realm": "nowhere"}), nil},
					{"POST", "/oauth/token", with(servertest.Object{"audience": "https://nowhere.test/"}), nil},
					{"POST", "/oauth/token", servertest.Object{"grant_type": "refresh_token", "client_id": "acme-native", "refresh_token": "none"}, nil},
					{"POST", "/oauth/token", servertest.Object{"grant_type": "authorization_code", "client_id": "acme-native", "code": "none"}, nil},
					{"POST", "/oauth/token", "{", []servertest.Change{servertest.Header("Content-Type", "application/json")}},
					{"POST", "/passwordless/start", servertest.Object{"client_id": "nobody", "connection": "email", "email": p.to, "send": "code"}, nil},
					{"POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "email", "email": "no address"}, nil},
					{"POST", "/passwordless/start", servertest.Object{"client_id": "acme-native", "connection": "sms", "phone_number": "12"}, nil},
					{"POST", "/co/authenticate", with(servertest.Object{"client_id": "nobody"}), nil},
					{"POST", "/passwordless/verify", servertest.Object{"client_id": "acme-native", "connection": "email", "email": p.to, "verification_code": "000000"}, nil},
					{"GET", "/passwordless/verify_redirect?client_id=acme-spa&connection=email&email=nobody@example.com&verification_code=000000&redirect_uri=http://localhost:3000&response_type=token", nil, nil},
					{"GET", "/userinfo", nil, []servertest.Change{servertest.Header("Authorization", "Bearer none")}},
					{"OPTIONS", "/oauth/token", nil, []servertest.Change{servertest.Header("Origin", servertest.AppOrigin), servertest.Header("Access-Control-Request-Method", "POST")}},
					{"OPTIONS", "/passwordless/start", nil, []servertest.Change{servertest.Header("Origin", servertest.AppOrigin), servertest.Header("Content-Type", form)}},
				} {
					w := servertest.Call(t, p.Server, one.method, one.path, one.body, one.changes...)
					if by := w.Header().Get("X-Mock-Scenario"); by != "" || on.Fired() != 0 {
						t.Fatalf("%s %s %v: it has acted (%q): %d %s", one.method, one.path, one.body, by, w.Code, w.Body)
					}
				}
				if !on.Status().Active {
					t.Fatal("it is used up")
				}
				p.logIn()
				if on.Fired() != 1 || on.Status().Active {
					t.Errorf("after a login: fired %d, active %t", on.Fired(), on.Status().Active)
				}
			})
		})
	}
	if waiting < 17 {
		t.Errorf("only %d scenarios are tried", waiting)
	}
}

// A part of a token acts only on a response in which the app can notice it.
func TestATokenEffectActsOnWhatTheAppGets(t *testing.T) {
	t.Parallel()
	opaque := servertest.Object{"scope": "offline_access name"}
	for _, c := range []struct {
		token string
		more  servertest.Object
		want  int
	}{
		{"{signature: bad}", servertest.Object{"audience": "https://api.acme.test/", "scope": "name"}, 1},
		{"{signature: bad}", servertest.Object{"scope": "openid"}, 1}, // the ID token
		{"{signature: bad}", opaque, 0},
		{"{claims: {a: b}}", opaque, 0},
		{"{iss: https://x.test/}", opaque, 1},
		{"{exp: -1h}", opaque, 1},
		{"{drop: [id_token]}", opaque, 0},
		{"{drop: [id_token]}", servertest.Object{"scope": "openid"}, 1},
		{"{drop: [refresh_token]}", servertest.Object{"scope": "openid"}, 0},
		{"{drop: [refresh_token]}", opaque, 1},
		{"{drop: [access_token]}", opaque, 1},
	} {
		s := servertest.New(t, server.Config{At: servertest.At2030})
		servertest.SwitchOn(t, s, "version: 1\nname: odd\nrules: [{id: a, then: {token: "+c.token+"}}]\n")
		servertest.Login(t, s, "ada@example.com", c.more)
		if got := s.Scenarios()[0].Rules[0]; int(got.Fired) != c.want || got.Matched != 1 {
			t.Errorf("%s with %v: %+v", c.token, c.more, got)
		}
	}
}

// What else a rule says goes with the failure inside: it does not use the rule up
// on a page that is opened, or on a wrong code.
func TestTheRestOfARuleGoesWithTheFailureInside(t *testing.T) {
	t.Parallel()
	for _, inside := range []string{"otp: expired", "user: blocked", "token: {iss: https://x.test/}", "keys: rotate"} {
		synctest.Test(t, func(t *testing.T) {
			s := servertest.New(t, server.Config{At: servertest.At2030})
			servertest.SwitchOn(t, s, "version: 1\nname: odd\nrules: [{id: a, times: 1, when: {endpoint: any}, then: {"+inside+", delay: 1s, headers: {X-Odd: a}, patch: {odd: true}}}]\n")
			otp, began := servertest.Start(t, s, "ada@example.com"), time.Now()
			servertest.Call(t, s, "GET", "/authorize?client_id=acme-web&response_type=code&redirect_uri=http://localhost:3000/cb&scope=openid", nil)
			if w := servertest.Redeem(t, s, "bob@example.com", "000000", nil); time.Since(began) > 0 || w.Header().Get("X-Odd") != "" {
				t.Errorf("%s: after %s: %v %s", inside, time.Since(began), w.Header(), w.Body)
			}
			w := servertest.Redeem(t, s, "ada@example.com", otp, servertest.Object{"audience": "https://api.acme.test/"})
			if time.Since(began) != time.Second || w.Header().Get("X-Odd") != "a" || w.Header().Get("X-Mock-Scenario") != "odd/a" || !strings.Contains(w.Body.String(), `"odd":true`) {
				t.Errorf("%s: after %s: %v %s", inside, time.Since(began), w.Header(), w.Body)
			}
			if got := s.Scenarios()[0].Rules[0]; got.Fired != 1 || !strings.Contains(got.Last[0].Effect, ", delay 1s, patch odd, header X-Odd") {
				t.Errorf("%s: %+v", inside, got)
			}
		})
	}
}

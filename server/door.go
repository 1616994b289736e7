package server

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/management"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/token"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
	"github.com/mockauth0/mockauth0/server/outbox"
)

// Outbox holds the messages that were sent.
func (s *Server) Outbox() *outbox.Box { return s.tenant.Outbox }

// Clock is the tenant's clock. Tokens carry its time. After an Advance, an app
// that verifies tokens by the real time refuses them as issued in the future.
// Give such an app the clock's Now.
func (s *Server) Clock() *clock.Clock { return s.tenant.Clock }

// Fixture is the fixture that the tenant was loaded with last. It must not be
// changed.
func (s *Server) Fixture() *fixtures.Fixture { return s.tenant.Fixture() }

// Issuer is the pinned iss with its trailing slash. It is "" if the iss is the
// scheme and Host of each request.
func (s *Server) Issuer() string { return s.config.Issuer }

// Requests are the last 1,000 requests, oldest first, without their secrets and
// without those to the control API.
func (s *Server) Requests() []journal.Request {
	entries, _ := s.front.Journal.All()
	return entries
}

// Exchange is the request with that id, and with it what went over the wire, secrets
// included. The exchange is nil if it is no longer kept: the journal keeps 512 KiB of
// headers and bodies.
func (s *Server) Exchange(id string) (r journal.Request, x *journal.Exchange, ok bool) {
	return s.front.Journal.Get(id)
}

// Users are all users in the order of their creation.
func (s *Server) Users() []fixtures.User { return s.tenant.Users() }

// User is the user with the user_id.
func (s *Server) User(id string) (fixtures.User, bool) { return s.tenant.User(id) }

// UserByAddress is the user with the e-mail address, phone number or username. If several
// connections have one, the connection that is first in the fixture counts.
func (s *Server) UserByAddress(address string) (fixtures.User, bool) {
	return s.tenant.UserByAddress(fixtures.NormalizeRecipient(address))
}

// AddUser creates a user and returns it with its user_id. A user without a
// connection gets the one that fits the address. The error says what is wrong
// with the user, or that it exists already.
func (s *Server) AddUser(u fixtures.User) (fixtures.User, error) { return s.tenant.AddUser(u) }

// UpdateUser lets change alter a user, and returns the result. user_id and
// connection must stay. change is called again if something else alters the user
// meanwhile.
func (s *Server) UpdateUser(id string, change func(*fixtures.User) error) (fixtures.User, error) {
	return s.tenant.UpdateUser(id, change)
}

// DeleteUser deletes a user. Its refresh tokens, codes and sessions stop working.
func (s *Server) DeleteUser(id string) error { return s.tenant.DeleteUser(id) }

// TOTP returns the code that the authenticator app of a user shows by the tenant's
// clock, and when the app shows the next one. The user is a user_id, an e-mail
// address or a phone number. The error says that there is no such user, or which
// factors the user has.
func (s *Server) TOTP(user string) (code string, expires time.Time, err error) {
	return s.tenant.TOTP(user)
}

// AnswerPush accepts or rejects the newest push notification that waits for a user,
// who is named as for TOTP. The error says why none waits.
func (s *Server) AnswerPush(user string, accept bool) error {
	return s.tenant.AnswerPush(user, accept)
}

// ApproveDevice answers for the user of a device, as if the user had entered the code
// and signed in. The user is a user_id, an e-mail address, a phone number or a username.
func (s *Server) ApproveDevice(userCode, user string) (fixtures.DeviceCode, error) {
	u, ok := s.User(user)
	if !ok {
		u, ok = s.UserByAddress(user)
	}
	if !ok {
		u.UserID = user // there is none, which the tenant says
	}
	return s.tenant.ApproveDevice(userCode, u.UserID, s.Clock().Now())
}

// DenyDevice denies a device its tokens, as if its user had cancelled.
func (s *Server) DenyDevice(userCode string) (fixtures.DeviceCode, error) {
	return s.tenant.DenyDevice(userCode, s.Clock().Now())
}

// A SessionRequest says how StartSession signs a user in.
type SessionRequest struct {
	// Create makes the user if there is none with that address, and a member of the
	// organization of who is none.
	Create bool
	// Organization is the id or the name of the organization through which the user signs
	// in; "" for none.
	Organization string
	// MFA tells that the user has given a second factor, too.
	MFA bool
	// TTL is how long the session lasts. If it is 0, that is Auth0's lifetime: 7 days,
	// and 3 days without use.
	TTL time.Duration
}

// StartSession signs a user in to a browser without the login pages, and returns the
// cookies that the browser then has. They are good for http and for https. The user is a
// user_id, an e-mail address, a phone number or a username. The error says that there is
// no such user or organization, that the user is blocked, or no member.
func (s *Server) StartSession(user string, r SessionRequest) ([]*http.Cookie, error) {
	now := s.Clock().Now()
	session, err := s.tenant.StartSession(tenant.SessionRequest{User: user, Create: r.Create, Organization: r.Organization, SecondFactor: r.MFA, TTL: r.TTL, Now: now})
	if err != nil {
		return nil, err
	}
	var cookies []*http.Cookie
	for _, c := range web.Cookies("", web.SessionCookie, web.TenantCookie(session.ID, s.front.Named), int(session.IdleExpiresAt().Sub(now)/time.Second)) {
		cookies = append(cookies, &c)
	}
	return cookies, nil
}

// ExpireMessage lets the code or link of a message expire now. The clock does
// not move. It tells whether there is such a message.
func (s *Server) ExpireMessage(id string) bool { return s.tenant.ExpireMessage(id) }

// PredictOTP is the code that a recipient gets with the n-th start on a
// connection, counted from 1. It fails if codes are random or there is no such
// connection.
func (s *Server) PredictOTP(connection, recipient string, n int64) (string, error) {
	return s.tenant.PredictOTP(connection, fixtures.NormalizeRecipient(recipient), n)
}

// Captcha is the answer of the newest live captcha: of the login with that state, or of
// all if state is "". It tells whether there is one.
func (s *Server) Captcha(state string) (answer string, ok bool) {
	c, ok := s.tenant.NewestCaptcha(state, s.Clock().Now())
	return c.Answer, ok
}

// MintToken signs any claims: with the current key or, if aud is an API or a client
// with HS256, with its secret. iss, iat and exp (a day later) are filled in if absent.
func (s *Server) MintToken(issuer string, claims map[string]any) (string, error) {
	return s.tenant.Mint(s.fill(issuer, claims))
}

// ManagementToken is an access token for the Management API with these scopes, or with
// all that the mock knows if there are none.
func (s *Server) ManagementToken(issuer string, scopes ...string) (string, error) {
	if len(scopes) == 0 {
		scopes = management.Scopes()
	}
	return s.MintToken(issuer, tenant.ManagementClaims(issuer, scopes))
}

// ForgeToken is MintToken with a signature that no published key verifies. The
// token is right in everything else, its kid included.
func (s *Server) ForgeToken(issuer string, claims map[string]any) (string, error) {
	return s.tenant.Forge(s.fill(issuer, claims))
}

// fill adds the claims that are absent, and orders all: the registered ones
// first, the rest by name.
func (s *Server) fill(issuer string, claims map[string]any) token.Claims {
	now := s.Clock().Now().Unix()
	all := map[string]any{"iss": issuer, "iat": now, "exp": now + 86400}
	maps.Copy(all, claims)
	var out, rest token.Claims
	for _, name := range []string{"iss", "sub", "aud", "iat", "exp"} {
		if value, ok := all[name]; ok {
			out.Add(name, value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		rest = append(rest, token.Claim{Name: name, Value: all[name]})
	}
	out.Merge(rest)
	return out
}

// RotateKey makes the next key sign and returns its kid. The key set lists
// the previous, the current and the next key.
func (s *Server) RotateKey() string { return s.tenant.RotateKey() }

// Inject switches a scenario on for a test: a built-in one, one that the server
// knows by its name, or a file. Its rules are asked before those of the control
// API, of Config.Scenarios and of the fixture.
func (s *Server) Inject(nameOrFile string, n scenarios.Narrowing) (scenarios.Activation, error) {
	found, err := s.engine.Find(nameOrFile)
	if err != nil {
		found, err = scenarios.Open(nameOrFile)
	}
	if err != nil {
		return nil, err
	}
	return s.switchOn(found, n)
}

// InjectScenario is Inject of a scenario that is made in Go. If the scenario
// has mistakes, the error is a *fixtures.Errors that lists them all.
func (s *Server) InjectScenario(made scenarios.Scenario, n scenarios.Narrowing) (scenarios.Activation, error) {
	complete, err := scenarios.Complete(&made)
	if err != nil {
		return nil, err
	}
	return s.switchOn(complete, n)
}

func (s *Server) switchOn(on *scenarios.Scenario, n scenarios.Narrowing) (scenarios.Activation, error) {
	active, err := s.engine.SwitchOn(on, faults.ByGo, n)
	if err != nil {
		return nil, err
	}
	return active, nil
}

// Scenarios are the scenarios that are on, in the order in which their rules are
// asked, and what they have done.
func (s *Server) Scenarios() []scenarios.Status { return s.engine.Statuses() }

// SwitchOff switches off the scenario with that id, or else all scenarios with
// that name. It returns how many that were.
func (s *Server) SwitchOff(nameOrID string) int { return s.engine.SwitchOff(nameOrID) }

// VerifyScenarios compares how often scenarios have acted with want: counts by
// the name or id of a scenario, or by scenario/rule. If want is nil, it compares
// with what the scenarios that are on expect themselves. checked is how many
// counts were compared. The error is for a name that is not on.
func (s *Server) VerifyScenarios(want map[string]scenarios.Count) (failures []scenarios.Failure, checked int, err error) {
	if want == nil {
		failures, checked = s.engine.Unmet()
		return failures, checked, nil
	}
	failures, err = s.engine.Verify(want)
	return failures, len(want), err
}

// UnfiredScenarios are the expectations that the whole run has not met. What
// scenarios of Config and fixture did before a Reset counts, too, and so does
// what they did before they were switched off.
func (s *Server) UnfiredScenarios() []scenarios.Failure { return s.engine.Unfired() }

// DecideSMTP decides what happens to a recipient of a mail that an application
// sends: a delay, a fault or a refusal, and which rules say so. what is nil if
// nothing does. deliver is to be called when the mail arrives: it tells what
// happens to it, and which rules say so. It is for server/mailhog.
func (s *Server) DecideSMTP(from, to string) (what *scenarios.Then, rules string, deliver func() (how scenarios.Deliver, rules string)) {
	q := &faults.Request{
		At: s.Clock().Now(), Endpoint: "smtp", Recipient: fixtures.NormalizeRecipient(to),
		Param: func(name string) string {
			if name == "from" {
				return from
			}
			return ""
		},
	}
	if !s.engine.Concerns(nil, q.Recipient) {
		return nil, "", noDelivery
	}
	e, err := s.engine.Decide(q)
	if err != nil || e == nil { // only a header can name an unknown scenario
		return nil, "", noDelivery
	}
	deliver = func() (how scenarios.Deliver, rules string) {
		defer e.Done()
		return e.Deliver("code", "link")
	}
	if e.Delay > 0 || e.Unhandled() {
		what = &scenarios.Then{Respond: e.Respond, Fault: e.Fault}
	}
	if e.Delay > 0 {
		what.Delay = &scenarios.Delay{Fixed: e.Delay}
	}
	return what, e.Names(), deliver
}

func noDelivery() (how scenarios.Deliver, rules string) { return how, "" }

// State is the tenant as a fixture. A server that loads it has the same users,
// devices and refresh tokens. Messages, codes and requests are not in it. Of
// scenarios it has the names.
func (s *Server) State() *fixtures.Fixture {
	f := s.tenant.Export()
	f.Scenarios = nil
	for _, on := range s.Scenarios() {
		if on.By == faults.ByFixture.String() {
			f.Scenarios = append(f.Scenarios, on.Name)
		}
	}
	return f
}

// StateChanged receives after State has changed: a user, a refresh token, a count
// of codes, the settings, the clock. One receive can stand for several changes.
// There is one such channel, for one reader. A program that keeps the state saves
// it then.
func (s *Server) StateChanged() <-chan struct{} { return s.tenant.Changed() }

// PutState replaces the state by a fixture. From then on Reset goes back to that
// fixture. It fails if the fixture names an unknown scenario, or key files that
// the server's own fixture does not name.
func (s *Server) PutState(f *fixtures.Fixture) error {
	list, err := s.known(f)
	if err != nil {
		return err
	}
	keys, err := s.keysOfState(f)
	if err != nil {
		return err
	}
	f = s.seeded(f)
	s.reload.mu.Lock() // a reload that has begun must not bring the old scenarios back
	defer s.reload.mu.Unlock()
	s.tenant.Put(f, keys)
	s.front.Reset()
	s.runner.Reset()
	s.reload.fixtureScenarios = watched{}
	if err := s.engine.Set(faults.ByFixture, list); err != nil {
		return err
	}
	s.engine.Reset(f.Seed())
	return nil
}

// known are the scenarios that a fixture names, found without reading a file: by their
// names, or as the first tenant has them.
func (s *Server) known(f *fixtures.Fixture) (list []*scenarios.Scenario, err error) {
	for _, name := range f.Scenarios {
		found, err := s.engine.Find(name)
		if err != nil {
			found, err = s.all.first.engine.Find(name)
		}
		if err != nil {
			return nil, fmt.Errorf("scenarios: %w", err)
		}
		list = append(list, found)
	}
	return list, nil
}

// Reset goes back to the fixture that was loaded last. Users, codes, tokens,
// keys, messages, requests and the clock are as they were at the start. Scenarios
// that were switched on after the start are off.
func (s *Server) Reset() {
	s.tenant.Reset()
	s.front.Reset()
	s.runner.Reset()
	s.engine.Reset(s.Fixture().Seed())
}

// Report says in lines for people what happened: the last requests with their
// answers, the outbox, the scenarios with their counters, the clock. A failed
// test prints it.
func (s *Server) Report() string { return s.api.Report() }

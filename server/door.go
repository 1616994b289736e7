package server

import (
	"fmt"
	"maps"
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/token"
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

// Users are all users in the order of their creation.
func (s *Server) Users() []fixtures.User { return s.tenant.Users() }

// User is the user with the user_id.
func (s *Server) User(id string) (fixtures.User, bool) { return s.tenant.User(id) }

// UserByAddress is the user with the e-mail address or phone number. If several
// connections have one, the connection that is first in the fixture counts.
func (s *Server) UserByAddress(address string) (fixtures.User, bool) {
	return s.tenant.UserByAddress(fixtures.NormalizeRecipient(address))
}

// AddUser creates a user and returns it with its user_id. A user without a
// connection gets the one that fits the address. The error says what is wrong
// with the user, or that it exists already.
func (s *Server) AddUser(u fixtures.User) (fixtures.User, error) { return s.tenant.AddUser(u) }

// UpdateUser lets change alter a user, and returns the result. user_id and
// connection must stay.
func (s *Server) UpdateUser(id string, change func(*fixtures.User) error) (fixtures.User, error) {
	return s.tenant.UpdateUser(id, change)
}

// DeleteUser deletes a user. Its refresh tokens stop working.
func (s *Server) DeleteUser(id string) error { return s.tenant.DeleteUser(id) }

// ExpireMessage lets the code or link of a message expire now. The clock does
// not move. It tells whether there is such a message.
func (s *Server) ExpireMessage(id string) bool { return s.tenant.ExpireMessage(id) }

// PredictOTP is the code that a recipient gets with the n-th start on a
// connection, counted from 1. It fails if codes are random or there is no such
// connection.
func (s *Server) PredictOTP(connection, recipient string, n int64) (string, error) {
	return s.tenant.PredictOTP(connection, recipient, n)
}

// MintToken signs any claims with the current key. iss, iat and exp (a day
// later) are filled in if absent.
func (s *Server) MintToken(issuer string, claims map[string]any) (string, error) {
	return s.tenant.Keys.Sign(s.fill(issuer, claims))
}

// ForgeToken is MintToken with a signature that no published key verifies. The
// token is right in everything else, its kid included.
func (s *Server) ForgeToken(issuer string, claims map[string]any) (string, error) {
	return s.tenant.Keys.Forge(s.fill(issuer, claims))
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
func (s *Server) RotateKey() string { return s.tenant.Keys.Rotate() }

// Scenarios decide what goes wrong: what is on, what it did, what it was to do.
func (s *Server) Scenarios() *scenarios.Engine { return s.engine }

// Inject switches a scenario on for a test: a built-in one, one that the server
// knows by name already, or a file. It comes before the scenarios of the control
// API, the config and the fixture.
func (s *Server) Inject(nameOrFile string, n scenarios.Narrowing) (*scenarios.Activation, error) {
	found, err := s.engine.Find(nameOrFile)
	if err != nil {
		found, err = scenarios.Open(nameOrFile)
	}
	if err != nil {
		return nil, err
	}
	return s.engine.SwitchOn(found, scenarios.ByGo, n, s.Clock().Now())
}

// InjectScenario is Inject of a scenario that was made in Go. The error is a
// *strictyaml.Errors with every mistake.
func (s *Server) InjectScenario(made scenarios.Scenario, n scenarios.Narrowing) (*scenarios.Activation, error) {
	complete, err := scenarios.Complete(&made)
	if err != nil {
		return nil, err
	}
	return s.engine.SwitchOn(complete, scenarios.ByGo, n, s.Clock().Now())
}

// State is the tenant as a fixture. A server that loads it has the same users
// and refresh tokens. Messages, codes and requests are not in it. Of scenarios it
// has the names.
func (s *Server) State() *fixtures.Fixture {
	f := s.tenant.Export()
	f.Scenarios = nil
	for _, on := range s.engine.Statuses(s.Clock().Now()) {
		if on.By == scenarios.ByFixture.String() {
			f.Scenarios = append(f.Scenarios, on.Name)
		}
	}
	return f
}

// PutState replaces the state by a fixture. From then on Reset goes back to that
// fixture. It fails if the fixture names an unknown scenario, or key files that
// the server's own fixture does not name.
func (s *Server) PutState(f *fixtures.Fixture) error {
	list, err := s.engine.FindAll(f.Scenarios)
	if err != nil {
		return fmt.Errorf("scenarios: %w", err)
	}
	keys, err := s.keysOfState(f)
	if err != nil {
		return err
	}
	s.tenant.Put(f, keys)
	s.front.Reset()
	s.reload.forget(&s.reload.fixtureScenarios)
	if err := s.engine.Set(scenarios.ByFixture, list, s.Clock().Now()); err != nil {
		return err
	}
	s.engine.Reset(f.OTP.Seed, s.Clock().Now())
	return nil
}

// Reset goes back to the fixture that was loaded last. Users, codes, tokens,
// keys, messages, requests and the clock are as they were at the start. The
// scenarios that tests have switched on are off.
func (s *Server) Reset() {
	s.tenant.Reset()
	s.front.Reset()
	s.engine.Reset(s.Fixture().OTP.Seed, s.Clock().Now())
}

// Report says in lines for people what happened: the last requests with their
// answers, the outbox, the scenarios with their counters, the clock. A failed
// test prints it.
func (s *Server) Report() string { return s.api.Report() }

// DecideSMTP says what the scenarios do to a mail that an application sends;
// nil if nothing. It is for server/mailhog, whose requests carry the endpoint
// smtp.
func (s *Server) DecideSMTP(q *scenarios.Request) *scenarios.Effects {
	if !s.engine.Concerns(nil, q.Recipient) {
		return nil
	}
	effects, err := s.engine.Decide(q)
	if err != nil {
		return nil // only a scenario that a header names can be wrong
	}
	return effects
}

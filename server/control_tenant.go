package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/strictyaml"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
	"github.com/mockauth0/mockauth0/server/journal"
)

// noContent answers 204.
var noContent = web.Status{Code: http.StatusNoContent}

// encoded is a value in the fixture's own field names.
func encoded(status int, value any) (any, error) {
	data, err := strictyaml.MarshalJSON(value)
	if err != nil {
		return nil, err
	}
	return web.Status{Code: status, Value: rawJSON(data)}, nil
}

// rawJSON is JSON that is ready made.
type rawJSON []byte

// MarshalJSON returns the bytes.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// health is what GET /_mock/health answers.
type health struct {
	Status          string        `json:"status"`
	Version         string        `json:"version,omitempty"`
	Fixture         string        `json:"fixture"`
	FixtureError    string        `json:"fixture_error,omitempty"`
	ScenarioError   string        `json:"scenario_error,omitempty"`
	Warnings        []string      `json:"warnings,omitempty"`
	Clock           clockState    `json:"clock"`
	Holds           tenant.Counts `json:"holds"`
	Messages        int           `json:"messages"`
	DroppedMessages int           `json:"dropped_messages"`
	Requests        int           `json:"requests"`
	DroppedRequests int           `json:"dropped_requests"`
	Signatures      int64         `json:"signatures"` // tokens that the tenant's key has signed
}

func (s *Server) health(*web.Call) (any, error) {
	f := s.tenant.Fixture()
	requests, droppedRequests := s.front.Journal.Counts()
	messages, droppedMessages := s.Outbox().Counts()
	h := health{
		Status: "ok", Version: s.config.Version, Fixture: f.Source, Warnings: f.Warnings, Clock: s.clockState(),
		Holds: s.tenant.Counts(), Messages: messages, DroppedMessages: droppedMessages,
		Requests: requests, DroppedRequests: droppedRequests, Signatures: s.tenant.Keys.Signatures(),
	}
	if err := s.fixtureError(); err != nil {
		h.FixtureError = err.Error()
	}
	if err := s.scenarioError(); err != nil {
		h.ScenarioError = err.Error()
	}
	return h, nil
}

// clockState is the clock as the control API shows it.
type clockState struct {
	Now     time.Time `json:"now"`
	Running bool      `json:"running"`
	Offset  string    `json:"offset,omitempty"` // of a running clock from real time
}

func (s *Server) clockState() clockState {
	c := s.Clock()
	state := clockState{Now: c.Now(), Running: c.Running()}
	if state.Running {
		state.Offset = c.Offset().Round(time.Millisecond).String()
	}
	return state
}

func (s *Server) readClock(*web.Call) (any, error) { return s.clockState(), nil }

// setup is what GET /_mock/tenant answers, in the fixture's fields.
type setup struct {
	Issuer          string                    `yaml:"issuer"`
	Domain          string                    `yaml:"domain"`
	FriendlyName    string                    `yaml:"friendly_name"`
	Clients         []fixtures.Client         `yaml:"clients"`
	Connections     []fixtures.Connection     `yaml:"connections"`
	ResourceServers []fixtures.ResourceServer `yaml:"resource_servers"`
	Keys            publishedKeys             `yaml:"keys"`
	HasCA           bool                      `yaml:"has_ca"`
}

// publishedKeys are the kids of the published keys.
type publishedKeys struct {
	Current  string `yaml:"current"`
	Next     string `yaml:"next"`
	Previous string `yaml:"previous"`
}

func (s *Server) readTenant(c *web.Call) (any, error) {
	f := s.tenant.Fixture()
	_, domain, _ := strings.Cut(c.Origin, "://")
	var keys publishedKeys
	keys.Current, keys.Next, keys.Previous = s.tenant.Keys.KeyIDs()
	return encoded(http.StatusOK, setup{
		Issuer: c.Issuer, Domain: domain, FriendlyName: f.Tenant.FriendlyName,
		Clients: f.Clients, Connections: f.Connections, ResourceServers: f.ResourceServers,
		Keys: keys, HasCA: s.config.CA != nil,
	})
}

// clockMove is the body of POST /_mock/clock: exactly one of its fields.
type clockMove struct {
	Advance string    `yaml:"advance" doc:"How far to move forward, such as 3m or 24h."`
	Set     time.Time `yaml:"set" doc:"The time at which to stop the clock, RFC 3339."`
	Freeze  *bool     `yaml:"freeze" doc:"true stops the clock where it is, false lets it run on."`
	Reset   bool      `yaml:"reset" doc:"true goes back to real time."`
}

// maxYear leaves what lapses later room in the years that RFC 3339, and so
// JSON, can write.
const maxYear = 9998

func (s *Server) moveClock(c *web.Call) (any, error) {
	var move clockMove
	if err := decode(c, &move); err != nil {
		return nil, err
	}
	given := 0
	for _, is := range []bool{move.Advance != "", !move.Set.IsZero(), move.Freeze != nil, move.Reset} {
		if is {
			given++
		}
	}
	if given != 1 {
		return nil, badRequest(`the body needs exactly one of {"advance":"3m"}, {"set":"2030-01-01T00:00:00Z"}, {"freeze":true} and {"reset":true}`)
	}
	switch clock := s.Clock(); {
	case move.Advance != "":
		d, err := time.ParseDuration(move.Advance)
		if err != nil {
			return nil, badRequest("advance: %q is not a duration such as 3m or 24h", move.Advance)
		}
		if clock.Now().Add(d).Year() > maxYear {
			return nil, badRequest("advance: %s more would be beyond the year %d", move.Advance, maxYear)
		}
		if err := clock.Advance(d); err != nil {
			return nil, badRequest("advance: %s", err)
		}
	case !move.Set.IsZero():
		if year := move.Set.Year(); year < 1 || year > maxYear {
			return nil, badRequest("set: %s is beyond the years 1 to %d", move.Set.Format(time.RFC3339), maxYear)
		}
		clock.Set(move.Set)
	case move.Reset:
		clock.Reset()
	case *move.Freeze:
		clock.Freeze()
	default:
		clock.Run()
	}
	return s.clockState(), nil
}

// shown is a user as the control API shows it: every default filled, and the
// password left out.
func shown(u fixtures.User) fixtures.User {
	u = tenant.Profile(u)
	u.Password = ""
	return u
}

func (s *Server) listUsers(*web.Call) (any, error) {
	users := s.Users()
	items := make([]rawJSON, len(users))
	for i, u := range users {
		data, err := strictyaml.MarshalJSON(shown(u))
		if err != nil {
			return nil, err
		}
		items[i] = data
	}
	return map[string]any{"items": items}, nil
}

func (s *Server) createUser(c *web.Call) (any, error) {
	var u fixtures.User
	if err := decode(c, &u); err != nil {
		return nil, err
	}
	added, err := s.AddUser(u)
	if err != nil {
		return nil, userError(err)
	}
	return encoded(http.StatusCreated, shown(added))
}

func (s *Server) readUser(c *web.Call) (any, error) {
	u, ok := s.User(c.Vars["id"])
	if !ok {
		return nil, controlError(http.StatusNotFound, "no_user", "there is no user %q; GET /_mock/users lists those there are", c.Vars["id"])
	}
	return encoded(http.StatusOK, shown(u))
}

func (s *Server) updateUser(c *web.Call) (any, error) {
	u, err := s.UpdateUser(c.Vars["id"], func(u *fixtures.User) error { return decode(c, u) })
	if err != nil {
		return nil, userError(err)
	}
	return encoded(http.StatusOK, shown(u))
}

func (s *Server) removeUser(c *web.Call) (any, error) {
	if err := s.DeleteUser(c.Vars["id"]); err != nil {
		return nil, userError(err)
	}
	return noContent, nil
}

// minting is the body of POST /_mock/tokens.
type minting struct {
	Claims map[string]any `yaml:"claims" required:"true" doc:"The claims. iss, iat and exp are filled in if absent."`
	Key    string         `yaml:"key" enum:"current,rogue" doc:"current (default) signs; rogue gives a signature that no published key verifies."`
}

func (s *Server) mintToken(c *web.Call) (any, error) {
	var m minting
	if err := decode(c, &m); err != nil {
		return nil, err
	}
	sign := s.MintToken
	if m.Key == "rogue" {
		sign = s.ForgeToken
	}
	signed, err := sign(c.Issuer, m.Claims)
	if err != nil {
		return nil, badRequest("claims: %s", err)
	}
	return map[string]string{"token": signed}, nil
}

func (s *Server) rotateKeys(*web.Call) (any, error) {
	return map[string]string{"kid": s.RotateKey()}, nil
}

func (s *Server) listRequests(*web.Call) (any, error) {
	entries, dropped := s.front.Journal.All()
	return struct {
		Items   []journal.Request `json:"items"`
		Dropped int               `json:"dropped"`
	}{entries, dropped}, nil
}

func (s *Server) clearRequests(*web.Call) (any, error) {
	s.front.Journal.Clear()
	return noContent, nil
}

func (s *Server) exportState(*web.Call) (any, error) { return encoded(http.StatusOK, s.State()) }

func (s *Server) importState(c *web.Call) (any, error) {
	f, err := fixtures.Parse("", c.Body)
	if err != nil {
		return nil, mistakes(err)
	}
	if err := s.PutState(f); err != nil {
		return nil, mistakes(err)
	}
	return noContent, nil
}

func (s *Server) resetState(*web.Call) (any, error) {
	s.Reset()
	return noContent, nil
}

func (s *Server) caPEM(*web.Call) (any, error) {
	if s.config.CA == nil {
		return nil, controlError(http.StatusNotFound, "no_ca", "this server has no certificate authority: it does not speak https")
	}
	return web.Raw{ContentType: "application/x-pem-file", Body: s.config.CA()}, nil
}

package tenant

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
)

const maxSessions = 20_000

// A Session is a browser that is signed in.
type Session struct {
	// ID is what the browser's cookie holds.
	ID string
	// SID is the sid claim.
	SID    string
	UserID string
	// AuthTime is when the user last gave a code or a password.
	AuthTime time.Time
	// SecondFactor is when the user gave a second factor; zero if never.
	SecondFactor time.Time
	// SignedUp tells that the login which returned the session has created the user.
	SignedUp bool
	// Clients are those that the user signed in to with this session, the last
	// one at the end.
	Clients []string
	// Connection is the one by which the user signed in.
	Connection string
	// Method is how the user gave the first factor, as Auth0 names it: pwd, email or sms.
	Method string
	Device fixtures.ClientDevice
	// Metadata are what the Management API keeps with it.
	Metadata map[string]any

	created, used  time.Time
	lifetime, idle time.Duration
	organizations  map[string]string // through which the user signed in last, by client; "" for none
}

// methodOf is how the users of a strategy sign in.
// Source: auth0/docs-v2 customize/actions, event.authentication.methods.
func methodOf(strategy string) string {
	if strategy == StrategyDatabase {
		return "pwd"
	}
	return strategy
}

// ofNewUser is a copy of a session that says whether the login has created the user.
func (s Session) ofNewUser(is bool) Session {
	s.SignedUp = is
	return s
}

// CreatedAt is when the user signed in to the browser.
func (s Session) CreatedAt() time.Time { return s.created }

// UsedAt is when the session was last used.
func (s Session) UsedAt() time.Time { return s.used }

// ExpiresAt is when the session ends, and IdleExpiresAt when it does without use.
func (s Session) ExpiresAt() time.Time { return s.created.Add(s.lifetime) }

// IdleExpiresAt is when the session ends if it is not used before.
func (s Session) IdleExpiresAt() time.Time { return s.used.Add(s.idle) }

func (s *Session) lapsed(now time.Time) bool {
	return !now.Before(s.ExpiresAt()) || !now.Before(s.IdleExpiresAt())
}

type sessions struct {
	bounded[string, *Session]
	count tally[string] // how many sessions each user had so far
}

func newSessions() sessions {
	return sessions{newBounded[string, *Session](maxSessions, nil), newTally[string](maxSessions)}
}

func (ss *sessions) settle(now time.Time) {
	ss.removeIf(func(s *Session) bool { return s.lapsed(now) })
}

// Session returns the session with an ID, unless it has lapsed or its user was
// deleted or blocked. The call counts as a use of the session.
func (t *Tenant) Session(id string, now time.Time) (Session, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.sessionLocked(id, now)
	if !ok {
		return Session{}, false
	}
	return *s, true
}

func (t *Tenant) sessionLocked(id string, now time.Time) (*Session, bool) {
	s, ok := t.sessions.get(id)
	if !ok || s.lapsed(now) {
		return nil, false
	}
	if u, ok := t.users.get(s.UserID); !ok || u.Blocked {
		return nil, false
	}
	s.used = now
	return s, true
}

// limit shortens the sessions that last longer than new ones do. Those that began while
// they were shorter stay as they are.
// Source: auth0/docs-v2 session-lifetime-limits.mdx.
func (ss *sessions) limit(most, idle time.Duration) {
	for _, s := range ss.all {
		s.lifetime, s.idle = min(s.lifetime, most), min(s.idle, idle)
	}
}

// signedInTo notes a client, and the organization of the login. It makes a new list and
// map, since callers of Session hold the old ones.
func (s *Session) signedInTo(c *fixtures.Client, organization string) {
	client := c.ClientID
	if c.MayUseOrganizations() {
		s.organizations = maps.Clone(s.organizations)
		if s.organizations == nil {
			s.organizations = map[string]string{}
		}
		s.organizations[client] = organization
	}
	s.Clients = append(slices.DeleteFunc(slices.Clone(s.Clients), func(id string) bool { return id == client }), client)
}

// Sessions returns the live sessions that a function chooses, the oldest first.
func (t *Tenant) Sessions(now time.Time, chosen func(Session) bool) []Session {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Session
	for _, s := range t.sessions.all {
		if !s.lapsed(now) && chosen(*s) {
			list = append(list, *s)
		}
	}
	return list
}

// EndSessionTokens ends the refresh tokens that came of a session.
func (t *Tenant) EndSessionTokens(s Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.listFamiliesLocked() {
		if f.SessionID == s.SID && f.UserID == s.UserID {
			t.endFamilyLocked(f.ID)
		}
	}
}

// EndSession ends a session: the browser with this cookie is signed out.
func (t *Tenant) EndSession(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sessions.remove(id)
}

// SetSessionMetadata replaces the metadata of a session.
func (t *Tenant) SetSessionMetadata(id string, metadata map[string]any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.sessions.get(id); ok {
		s.Metadata = metadata
	}
}

// newSessionLocked signs a user in to a browser. oldID is the session that the
// browser has already, or "". A session of the same user goes on with a new
// AuthTime; another user's ends.
func (t *Tenant) newSessionLocked(u *user, oldID, connection, method string, a Authorization) *Session {
	id, now := u.UserID, a.Now
	if s, ok := t.sessions.get(oldID); ok && s.UserID == id && !s.lapsed(now) {
		s.AuthTime, s.used, s.Connection, s.Method = now, now, connection, method
		s.Device.Use(a.Caller.Agent, a.Caller.IP)
		return s
	}
	t.sessions.remove(oldID)
	n := strconv.FormatInt(t.sessions.count.add(id), 10)
	s := &Session{
		ID: t.setup.Seed.Opaque(43, "session", id, n), SID: t.setup.Seed.Opaque(32, "sid", id, n),
		UserID: id, AuthTime: now, created: now, used: now, Connection: connection, Method: method,
	}
	s.lifetime, s.idle = t.setup.Fixture.Tenant.LifetimeOfSessions()
	s.Device.Use(a.Caller.Agent, a.Caller.IP)
	t.sessions.put(s.ID, s)
	return s
}

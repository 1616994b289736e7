package tenant

import (
	"slices"
	"strconv"
	"time"
)

// A browser's session lasts so long at most, and so long without use: Auth0's
// defaults for a new tenant.
// Source: auth0/docs-v2 manage-users/sessions/configure-session-lifetime-settings.mdx.
const (
	sessionLifetime     = 7 * 24 * time.Hour
	sessionIdleLifetime = 3 * 24 * time.Hour
	maxSessions         = 20_000
)

// A Session is a browser that is signed in.
type Session struct {
	// ID is what the browser's cookie holds.
	ID string
	// SID is the sid claim.
	SID    string
	UserID string
	// AuthTime is when the user last proved who they are.
	AuthTime time.Time
	// Clients are those to which the user signed in by it, the last one last.
	Clients []string

	created, used time.Time
}

func (s *Session) lapsed(now time.Time) bool {
	return !now.Before(s.created.Add(sessionLifetime)) || !now.Before(s.used.Add(sessionIdleLifetime))
}

type sessions struct {
	bounded bounded[string, *Session]
	count   tally[string] // sessions of each user so far
}

func newSessions() sessions {
	return sessions{newBounded[string](maxSessions, func(*Session) bool { return true }), newTally[string](maxSessions)}
}

func (ss *sessions) settle(now time.Time) {
	for id, s := range ss.bounded.all {
		if s.lapsed(now) {
			ss.bounded.remove(id)
		}
	}
}

// Session is the session that a cookie names, if it still lasts and its user
// is there and not blocked. It is used by that.
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
	s, ok := t.sessions.bounded.get(id)
	if !ok || s.lapsed(now) {
		return nil, false
	}
	if u, ok := t.users.get(s.UserID); !ok || u.blocked() {
		return nil, false
	}
	s.used = now
	return s, true
}

// signedInTo notes a client. A list that was handed out stays as it is.
func (s *Session) signedInTo(client string) {
	s.Clients = append(slices.DeleteFunc(slices.Clone(s.Clients), func(have string) bool { return have == client }), client)
}

// EndSession signs the browser out whose cookie names the session.
func (t *Tenant) EndSession(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sessions.bounded.remove(id)
}

// newSessionLocked signs a user in to a browser. A session of the same user
// that the browser has already goes on, with a new time of authentication.
func (t *Tenant) newSessionLocked(u *user, have string, now time.Time) *Session {
	id := u.id()
	if s, ok := t.sessions.bounded.get(have); ok && s.UserID == id && !s.lapsed(now) {
		s.AuthTime, s.used = now, now
		return s
	}
	t.sessions.bounded.remove(have)
	n := strconv.FormatInt(t.sessions.count.add(id), 10)
	s := &Session{
		ID: t.setup.Seed.Opaque(43, "session", id, n), SID: t.setup.Seed.Opaque(32, "sid", id, n),
		UserID: id, AuthTime: now, created: now, used: now,
	}
	t.sessions.bounded.put(s.ID, s)
	return s
}

package management

import (
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A holding is a kind of thing that users have, and that the Management API lists and
// ends, for a user or one by one.
type holding[T any] struct {
	path     string // /sessions
	key      string // of the list in an answer
	scope    string // the noun of the scopes
	one, all string // for the documents: "a session", "sessions"
	ends     string // for the documents: what a DELETE does
	dialect  dialect
	// checkpoint: the list is always read by from and take.
	checkpoint bool
	missing    *refusal.Refusal
	ended      web.Status // of the DELETE of one

	of   func(c *call, userID string) []T
	find func(c *call, id string) (T, bool)
	end  func(*call, T)
	show func(T) object
}

var userSessions = holding[tenant.Session]{
	path: "/sessions", key: "sessions", scope: "sessions", one: "a session", all: "sessions", ends: "ends",
	dialect: listFirst, checkpoint: true, missing: refusal.InexistentSession, ended: accepted,
	of: func(c *call, userID string) []tenant.Session {
		return c.Tenant.Sessions(c.Now, func(s tenant.Session) bool { return s.UserID == userID })
	},
	find: func(c *call, id string) (tenant.Session, bool) {
		return first(c.Tenant.Sessions(c.Now, func(s tenant.Session) bool { return s.SID == id }))
	},
	end:  func(c *call, s tenant.Session) { c.Tenant.EndSession(s.ID) },
	show: showSession,
}

var userRefreshTokens = holding[fixtures.RefreshFamily]{
	path: "/refresh-tokens", key: "tokens", scope: "refresh_tokens", one: "a refresh token", all: "refresh tokens", ends: "revokes",
	dialect: tokensList, missing: refusal.InexistentRefreshToken, ended: noContent,
	of: func(c *call, userID string) []fixtures.RefreshFamily {
		return refreshTokens(c, func(f fixtures.RefreshFamily) bool { return f.UserID == userID })
	},
	find: func(c *call, id string) (fixtures.RefreshFamily, bool) {
		return first(refreshTokens(c, func(f fixtures.RefreshFamily) bool { return strings.EqualFold(f.ID, id) }))
	},
	end:  func(c *call, f fixtures.RefreshFamily) { c.Tenant.EndRefreshToken(f.ID) },
	show: showRefreshToken,
}

func refreshTokens(c *call, chosen func(fixtures.RefreshFamily) bool) []fixtures.RefreshFamily {
	return slices.DeleteFunc(c.Tenant.RefreshTokens(), func(f fixtures.RefreshFamily) bool { return !chosen(f) })
}

func first[T any](list []T) (one T, ok bool) {
	if len(list) == 0 {
		return one, false
	}
	return list[0], true
}

func (h holding[T]) operations() []operation {
	ofUser, item := "/users/{id}"+h.path, h.path+"/{id}"
	read, remove := []string{"read:" + h.scope}, []string{"delete:" + h.scope}
	return []operation{
		{method: "GET", path: ofUser, summary: "lists the " + h.all + " of a user", scopes: read, query: onlyCheckpoints, run: h.runList},
		{method: "DELETE", path: ofUser, summary: h.ends + " the " + h.all + " of a user", scopes: remove, run: h.runEndAll},
		{method: "GET", path: item, summary: "reads " + h.one, scopes: read, run: h.runRead},
		{method: "DELETE", path: item, summary: h.ends + " " + h.one, scopes: remove, run: h.runEnd},
	}
}

func (h holding[T]) runList(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, one := range h.of(c, u.UserID) {
		all = append(all, h.show(one))
	}
	p.checkpoint = p.checkpoint || h.checkpoint
	return c.answer(h.dialect, h.key, p, cut(p, all), len(all)), nil
}

func (h holding[T]) runEndAll(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	for _, one := range h.of(c, u.UserID) {
		h.end(c, one)
	}
	return accepted, nil
}

func (h holding[T]) runRead(c *call) (any, error) {
	one, ok := h.find(c, c.Vars["id"])
	if !ok {
		return nil, h.missing
	}
	return h.show(one), nil
}

func (h holding[T]) runEnd(c *call) (any, error) {
	one, ok := h.find(c, c.Vars["id"])
	if !ok {
		return nil, h.missing
	}
	h.end(c, one)
	return h.ended, nil
}

// showSession is a session of a browser. Its id is the claim sid.
func showSession(s tenant.Session) object {
	clients := []object{}
	for _, id := range s.Clients {
		clients = append(clients, object{{Key: "client_id", Value: id}})
	}
	return object{
		{Key: "id", Value: s.SID},
		{Key: "user_id", Value: s.UserID},
		{Key: "created_at", Value: isoTime(s.CreatedAt())},
		{Key: "updated_at", Value: isoTime(s.UsedAt())},
		{Key: "authenticated_at", Value: isoTime(s.AuthTime)},
		{Key: "idle_expires_at", Value: isoTime(s.IdleExpiresAt())},
		{Key: "expires_at", Value: isoTime(s.ExpiresAt())},
		{Key: "last_interacted_at", Value: isoTime(s.UsedAt())},
		{Key: "clients", Value: clients},
	}
}

// showRefreshToken is a refresh token. Its id is not the token.
func showRefreshToken(f fixtures.RefreshFamily) object {
	servers := []object{}
	if f.Audience != "" {
		servers = append(servers, object{{Key: "audience", Value: f.Audience}, {Key: "scopes", Value: f.Scope}})
	}
	return object{
		{Key: "id", Value: f.ID},
		{Key: "user_id", Value: f.UserID},
		{Key: "created_at", Value: isoTime(f.CreatedAt)},
		{Key: "idle_expires_at", Value: nil},
		{Key: "expires_at", Value: timeOrNull(f.ExpiresAt)},
		{Key: "client_id", Value: f.ClientID},
		{Key: "session_id", Value: nil},
		{Key: "rotating", Value: f.Rotating},
		{Key: "resource_servers", Value: servers},
		{Key: "last_exchanged_at", Value: timeOrNull(f.LastUsedAt)},
	}
}

package management

import (
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// sessionOperations are those on sessions and refresh tokens.
var sessionOperations = []operation{
	{method: "GET", path: "/users/{id}/sessions", summary: "lists the sessions of a user", scopes: []string{"read:sessions"}, query: onlyCheckpoints, run: listSessions},
	{method: "DELETE", path: "/users/{id}/sessions", summary: "ends the sessions of a user", scopes: []string{"delete:sessions"}, run: endSessions},
	{method: "GET", path: "/sessions/{id}", summary: "reads a session", scopes: []string{"read:sessions"}, run: readSession},
	{method: "DELETE", path: "/sessions/{id}", summary: "ends a session", scopes: []string{"delete:sessions"}, run: endSession},
	{method: "GET", path: "/users/{id}/refresh-tokens", summary: "lists the refresh tokens of a user", scopes: []string{"read:refresh_tokens"}, query: onlyCheckpoints, run: listRefreshTokens},
	{method: "DELETE", path: "/users/{id}/refresh-tokens", summary: "revokes the refresh tokens of a user", scopes: []string{"delete:refresh_tokens"}, run: revokeRefreshTokens},
	{method: "GET", path: "/refresh-tokens/{id}", summary: "reads a refresh token", scopes: []string{"read:refresh_tokens"}, run: readRefreshToken},
	{method: "DELETE", path: "/refresh-tokens/{id}", summary: "revokes a refresh token", scopes: []string{"delete:refresh_tokens"}, run: revokeRefreshToken},
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

func listSessions(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, s := range c.Tenant.Sessions(c.Now, func(s tenant.Session) bool { return s.UserID == u.UserID }) {
		all = append(all, showSession(s))
	}
	p.checkpoint = true
	return c.answer(listFirst, "sessions", p, cut(p, all), len(all)), nil
}

func endSessions(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	for _, s := range c.Tenant.Sessions(c.Now, func(s tenant.Session) bool { return s.UserID == u.UserID }) {
		c.Tenant.EndSession(s.ID)
	}
	return accepted, nil
}

// session is the session that the path names.
func (c *call) session() (tenant.Session, error) {
	found := c.Tenant.Sessions(c.Now, func(s tenant.Session) bool { return s.SID == c.Vars["id"] })
	if len(found) == 0 {
		return tenant.Session{}, refusal.InexistentSession
	}
	return found[0], nil
}

func readSession(c *call) (any, error) {
	s, err := c.session()
	if err != nil {
		return nil, err
	}
	return showSession(s), nil
}

func endSession(c *call) (any, error) {
	s, err := c.session()
	if err != nil {
		return nil, err
	}
	c.Tenant.EndSession(s.ID)
	return accepted, nil
}

// showRefreshToken is a refresh token. Its id is not the token.
func showRefreshToken(f fixtures.RefreshFamily) object {
	orNull := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return isoTime(t)
	}
	servers := []object{}
	if f.Audience != "" {
		servers = append(servers, object{{Key: "audience", Value: f.Audience}, {Key: "scopes", Value: f.Scope}})
	}
	return object{
		{Key: "id", Value: f.ID},
		{Key: "user_id", Value: f.UserID},
		{Key: "created_at", Value: isoTime(f.CreatedAt)},
		{Key: "idle_expires_at", Value: nil},
		{Key: "expires_at", Value: orNull(f.ExpiresAt)},
		{Key: "client_id", Value: f.ClientID},
		{Key: "session_id", Value: nil},
		{Key: "rotating", Value: f.Rotating},
		{Key: "resource_servers", Value: servers},
		{Key: "last_exchanged_at", Value: orNull(f.LastUsedAt)},
	}
}

// refreshTokens are those of a user.
func (c *call) refreshTokens(userID string) (list []fixtures.RefreshFamily) {
	for _, f := range c.Tenant.RefreshTokens() {
		if f.UserID == userID {
			list = append(list, f)
		}
	}
	return list
}

func listRefreshTokens(c *call) (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	var all []object
	for _, f := range c.refreshTokens(u.UserID) {
		all = append(all, showRefreshToken(f))
	}
	return c.answer(tokensList, "tokens", p, cut(p, all), len(all)), nil
}

func revokeRefreshTokens(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	for _, f := range c.refreshTokens(u.UserID) {
		c.Tenant.EndRefreshToken(f.ID)
	}
	return accepted, nil
}

// refreshToken is the refresh token that the path names.
func (c *call) refreshToken() (fixtures.RefreshFamily, error) {
	for _, f := range c.Tenant.RefreshTokens() {
		if strings.EqualFold(f.ID, c.Vars["id"]) {
			return f, nil
		}
	}
	return fixtures.RefreshFamily{}, refusal.InexistentRefreshToken
}

func readRefreshToken(c *call) (any, error) {
	f, err := c.refreshToken()
	if err != nil {
		return nil, err
	}
	return showRefreshToken(f), nil
}

func revokeRefreshToken(c *call) (any, error) {
	f, err := c.refreshToken()
	if err != nil {
		return nil, err
	}
	c.Tenant.EndRefreshToken(f.ID)
	return noContent, nil
}

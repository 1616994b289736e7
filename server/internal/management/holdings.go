package management

import (
	"net/http"
	"slices"
	"strings"
	"time"

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
	show func(*call, T) object
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
		all = append(all, h.show(c, one))
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
	return h.show(c, one), nil
}

func (h holding[T]) runEnd(c *call) (any, error) {
	one, ok := h.find(c, c.Vars["id"])
	if !ok {
		return nil, h.missing
	}
	h.end(c, one)
	return h.ended, nil
}

// metadata is what the body of a PATCH keeps with a holding.
func metadata(name string) *property {
	return &property{types: []string{"object"}, members: []property{
		property{types: []string{"object", "null"}, max: 25, rest: &property{types: []string{"string"}, max: 255}}.of(name, "Metadata associated with it, in the form of an object with string values (max 255 chars). Maximum of 25 metadata properties allowed."),
	}}
}

// holdingOperations are those that one kind of holding has and the other does not have
// in the same way.
var holdingOperations = []operation{
	{
		method: "GET", path: "/refresh-tokens", summary: "lists the refresh tokens of a user, or those of one client", scopes: []string{"read:refresh_tokens"},
		query: slices.Concat(checkpoints, fieldLists, []property{required("user_id", "ID of the user whose refresh tokens to retrieve. Required."), text.of("client_id", "Filter results by client ID. Only valid when user_id is provided.")}),
		run:   listRefreshTokens,
	},
	{
		method: "POST", path: "/refresh-tokens/revoke", summary: "revokes refresh tokens: by their ids, or those of a user, a client and an API", scopes: []string{"delete:refresh_tokens"},
		body: &property{types: []string{"object"}, members: []property{
			property{types: []string{"array"}, items: &text, min: 1, max: 100}.of("ids", "Array of refresh token IDs to revoke. Limited to 100 at a time."), text.of("user_id", "Revoke all refresh tokens for this user."),
			text.of("client_id", "Revoke refresh tokens for this client. Must be paired with `user_id`; optionally narrowed further with `audience`."),
			text.of("audience", "Resource server identifier (audience) to scope the revocation. Must be used with both `user_id` and `client_id`."),
		}},
		run: revokeRefreshTokens,
	},
	{
		method: "PATCH", path: "/sessions/{id}", summary: "changes the metadata of a session", scopes: []string{"update:sessions"},
		body: metadata("session_metadata"), run: changeSession,
	},
	{
		method: "POST", path: "/sessions/{id}/revoke", summary: "ends a session and its refresh tokens", scopes: []string{"delete:sessions", "delete:refresh_tokens"},
		run: revokeSession,
	},
	{
		method: "PATCH", path: "/refresh-tokens/{id}", summary: "changes the metadata of a refresh token", scopes: []string{"update:refresh_tokens"},
		body: metadata("refresh_token_metadata"), run: changeRefreshToken,
	},
	{
		method: "POST", path: "/users/{id}/revoke-access", summary: "ends the sessions and the refresh tokens of a user", scopes: []string{"delete:sessions", "delete:refresh_tokens"},
		body: &property{types: []string{"object", "null"}, members: []property{
			text.of("session_id", "ID of the session to revoke."),
			boolean.of("preserve_refresh_tokens", "Whether to preserve the refresh tokens associated with the session."),
		}},
		run: revokeAccess,
	},
}

// theSession is the session that the path names.
func theSession(c *call) (tenant.Session, error) {
	s, ok := userSessions.find(c, c.Vars["id"])
	if !ok {
		return s, refusal.InexistentSession
	}
	return s, nil
}

func changeSession(c *call) (any, error) {
	s, err := theSession(c)
	if err != nil {
		return nil, err
	}
	if value, sent := c.body["session_metadata"]; sent {
		s.Metadata, _ = value.(map[string]any)
		c.Tenant.SetSessionMetadata(s.ID, s.Metadata)
	}
	return showSession(c, s), nil
}

func changeRefreshToken(c *call) (any, error) {
	f, ok := userRefreshTokens.find(c, c.Vars["id"])
	if !ok {
		return nil, refusal.InexistentRefreshToken
	}
	if value, sent := c.body["refresh_token_metadata"]; sent {
		f.Metadata, _ = value.(map[string]any)
		c.Tenant.SetRefreshTokenMetadata(f.ID, f.Metadata)
	}
	return showRefreshToken(c, f), nil
}

// endSession ends a session, and the refresh tokens that it gave unless they are to
// stay.
func endSession(c *call, s tenant.Session, withTokens bool) {
	if withTokens {
		c.Tenant.EndSessionTokens(s)
	}
	c.Tenant.EndSession(s.ID)
}

func revokeSession(c *call) (any, error) {
	s, err := theSession(c)
	if err != nil {
		return nil, err
	}
	endSession(c, s, true)
	return accepted, nil
}

// revokeAccess ends the session that the body names, or all of the user.
func revokeAccess(c *call) (any, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	withTokens := c.body["preserve_refresh_tokens"] != true
	id := c.text("session_id")
	for _, s := range userSessions.of(c, u.UserID) {
		if id == "" || s.SID == id {
			endSession(c, s, withTokens)
		}
	}
	if id == "" && withTokens {
		for _, f := range userRefreshTokens.of(c, u.UserID) {
			c.Tenant.EndRefreshToken(f.ID)
		}
	}
	return web.Status{Code: http.StatusOK}, nil
}

func listRefreshTokens(c *call) (any, error) {
	user, client := c.query["user_id"], c.query["client_id"]
	var all []object
	for _, f := range refreshTokens(c, func(f fixtures.RefreshFamily) bool { return f.UserID == user && (client == "" || f.ClientID == client) }) {
		all = append(all, c.only(showRefreshToken(c, f)))
	}
	return c.part("refresh_tokens", all)
}

// revokeRefreshTokens revokes those of the body. What is not there is no mistake.
// Unverified: the refusals of a body that names too little.
func revokeRefreshTokens(c *call) (any, error) {
	ids, user, client, audience := c.texts("ids"), c.text("user_id"), c.text("client_id"), c.text("audience")
	switch {
	case len(ids) == 0 && user == "":
		return nil, missingProperty("user_id")
	case audience != "" && client == "":
		return nil, missingProperty("client_id")
	}
	for _, f := range refreshTokens(c, func(f fixtures.RefreshFamily) bool {
		if len(ids) > 0 {
			return slices.ContainsFunc(ids, func(id string) bool { return strings.EqualFold(id, f.ID) })
		}
		return f.UserID == user && (client == "" || f.ClientID == client) && (audience == "" || f.Audience == audience)
	}) {
		c.Tenant.EndRefreshToken(f.ID)
	}
	return noContent, nil
}

// showSession is a session of a browser. Its id is the claim sid.
func showSession(_ *call, s tenant.Session) object {
	clients := []object{}
	for _, id := range s.Clients {
		clients = append(clients, object{{Key: "client_id", Value: id}})
	}
	methods := []object{{{Key: "name", Value: s.Method}, {Key: "timestamp", Value: isoTime(s.AuthTime)}}}
	if !s.SecondFactor.IsZero() {
		methods = append(methods, object{{Key: "name", Value: "mfa"}, {Key: "timestamp", Value: isoTime(s.SecondFactor)}})
	}
	o := object{
		{Key: "id", Value: s.SID},
		{Key: "user_id", Value: s.UserID},
		{Key: "created_at", Value: isoTime(s.CreatedAt())},
		{Key: "updated_at", Value: isoTime(s.UsedAt())},
		{Key: "authenticated_at", Value: isoTime(s.AuthTime)},
		{Key: "idle_expires_at", Value: isoTime(s.IdleExpiresAt())},
		{Key: "expires_at", Value: isoTime(s.ExpiresAt())},
		{Key: "last_interacted_at", Value: isoTime(s.UsedAt())},
		{Key: "device", Value: showDevice(s.Device)},
		{Key: "clients", Value: clients},
		{Key: "authentication", Value: object{{Key: "methods", Value: methods}}},
	}
	if s.Metadata != nil {
		o = append(o, member{Key: "session_metadata", Value: s.Metadata})
	}
	return o
}

// showDevice leaves out what the mock does not know: the network of an address.
func showDevice(d fixtures.ClientDevice) object {
	return object{
		{Key: "initial_user_agent", Value: d.InitialUserAgent},
		{Key: "initial_ip", Value: d.InitialIP},
		{Key: "last_user_agent", Value: d.LastUserAgent},
		{Key: "last_ip", Value: d.LastIP},
	}
}

// showRefreshToken is a refresh token. Its id is not the token.
func showRefreshToken(c *call, f fixtures.RefreshFamily) object {
	// A token without an audience is for /userinfo. The APIs of the tenant have the
	// issuer before their names.
	audience := f.Audience
	switch audience {
	case "":
		audience = c.Issuer + "userinfo"
	case tenant.ManagementPath, tenant.MFAPath:
		audience = strings.TrimSuffix(c.Issuer, "/") + audience
	}
	servers := []object{{{Key: "audience", Value: audience}, {Key: "scopes", Value: f.Scope}}}
	var idleEnd time.Time
	if client, ok := c.Setup.Client(f.ClientID); ok {
		idleEnd = tenant.IdleEnd(f, client)
	}
	var session any
	if f.SessionID != "" {
		session = f.SessionID
	}
	o := object{
		{Key: "id", Value: f.ID},
		{Key: "user_id", Value: f.UserID},
		{Key: "created_at", Value: isoTime(f.CreatedAt)},
		{Key: "idle_expires_at", Value: timeOrNull(idleEnd)},
		{Key: "expires_at", Value: timeOrNull(f.ExpiresAt)},
		{Key: "device", Value: showDevice(f.Device)},
		{Key: "client_id", Value: f.ClientID},
		{Key: "session_id", Value: session},
		{Key: "rotating", Value: f.Rotating},
		{Key: "resource_servers", Value: servers},
	}
	if f.Metadata != nil {
		o = append(o, member{Key: "refresh_token_metadata", Value: f.Metadata})
	}
	return append(o, member{Key: "last_exchanged_at", Value: timeOrNull(f.LastUsedAt)})
}

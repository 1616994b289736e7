package login

import (
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// ssoData is the response: the browser's session, as auth0.js reads it.
type ssoData struct {
	SSO              bool            `json:"sso"`
	SessionClients   []string        `json:"sessionClients,omitempty"`
	LastUsedClientID string          `json:"lastUsedClientID,omitempty"`
	LastUsedUsername string          `json:"lastUsedUsername,omitempty"`
	LastUsedUserID   string          `json:"lastUsedUserID,omitempty"`
	LastUsed         *lastConnection `json:"lastUsedConnection,omitempty"`
}

type lastConnection struct {
	Name     string `json:"name"`
	Strategy string `json:"strategy"`
}

// SSOData is GET /user/ssodata. A login page of the tenant's own can greet a user
// who is signed in by it.
// Source: auth0/auth0.js src/web-auth/hosted-pages.js, src/authentication/index.js.
func SSOData(c *web.Call) (any, error) {
	session, ok := currentSession(c)
	if !ok {
		return ssoData{}, nil
	}
	u, ok := c.Tenant.User(session.UserID)
	if !ok {
		return ssoData{}, nil
	}
	out := ssoData{
		SSO: true, SessionClients: session.Clients, LastUsedUserID: u.UserID, LastUsedUsername: c.Setup.AddressOf(u),
		LastUsed: &lastConnection{u.Connection, c.Setup.Strategy(u.Connection)},
	}
	if n := len(session.Clients); n > 0 {
		out.LastUsedClientID = session.Clients[n-1]
	}
	return out, nil
}

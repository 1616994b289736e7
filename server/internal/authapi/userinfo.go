package authapi

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Userinfo is GET and POST /userinfo.
func Userinfo(c *web.Call) (any, error) {
	access, err := c.Access()
	if err != nil {
		return nil, err
	}
	if e := c.Effects; e != nil && e.User == "blocked" {
		return nil, tenant.BlockedAccess
	}
	return c.Tenant.Userinfo(access, c.Pinned, c.Now)
}

// CountUserinfo counts a call against its user's limit; calls whose token names
// nobody share one.
func CountUserinfo(c *web.Call) error {
	access, _ := c.Access()
	return c.Count(tenant.LimitUserinfo, access.Subject)
}

// WhoseUserinfo is the user of the access token.
func WhoseUserinfo(c *web.Call) (connection, recipient string) {
	access, err := c.Access()
	if err != nil {
		return "", ""
	}
	u, _ := c.Tenant.User(access.Subject)
	return u.Connection, address(u)
}

// address is where a user's codes are sent.
func address(u fixtures.User) string { return fixtures.NormalizeRecipient(u.Email + u.PhoneNumber) }

// WhoseToken is the user of a token request: of its code, or of its refresh
// token.
func WhoseToken(c *web.Call) (connection, recipient string) {
	if c.Params.Text("grant_type") == fixtures.GrantRefreshToken {
		if u, ok := c.Tenant.RefreshOwner(c.Params.Text("refresh_token")); ok {
			return u.Connection, address(u)
		}
		return "", ""
	}
	return web.Named(c)
}

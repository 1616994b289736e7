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
	if c.Effects.User("blocked") {
		return nil, tenant.BlockedAccess
	}
	return c.Tenant.Userinfo(access, c.Pinned, c.Now)
}

// CountUserinfo counts a call against the limit of its user. Calls without a
// valid token share one limit.
func CountUserinfo(c *web.Call) error {
	access, _ := c.Access()
	return c.Count(tenant.LimitUserinfo, access.Subject)
}

// UserinfoSubject is the user of the access token.
func UserinfoSubject(c *web.Call) web.Subject {
	access, err := c.Access()
	if err != nil {
		return web.Subject{}
	}
	u, _ := c.Tenant.User(access.Subject)
	return web.Subject{Connection: u.Connection, Recipient: address(u)}
}

// address is where a user's codes are sent.
func address(u fixtures.User) string { return fixtures.NormalizeRecipient(u.Email + u.PhoneNumber) }

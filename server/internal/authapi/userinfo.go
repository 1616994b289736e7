package authapi

import (
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// Userinfo is GET and POST /userinfo.
func Userinfo(c *web.Call) (any, error) {
	return c.Tenant.Userinfo(c.BearerToken(), c.Pinned, c.Now)
}

// CountUserinfo counts a call against its user's limit.
func CountUserinfo(c *web.Call) error {
	return c.Count(tenant.LimitUserinfo, c.Tenant.UserinfoSubject(c.BearerToken()))
}

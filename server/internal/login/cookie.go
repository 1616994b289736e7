package login

import (
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// currentSession is the session that the browser's cookies name.
func currentSession(c *web.Call) (tenant.Session, bool) {
	for _, value := range c.TenantCookies(web.SessionCookie) {
		if s, ok := c.Tenant.Session(value, c.Now); ok {
			return s, true
		}
	}
	return tenant.Session{}, false
}

// clearSession signs the browser out, and writes to the tenant's log who that was.
func clearSession(c *web.Call, back string) {
	details := logoutDetail{ReturnTo: back, Allowed: []string{}}
	if session, ok := currentSession(c); ok {
		u, _ := c.Tenant.User(session.UserID)
		c.Actor, details.SessionID = &u, session.SID
	}
	c.Record(tenantlog.Entry{Type: "slo", Description: "User successfully logged out", Details: details})
	for _, value := range c.TenantCookies(web.SessionCookie) {
		c.Tenant.EndSession(value)
	}
	c.SetTenantCookie(web.SessionCookie, "", -1)
}

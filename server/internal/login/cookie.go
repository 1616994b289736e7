package login

import (
	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// sessionCookie is the name of Auth0's session cookie.
const sessionCookie = "auth0"

// currentSession is the session that the browser's cookies name.
func currentSession(c *web.Call) (tenant.Session, bool) {
	for _, value := range c.TenantCookies(sessionCookie) {
		if s, ok := c.Tenant.Session(value, c.Now); ok {
			return s, true
		}
	}
	return tenant.Session{}, false
}

// setSession signs the browser in. A cookie that is not persistent ends with the browser.
func setSession(c *web.Call, s tenant.Session) {
	age := int(s.IdleExpiresAt().Sub(c.Now).Seconds())
	if c.Setup.Fixture.Tenant.SessionCookie.Mode == fixtures.CookieNonPersistent {
		age = 0
	}
	c.SetTenantCookie(sessionCookie, s.ID, age)
}

// clearSession signs the browser out, and writes to the tenant's log who that was.
func clearSession(c *web.Call, back string) {
	details := logoutDetail{ReturnTo: back, Allowed: []string{}}
	if session, ok := currentSession(c); ok {
		u, _ := c.Tenant.User(session.UserID)
		c.Actor, details.SessionID = &u, session.SID
	}
	c.Record(tenantlog.Entry{Type: "slo", Description: "User successfully logged out", Details: details})
	for _, value := range c.TenantCookies(sessionCookie) {
		c.Tenant.EndSession(value)
	}
	c.SetTenantCookie(sessionCookie, "", -1)
}

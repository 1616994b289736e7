package web

import (
	"net/http"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// SessionCookie is the name of Auth0's session cookie.
const SessionCookie = "auth0"

// compat ends the name of a cookie's twin. The twin is for browsers that
// misread SameSite=None.
const compat = "_compat"

// Cookies are the values of a cookie and of its twin. Cookies ignore ports: an
// app on the same host may have one of that name, too.
func (c *Call) Cookies(name string) (values []string) {
	for _, cookie := range (&http.Request{Header: c.Header}).Cookies() {
		if cookie.Name == name || cookie.Name == name+compat {
			values = append(values, cookie.Value)
		}
	}
	return values
}

// TenantCookies are the values of a cookie that this tenant has set with
// SetTenantCookie. Those of other tenants on the same host are left out.
func (c *Call) TenantCookies(name string) (values []string) {
	for _, value := range c.Cookies(name) {
		if value, tenant, _ := strings.Cut(value, tenantMark); tenant == c.named {
			values = append(values, value)
		}
	}
	return values
}

// SetTenantCookie is SetCookie for a value that is good for this tenant alone.
func (c *Call) SetTenantCookie(name, value string, age int) {
	c.SetCookie(name, c.TenantCookie(value), age)
}

// tenantMark stands in a cookie between the value and the name of the tenant. No value
// has it.
const tenantMark = "~"

// TenantCookie is what SetTenantCookie puts into the cookie.
func (c *Call) TenantCookie(value string) string { return TenantCookie(value, c.named) }

// TenantCookie is the value of a cookie that is good for one tenant alone: that of a
// named tenant has its name behind it, because tenants with one seed have sessions with
// the same ids.
func TenantCookie(value, named string) string {
	if value == "" || named == "" {
		return value
	}
	return value + tenantMark + named
}

// Cookies are a cookie and its twin, of a tenant that is reached at an origin, for age
// seconds. A negative age deletes both. Over https the cookie also comes with frames and
// calls of other sites; over http browsers refuse such a cookie.
func Cookies(origin, name, value string, age int) []http.Cookie {
	main := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true}
	twin := main
	twin.Name += compat
	if strings.HasPrefix(origin, "https:") {
		main.Secure, main.SameSite, twin.Secure = true, http.SameSiteNoneMode, true
	}
	return []http.Cookie{main, twin}
}

// SetCookie sets a cookie and its twin, see Cookies.
func (c *Call) SetCookie(name, value string, age int) {
	for _, cookie := range Cookies(c.Origin, name, value, age) {
		c.ResponseHeader.Add("Set-Cookie", cookie.String())
	}
}

// SetSession signs the browser in.
func (c *Call) SetSession(s tenant.Session) {
	c.SetTenantCookie(SessionCookie, s.ID, c.SessionAge(s))
}

// SessionAge is the age of a session's cookie, in seconds: as long as the session lasts
// without use. It is 0 for a cookie that ends with the browser.
func (c *Call) SessionAge(s tenant.Session) int {
	if c.Setup.Fixture.Tenant.SessionCookie.Mode == fixtures.CookieNonPersistent {
		return 0
	}
	return int(s.IdleExpiresAt().Sub(c.Now).Seconds())
}

package login

import (
	"net/http"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// The names of Auth0's session cookies. The second is for browsers that
// misread SameSite=None.
const (
	sessionCookie       = "auth0"
	sessionCookieCompat = "auth0_compat"
)

// sessionAge is what the cookie's Max-Age says, in seconds.
const sessionAge = 3 * 24 * 60 * 60

// currentSession is the session that the browser's cookies name.
func currentSession(c *web.Call) (tenant.Session, bool) {
	for _, value := range sessionCookies(c) {
		if s, ok := c.Tenant.Session(value, c.Now); ok {
			return s, true
		}
	}
	return tenant.Session{}, false
}

// sessionCookies are the values of the session cookies. Cookies ignore ports:
// an app on the same host may have one of that name, too.
func sessionCookies(c *web.Call) (values []string) {
	for _, cookie := range (&http.Request{Header: c.Header}).Cookies() {
		if cookie.Name == sessionCookie || cookie.Name == sessionCookieCompat {
			values = append(values, cookie.Value)
		}
	}
	return values
}

// setSession signs the browser in. Over https the cookie also comes from frames
// of other sites, for silent logins; over http no browser would take such a
// one.
func setSession(c *web.Call, s tenant.Session) { setCookies(c, s.ID, sessionAge) }

// ClearSession signs the browser out.
func clearSession(c *web.Call) {
	for _, value := range sessionCookies(c) {
		c.Tenant.EndSession(value)
	}
	setCookies(c, "", -1)
}

func setCookies(c *web.Call, value string, age int) {
	main := http.Cookie{Name: sessionCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true}
	compat := main
	compat.Name = sessionCookieCompat
	if strings.HasPrefix(c.Origin, "https:") {
		main.Secure, main.SameSite, compat.Secure = true, http.SameSiteNoneMode, true
	}
	for _, cookie := range []http.Cookie{main, compat} {
		c.Answer.Add("Set-Cookie", cookie.String())
	}
}

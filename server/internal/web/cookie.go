package web

import (
	"net/http"
	"strings"
)

// SessionCookie is the name of Auth0's session cookie.
const SessionCookie = "auth0"

// SessionAge is what the cookie's Max-Age says, in seconds.
const SessionAge = 3 * 24 * 60 * 60

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

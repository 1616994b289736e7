package web

import (
	"net/http"
	"strings"
)

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

// SetCookie sets a cookie and its twin for age seconds. A negative age deletes
// both. Over https the cookie also comes with frames and calls of other sites;
// over http browsers refuse such a cookie.
func (c *Call) SetCookie(name, value string, age int) {
	main := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true}
	twin := main
	twin.Name += compat
	if strings.HasPrefix(c.Origin, "https:") {
		main.Secure, main.SameSite, twin.Secure = true, http.SameSiteNoneMode, true
	}
	for _, cookie := range []http.Cookie{main, twin} {
		c.ResponseHeader.Add("Set-Cookie", cookie.String())
	}
}

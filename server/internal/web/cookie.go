package web

import (
	"net/http"
	"regexp"
	"strings"
)

// compat ends the name of a cookie's twin, for browsers that misread
// SameSite=None.
const compat = "_compat"

// Cookies are the values of a cookie and of its twin. Cookies ignore ports: an
// app on the same host may have one of that name, too.
func (c *Call) Cookies(name string) (values []string) {
	if len(c.Header["Cookie"]) == 0 {
		return nil // as of nearly all callers that are no browser
	}
	for _, cookie := range (&http.Request{Header: c.Header}).Cookies() {
		if cookie.Name == name || cookie.Name == name+compat {
			values = append(values, cookie.Value)
		}
	}
	return values
}

// SetCookie sets a cookie and its twin for so many seconds, or takes both away
// if age is negative. Over https the cookie also comes from frames and calls of
// other sites; over http no browser would take such a one.
func (c *Call) SetCookie(name, value string, age int) {
	main := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true}
	twin := main
	twin.Name += compat
	if strings.HasPrefix(c.Origin, "https:") {
		main.Secure, main.SameSite, twin.Secure = true, http.SameSiteNoneMode, true
	}
	for _, cookie := range []http.Cookie{main, twin} {
		c.Answer.Add("Set-Cookie", cookie.String())
	}
}

// The cookie by which Auth0 knows a browser again, whoever uses it. It lasts a
// year.
const (
	deviceCookie = "did"
	deviceAge    = 31557600
)

// aDevice is what the tenant calls a browser.
var aDevice = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// Device is the browser that calls, "" if it has never called before, or is
// none.
func (c *Call) Device() string {
	for _, value := range c.Cookies(deviceCookie) {
		if aDevice.MatchString(value) {
			return value
		}
	}
	return ""
}

// SetDevice makes the browser known again by that name, unless it has one.
func (c *Call) SetDevice(device string) {
	if c.Device() == "" {
		c.SetCookie(deviceCookie, device, deviceAge)
	}
}

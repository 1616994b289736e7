package passwordless

import (
	"regexp"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

// The did cookie: Auth0 recognises a browser by it, whoever uses the browser.
// It lasts a year.
const (
	deviceCookie = "did"
	deviceAge    = 31557600 // seconds
)

// deviceForm is the form of the names that the tenant gives to browsers.
var deviceForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// Device is the browser that calls; "" if it has never called before, or is no
// browser.
func Device(c *web.Call) string {
	for _, value := range c.Cookies(deviceCookie) {
		if deviceForm.MatchString(value) {
			return value
		}
	}
	return ""
}

// SetDevice gives the browser that name, unless it has one.
func SetDevice(c *web.Call, device string) {
	if Device(c) == "" {
		c.SetCookie(deviceCookie, device, deviceAge)
	}
}

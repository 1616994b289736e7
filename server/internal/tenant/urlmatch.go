package tenant

import (
	"slices"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/allowedurl"
)

// FirstCallback returns the client's first callback that is no pattern. It is used
// for a request that names no redirect_uri.
func FirstCallback(c *fixtures.Client) string { return firstURL(c.Callbacks) }

// FirstLogoutURL returns the client's first logout URL that is no pattern. It is
// used for a logout that says nothing of where to go.
func FirstLogoutURL(c *fixtures.Client) string { return firstURL(c.AllowedLogoutURLs) }

func firstURL(entries []string) string {
	for _, entry := range entries {
		if !allowedurl.IsPattern(entry) {
			return entry
		}
	}
	return ""
}

// AllowsCallback tells whether a client may be sent back to a URL.
func AllowsCallback(c *fixtures.Client, to string) bool {
	return slices.ContainsFunc(c.Callbacks, func(entry string) bool { return allowedurl.Callback(entry, to, c.AppType == "native") })
}

// AllowsLogoutURL tells whether a logout may end at a URL.
func AllowsLogoutURL(c *fixtures.Client, to string) bool {
	return slices.ContainsFunc(c.AllowedLogoutURLs, func(entry string) bool { return allowedurl.Logout(entry, to, c.AppType == "native") })
}

package tenant

import (
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
)

// MatchOrigin tells whether an Origin header is one that the pattern allows.
// http://localhost:* allows any port on localhost, 127.0.0.1 and [::1]; a
// leading *. in the host allows any one sub-domain, as Auth0 does.
//
// Unlike Auth0, which knows no port pattern.
func MatchOrigin(pattern, origin string) bool {
	got, err := url.Parse(origin)
	if err != nil || got.Scheme == "" || got.Host == "" || got.User != nil {
		return false
	}
	if host, ok := strings.CutSuffix(pattern, ":*"); ok {
		want, err := url.Parse(host)
		return err == nil && want.Scheme == got.Scheme && isLoopback(want.Hostname()) && isLoopback(got.Hostname())
	}
	want, err := url.Parse(pattern)
	if err != nil || want.Scheme != got.Scheme || want.Port() != got.Port() {
		return false
	}
	if parent, ok := strings.CutPrefix(strings.ToLower(want.Hostname()), "*."); ok {
		label, rest, found := strings.Cut(strings.ToLower(got.Hostname()), ".")
		return found && label != "" && rest == parent
	}
	return strings.EqualFold(want.Hostname(), got.Hostname())
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// FirstCallback is the client's first callback that is an address and no
// pattern: where a request goes back to that names no place.
func FirstCallback(c *fixtures.Client) string {
	for _, callback := range c.Callbacks {
		if !strings.Contains(callback, "*") {
			return callback
		}
	}
	return ""
}

// AllowsCallback tells whether a client may be sent back to a URL.
func AllowsCallback(c *fixtures.Client, to string) bool {
	return slices.ContainsFunc(c.Callbacks, func(pattern string) bool { return MatchURL(pattern, to, c.AppType == "native") })
}

// AllowsLogoutURL tells whether a logout may end at a URL.
func AllowsLogoutURL(c *fixtures.Client, to string) bool {
	return slices.ContainsFunc(c.AllowedLogoutURLs, func(pattern string) bool { return MatchURL(pattern, to, c.AppType == "native") })
}

// MatchURL tells whether a callback or logout URL is one that the pattern
// allows: the same text, or one with a leading *. in the host for any one
// sub-domain. http://localhost:* allows any port and path on loopback, and a
// native client any path of a scheme of its own, com.acme.app://*.
//
// Unlike Auth0, which knows no such patterns.
func MatchURL(pattern, to string, native bool) bool {
	u, err := url.Parse(to)
	if err != nil || u.Scheme == "" || u.User != nil || strings.ContainsAny(to, "\\ \t\r\n") || dangerous(u.Scheme) {
		return false
	}
	if pattern == to {
		return true
	}
	if start, ok := strings.CutSuffix(pattern, "://*"); ok {
		return native && strings.EqualFold(u.Scheme, start) && u.Scheme != "http" && u.Scheme != "https"
	}
	if u.Host == "" {
		return false
	}
	if strings.HasSuffix(pattern, ":*") {
		return MatchOrigin(pattern, u.Scheme+"://"+u.Host)
	}
	want, err := url.Parse(pattern)
	if err != nil || !strings.HasPrefix(want.Host, "*.") || u.EscapedPath() != want.EscapedPath() || u.RawQuery != want.RawQuery || u.Fragment != want.Fragment {
		return false
	}
	return MatchOrigin(want.Scheme+"://"+want.Host, u.Scheme+"://"+u.Host)
}

// dangerous are schemes that run what they say.
func dangerous(scheme string) bool {
	return slices.Contains([]string{"javascript", "data", "vbscript", "blob", "file", "about"}, strings.ToLower(scheme))
}

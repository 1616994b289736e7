package tenant

import (
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
)

// MatchOrigin tells whether a pattern allows an Origin header. A pattern is an
// origin. http://localhost:* allows any port on localhost, 127.0.0.1 and [::1].
// A host that begins with *. allows any one sub-domain, as at Auth0.
//
// Unlike Auth0, which has no pattern for ports.
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

// FirstCallback returns the client's first callback that is no pattern. It is used
// for a request that names no redirect_uri.
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

// MatchURL tells whether a pattern allows a callback or logout URL. It allows the
// same text. If its host begins with *. it allows any one sub-domain.
// http://localhost:* allows any port and path on loopback. com.acme.app://* allows
// a native client any path of an app's scheme.
//
// Unlike Auth0, which has no pattern for ports, paths and schemes.
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

// dangerous tells whether a browser could run what a URL of this scheme holds.
func dangerous(scheme string) bool {
	return slices.Contains([]string{"javascript", "data", "vbscript", "blob", "file", "about"}, strings.ToLower(scheme))
}

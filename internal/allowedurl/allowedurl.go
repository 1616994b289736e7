// Package allowedurl says which URLs the entries of a client's lists allow: its
// callbacks, logout URLs, origins and web origins. The reader of fixtures and the
// tenant both ask here, so that what is warned about is what does not match.
//
// An entry is a URL. A * in it is a wildcard: see Unmatched for where Auth0 allows
// one. Unlike Auth0, an entry can also be http://localhost:*, for any port and path
// on localhost, 127.0.0.1 and [::1], or com.acme.app://*, for any URL of an app's
// scheme.
package allowedurl

import (
	"net/url"
	"slices"
	"strings"
)

// Callback tells whether an entry of a client's callbacks allows a URL: the same
// text, or one that fits the wildcard. native says that the client is a native app.
func Callback(entry, to string, native bool) bool {
	u := parse(to)
	if u == nil {
		return false
	}
	if entry == to {
		return true
	}
	if allowed, own := ownPattern(entry, u, native); own {
		return allowed
	}
	want := parse(entry)
	return want != nil && strings.Contains(want.Host, "*") && sameHost(want, u) &&
		want.EscapedPath() == u.EscapedPath() && want.RawQuery == u.RawQuery && want.Fragment == u.Fragment
}

// Logout tells whether an entry of a client's logout URLs allows a URL. The scheme
// and the host may be in any case, the path must be the same, and the query and
// the fragment do not count.
// Source: auth0/docs-v2 authenticate/login/logout/redirect-users-after-logout.mdx.
func Logout(entry, to string, native bool) bool {
	u := parse(to)
	if u == nil {
		return false
	}
	if allowed, own := ownPattern(entry, u, native); own {
		return allowed
	}
	want := parse(entry)
	return want != nil && sameHost(want, u) && want.Opaque == u.Opaque && want.EscapedPath() == u.EscapedPath()
}

// Origin tells whether an entry of a client's origins allows the value of an Origin
// header. The path of the entry does not count.
func Origin(entry, origin string) bool {
	u := parse(origin)
	if u == nil || u.Host == "" {
		return false
	}
	if allowed, own := ownPattern(entry, u, false); own {
		return allowed
	}
	want := parse(entry)
	return want != nil && sameHost(want, u)
}

// IsPattern tells whether an entry stands for other URLs than its own text, so that
// no browser can be sent there.
func IsPattern(entry string) bool { return strings.ContainsAny(entry, "*{") }

// Unmatched says why an entry with a wildcard or a placeholder allows no URL. It is
// empty if the entry is as it should be.
// Source: auth0/docs-v2 get-started/applications/wildcards-for-subdomains.mdx.
func Unmatched(entry string) string {
	if _, rest, found := strings.Cut(entry, "{"); found {
		name, _, _ := strings.Cut(rest, "}")
		return "the placeholder {" + name + "} has no value in the mock, so " + entry + " allows no URL; write * in its place, or a whole URL"
	}
	if !strings.Contains(entry, "*") || isOwnPattern(entry) {
		return ""
	}
	scheme, rest, _ := strings.Cut(entry, "://")
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	switch why := wrongWildcard(host); {
	case !isWeb(scheme):
		return "Auth0 knows * in URLs of http and https only, so " + entry + " allows no other URL; write the whole URL, or " + scheme + "://* for any URL of the app"
	case strings.Count(entry, "*") > 1:
		return entry + " has more than one *, so Auth0 lets it allow no other URL; write one *, in the first part of the host"
	case !strings.Contains(host, "*"):
		return "Auth0 knows * in the host only, so " + entry + " allows no other URL; write the whole path"
	case why != "":
		return "the * of " + entry + " " + why + ", so Auth0 lets it allow no other URL; write it as in https://*.acme.test or https://pr-*-shop.acme.test"
	}
	return ""
}

// parse returns nil for what no browser may be sent to.
func parse(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.User != nil || strings.ContainsAny(s, "\\ \t\r\n") || dangerous(u.Scheme) {
		return nil
	}
	return u
}

// ownPattern tells whether one of the mock's own patterns allows a URL, and whether
// the entry is such a pattern.
func ownPattern(entry string, u *url.URL, native bool) (allowed, own bool) {
	if scheme, ok := strings.CutSuffix(entry, "://*"); ok {
		return native && strings.EqualFold(u.Scheme, scheme) && !isWeb(u.Scheme), true
	}
	if start, ok := strings.CutSuffix(entry, ":*"); ok {
		want, err := url.Parse(start)
		return err == nil && want.Scheme == u.Scheme && isLoopback(want.Hostname()) && isLoopback(u.Hostname()), true
	}
	return false, false
}

func isOwnPattern(entry string) bool {
	scheme, ok := strings.CutSuffix(entry, "://*")
	return ok && !isWeb(scheme) || strings.HasSuffix(entry, ":*")
}

// sameHost compares the scheme, the host and the port.
func sameHost(want, got *url.URL) bool {
	return want.Scheme == got.Scheme && want.Port() == got.Port() && (got.Host != "" || !isWeb(want.Scheme)) &&
		hostFits(strings.ToLower(want.Hostname()), strings.ToLower(got.Hostname()), isWeb(want.Scheme))
}

// hostFits compares a host with one that may have a wildcard. The wildcard stands
// for one or more characters of the first label.
func hostFits(want, got string, web bool) bool {
	before, after, starred := strings.Cut(want, "*")
	if !starred || !web || wrongWildcard(want) != "" {
		return want == got
	}
	got, starts := strings.CutPrefix(got, before)
	got, ends := strings.CutSuffix(got, after)
	return starts && ends && got != "" && !strings.Contains(got, ".")
}

// wrongWildcard says what is wrong with the place of the wildcard in a host.
//
// Unlike Auth0, *.localhost is right: browsers resolve it to this machine.
func wrongWildcard(host string) string {
	host, _, _ = strings.Cut(host, ":")
	first, parent, _ := strings.Cut(host, ".")
	switch {
	case strings.Count(host, "*") > 1:
		return "is not alone"
	case strings.Contains(parent, "*"):
		return "is not in the first part of the host"
	case strings.Contains(first, "*") && !strings.Contains(parent, ".") && parent != "localhost":
		return "does not stand for a sub-domain"
	}
	return ""
}

func isWeb(scheme string) bool {
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// dangerous tells whether a browser could run what a URL of this scheme holds.
func dangerous(scheme string) bool {
	return slices.Contains([]string{"javascript", "data", "vbscript", "blob", "file", "about"}, strings.ToLower(scheme))
}

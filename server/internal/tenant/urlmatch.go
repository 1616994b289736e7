package tenant

import (
	"net/url"
	"strings"
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

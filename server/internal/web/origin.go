package web

import (
	"net"
	"net/http"
	"strings"
)

// Naming tells by which names a tenant is reached.
type Naming struct {
	// Issuer pins the iss of every token, with the trailing slash; "" derives
	// it from each request.
	Issuer string
	// TrustProxy believes X-Forwarded-Proto and X-Forwarded-Host.
	TrustProxy bool
}

// of is the scheme and host of a request, and the issuer that follows from
// them unless it is pinned.
func (n Naming) of(r *http.Request) (origin, issuer string) {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if n.TrustProxy {
		if proto := firstOf(r.Header.Get("X-Forwarded-Proto")); proto == "http" || proto == "https" {
			scheme = proto
		}
		if forwarded := firstOf(r.Header.Get("X-Forwarded-Host")); forwarded != "" {
			host = forwarded
		}
	}
	if host == "" {
		host = "localhost" // HTTP/1.0 need not say whom it asks
	}
	issuer = scheme + "://" + host + "/"
	origin = strings.TrimSuffix(issuer, "/")
	if n.Issuer != "" {
		issuer = n.Issuer
	}
	return origin, issuer
}

// firstOf is the first entry of a header's list: what the outermost proxy saw.
func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// Hostname is a Host without its port, and without the brackets of an IPv6
// address.
func Hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

package server

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A guard protects /_mock from pages of other sites, and from names that an
// attacker points at this machine (DNS rebinding).
type guard struct{ hosts []string }

func newGuard(c Config) guard {
	var g guard
	for _, h := range c.Hosts {
		g.hosts = append(g.hosts, strings.ToLower(h))
	}
	if c.Issuer == "" {
		return g
	}
	if u, err := url.Parse(c.Issuer); err == nil && u.Host != "" {
		g.hosts = append(g.hosts, strings.ToLower(u.Hostname()))
	}
	return g
}

// refuse says why a call must not reach the control API; nil if it may.
func (g guard) refuse(r *http.Request) error {
	if !g.local(web.Hostname(r.Host)) {
		return forbidden("host", r.Host)
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !g.local(u.Hostname()) || publicIP(u.Hostname()) {
		return forbidden("origin", origin)
	}
	return nil
}

// Guard protects a handler as the control API is protected: it refuses calls
// whose Host or Origin is not local, and drops clients that read too slowly. It is
// for servers that run beside this one.
func (s *Server) Guard(h http.Handler) http.Handler {
	return s.front.Readers.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refused := s.guard.refuse(r); refused != nil {
			s.front.Serve(w, r, refusalRoute(refused), nil)
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// refusalRoute is a route that answers with a refusal, in the control API's words.
func refusalRoute(why error) web.Route {
	return web.Route{Dialect: web.Control, Flow: func(*web.Call) (any, error) { return nil, why }}
}

func forbidden(what, name string) error {
	return &refusal.Refusal{
		Name: "forbidden_" + what, Status: http.StatusForbidden, Code: "forbidden",
		Description: "the control API does not answer " + what + " " + name + ", which is not local; if it is yours, start mockauth0 with --tls-host and its name",
	}
}

// local tells whether a host name can only mean this machine or network.
func (g guard) local(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	if host == "" || slices.Contains(g.hosts, host) || !strings.Contains(host, ".") {
		return host != ""
	}
	for _, suffix := range []string{".localhost", ".test", ".internal", ".local", ".svc"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

// ours tells whether a Host can only mean this server. example.com, which
// httptest.NewRequest sets, is reserved (RFC 2606): no attacker can own it.
func (g guard) ours(host string) bool { return host == "example.com" || g.local(host) }

// publicIP tells whether a host is an address of the internet. In a Host it is
// an address of this machine. In an Origin it is another site.
func publicIP(host string) bool {
	ip, err := netip.ParseAddr(strings.TrimSuffix(host, "."))
	ip = ip.Unmap()
	return err == nil && !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
}

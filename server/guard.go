package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/mockauth0/mockauth0/server/internal/web"
)

// newGuard makes the guard of a server. The host of a pinned issuer is a name that
// the user gave, too.
func newGuard(c Config) web.Guard {
	g := web.Guard{Naming: web.Naming{Issuer: c.Issuer, TrustProxy: c.TrustProxy}}
	for _, h := range c.Hosts {
		g.Given = append(g.Given, strings.ToLower(h))
	}
	if u, err := url.Parse(c.Issuer); err == nil && u.Host != "" {
		g.Given = append(g.Given, strings.ToLower(u.Hostname()))
	}
	return g
}

// Guard protects a handler as the control API is protected: it refuses calls
// whose Host is not local, or whose Origin is not known, and drops clients that read
// too slowly. It is for servers that run beside this one.
func (s *Server) Guard(h http.Handler) http.Handler {
	return s.front.Readers.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refused := s.refuseControl(r); refused != nil {
			s.front.Serve(w, r, refusalRoute(refused), nil)
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// refuseControl says why a request must not reach the control API; nil if it may.
func (s *Server) refuseControl(r *http.Request) error {
	return s.front.Guard.RefuseControl(r, s.tenant.Setup())
}

// refusalRoute is a route that answers with a refusal, in the control API's words.
func refusalRoute(why error) web.Route {
	return web.Route{Dialect: web.Control, Flow: func(*web.Call) (any, error) { return nil, why }}
}

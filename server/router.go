package server

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/unserved"
	"github.com/mockauth0/mockauth0/server/internal/control"
	"github.com/mockauth0/mockauth0/server/internal/passwordless"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A router finds the route of a request. All servers of a process share one,
// since their tables have the same routes.
type router struct {
	paths map[string]*pathRoutes
	// mux has the paths with variables. It is made for the first request that none of
	// the other paths is: it compiles a regular expression for each.
	mux func() *mux.Router
}

// pathRoutes are the routes of one path.
type pathRoutes struct {
	methods []string       // in the table's order
	places  map[string]int // in the table, by method
	first   int            // its dialect and CORS rule are those of the path
}

// allow are the methods for the Allow header.
func (p *pathRoutes) allow() string {
	return strings.Join(append(slices.Clone(p.methods), http.MethodOptions), ", ")
}

var sharedRouter = sync.OnceValue(func() *router {
	r := &router{paths: map[string]*pathRoutes{}}
	var withVariables []string
	for i, route := range routes(&control.API{}) {
		methods := []string{route.Method}
		if route.Method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		for _, name := range append([]string{route.Path}, route.Also...) {
			p, known := r.paths[name]
			if !known {
				p = &pathRoutes{places: map[string]int{}, first: i}
				r.paths[name] = p
				if strings.Contains(name, "{") {
					withVariables = append(withVariables, name)
				}
			}
			p.methods = append(p.methods, methods...)
			for _, method := range methods {
				p.places[method] = i
			}
		}
	}
	r.mux = sync.OnceValue(func() *mux.Router {
		m := mux.NewRouter().SkipClean(true)
		for _, name := range withVariables {
			m.Path(name).Name(name)
		}
		return m
	})
	return r
})

// find is the path of a request, with its variables; nil if it is not served.
func (r *router) find(req *http.Request) (*pathRoutes, map[string]string) {
	encoded := withEncodedSlashes(req)
	found, vars := r.match(encoded)
	if found == nil && strings.HasSuffix(encoded.URL.Path, "/") {
		// Auth0 takes one slash more at the end. The control API does not.
		if found, vars = r.match(withoutLastSlash(encoded)); found != nil && found.first >= len(apiRoutes()) {
			return nil, nil
		}
	}
	if encoded != req {
		for name, value := range vars {
			vars[name] = strings.NewReplacer("%2F", "/", "%25", "%").Replace(value)
		}
	}
	return found, vars
}

// match finds a path without variables by its name. The mux tries its paths one after
// the other.
func (r *router) match(req *http.Request) (*pathRoutes, map[string]string) {
	if found, ok := r.paths[req.URL.Path]; ok && !strings.Contains(req.URL.Path, "{") {
		return found, nil
	}
	var match mux.RouteMatch
	if !r.mux().Match(req, &match) {
		return nil, nil
	}
	return r.paths[match.Route.GetName()], match.Vars
}

// withoutLastSlash is the request with a path that has one slash less at its end.
func withoutLastSlash(req *http.Request) *http.Request {
	shorter, u := *req, *req.URL
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	shorter.URL = &u
	return &shorter
}

// withEncodedSlashes is the request with a path in which a slash that came as %2F is
// still %2F, and so no border of a segment: the Management API names APIs by their
// URLs.
func withEncodedSlashes(req *http.Request) *http.Request {
	if !strings.Contains(req.URL.RawPath, "%2F") && !strings.Contains(req.URL.RawPath, "%2f") {
		return req
	}
	segments := strings.Split(req.URL.RawPath, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return req
		}
		segments[i] = strings.NewReplacer("%", "%25", "/", "%2F").Replace(plain)
	}
	encoded, u := *req, *req.URL
	u.Path, u.RawPath = strings.Join(segments, "/"), ""
	encoded.URL = &u
	return &encoded
}

// route is the route at a place in the table.
func (s *Server) route(place int) web.Route {
	if all := apiRoutes(); place < len(all) {
		return all[place]
	}
	return s.controlRoutes()[place-len(apiRoutes())]
}

// ServeHTTP answers a request to the tenant or to its control API. The first tenant
// passes on what is for a named one by its Host.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.all.first.reloadIfChanged()
	if s.all.first != s {
		s.reloadIfChanged() // of a fixture file of its own
		r, done := s.until(r)
		defer done()
		s.serve(w, r)
		return
	}
	t, unknown := s.hosted(s.front.Naming.Host(r))
	switch {
	case t == s:
		s.serve(w, r)
	case t != nil:
		t.ServeHTTP(w, r)
	default:
		s.front.Serve(w, r, refusalRoute(s.api.NoTenant(unknown)), nil)
	}
}

// serve answers a request to this tenant. Several slashes in a row count as one:
// next-auth asks for //.well-known/… when its issuer ends with a slash.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(cmp.Or(r.URL.RawPath, r.URL.Path), "//") {
		collapsed := *r
		u := *r.URL
		for _, path := range []*string{&u.Path, &u.RawPath} {
			for strings.Contains(*path, "//") {
				*path = strings.ReplaceAll(*path, "//", "/")
			}
		}
		collapsed.URL = &u
		r = &collapsed
	}
	found, vars := sharedRouter().find(r)
	if found == nil {
		s.serveNothing(w, r)
		return
	}
	place, served := found.places[r.Method]
	if !served {
		place = found.first
	}
	route := s.route(place)
	if route.Dialect == web.Control {
		refused := s.refuseControl(r)
		switch {
		case refused != nil && route.Open:
			route.CORS = web.NoCORS // everybody gets the answer, but a page of another site cannot read it
		case refused != nil:
			s.front.Serve(w, r, refusalRoute(refused), nil)
			return
		}
	}
	if route.Guarded {
		if refused := s.refuseControl(r); refused != nil {
			route.Flow = func(*web.Call) (any, error) { return nil, refusal.ForeignAction.Because(refused.Error()) }
		}
	}
	switch {
	case served:
		s.front.Serve(w, r, route, vars)
	case r.Method == http.MethodOptions:
		s.front.Preflight(w, r, route.CORS, found.allow())
	case strings.HasPrefix(route.Path, "/api/v2/"): // most are operations that Auth0 has and the mock has not
		s.serveNothing(w, r)
	default:
		w.Header().Set("Allow", found.allow())
		route.Flow = func(*web.Call) (any, error) { return nil, wrongMethod(route.Dialect, r, found.allow()) }
		s.front.Serve(w, r, route, nil)
	}
}

// wrongMethod tells which methods a path takes: the control API in its answer, and Auth0's
// endpoints in the log, since the words of the answer are Auth0's.
func wrongMethod(d web.Dialect, r *http.Request, allow string) error {
	refused := refusal.MethodNotAllowed.Because(r.URL.Path + " takes " + allow)
	if d == web.Control {
		refused.Description = r.URL.Path + " does not take " + r.Method + "; it takes " + allow
	}
	return refused
}

// serveNothing answers a request to a path that is not served. A page may read
// the answer if it may read others: else it would learn only that CORS failed.
func (s *Server) serveNothing(w http.ResponseWriter, r *http.Request) {
	route := web.Route{Dialect: web.API, CORS: web.Credentials, Flow: notServed, Subject: passwordless.NamedSubject}
	if strings.HasPrefix(r.URL.Path, "/api/v2/") {
		route.Dialect = web.Management
	}
	if strings.HasPrefix(r.URL.Path, "/_mock/") {
		if refused := s.refuseControl(r); refused != nil {
			s.front.Serve(w, r, refusalRoute(refused), nil)
			return
		}
		route.CORS = web.KnownOrigins
	}
	if method := r.Header.Get("Access-Control-Request-Method"); r.Method == http.MethodOptions && method != "" {
		s.front.Preflight(w, r, route.CORS, method+", "+http.MethodOptions)
		return
	}
	s.front.Serve(w, r, route, nil)
}

// notServed tells that the mock does not serve a path.
func notServed(c *web.Call) (any, error) {
	hint := "GET /_mock/ lists what is served"
	if feature := unserved.Path(c.Path); feature != "" {
		hint = "mockauth0 does not serve " + feature + "; " + hint
	}
	return nil, refusal.NotServed.With("method", c.Method, "path", c.Path).Because(hint)
}

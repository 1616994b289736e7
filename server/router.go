package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/mockauth0/mockauth0/server/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// router turns the table into a handler. The routes are flat: with gorilla/mux
// v1.8.1 a Subrouter would answer 404 where 405 is due.
func (s *Server) router() http.Handler {
	r := mux.NewRouter().SkipClean(true)
	table := s.routes()
	for _, alias := range aliases {
		route := table[slices.IndexFunc(table, func(r web.Route) bool { return r.Path == alias[1] })]
		route.Path = alias[0]
		table = append(table, route)
	}
	methods := map[string][]string{}
	for _, route := range table {
		methods[route.Path] = append(methods[route.Path], route.Method)
		if route.Method == "GET" {
			methods[route.Path] = append(methods[route.Path], "HEAD")
		}
		s.register(r, route)
	}
	// Behind the methods that are served stand those that are not.
	for _, route := range table {
		allow := strings.Join(append(methods[route.Path], "OPTIONS"), ", ")
		r.Handle(route.Path, s.guarded(route, s.front.Preflight(route.CORS, allow))).Methods("OPTIONS")
		r.Handle(route.Path, s.guarded(route, methodNotAllowed(s.front, route, allow)))
	}
	r.NotFoundHandler = s.front.Answer(web.Route{Dialect: web.API, Flow: notServed})
	return r
}

func (s *Server) register(r *mux.Router, route web.Route) {
	methods := []string{route.Method}
	if route.Method == "GET" {
		methods = append(methods, "HEAD")
	}
	if route.Dialect == web.Control {
		route.Flow = checkQuery(route)
	}
	r.Handle(route.Path, s.guarded(route, s.front.Answer(route))).Methods(methods...)
}

// guarded puts the guard before the control API.
func (s *Server) guarded(route web.Route, h http.Handler) http.Handler {
	if route.Dialect != web.Control || open[route.Path] {
		return h
	}
	return s.guard.protect(s.front, h)
}

func methodNotAllowed(front *web.Front, route web.Route, allow string) http.Handler {
	refuse := front.Answer(web.Route{Dialect: route.Dialect, CORS: route.CORS, Flow: func(*web.Call) (any, error) {
		return nil, refusal.MethodNotAllowed
	}})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		refuse.ServeHTTP(w, r)
	})
}

// notServed says so: a fake never shrugs.
func notServed(c *web.Call) (any, error) {
	return nil, refusal.NotServed.With("method", c.Method, "path", c.Path).Because("GET /_mock/ lists what is served")
}

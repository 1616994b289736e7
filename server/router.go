package server

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/mockauth0/mockauth0/server/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A surface is the table and what finds the route of a request in it. It is the
// same for every Server, and never changes, so that all Servers of a process
// share one: to make it costs more than all the rest of New.
type surface struct {
	table  []route
	router *mux.Router
	allow  map[string]string // what is allowed on a path, for the Allow header
}

// endpoint is what the surface finds: a place in the table, or what else there
// is to say about a path that is in it. It stands in mux's place for handlers
// and handles nothing itself.
type endpoint struct {
	route  int // in the table
	answer answerKind
}

type answerKind int

const (
	answerRoute answerKind = iota
	answerPreflight
	answerNotAllowed
)

// ServeHTTP is never called: dispatch looks at the endpoint and answers.
func (endpoint) ServeHTTP(http.ResponseWriter, *http.Request) {}

var sharedSurface = sync.OnceValue(func() *surface {
	table := table()
	out := &surface{table: table, router: mux.NewRouter().SkipClean(true), allow: map[string]string{}}
	methods := map[string][]string{}
	// The routes are flat: with gorilla/mux v1.8.1 a Subrouter would answer
	// 404 where 405 is due.
	for i, route := range table {
		served := []string{route.Method}
		if route.Method == http.MethodGet {
			served = append(served, http.MethodHead)
		}
		methods[route.Path] = append(methods[route.Path], served...)
		out.router.Handle(route.Path, endpoint{i, answerRoute}).Methods(served...)
	}
	// Behind the methods that are served stand those that are not.
	for i, route := range table {
		if _, done := out.allow[route.Path]; done {
			continue
		}
		out.allow[route.Path] = strings.Join(append(methods[route.Path], http.MethodOptions), ", ")
		out.router.Handle(route.Path, endpoint{i, answerPreflight}).Methods(http.MethodOptions)
		out.router.Handle(route.Path, endpoint{i, answerNotAllowed})
	}
	return out
})

// table is the routes with the aliases behind them.
func table() []route {
	table := routes()
	for i := range table {
		if table[i].Dialect == web.Control {
			table[i].control = checkQuery(table[i])
		}
	}
	for _, alias := range aliases {
		again := table[slices.IndexFunc(table, func(r route) bool { return r.Path == alias[1] })]
		again.Path = alias[0]
		table = append(table, again)
	}
	return table
}

// dispatch finds the route of a request and answers it.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	var match mux.RouteMatch
	shared := sharedSurface()
	if !shared.router.Match(r, &match) {
		s.front.Serve(w, r, web.Route{Dialect: web.API, Flow: notServed}, nil)
		return
	}
	found := match.Handler.(endpoint)
	route := shared.table[found.route].of(s)
	if route.Dialect == web.Control {
		refused := s.guard.refuse(r)
		switch {
		case refused != nil && open[route.Path]:
			route.CORS = web.NoCORS // whoever asks is answered, but no page of another site reads it
		case refused != nil:
			s.front.Serve(w, r, refuse(refused), nil)
			return
		}
	}
	switch found.answer {
	case answerPreflight:
		s.front.Preflight(w, r, route.CORS, shared.allow[route.Path])
	case answerNotAllowed:
		w.Header().Set("Allow", shared.allow[route.Path])
		route.Flow = func(*web.Call) (any, error) { return nil, refusal.MethodNotAllowed }
		s.front.Serve(w, r, route, nil)
	default:
		s.front.Serve(w, r, route, match.Vars)
	}
}

// notServed says so: a fake never shrugs.
func notServed(c *web.Call) (any, error) {
	return nil, refusal.NotServed.With("method", c.Method, "path", c.Path).Because("GET /_mock/ lists what is served")
}

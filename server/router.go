package server

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A surface finds the route of a request. It is the same for every Server, and
// never changes, so that all Servers of a process share one.
type surface struct {
	// routers are by the first segment of the paths that they know. To compile
	// them all costs more than many tests do, so that only those are compiled
	// whose paths are called.
	routers map[string]func() *mux.Router
}

// An endpoint is what the table has for a path. It stands in mux's place for
// handlers and handles nothing itself.
type endpoint struct {
	first    *route // whose dialect and CORS rule are those of the path
	byMethod map[string]*route
	methods  []string // in the table's order
	allow    string   // the methods for the Allow header
}

// ServeHTTP is never called: dispatch looks at the endpoint and answers.
func (*endpoint) ServeHTTP(http.ResponseWriter, *http.Request) {}

var sharedSurface = sync.OnceValue(func() *surface {
	lines := table()
	endpoints := map[string]*endpoint{}
	paths := map[string][]string{} // by first segment
	for i := range lines {
		r := &lines[i]
		e := endpoints[r.Path]
		if e == nil {
			e = &endpoint{first: r, byMethod: map[string]*route{}}
			endpoints[r.Path] = e
			paths[segment(r.Path)] = append(paths[segment(r.Path)], r.Path)
		}
		served := []string{r.Method}
		if r.Method == http.MethodGet {
			served = append(served, http.MethodHead)
		}
		for _, method := range served {
			e.byMethod[method] = r
		}
		e.methods = append(e.methods, served...)
		e.allow = strings.Join(append(e.methods, http.MethodOptions), ", ")
	}
	out := &surface{routers: map[string]func() *mux.Router{}}
	for first, paths := range paths {
		// They know paths only: dispatch looks at the method.
		out.routers[first] = sync.OnceValue(func() *mux.Router {
			router := mux.NewRouter().SkipClean(true)
			for _, path := range paths {
				router.Handle(path, endpoints[path])
			}
			return router
		})
	}
	return out
})

// segment is the first segment of a path. In the table it is never a variable.
func segment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// find is the endpoint of a request, and the variables of its path; nil if the
// path is not served.
func (s *surface) find(r *http.Request) (*endpoint, map[string]string) {
	router, ok := s.routers[segment(r.URL.Path)]
	if !ok {
		return nil, nil
	}
	var match mux.RouteMatch
	if !router().Match(r, &match) {
		return nil, nil
	}
	return match.Handler.(*endpoint), match.Vars
}

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
	found, vars := sharedSurface().find(r)
	if found == nil {
		s.front.Serve(w, r, web.Route{Dialect: web.API, Flow: notServed}, nil)
		return
	}
	line, served := found.byMethod[r.Method]
	if !served {
		line = found.first
	}
	route := line.of(s)
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
	switch {
	case served:
		s.front.Serve(w, r, route, vars)
	case r.Method == http.MethodOptions:
		s.front.Preflight(w, r, route.CORS, found.allow)
	default:
		w.Header().Set("Allow", found.allow)
		route.Flow = func(*web.Call) (any, error) { return nil, refusal.MethodNotAllowed }
		s.front.Serve(w, r, route, nil)
	}
}

// notServed says so: a fake never shrugs.
func notServed(c *web.Call) (any, error) {
	return nil, refusal.NotServed.With("method", c.Method, "path", c.Path).Because("GET /_mock/ lists what is served")
}

package web

import (
	"net/http"

	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// exposed are the headers that a page may read.
var exposed = []string{"X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After"}

var (
	everyOrigin = []string{"*"}
	noCookies   = []string{"false"}
)

// setCORS sets the CORS headers of a response. If a page calls that may not, it
// returns a hint for the log.
func setCORS(h http.Header, rule CORS, setup *tenant.Setup, origin string) (hint string) {
	switch rule {
	case AnyOrigin:
		h["Access-Control-Allow-Origin"] = everyOrigin
		h["Access-Control-Allow-Credentials"] = noCookies
		h["Access-Control-Expose-Headers"] = exposed
	case LocalOrigins:
		if origin != "" {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "X-Mock-Cursor")
			h.Set("Vary", "Origin")
		}
	case Origins, Credentials:
		if origin == "" {
			return ""
		}
		if !setup.AllowsOrigin(origin) {
			return "origin " + origin + " is in no client's allowed_origins or web_origins; the browser will not show the answer to the page"
		}
		h.Set("Access-Control-Allow-Origin", origin)
		h["Access-Control-Expose-Headers"] = exposed
		if rule == Credentials {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	}
	return ""
}

// preflight sets the headers of an answer to OPTIONS: what the page asks for is
// allowed if its origin is.
func preflight(h http.Header, r *http.Request, rule CORS, setup *tenant.Setup, methods string) (hint string) {
	h.Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	h.Set("Allow", methods)
	hint = setCORS(h, rule, setup, r.Header.Get("Origin"))
	h.Del("Access-Control-Expose-Headers")
	if h.Get("Access-Control-Allow-Origin") != "" {
		if r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", methods)
		}
		if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
			h.Set("Access-Control-Allow-Headers", headers)
		}
	}
	return hint
}

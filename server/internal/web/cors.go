package web

import (
	"net/http"

	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// exposed are the headers that a page may read.
const exposed = "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After"

// setCORS sets the CORS headers of an answer. It returns a hint for the log if
// a page asked that may not.
func setCORS(h *header, rule CORS, t *tenant.Tenant, origin string) (hint string) {
	switch rule {
	case AnyOrigin:
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Credentials", "false")
		h.Set("Access-Control-Expose-Headers", exposed)
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
		if !t.AllowsOrigin(origin) {
			return "origin " + origin + " is in no client's allowed_origins or web_origins; the browser will not show the answer to the page"
		}
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", exposed)
		if rule == Credentials {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	}
	return ""
}

// preflight answers OPTIONS: what is asked for is allowed if the origin is.
func preflight(w http.ResponseWriter, r *http.Request, rule CORS, t *tenant.Tenant, allow string) (hint string) {
	h := headerOf(w)
	h.Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	h.Set("Allow", allow)
	hint = setCORS(h, rule, t, r.Header.Get("Origin"))
	h.Del("Access-Control-Expose-Headers")
	if h.Get("Access-Control-Allow-Origin") != "" {
		if method := r.Header.Get("Access-Control-Request-Method"); method != "" {
			h.Set("Access-Control-Allow-Methods", allow)
		}
		if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
			h.Set("Access-Control-Allow-Headers", headers)
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return hint
}

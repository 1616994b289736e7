package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/mockauth0/mockauth0/internal/refusal"
)

// wireError is the body of a refusal.
type wireError struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
	URI         string `json:"error_uri,omitempty"`
}

// hapiError is the body of a refusal of the Management API.
// Source: auth0/ruby-auth0 v5.17.0, its recordings.
type hapiError struct {
	Status  int    `json:"statusCode"`
	Error   string `json:"error"`
	Message string `json:"message"`
	Code    string `json:"errorCode,omitempty"`
	// Attributes repeats the message of a 401 whose challenge does.
	Attributes *hapiAttributes `json:"attributes,omitempty"`
}

type hapiAttributes struct {
	Error string `json:"error"`
}

// hapiOf words a refusal as hapi does. One without a description has its code as
// message.
func hapiOf(r *refusal.Refusal) hapiError {
	wire := hapiError{Status: r.Status, Error: http.StatusText(r.Status), Message: r.Description, Code: r.Code}
	if strings.Contains(r.Challenge, "error=") {
		wire.Attributes = &hapiAttributes{r.Description}
	}
	if wire.Message == "" {
		wire.Message, wire.Code = r.Code, ""
	}
	return wire
}

// databaseError is the body of a refusal that comes from a database.
type databaseError struct {
	Name        string `json:"name"`
	Message     string `json:"message,omitempty"`
	Code        string `json:"code"`
	Description any    `json:"description"`
	Policy      string `json:"policy,omitempty"`
	Status      int    `json:"statusCode"`
}

// encodeError encodes an error that a flow returned. One that is no refusal is
// logged, and told as server_error.
func (f *Front) encodeError(c *Call, h http.Header, route Route, err error) (response, *refusal.Refusal) {
	d := route.Dialect
	var refused *refusal.Refusal
	if errors.As(err, &refused) {
		if route.Limited != nil && errors.Is(refused, refusal.RateLimited) {
			limited := *route.Limited
			limited.RetryAfter, limited.Hint = refused.RetryAfter, refused.Hint
			refused = &limited
		}
		c.Hint(refused.Hint)
		if len(c.hints) == 0 && misreadJSON(c) {
			c.Hint("the body looks like JSON, but the Content-Type does not say application/json")
		}
		return f.encodeRefusal(c, h, d, refused.Because(c.hint()), c.Effects.Refusers(), c.Failing()), refused
	}
	res := f.encodeRefusal(c, h, d, refusal.ServerError, "", "")
	if gone := c.Context.Err(); gone != nil && errors.Is(err, gone) {
		c.gone = true // nothing is sent
		return res, nil
	}
	f.Log.Error("a flow failed", "method", c.Method, "path", c.Path, "error", err)
	return res, refusal.ServerError
}

// misreadJSON tells whether the body looks like JSON but was not read as JSON.
func misreadJSON(c *Call) bool {
	return bytes.HasPrefix(bytes.TrimSpace(c.Body), []byte("{")) && mediaType(c.Header.Get("Content-Type")) != jsonMedia
}

// encodeRefusal encodes a refusal in the dialect of its route. by names the rules
// that made it, and failing the scenarios that are on for everybody, for a page.
func (f *Front) encodeRefusal(c *Call, h http.Header, d Dialect, r *refusal.Refusal, by, failing string) response {
	res := response{status: r.Status}
	if r.Page != "" {
		h.Set("Content-Type", "text/html")
		res.body = []byte(r.Page)
		return res
	}
	h["Cache-Control"] = neverCache
	if d == Bearer && r.Status == http.StatusUnauthorized {
		challenge := cmp.Or(r.Challenge, `Bearer realm="Users"`)
		if r.Code != "" {
			challenge += fmt.Sprintf(`, error=%q, error_description=%q`, r.Code, r.Description)
		}
		h.Set("WWW-Authenticate", challenge)
		h["Content-Type"] = nil // Auth0 sends none, and net/http would guess one
		res.body = []byte("Unauthorized")
		return res
	}
	if r.RetryAfter != "" {
		h.Set("Retry-After", r.RetryAfter)
	}
	if r.Plain {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		res.body = []byte(r.Description)
		return res
	}
	if d == Browser {
		h.Set("Content-Type", "text/html; charset=utf-8")
		look := Look{Mark: "band"}
		if f.Look != nil {
			look = f.Look(c)
		}
		h.Set("Content-Security-Policy", "default-src 'none'; "+look.Sources+"style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		res.body = errorPage(r, look, by, failing)
		return res
	}
	var wire any = wireError{r.Code, r.Description, r.URI}
	if d == Management {
		wire = hapiOf(r)
		h["Cache-Control"] = noCache
		if r.Status == http.StatusUnauthorized && r.Challenge != "" {
			h.Set("WWW-Authenticate", r.Challenge)
		}
	}
	if r.Class != "" {
		wire = databaseError{r.Class, r.Message, r.Code, cmp.Or(r.Rules, any(r.Description)), r.Policy, r.Status}
	}
	body, err := marshal(wire)
	if err != nil {
		body = []byte(`{"error":"server_error","error_description":"server_error"}`)
	}
	for _, m := range r.Members {
		if value, err := marshal(m.Value); err == nil {
			body = fmt.Appendf(body[:len(body)-1], `,%q:%s}`, m.Name, value)
		}
	}
	res.body = body
	h["Content-Type"] = jsonType(d)
	return res
}

// Package web is the life of one request: read it once, run the flow, encode
// the result, note it in the journal. Flows return values and errors. Only this
// package writes to a ResponseWriter.
package web

import (
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// A Flow answers one endpoint. It returns a value to encode (see Status and its
// neighbours) or an error. A *refusal.Refusal is worded in the dialect of the
// route; any other error is logged and answered with status 500.
type Flow func(*Call) (any, error)

// A Route is one line of the table that is the whole HTTP surface. What is
// peculiar to an endpoint stands here; the rest of this package knows no
// endpoint by name.
type Route struct {
	Method string
	Path   string   // in gorilla/mux's form: {name} is a variable
	Also   []string // more paths of the same endpoint
	// Summary says in half a line what the endpoint does. The documents and
	// GET /_mock/ show it.
	Summary string
	Flow    Flow
	Dialect Dialect
	CORS    CORS

	// Endpoint is what scenario files call the endpoint. "" is an endpoint that
	// only the word "any" means.
	Endpoint string
	// Subject says whom a call is about. nil: nobody.
	Subject func(*Call) Subject
	// Client authenticates the client of a call, for Call.Client. nil: the flow
	// looks for the client itself.
	Client func(*Call) (*fixtures.Client, error)
	// Count counts the call against its rate limit, with Call.Count. nil counts
	// it against the limit of all other calls.
	Count func(*Call) error
	// Limited is what the endpoint answers beyond its rate limit. nil:
	// refusal.RateLimited.
	Limited *refusal.Refusal

	// Refused writes to the tenant's log what the endpoint says there of a call that was
	// refused, beside the entry that the refusal names. nil: nothing.
	Refused func(*Call, *refusal.Refusal)

	// AnyPage lets a page of an unknown origin post here, because that changes
	// nothing, or nothing that a link would not change. Every other POST refuses it.
	AnyPage bool
	// Guarded answers only those whom the control API answers: what is sent here runs on
	// this machine.
	Guarded bool
	// MaxBody is how many bytes a body may have; 0 means 1 MiB.
	MaxBody int
	// The following are for control endpoints. Query names the query parameters
	// that are allowed. Open lets everybody call, whatever Host and Origin say.
	Query []string
	Open  bool
}

// About is the summary, with the other paths.
func (r Route) About() string {
	if r.Also == nil {
		return r.Summary
	}
	return r.Summary + " (also " + strings.Join(r.Also, ", ") + ")"
}

// A Subject is what a call is about: the user, and what else the conditions of
// a scenario look at.
type Subject struct {
	Connection string // its name
	Recipient  string // normalised
	Send       string // code, link, link_ios or link_android
	Grant      string // the grant_type
}

// A Dialect is how an endpoint words its answers: content type, caching and
// the form of an error.
type Dialect int

const (
	// OAuth is /oauth/token and /oauth/revoke: application/json without charset.
	OAuth Dialect = iota
	// API is /passwordless/*, /oauth/par and their like: application/json with
	// charset. Source: auth0/go-auth0 authentication, its recordings.
	API
	// Bearer is /userinfo: as API, but a 401 is plain text with a challenge.
	Bearer
	// Discovery is /.well-known/*.
	// Unlike Auth0, which lets clients keep it for 15 seconds, nobody may cache
	// it: a rotation of the keys and a reset are seen at once.
	Discovery
	// Browser is what people see: a refusal is a page.
	Browser
	// Control is /_mock/*, which is ours.
	Control
	// Management is /api/v2/*: errors in the form of hapi. The flow reads the body by
	// itself, since there null and an absent member are not the same.
	Management
)

// CORS says which pages may call an endpoint.
type CORS int

const (
	// NoCORS sends no header: no page may call.
	NoCORS CORS = iota
	// Origins lets the origins call that the clients allow.
	Origins
	// Credentials is Origins for calls that carry the browser's cookies.
	Credentials
	// AnyOrigin lets every page call, without cookies.
	AnyOrigin
	// KnownOrigins lets pages of known origins call. The server has checked the
	// origin before.
	KnownOrigins
)

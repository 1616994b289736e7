// Package web is the life of one request: read and parse once, run the flow,
// note it in the journal, encode once. Flows return values and errors; nothing
// else writes to a ResponseWriter.
package web

// A Flow answers one endpoint. It returns what is to be encoded (see Respond)
// or an error: a *refusal.Refusal in the dialect of its route, anything else
// as a logged 500.
type Flow func(*Call) (any, error)

// A Route is one line of the table that is the whole HTTP surface.
type Route struct {
	Method  string
	Path    string // gorilla/mux's form: {name} is a variable
	Flow    Flow
	Dialect Dialect
	CORS    CORS
	// Count counts the call against its rate limit, with Call.Count. nil counts
	// it among the tenant's other calls; the control API has no limit.
	Count func(*Call) error
	// Endpoint is what scenario files call the endpoint; "" for those that only
	// "any" means.
	Endpoint string
	// Who tells the connection and the user (a normalised address or number)
	// that a call is about. nil asks the parameters.
	Who func(*Call) (connection, recipient string)
	// MaxBody is how many bytes the body may have; 0 means 1 MiB.
	MaxBody int
	// Query names the query parameters of a control endpoint; any other is
	// refused.
	Query []string
	// Summary says in half a line what the endpoint does, for the README and
	// the OpenAPI document.
	Summary string
}

// A Dialect is how an endpoint words what it says: content type, caching and
// the shape of an error.
type Dialect int

const (
	// OAuth is /oauth/*: application/json without charset.
	OAuth Dialect = iota
	// API is /passwordless/* and its like: application/json with charset.
	API
	// Bearer is /userinfo: as API, but 401 is plain text and a challenge.
	Bearer
	// Discovery is /.well-known/*: cacheable for nobody, so that a rotation of
	// the keys is seen at once.
	Discovery
	// Browser is what people see: a refusal is a page.
	Browser
	// Control is /_mock/*, which is ours.
	Control
)

// CORS is which pages may call an endpoint.
type CORS int

const (
	// NoCORS sends no header: pages may not call.
	NoCORS CORS = iota
	// Origins lets the origins call that the clients allow.
	Origins
	// Credentials is Origins for calls that bring the browser's cookies.
	Credentials
	// AnyOrigin lets every page call, without credentials.
	AnyOrigin
	// LocalOrigins lets pages on this machine call: who may is decided before
	// the call gets here.
	LocalOrigins
)

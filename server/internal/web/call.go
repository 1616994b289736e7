package web

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// A Call is one request being answered.
type Call struct {
	Context context.Context
	Tenant  *tenant.Tenant
	Setup   *tenant.Setup // the tenant's clients, connections and APIs
	Now     time.Time     // read once, from the tenant's clock
	Method  string
	Path    string
	Vars    map[string]string // the variables of the path
	Query   string            // raw
	Host    string            // of the request itself, without the port, whatever a proxy says
	Header  http.Header       // of the request
	Body    []byte
	Params  Params
	// Origin is the scheme and host by which this request reached the tenant.
	Origin string
	// Issuer is the iss of this request's tokens, with the trailing slash.
	Issuer string
	// Pinned is Issuer if it is pinned, else "".
	Pinned string
	// IP is the address of the caller.
	IP string
	// Gateway calls SMS gateways.
	Gateway *gateway.Caller
	// Log is for what a developer at the terminal wants to see.
	Log *slog.Logger

	// ID is the response's x-auth0-requestid.
	ID string
	// ClientID is the client that the request names, for scenarios and the
	// journal. Nobody has checked it.
	ClientID string
	// Subject is what the call is about, by the route's Subject.
	Subject Subject
	// Effects are what scenarios do to the call; nil if they do nothing.
	Effects *faults.Effects
	// Client authenticates the client by the route's Client, once: an assertion
	// is good for one use.
	Client func() (*fixtures.Client, error)
	// Access verifies the access token of the call, once.
	Access func() (tenant.Access, error)

	// ResponseHeader gets headers that the response has whatever the flow
	// returns.
	ResponseHeader http.Header

	basic *tenant.Credentials // of HTTP Basic
	quota *tenant.Quota       // nil until the call is counted
	hint  string              // for the journal and the log
	gone  bool                // the client did not wait for the response
}

// Count counts the call against a limit. The x-ratelimit headers of the
// response tell the limit's state. Beyond the limit it returns the refusal, if
// limits are enforced. A call counts once.
func (c *Call) Count(l tenant.Limit, key string) error {
	if c.quota != nil {
		return nil
	}
	q := c.Tenant.Take(l, key, c.Now)
	c.quota = &q
	if q.Exceeded && c.Setup.Fixture.Limits.Enforce {
		wait := max(1, int(math.Ceil(q.Reset.Sub(c.Now).Seconds())))
		return refusal.RateLimited.With("retry_after", strconv.Itoa(wait)).Because("the limit of " + l.Name + " is used up, and the fixture says limits.enforce: true")
	}
	return nil
}

func (c *Call) readAccess() (tenant.Access, error) { return c.Tenant.ReadAccess(c.BearerToken()) }

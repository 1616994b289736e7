package web

import (
	"context"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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
	Now     time.Time // read once, of the tenant's clock
	Method  string
	Path    string
	Vars    map[string]string // the variables of the path
	Query   string            // raw
	Host    string            // without the port; of the request itself, whatever a proxy says
	Header  http.Header
	Body    []byte
	Params  Params
	// Origin is scheme and host by which this request reached the tenant.
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

	// ID is the answer's x-auth0-requestid.
	ID string
	// Effects are what scenarios do to the call; nil if they do nothing.
	Effects *faults.Effects

	// Answer are headers that the answer gets whatever the flow returns.
	Answer http.Header

	documents *documents

	basic    *tenant.Credentials
	quota    *tenant.Quota
	ClientID string // for the journal: who called
	hint     string
	gone     bool // the client did not wait for the answer
	access   func() (tenant.Access, error)

	started startClient
}

// A startClient is what StartClient found.
type startClient struct {
	known         bool // it has looked
	client        *fixtures.Client
	authenticated bool
	err           error
}

// Access is what the call's access token says. It is verified once a call.
func (c *Call) Access() (tenant.Access, error) {
	if c.access == nil {
		access, err := c.Tenant.ReadAccess(c.BearerToken())
		c.access = func() (tenant.Access, error) { return access, err }
	}
	return c.access()
}

// Count counts the call against a limit, whose state the answer's
// x-ratelimit headers tell. Beyond the limit it returns the refusal if limits
// are enforced. A call counts once.
func (c *Call) Count(l tenant.Limit, key string) error {
	if c.quota != nil {
		return nil
	}
	q := c.Tenant.Take(l, key, c.Now)
	c.quota = &q
	if q.Exceeded && c.Tenant.Enforces() {
		wait := max(1, int(math.Ceil(q.Reset.Sub(c.Now).Seconds())))
		return refusal.RateLimited.With("retry_after", strconv.Itoa(wait)).Because("the limit of " + l.Name + " is used up, and the fixture says limits.enforce: true")
	}
	return nil
}

// Credentials are what the call says about its client: HTTP Basic if there is
// some, else the body.
func (c *Call) Credentials() tenant.Credentials {
	if c.basic != nil {
		return *c.basic
	}
	return c.BodyCredentials()
}

// BodyCredentials are what the parameters alone say about the client.
func (c *Call) BodyCredentials() tenant.Credentials {
	creds := tenant.Credentials{
		ClientID:      c.Params.Text("client_id"),
		Secret:        c.Params.Text("client_secret"),
		Assertion:     c.Params.Text("client_assertion"),
		AssertionType: c.Params.Text("client_assertion_type"),
		Now:           c.Now,
	}
	if creds.Assertion != "" {
		creds.Audiences = []string{c.Issuer, c.Origin + "/", c.Origin + "/oauth/token", c.Issuer + "oauth/token", c.Origin + c.Path}
		if creds.ClientID == "" {
			creds.ClientID = tenant.AssertedClient(creds.Assertion) // RFC 7521 §4.2
		}
	}
	return creds
}

// StartClient is the client of POST /passwordless/start, and whether it proved
// who it is. It is authenticated once a call: an assertion is good for one.
func (c *Call) StartClient() (client *fixtures.Client, authenticated bool, err error) {
	s := &c.started
	if !s.known {
		s.client, s.authenticated, s.err = c.Tenant.AuthenticateForStart(c.BodyCredentials())
		s.known = true
	}
	return s.client, s.authenticated, s.err
}

// basicCredentials reads HTTP Basic, whose two halves are form-encoded (RFC
// 6749 §2.3.1). A half that does not decode is taken as it stands.
func basicCredentials(r *http.Request) *tenant.Credentials {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return nil
	}
	// The id is kept, and would keep the secret with it.
	return &tenant.Credentials{ClientID: strings.Clone(formDecode(id)), Secret: formDecode(secret)}
}

func formDecode(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

// BearerToken is the access token of the Authorization header, else of the
// access_token parameter, which passport-auth0 sends.
func (c *Call) BearerToken() string {
	scheme, value, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(value)
	}
	return c.Params.Text("access_token")
}

func callerIP(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

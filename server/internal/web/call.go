package web

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/internal/unserved"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/journal"
	"github.com/mockauth0/mockauth0/server/outbox"
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
	// Runner runs Actions.
	Runner *runner.Runner
	// Ran are the Actions that ran, for the journal.
	Ran []journal.Action
	// Created, PasswordChanged and Sent are what the call has done: the users whom it has
	// created, those whose password it has changed, and the messages that it has sent.
	// Actions run for them at the end.
	Created, PasswordChanged []fixtures.User
	Sent                     []outbox.Message
	// Captured are the fields ulp-NAME of the pages of a login, for Actions.
	Captured map[string]string
	// NewMetadata are for the user whom the call creates, from Actions; nil for none.
	NewMetadata *Metadata
	// Log is for what a developer at the terminal wants to see.
	Log *slog.Logger

	// ID is the response's x-auth0-requestid.
	ID string
	// ClientID is the client that the request names, for scenarios and the
	// journal. Nobody has checked it.
	ClientID string
	// Subject is what the call is about, by the route's Subject.
	Subject Subject
	// Organization is the id of the organization through which the user signs in; "" for
	// none. It is for the tenant's log, the journal and messages.
	Organization string
	// Effects are what scenarios do to the call; nil if they do nothing.
	Effects *faults.Effects

	// Actor is the user whom the call turned out to be about, for the tenant's log; nil:
	// the one whom Subject names.
	Actor *fixtures.User
	// NewUser is the user_id of the user whom the call has created; "" if it has none.
	NewUser string

	// ResponseHeader gets headers that the response has whatever the flow
	// returns.
	ResponseHeader http.Header

	named  string // the tenant's name; "" for the first
	guard  *Guard
	faults *faults.Engine
	route  Route
	client *clientResult       // nil until Client is called
	access *accessResult       // nil until Access is called
	basic  *tenant.Credentials // of HTTP Basic
	quota  *tenant.Quota       // nil until the call is counted
	hints  []string            // for the journal and the log
	gone   bool                // the call ended before there was a response

	recorded []journal.Log // the entries of the tenant's log that the call has written
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

// Failing names the scenarios that are on for everybody, for the pages; "" if none is.
func (c *Call) Failing() string {
	if c.faults == nil {
		return ""
	}
	return strings.Join(c.faults.ForEverybody(), ", ")
}

// Caller says who calls, for hints: the request line, and the program that sent it.
func (c *Call) Caller() string {
	line := c.Method + " " + c.Path
	if agent := c.Header.Get("User-Agent"); agent != "" {
		line += " of " + agent
	}
	return clip(line)
}

// Hint tells the developer, in the journal and in the log, why the answer may not
// be the expected one. An empty hint is none.
func (c *Call) Hint(text string) {
	if text != "" && !slices.Contains(c.hints, text) {
		c.hints = append(c.hints, text)
	}
}

// hint is all hints as one text.
func (c *Call) hint() string { return strings.Join(c.hints, "; ") }

// hintAtUnserved names what the call asks for and the mock ignores.
func (c *Call) hintAtUnserved() {
	for _, p := range c.Params {
		if feature := unserved.Parameter(p.Name); feature != "" && !p.Empty() {
			c.Hint("the parameter " + p.Name + " is ignored: mockauth0 does not serve " + feature)
		}
	}
	for _, f := range unserved.All() {
		for _, name := range f.Headers {
			if c.Header.Get(name) != "" {
				c.Hint("the header " + name + " is ignored: mockauth0 does not serve " + f.Name)
			}
		}
	}
}

// Metadata are members of the metadata of a user.
type Metadata struct{ App, User map[string]any }

type clientResult struct {
	client *fixtures.Client
	err    error
}

// Client authenticates the client of the call, as its route says. It does so
// once: an assertion is good for one use.
func (c *Call) Client() (*fixtures.Client, error) {
	if c.client == nil {
		client, err := c.route.Client(c)
		c.client = &clientResult{client, err}
	}
	return c.client.client, c.client.err
}

type accessResult struct {
	access tenant.Access
	err    error
}

// Access verifies the access token of the call, once.
func (c *Call) Access() (tenant.Access, error) {
	if c.access == nil {
		access, err := c.Tenant.ReadAccess(c.AccessToken())
		c.access = &accessResult{access, err}
	}
	return c.access.access, c.access.err
}

// maxBody is how many bytes a body may have, unless its route allows more.
const maxBody = 1 << 20

// read makes the call of a request. Even with an error the call is good for
// the journal.
func (f *Front) read(r *http.Request, route Route) (*Call, error) {
	origin, issuer := f.Naming.of(r)
	c := &Call{
		Context: r.Context(),
		Tenant:  f.Tenant,
		Setup:   f.Tenant.Setup(),
		Now:     f.Tenant.Clock.Now(),
		Method:  r.Method,
		Path:    r.URL.Path,
		Query:   r.URL.RawQuery,
		Header:  r.Header,
		Host:    Hostname(r.Host),
		Origin:  origin,
		Issuer:  issuer,
		Pinned:  f.Naming.Issuer,
		IP:      callerIP(r),
		Log:     f.Log,
		Gateway: f.Gateway,
		Runner:  f.Runner,
		named:   f.Named,
		guard:   &f.Guard,
		faults:  f.Scenarios,
		route:   route,
		basic:   basicCredentials(r),
	}
	limit := cmp.Or(route.MaxBody, maxBody)
	body, err := readBody(r, limit+1)
	switch {
	case err != nil:
		return c, refusal.BadBody.With("reason", "the body could not be read: "+err.Error())
	case len(body) > limit:
		return c, refusal.BodyTooLarge
	}
	c.Body = body
	c.Params, err = parseBody(r.Header.Get("Content-Type"), body)
	if err != nil && route.Dialect != Management {
		return c, refusal.BadBody.With("reason", err.Error())
	}
	query, err := parseForm(r.URL.RawQuery)
	if err != nil {
		return c, refusal.BadBody.With("reason", err.Error())
	}
	c.Params = c.Params.withQuery(query)
	c.ClientID = c.Credentials().ClientID
	return c, nil
}

// readBody reads at most limit bytes.
func readBody(r *http.Request, limit int) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody { // nil: a request made for a client, as http.NewRequest does
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(r.Body, int64(limit)))
}

// callerIP is the address of the caller, without its port.
func callerIP(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
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

// basicCredentials reads HTTP Basic, whose two halves are form-encoded (RFC
// 6749 §2.3.1). A half that does not decode is taken as it stands.
func basicCredentials(r *http.Request) *tenant.Credentials {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return nil
	}
	return &tenant.Credentials{ClientID: formDecode(id), Secret: formDecode(secret)}
}

func formDecode(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

// AccessToken is the access token of the Authorization header, else of the
// access_token parameter, which passport-auth0 sends.
func (c *Call) AccessToken() string {
	scheme, value, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") || c.WithProof() {
		return strings.TrimSpace(value)
	}
	return c.Params.Text("access_token")
}

// WithProof tells whether the scheme of the Authorization header is that of access
// tokens which go with a DPoP proof.
func (c *Call) WithProof() bool {
	scheme, _, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "DPoP")
}

// ProofUse is the call and its DPoP proofs, for Tenant.CheckProof.
func (c *Call) ProofUse() tenant.ProofUse {
	urls := []string{c.Origin + c.Path, strings.TrimSuffix(c.Issuer, "/") + c.Path}
	return tenant.ProofUse{Proofs: c.Header.Values("DPoP"), Method: c.Method, URLs: urls, Now: c.Now}
}

// Naming tells by which names a tenant is reached.
type Naming struct {
	// Issuer pins the iss of every token, with the trailing slash; "" derives
	// it from each request.
	Issuer string
	// TrustProxy believes X-Forwarded-Proto and X-Forwarded-Host.
	TrustProxy bool
}

// of is the scheme and host of a request, and the issuer that follows from
// them unless it is pinned.
func (n Naming) of(r *http.Request) (origin, issuer string) {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if n.TrustProxy {
		if proto := firstOf(r.Header.Get("X-Forwarded-Proto")); proto == "http" || proto == "https" {
			scheme = proto
		}
		if forwarded := firstOf(r.Header.Get("X-Forwarded-Host")); forwarded != "" {
			host = forwarded
		}
	}
	if host == "" {
		host = "localhost" // HTTP/1.0 need not say whom it asks
	}
	issuer = scheme + "://" + host + "/"
	origin = strings.TrimSuffix(issuer, "/")
	if n.Issuer != "" {
		issuer = n.Issuer
	}
	return origin, issuer
}

// Host is the host and port by which a request reached the server.
func (n Naming) Host(r *http.Request) string {
	origin, _ := n.of(r)
	return hostOf(origin)
}

// firstOf is the first entry of a header's list: what the outermost proxy saw.
func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// Hostname is a Host without its port, and without the brackets of an IPv6
// address.
func Hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

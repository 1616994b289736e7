package web

import (
	"cmp"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

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
		basic:   basicCredentials(r),
	}
	c.Access = sync.OnceValues(c.readAccess)
	if route.Client != nil {
		c.Client = sync.OnceValues(func() (*fixtures.Client, error) { return route.Client(c) })
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
	if c.Params, err = parseBody(r.Header.Get("Content-Type"), body); err != nil {
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
	if r.Body == nil { // a request made for a client, as http.NewRequest does
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

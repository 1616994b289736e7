package tenant

import (
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// PushedLifetime is for how many seconds a request_uri can be used.
// Source: auth0/docs-v2 authorization-code-flow-with-par.mdx.
const PushedLifetime = 30

const maxPushed = 2_000

// requestURIPrefix begins each request_uri.
const requestURIPrefix = "urn:ietf:params:oauth:request_uri:"

// A pushedRequest holds the parameters that a client sent to POST /oauth/par,
// for a later call of /authorize.
type pushedRequest struct {
	clientID   string
	parameters [][2]string
	expires    time.Time
}

type pushedRequests struct {
	bounded[string, *pushedRequest]
	count tally[string] // how many requests had the same parameters so far
}

func newPushedRequests() pushedRequests {
	return pushedRequests{newBounded[string, *pushedRequest](maxPushed, nil), newTally[string](maxPushed)}
}

func (ps *pushedRequests) settle(now time.Time) {
	ps.removeIf(func(p *pushedRequest) bool { return !now.Before(p.expires) })
}

// Push keeps the parameters of a client and returns a request_uri, which stands
// for them in one call of /authorize.
func (t *Tenant) Push(c *fixtures.Client, parameters [][2]string, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	names := []string{"pushed request", c.ClientID}
	for _, p := range parameters {
		names = append(names, p[0], p[1])
	}
	name := t.setup.Seed.Hex(32, names...)
	uri := requestURIPrefix + t.setup.Seed.Opaque(43, "request_uri", name, strconv.FormatInt(t.pushed.count.add(name), 10))
	t.pushed.put(uri, &pushedRequest{c.ClientID, parameters, now.Add(PushedLifetime * time.Second)})
	return uri
}

// Pushed returns the parameters behind a request_uri. It works once.
func (t *Tenant) Pushed(uri, clientID string, now time.Time) ([][2]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.pushed.get(uri)
	switch {
	case !strings.HasPrefix(uri, requestURIPrefix):
		return nil, refusal.WrongRequestURI.Because("a request_uri comes from POST /oauth/par, and begins with " + requestURIPrefix)
	case !ok || !now.Before(p.expires):
		return nil, refusal.WrongRequestURI.Because("there is no such request_uri; it is good for one call, within " + strconv.Itoa(PushedLifetime) + " seconds")
	case p.clientID != clientID:
		return nil, refusal.WrongRequestURI.Because("the request_uri was given to client " + strconv.Quote(p.clientID))
	}
	t.pushed.remove(uri)
	return p.parameters, nil
}

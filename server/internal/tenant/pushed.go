package tenant

import (
	"strconv"
	"strings"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/internal/refusal"
)

// PushedLifetime is how long a request_uri can be used, in seconds.
// Source: auth0/docs-v2 authorization-code-flow-with-par.mdx.
const PushedLifetime = 30

const maxPushed = 2_000

// requestURI is how each request_uri begins.
const requestURI = "urn:ietf:params:oauth:request_uri:"

// A pushedRequest is what a client asked for before it sent its browser.
type pushedRequest struct {
	clientID   string
	parameters [][2]string
	expires    time.Time
}

type pushed struct {
	bounded bounded[string, *pushedRequest]
	count   tally[string] // requests that ask for the same so far
}

func newPushed() pushed {
	return pushed{newBounded[string](maxPushed, func(*pushedRequest) bool { return true }), newTally[string](maxPushed)}
}

func (ps *pushed) settle(now time.Time) {
	for uri, p := range ps.bounded.all {
		if !now.Before(p.expires) {
			ps.bounded.remove(uri)
		}
	}
}

// Push keeps a client's request, and returns the request_uri by which it can be
// made once.
func (t *Tenant) Push(c *fixtures.Client, parameters [][2]string, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	names := []string{"pushed request", c.ClientID}
	for _, p := range parameters {
		names = append(names, p[0], p[1])
	}
	name := t.setup.Seed.Hex(32, names...)
	uri := requestURI + t.setup.Seed.Opaque(43, "request_uri", name, strconv.FormatInt(t.pushed.count.add(name), 10))
	t.pushed.bounded.put(uri, &pushedRequest{c.ClientID, parameters, now.Add(PushedLifetime * time.Second)})
	return uri
}

// Pushed is the request that a client pushed, which is used up by that.
func (t *Tenant) Pushed(uri, clientID string, now time.Time) ([][2]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.pushed.bounded.get(uri)
	switch {
	case !strings.HasPrefix(uri, requestURI):
		return nil, refusal.WrongRequestURI.Because("a request_uri comes from POST /oauth/par, and begins with " + requestURI)
	case !ok || !now.Before(p.expires):
		return nil, refusal.WrongRequestURI.Because("there is no such request_uri; it is good for one call, within " + strconv.Itoa(PushedLifetime) + " seconds")
	case p.clientID != clientID:
		return nil, refusal.WrongRequestURI.Because("the request_uri was given to client " + strconv.Quote(p.clientID))
	}
	t.pushed.bounded.remove(uri)
	return p.parameters, nil
}

package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync/atomic"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/journal"
)

// A Front is what all calls of a server share.
type Front struct {
	Tenant  *tenant.Tenant
	Naming  Naming
	Journal *journal.Journal
	Log     *slog.Logger
	// Gateway calls SMS gateways.
	Gateway *gateway.Caller
	// Scenarios decide what goes wrong.
	Scenarios *faults.Engine
	// Local tells whether a host name means this machine, this network, or a
	// name that the user gave.
	Local func(host string) bool

	calls atomic.Int64 // counts the calls in the journal; request ids derive from it
}

// Reset forgets the journal and counts calls from the start again.
func (f *Front) Reset() {
	f.Journal.Clear()
	f.calls.Store(0)
}

// Serve is the life of one request. vars are the variables of its path.
func (f *Front) Serve(w http.ResponseWriter, r *http.Request, route Route, vars map[string]string) {
	// 1. Read the request, once.
	c, badRequest := f.read(r, route)
	c.Vars, c.ResponseHeader = vars, w.Header()
	if route.Subject != nil {
		c.Subject = route.Subject(c)
	}

	// 2. Ask the scenarios what goes wrong.
	if route.Dialect != Control {
		c.ID = c.Setup.Seed.Hex(20, "request", strconv.FormatInt(f.calls.Add(1), 10))
		if err := f.decide(c, route, badRequest); badRequest == nil {
			badRequest = err
		}
	}

	// 3. Run the flow, or take a scenario's response.
	value, err := f.run(c, route, badRequest)

	// 4. Encode what it returned.
	res, refused := f.encode(c, route, value, err)

	// 5. Note the call.
	if route.Dialect != Control {
		f.note(c, res.status, refused)
	}

	// 6. Send the response.
	if r.Method == http.MethodHead {
		res.stream, res.headOnly = nil, true
	}
	if c.Effects != nil && c.Effects.Fault != "" {
		res.sendBroken(w, c.Context, c.Effects.Fault)
		return
	}
	res.send(w)
}

// Preflight answers OPTIONS on a path with these methods.
func (f *Front) Preflight(w http.ResponseWriter, r *http.Request, rule CORS, methods string) {
	w.Header().Set("Date", f.Tenant.Clock.Now().Format(http.TimeFormat))
	if hint := preflight(w.Header(), r, rule, f.Tenant.Setup(), methods); hint != "" {
		f.Log.Warn("OPTIONS "+r.URL.Path+": refused", "hint", hint)
	}
	w.WriteHeader(http.StatusNoContent)
}

// run does what comes between reading and encoding: the effects of scenarios
// that come first, the rate limit, the flow. With a badRequest the flow does not
// run. A panic of the flow becomes an error. http.ErrAbortHandler is passed on:
// with it a handler breaks its connection.
func (f *Front) run(c *Call, route Route, badRequest error) (value any, err error) {
	defer func() {
		switch p := recover(); {
		case p == any(http.ErrAbortHandler):
			panic(p)
		case p != nil:
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		if err != nil && c.quota == nil {
			_ = takeQuota(c, route) // a call that never reached the flow counts, too
		}
	}()
	if done, value, err := f.admit(c, route); done {
		return value, err
	}
	if badRequest != nil {
		return nil, badRequest
	}
	if err := takeQuota(c, route); err != nil {
		return nil, err
	}
	return route.Flow(c)
}

// takeQuota counts a call against its rate limit. The control API has none.
func takeQuota(c *Call, route Route) error {
	switch {
	case route.Count != nil:
		return route.Count(c)
	case route.Dialect == Control:
		return nil
	}
	return c.Count(tenant.LimitOther, "")
}

// failed logs an error that is no refusal.
func (f *Front) failed(c *Call, err error) {
	f.Log.Error("a flow failed", "method", c.Method, "path", c.Path, "error", err)
}

// asRefusal is the refusal that an error is, or nil.
func asRefusal(err error) *refusal.Refusal {
	var refused *refusal.Refusal
	errors.As(err, &refused)
	return refused
}

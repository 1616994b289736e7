package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/internal/runner"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/journal"
)

// A Front is what all calls of a server share.
type Front struct {
	Tenant *tenant.Tenant
	// Named is the name of a tenant beside the first one; "" for the first.
	Named   string
	Naming  Naming
	Journal *journal.Journal
	Log     *slog.Logger
	// Gateway calls SMS gateways.
	Gateway *gateway.Caller
	// Runner runs Actions.
	Runner *runner.Runner
	// After runs the Actions of what a call has done.
	After func(*Call)
	// Look is how the pages of the tenant look for a call; nil: as those of the mock.
	Look func(*Call) Look
	// Scenarios decide what goes wrong.
	Scenarios *faults.Engine
	// Guard tells which pages may change something.
	Guard Guard
	// Readers are the clients, some of which may read slowly.
	Readers readers.Readers

	calls atomic.Int64 // counts the calls in the journal; request ids derive from it
}

// Reset forgets the journal and counts calls from the start again.
func (f *Front) Reset() {
	f.Journal.Clear()
	f.calls.Store(0)
}

// Serve is the life of one request. vars are the variables of its path.
func (f *Front) Serve(out http.ResponseWriter, r *http.Request, route Route, vars map[string]string) {
	w := f.Readers.Writer(out, r)
	defer w.Release()
	defer f.tellPanic(r)

	// 1. Read the request, once.
	c, badRequest := f.read(r, route)
	c.Vars, c.ResponseHeader = vars, w.Header()
	if route.Subject != nil {
		c.Subject = route.Subject(c)
	}
	if route.Dialect != Control {
		c.hintAtUnserved()
		c.ID = c.Setup.Seed.Hex(20, "request", strconv.FormatInt(f.calls.Add(1), 10))
	}

	// 2. Refuse a page of an unknown origin. It counts for no scenario and no limit.
	var value any
	err := f.refusePage(c, route)
	switch {
	case err != nil:
	case c.Method == http.MethodHead && route.Dialect == Browser:
		// A scanner of mail looks at links, and only the person may use them. So
		// nothing runs: no flow, no scenario, no limit.
		value = Raw{ContentType: "text/html; charset=utf-8"}
	default:
		// 3. Ask the scenarios what goes wrong, and run the flow.
		value, err = f.answer(c, route, badRequest)
	}

	// 4. Encode what it returned. The control API's answers may be large.
	if _, isStream := value.(Stream); route.Dialect == Control && !isStream && w.Hold() != nil {
		return // the client has gone
	}
	res, refused := f.encode(c, route, value, err)

	// 5. Note the call, in the tenant's log if it was refused, and in the journal.
	if route.Dialect != Control {
		if refused != nil && !c.gone {
			c.recordRefusal(refused)
		}
		f.note(c, res, refused)
	}

	// 6. Send the response. A call that could not wait has none: its client has
	// gone, or the server stops.
	if c.gone {
		panic(http.ErrAbortHandler)
	}
	if r.Method == http.MethodHead {
		res.stream, res.headOnly = nil, true
	}
	if c.Effects != nil && c.Effects.Fault != "" {
		res.sendBroken(w, c.Context, c.Effects.Fault)
		return
	}
	res.send(w)
}

// tellPanic logs a panic outside of a flow, and breaks the connection. net/http would log
// it where nobody looks.
func (f *Front) tellPanic(r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p != any(http.ErrAbortHandler) {
		f.Log.Error("the answer failed", "method", r.Method, "path", r.URL.Path, "error", fmt.Sprintf("panic: %v\n%s", p, debug.Stack()))
	}
	panic(http.ErrAbortHandler)
}

// Preflight answers OPTIONS on a path with these methods: what the page asks for
// is allowed if its origin is.
func (f *Front) Preflight(out http.ResponseWriter, r *http.Request, rule CORS, methods string) {
	w := f.Readers.Writer(out, r)
	h := w.Header()
	h.Set("Date", f.Tenant.Clock.Now().Format(http.TimeFormat))
	h.Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	h.Set("Allow", methods)
	if hint := setCORS(h, rule, f.Tenant.Setup(), r.Header.Get("Origin")); hint != "" {
		f.Log.Warn("OPTIONS "+r.URL.Path+": refused", "hint", hint)
	}
	h.Del("Access-Control-Expose-Headers")
	if h.Get("Access-Control-Allow-Origin") != "" {
		if r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", methods)
		}
		if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
			h.Set("Access-Control-Allow-Headers", headers)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// answer asks the scenarios what goes wrong, and runs the flow or takes a
// scenario's response. Most calls concern no scenario.
func (f *Front) answer(c *Call, route Route, badRequest error) (any, error) {
	if route.Dialect != Control && f.Scenarios.Concerns(c.Header.Values(scenarioHeader), c.Subject.Recipient) {
		if err := f.decide(c, route, badRequest); badRequest == nil {
			badRequest = err
		}
	}
	return f.run(c, route, badRequest)
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
	if c.Effects != nil {
		if done, value, err := f.admit(c, route); done {
			return value, err
		}
	}
	if badRequest != nil {
		return nil, badRequest
	}
	if err := takeQuota(c, route); err != nil {
		return nil, err
	}
	value, err = route.Flow(c)
	if len(c.Created)+len(c.PasswordChanged)+len(c.Sent) > 0 && f.After != nil {
		f.After(c)
	}
	return value, err
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

// note writes a call to the journal. It also writes it to the log if there is
// more to say than the status. Status is 0 if there was no answer.
func (f *Front) note(c *Call, res response, refused *refusal.Refusal) {
	scenario, silent := c.Effects.Names(), c.gone || c.Effects.Broken()
	if silent {
		res, refused = response{}, nil
	}
	status := res.status
	entry := journal.Request{
		ID: c.ID, Method: clip(c.Method), Path: clip(c.Path), Params: c.Params.redacted(), Status: status,
		Hint: clip(c.hint()), ClientID: clip(c.ClientID), Organization: c.Organization, SDK: journal.ParseSDK(c.Header.Get("Auth0-Client")),
		UserAgent: clip(c.Header.Get("User-Agent")), Scenario: scenario, At: c.Now, Logs: c.recorded, Actions: c.Ran,
		DurationMS: float64(f.Tenant.Clock.Now().Sub(c.Now).Microseconds()) / 1000,
	}
	if refused != nil {
		entry.Error, entry.Description = clip(refused.Code), clip(refused.Description)
	}
	f.Journal.Add(entry, c.exchange(res))
	if refused == nil && entry.Hint == "" && scenario == "" && !c.gone {
		return
	}
	what := strconv.Itoa(status)
	if silent {
		what = "no answer"
	}
	sentence := fmt.Sprintf("%s %s: %s", entry.Method, entry.Path, what)
	attrs := []any{"request_id", c.ID, "client_id", entry.ClientID}
	if refused != nil {
		sentence = strings.TrimSpace(sentence + " " + refused.Error()) // some refusals have no words
		attrs = append(attrs, "status", status, "code", refused.Code)
	}
	if scenario != "" {
		attrs = append(attrs, "scenario", entry.Scenario)
	}
	if entry.Hint != "" {
		attrs = append(attrs, "hint", entry.Hint)
	}
	f.Log.Warn(sentence, attrs...)
}

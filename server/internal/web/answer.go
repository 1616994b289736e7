package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/faults"
	"github.com/mockauth0/mockauth0/server/internal/gateway"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
	"github.com/mockauth0/mockauth0/server/journal"
)

// maxBody is how large a body may be, in bytes, unless its route says more.
const maxBody = 1 << 20

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
	// Local tells whether a name can only mean this machine or network, or is
	// one that the user gave.
	Local     func(host string) bool
	calls     atomic.Int64 // counts journalled calls, which names each one
	documents documents
}

// Reset forgets the journal and counts calls from the start again.
func (f *Front) Reset() {
	f.Journal.Clear()
	f.calls.Store(0)
}

// Preflight answers OPTIONS on a path whose methods are listed in allow.
func (f *Front) Preflight(w http.ResponseWriter, r *http.Request, rule CORS, allow string) {
	w.Header().Set("Date", f.Tenant.Clock.Now().Format(http.TimeFormat))
	if hint := preflight(w, r, rule, f.Tenant, allow); hint != "" {
		f.Log.Warn("OPTIONS "+r.URL.Path+": refused", "hint", hint)
	}
}

// Serve is the life of one request. vars are the variables of its path.
func (f *Front) Serve(w http.ResponseWriter, r *http.Request, route Route, vars map[string]string) {
	c, err := f.read(r, route)
	c.Vars, c.Answer = vars, w.Header()
	if route.Dialect != Control {
		c.ID = f.nextID()
		// What is not read to its end is not decided about: a delay would not
		// notice that the client has gone.
		if !errors.Is(err, refusal.BodyTooLarge) {
			if unknown := f.decide(c, route); err == nil {
				err = unknown
			}
		}
	}
	value, err := f.run(c, route, err)
	if err != nil && c.quota == nil {
		_ = count(c, route) // what never reached the flow counts all the same
	}
	a, refused := f.answer(c, headerOf(w), route, value, err)
	if route.Dialect != Control {
		f.note(c, route, a.status, refused)
	}
	if r.Method == http.MethodHead {
		a.stream, a.unsent = nil, true
	}
	if c.Effects != nil && c.Effects.Fault != "" {
		a.sendBroken(w, c.Context, c.Effects.Fault)
		return
	}
	a.send(w)
}

// nextID names the next call that the journal notes.
func (f *Front) nextID() string {
	var digits [20]byte
	return f.Tenant.Seed().Hex(20, "request", string(strconv.AppendInt(digits[:0], f.calls.Add(1), 10)))
}

// answer makes the answer of what a flow returned, its header included. What
// is set later stands for what was set before.
func (f *Front) answer(c *Call, h *header, route Route, value any, err error) (answer, *refusal.Refusal) {
	h.Set("Date", c.Now.Format(http.TimeFormat))
	h.Set("X-Content-Type-Options", "nosniff")
	if route.Dialect != Control {
		h.Set("X-Auth0-Requestid", c.ID)
		h.Set("Vary", "Accept-Encoding, Origin")
	}
	foreign := setCORS(h, route.CORS, f.Tenant, c.Header.Get("Origin"))
	a, refused := f.encode(c, h, route.Dialect, value, err)
	if route.Dialect == Control {
		return a, refused
	}
	if refused == nil || refused.Page == "" { // a proxy knows of no limits
		setQuota(h, c.quota)
	}
	if foreign != "" {
		c.hint = foreign
	}
	if c.Effects != nil {
		h.Set(scenarioHeader, c.Effects.Names())
		if readable := h.Get("Access-Control-Expose-Headers"); readable != "" {
			h.Set("Access-Control-Expose-Headers", readable+", "+scenarioHeader)
		}
		a.amend(h.Header, c.Effects)
	}
	return a, refused
}

// run asks the scenarios, the limit and the flow; unread is why the request
// could not be read. A panic of the flow is an error like any other, but for
// the one by which a handler breaks its connection off.
func (f *Front) run(c *Call, route Route, unread error) (value any, err error) {
	defer func() {
		switch p := recover(); {
		case p == any(http.ErrAbortHandler):
			panic(p)
		case p != nil:
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if done, value, err := f.admit(c, route); done {
		return value, err
	}
	if unread != nil {
		return nil, unread
	}
	if err := count(c, route); err != nil {
		return nil, err
	}
	return route.Flow(c)
}

func count(c *Call, route Route) error {
	switch {
	case route.Count != nil:
		return route.Count(c)
	case route.Dialect == Control:
		return nil
	}
	return c.Count(tenant.LimitOther, "")
}

// read makes the call of a request. Even with an error the call is good for
// the journal.
func (f *Front) read(r *http.Request, route Route) (*Call, error) {
	origin, issuer := f.Naming.of(r)
	c := &Call{
		Context: r.Context(),
		Tenant:  f.Tenant,
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

		documents: &f.documents,
		basic:     basicCredentials(r),
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
	if err != nil {
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

// usualBody is room for the body of most requests, in bytes. What a request
// announces beyond that is believed when it comes.
const usualBody = 4096

// readBody reads so many bytes at most.
func readBody(r *http.Request, limit int) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody { // nil: a request made for a client, as http.NewRequest does
		return nil, nil
	}
	size := usualBody / 8
	if r.ContentLength > 0 {
		size = int(min(r.ContentLength, usualBody)) + 1 // so that the end is found without more room
	}
	body := make([]byte, 0, size)
	for len(body) < limit {
		if len(body) == cap(body) {
			body = slices.Grow(body, len(body))
		}
		n, err := r.Body.Read(body[len(body):min(cap(body), limit)])
		body = body[:len(body)+n]
		switch {
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return body, err
		}
	}
	return body, nil
}

// encode turns the flow's result into an answer, and returns the refusal if it
// is one.
func (f *Front) encode(c *Call, h *header, d Dialect, value any, err error) (answer, *refusal.Refusal) {
	if err == nil {
		var a answer
		told, _ := value.(Told)
		if told.Refusal != nil {
			value = told.Value
			c.hint = cmp.Or(told.Refusal.Hint, c.hint)
		}
		if a, err = encode(h, d, value); err == nil {
			return a, told.Refusal
		}
	}
	var refused *refusal.Refusal
	if errors.As(err, &refused) {
		var detailed Detailed
		errors.As(err, &detailed)
		c.hint = cmp.Or(refused.Hint, c.hint)
		if c.hint == "" && misreadJSON(c) {
			c.hint = "the body looks like JSON, but the Content-Type does not say application/json"
		}
		return encodeRefusal(h, d, refused, detailed.Errors), refused
	}
	if gone := c.Context.Err(); gone != nil && errors.Is(err, gone) {
		c.gone = true // what is written reaches nobody
		return encodeRefusal(h, d, refusal.ServerError, nil), nil
	}
	f.Log.Error("a flow failed", "method", c.Method, "path", c.Path, "error", err)
	return encodeRefusal(h, d, refusal.ServerError, nil), refusal.ServerError
}

// misreadJSON tells whether the body looks like JSON and was not read as such.
func misreadJSON(c *Call) bool {
	return bytes.HasPrefix(bytes.TrimSpace(c.Body), []byte("{")) && (len(c.Params) == 0 || c.Params[0].JSON == nil)
}

// note writes a call to the journal, and to the log if it says more there.
// Status is 0 if there was no answer.
func (f *Front) note(c *Call, route Route, status int, refused *refusal.Refusal) {
	silent := c.gone || c.Effects.Broken()
	if silent {
		status, refused = 0, nil
	}
	entry := journal.Request{
		ID: c.ID, Method: kept(c.Method, route.Method), Path: kept(c.Path, route.Path), Status: status,
		Hint: clip(c.hint), ClientID: clip(c.ClientID),
		UserAgent: clip(c.Header.Get("User-Agent")), Scenario: c.Effects.Names(), At: c.Now,
		DurationMS: float64(f.Tenant.Clock.Now().Sub(c.Now).Microseconds()) / 1000,
	}
	if refused != nil {
		entry.Error, entry.Description = clip(refused.Code), clip(refused.Description)
	}
	f.Journal.Add(entry, c.Params.redacted(), c.Header.Get("Auth0-Client"))
	if refused == nil && c.hint == "" && c.Effects == nil && !c.gone {
		return
	}
	if !f.Log.Enabled(c.Context, slog.LevelWarn) {
		return
	}
	what := strconv.Itoa(status)
	if silent {
		what = "no answer"
	}
	sentence := fmt.Sprintf("%s %s: %s", entry.Method, entry.Path, what)
	attrs := []any{"request_id", c.ID, "client_id", entry.ClientID}
	if refused != nil {
		sentence += fmt.Sprintf(" %s: %s", entry.Error, entry.Description)
		attrs = append(attrs, "status", status, "code", refused.Code)
	}
	if c.Effects != nil {
		attrs = append(attrs, "scenario", entry.Scenario)
	}
	if c.hint != "" {
		attrs = append(attrs, "hint", entry.Hint)
	}
	f.Log.Warn(sentence, attrs...)
}

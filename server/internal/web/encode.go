package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// Header values that all responses share. They are made once: a new slice for
// each of them costs the key set a tenth of its responses a second. Nobody may
// change them.
var (
	// neverCache is what Auth0 sends with most responses.
	neverCache = []string{"private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform"}
	noStore    = []string{"no-store"}
	noSniff    = []string{"nosniff"}
	varyOrigin = []string{"Accept-Encoding, Origin"}
	plainJSON  = []string{"application/json"}
	utf8JSON   = []string{"application/json; charset=utf-8"}
)

// encode makes the response of what a flow returned, its header included. It
// returns the refusal, too, if it is one.
func (f *Front) encode(c *Call, route Route, value any, err error) (response, *refusal.Refusal) {
	h := c.ResponseHeader
	h.Set("Date", c.Now.Format(http.TimeFormat))
	h["X-Content-Type-Options"] = noSniff
	if route.Dialect != Control {
		h.Set("X-Auth0-Requestid", c.ID)
		h["Vary"] = varyOrigin
	}
	originHint := setCORS(h, route.CORS, c.Setup, c.Header.Get("Origin"))

	var res response
	var refused *refusal.Refusal
	if told, ok := value.(Told); ok && err == nil && told.Refusal != nil {
		value, refused = told.Value, told.Refusal
		c.hint = cmp.Or(refused.Hint, c.hint)
	}
	if err == nil {
		res, err = encodeValue(h, route.Dialect, value)
	}
	if err != nil {
		res, refused = f.encodeError(c, h, route.Dialect, err)
	}
	if route.Dialect == Control {
		return res, refused
	}
	if refused == nil || refused.Page == "" { // a page is a proxy's, which knows of no limits
		setQuota(h, c.quota)
	}
	c.hint = cmp.Or(originHint, c.hint)
	if c.Effects != nil {
		h.Set(scenarioHeader, c.Effects.Names())
		if readable := h.Get("Access-Control-Expose-Headers"); readable != "" {
			h.Set("Access-Control-Expose-Headers", readable+", "+scenarioHeader)
		}
		res.amend(h, c.Effects)
	}
	return res, refused
}

// encodeValue encodes a value that a flow returned.
func encodeValue(h http.Header, d Dialect, value any) (response, error) {
	res := response{status: http.StatusOK}
	switch d {
	case OAuth:
		h["Cache-Control"] = noStore
		h.Set("Pragma", "no-cache")
	case API, Bearer, Discovery, Browser:
		h["Cache-Control"] = neverCache
	case Control:
		h["Cache-Control"] = noStore
	}
	switch v := value.(type) {
	case Status:
		res.status = v.Code
		if v.Value == nil {
			return res, nil
		}
		value = v.Value
	case verbatim:
		res.status, res.body = v.status, v.body
		switch {
		case v.isJSON:
			h["Content-Type"] = jsonType(d)
		case len(v.body) > 0:
			h.Set("Content-Type", "text/plain; charset=utf-8")
		}
		return res, nil
	case Raw:
		if v.ContentType != "" {
			h.Set("Content-Type", v.ContentType)
		}
		maps.Copy(h, v.Header)
		res.status, res.body = cmp.Or(v.Status, http.StatusOK), v.Body
		return res, nil
	case Redirect:
		res.status = http.StatusFound
		h.Set("Location", v.To)
		return res, nil
	case Page:
		res.status, res.body = cmp.Or(v.Status, http.StatusOK), v.HTML
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", v.Policy)
		return res, nil
	case Stream:
		h.Set("Content-Type", "text/event-stream; charset=utf-8")
		res.stream = &v
		return res, nil
	}
	body, err := marshal(value)
	if err != nil {
		return res, err
	}
	res.body = body
	h["Content-Type"] = jsonType(d)
	return res, nil
}

func jsonType(d Dialect) []string {
	if d == OAuth {
		return plainJSON
	}
	return utf8JSON
}

// marshal is JSON as Auth0 writes it: < > & as they are, no final newline.
func marshal(value any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// wireError is the body of a refusal.
type wireError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	URI         string `json:"error_uri,omitempty"`
	Errors      any    `json:"errors,omitempty"`
}

// databaseError is the body of a refusal that comes from a database.
type databaseError struct {
	Name        string `json:"name"`
	Code        string `json:"code"`
	Description string `json:"description"`
	Status      int    `json:"statusCode"`
}

// A Detailed error of the control API carries a list of single mistakes.
type Detailed struct {
	*refusal.Refusal
	Errors any
}

func (d Detailed) Unwrap() error { return d.Refusal }

// encodeError encodes an error that a flow returned. One that is no refusal is
// logged, and told as server_error.
func (f *Front) encodeError(c *Call, h http.Header, d Dialect, err error) (response, *refusal.Refusal) {
	if refused := asRefusal(err); refused != nil {
		var detailed Detailed
		errors.As(err, &detailed)
		c.hint = cmp.Or(refused.Hint, c.hint)
		if c.hint == "" && misreadJSON(c) {
			c.hint = "the body looks like JSON, but the Content-Type does not say application/json"
		}
		return encodeRefusal(h, d, refused, detailed.Errors), refused
	}
	res := encodeRefusal(h, d, refusal.ServerError, nil)
	if gone := c.Context.Err(); gone != nil && errors.Is(err, gone) {
		c.gone = true // what is sent reaches nobody
		return res, nil
	}
	f.failed(c, err)
	return res, refusal.ServerError
}

// misreadJSON tells whether the body looks like JSON but was not read as JSON.
func misreadJSON(c *Call) bool {
	return bytes.HasPrefix(bytes.TrimSpace(c.Body), []byte("{")) && (len(c.Params) == 0 || c.Params[0].JSON == nil)
}

// encodeRefusal encodes a refusal in the dialect of its route.
func encodeRefusal(h http.Header, d Dialect, r *refusal.Refusal, details any) response {
	res := response{status: r.Status}
	if r.Page != "" {
		h.Set("Content-Type", "text/html")
		res.body = []byte(r.Page)
		return res
	}
	h["Cache-Control"] = neverCache
	if d == Bearer && r.Status == http.StatusUnauthorized {
		challenge := `Bearer realm="Users"`
		if r.Code != "" {
			challenge += fmt.Sprintf(`, error=%q, error_description=%q`, r.Code, r.Description)
		}
		h.Set("WWW-Authenticate", challenge)
		h["Content-Type"] = nil // Auth0 sends none, and net/http would guess one
		res.body = []byte("Unauthorized")
		return res
	}
	if r.RetryAfter != "" {
		h.Set("Retry-After", r.RetryAfter)
	}
	if r.Plain {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		res.body = []byte(r.Description)
		return res
	}
	if d == Browser {
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", errorPolicy)
		res.body = errorPage(r)
		return res
	}
	var wire any = wireError{r.Code, r.Description, r.URI, details}
	if r.Class != "" {
		wire = databaseError{r.Class, r.Code, r.Description, r.Status}
	}
	body, err := marshal(wire)
	if err != nil {
		body = []byte(`{"error":"server_error","error_description":"server_error"}`)
	}
	for _, m := range r.Members {
		if value, err := marshal(m.Value); err == nil {
			body = fmt.Appendf(body[:len(body)-1], `,%q:%s}`, m.Name, value)
		}
	}
	res.body = body
	h["Content-Type"] = jsonType(d)
	return res
}

// setQuota tells the state of the limit in headers.
func setQuota(h http.Header, q *tenant.Quota) {
	if q == nil {
		return
	}
	h.Set("X-Ratelimit-Limit", strconv.Itoa(q.Limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(q.Remaining))
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(ceilUnix(q.Reset), 10))
}

func ceilUnix(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// What a flow may return besides a value, which is written as JSON with
// status 200:
type (
	// Status is a value with a status of its own. A nil Value is no body.
	Status struct {
		Code  int
		Value any
	}
	// Raw is bytes of a content type, with status 200 unless it names another.
	// Without bytes and type there is no body.
	Raw struct {
		Status      int
		ContentType string
		Body        []byte
		// Header replaces headers of the same name that the dialect would send.
		Header http.Header
	}
	// Redirect sends a browser to another place, with status 302.
	Redirect struct{ To string }
	// Told is a value that contains a refusal already, as a redirect with an error
	// does. The journal and the log note the refusal.
	Told struct {
		Value   any
		Refusal *refusal.Refusal
	}
	// Page is HTML for a browser, with status 200 if none is given. Policy is
	// its Content-Security-Policy.
	Page struct {
		Status int
		HTML   []byte
		Policy string
	}
	// Stream is Server-Sent Events. Next is called for one after the other until
	// it fails. It must fail when the request ends.
	Stream struct {
		Next func() (Event, error)
	}
	// Event is one Server-Sent Event. One without a name is a comment that
	// keeps the connection alive.
	Event struct {
		Name string
		ID   string
		Data []byte
	}
)

// A response is ready to be sent. Its header is in the ResponseWriter already.
type response struct {
	status   int
	body     []byte
	headOnly bool // HEAD: of the body only the length is told
	stream   *Stream
}

// send writes a response.
func (res response) send(w http.ResponseWriter) {
	if res.stream == nil {
		if res.status != http.StatusNoContent && res.status != http.StatusNotModified {
			w.Header().Set("Content-Length", strconv.Itoa(len(res.body)))
		}
		w.WriteHeader(res.status)
		if !res.headOnly {
			_, _ = w.Write(res.body) // the client may be gone, which is its affair
		}
		return
	}
	w.WriteHeader(res.status)
	flush := http.NewResponseController(w)
	_ = flush.Flush()
	for {
		e, err := res.stream.Next()
		if err != nil {
			return
		}
		if _, err := w.Write(e.bytes()); err != nil || flush.Flush() != nil {
			return
		}
	}
}

func (e Event) bytes() []byte {
	if e.Name == "" {
		return []byte(":\n\n")
	}
	var buf bytes.Buffer
	fmt.Fprintf(&buf, "event: %s\n", e.Name)
	if e.ID != "" {
		fmt.Fprintf(&buf, "id: %s\n", e.ID)
	}
	for line := range bytes.Lines(append(e.Data, '\n')) {
		fmt.Fprintf(&buf, "data: %s", line)
	}
	buf.WriteByte('\n')
	return buf.Bytes()
}

package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/readers"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// Header values that all responses share. They are made once: a new slice for
// each of them costs the key set a tenth of its responses a second. Nobody may
// change them.
var (
	// neverCache is what Auth0 sends with most responses.
	neverCache = []string{"private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform"}
	noStore    = []string{"no-store"}
	noCache    = []string{"no-cache"}
	noSniff    = []string{"nosniff"}
	varyOrigin = []string{"Accept-Encoding, Origin"}
	hapiVary   = []string{"origin,accept-encoding"}
	plainJSON  = []string{"application/json"}
	utf8JSON   = []string{"application/json; charset=utf-8"}
	// exposed are the headers that a page may read.
	exposed     = []string{"X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, DPoP-Nonce"}
	everyOrigin = []string{"*"}
	noCookies   = []string{"false"}
)

// encode makes the response of what a flow returned, its header included. It
// returns the refusal, too, if it is one.
func (f *Front) encode(c *Call, route Route, value any, err error) (response, *refusal.Refusal) {
	h := c.ResponseHeader
	h["Date"] = []string{c.Now.Format(http.TimeFormat)}
	h["X-Content-Type-Options"] = noSniff
	if route.Dialect != Control {
		h["X-Auth0-Requestid"] = []string{c.ID}
		h["Vary"] = varyOrigin
	}
	if route.Dialect == Management {
		h["Vary"] = hapiVary
	}
	originHint := setCORS(h, route.CORS, c.Setup, c.Header.Get("Origin"))
	if c.Header.Get("Origin") == c.Origin { // a page of the mock, which needs no CORS
		originHint = ""
	}

	var res response
	var refused *refusal.Refusal
	if told, ok := value.(Told); ok && err == nil && told.Refusal != nil {
		value, refused = told.Value, told.Refusal
		c.Hint(refused.Hint)
	}
	if err == nil {
		res, err = encodeValue(h, route.Dialect, value)
	}
	if err != nil {
		res, refused = f.encodeError(c, h, route, err)
	}
	if route.Dialect == Control {
		return res, refused
	}
	if tellsQuota(route.Dialect, refused) {
		setQuota(h, c.quota)
	}
	if !errors.Is(err, refusal.OriginNotAllowed) { // which says more than the header's hint
		c.Hint(originHint)
	}
	if c.Effects != nil {
		res.amend(c)
	}
	return res, refused
}

// tellsQuota tells whether a response has the headers of the rate limit. A page is a
// proxy's, which knows of no limits. The Management API leaves them out of its errors,
// but for that of the limit.
func tellsQuota(d Dialect, refused *refusal.Refusal) bool {
	switch {
	case refused == nil:
		return true
	case d == Management:
		return refused.Status == http.StatusTooManyRequests
	}
	return refused.Page == ""
}

// setCORS sets the CORS headers of a response. If a page calls that may not, it
// returns a hint for the log.
func setCORS(h http.Header, rule CORS, setup *tenant.Setup, origin string) (hint string) {
	switch rule {
	case AnyOrigin:
		h["Access-Control-Allow-Origin"] = everyOrigin
		h["Access-Control-Allow-Credentials"] = noCookies
		h["Access-Control-Expose-Headers"] = exposed
	case KnownOrigins:
		if origin != "" {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "X-Mock-Cursor")
			h.Set("Vary", "Origin")
		}
	case Origins, Credentials:
		if origin == "" {
			return ""
		}
		if !setup.AllowsOrigin(origin) {
			return "origin " + origin + " is in no client's allowed_origins, web_origins or callbacks; the browser will not show the answer to the page"
		}
		h.Set("Access-Control-Allow-Origin", origin)
		h["Access-Control-Expose-Headers"] = exposed
		if rule == Credentials {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	}
	return ""
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
	case Management:
		h["Cache-Control"] = noCache
		h["Content-Type"] = utf8JSON // also where there is no body
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
			h["Content-Type"] = []string{v.ContentType}
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
	case Parts:
		h["Content-Type"] = jsonType(d)
		res.parts = v
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

// setQuota tells the state of the limit in headers.
func setQuota(h http.Header, q *tenant.Quota) {
	if q == nil {
		return
	}
	h["X-Ratelimit-Limit"] = []string{strconv.Itoa(q.Limit)}
	h["X-Ratelimit-Remaining"] = []string{strconv.Itoa(q.Remaining)}
	h["X-Ratelimit-Reset"] = []string{strconv.FormatInt(ceilUnix(q.Reset), 10)}
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
	// Parts is JSON in parts, with status 200. One part is made at a time, since
	// the whole may be large.
	Parts iter.Seq[[]byte]
	// Stream is Server-Sent Events. Wait waits until there is one, and Next makes
	// it. Wait must fail when the request ends.
	Stream struct {
		Wait func() error
		Next func() Event
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
	parts    Parts
	stream   *Stream
}

// send writes a response.
func (res response) send(w http.ResponseWriter) {
	switch {
	case res.stream != nil:
		res.sendStream(w)
		return
	case res.parts != nil:
		res.sendParts(w)
		return
	}
	if res.status != http.StatusNoContent && res.status != http.StatusNotModified {
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(res.body))}
	}
	w.WriteHeader(res.status)
	if !res.headOnly {
		_, _ = w.Write(res.body) // the client may be gone, which is its affair
	}
}

// sendParts writes one part after the other. Their length is not known before.
func (res response) sendParts(w http.ResponseWriter) {
	w.WriteHeader(res.status)
	if res.headOnly {
		return
	}
	for part := range res.parts {
		if _, err := w.Write(part); err != nil {
			return
		}
	}
}

// sendStream writes one event after the other. It holds one at a time, and none
// while it waits.
func (res response) sendStream(w http.ResponseWriter) {
	w.WriteHeader(res.status)
	flush := http.NewResponseController(w)
	_ = flush.Flush()
	for res.stream.Wait() == nil && readers.Hold(w) == nil {
		_, err := w.Write(res.stream.Next().bytes())
		if err != nil || flush.Flush() != nil {
			return
		}
		readers.Release(w)
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

package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/internal/refusal"
	"github.com/mockauth0/mockauth0/server/internal/tenant"
)

// What a flow may return besides a value, which is written as JSON with
// status 200:
type (
	// Status is a value with a status of its own. A nil Value is no body.
	Status struct {
		Code  int
		Value any
	}
	// Raw is bytes of a content type, with status 200 unless it names another.
	// Empty bytes with an empty type are no body.
	Raw struct {
		Status      int
		ContentType string
		Body        []byte
		// Header goes with it, and stands for what the dialect would send.
		Header http.Header
	}
	// Redirect sends a browser to another place, with status 302.
	Redirect struct{ To string }
	// Told is a refusal that the value says in its own way, as a redirect with
	// an error does. The journal and the log tell of it.
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
	// Stream is Server-Sent Events: Next is called for one after the other
	// until it fails, which it does at the latest when the request ends.
	Stream struct {
		Next func() (Event, error)
	}
	// Event is one Server-Sent Event; one without a name is a comment that
	// keeps the connection alive.
	Event struct {
		Name string
		ID   string
		Data []byte
	}
)

// neverCache is what Auth0 sends with most answers.
const neverCache = "private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform"

// answer is an encoded value or refusal, ready to be written. Its header is in
// place already.
type answer struct {
	status int
	body   []byte
	unsent bool // HEAD: the body counts for its length only
	stream *Stream
}

// A header is that of an answer. It keeps the values of all names in one
// array.
type header struct {
	http.Header
	values []string
}

// usualHeaders is more than most answers have.
const usualHeaders = 12

func headerOf(w http.ResponseWriter) *header {
	return &header{w.Header(), make([]string, 0, usualHeaders)}
}

// Set is http.Header's.
func (h *header) Set(name, value string) {
	h.values = append(h.values, value)
	last := len(h.values)
	h.Header[http.CanonicalHeaderKey(name)] = h.values[last-1 : last : last]
}

// encode turns what a flow returned into bytes and headers, in the dialect of
// its route.
func encode(h *header, d Dialect, value any) (answer, error) {
	a := answer{status: http.StatusOK}
	switch d {
	case OAuth:
		h.Set("Cache-Control", "no-store")
		h.Set("Pragma", "no-cache")
	case API, Bearer, Discovery, Browser:
		h.Set("Cache-Control", neverCache)
	case Control:
		h.Set("Cache-Control", "no-store")
	}
	switch v := value.(type) {
	case Status:
		a.status = v.Code
		if v.Value == nil {
			return a, nil
		}
		value = v.Value
	case verbatim:
		a.status, a.body = v.status, v.body
		switch {
		case v.isJSON:
			h.Set("Content-Type", jsonType(d))
		case len(v.body) > 0:
			h.Set("Content-Type", "text/plain; charset=utf-8")
		}
		return a, nil
	case Raw:
		if v.ContentType != "" {
			h.Set("Content-Type", v.ContentType)
		}
		maps.Copy(h.Header, v.Header)
		a.status, a.body = cmp.Or(v.Status, http.StatusOK), v.Body
		return a, nil
	case Redirect:
		a.status = http.StatusFound
		h.Set("Location", v.To)
		return a, nil
	case Page:
		a.status, a.body = cmp.Or(v.Status, http.StatusOK), v.HTML
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", v.Policy)
		return a, nil
	case Stream:
		h.Set("Content-Type", "text/event-stream; charset=utf-8")
		a.stream = &v
		return a, nil
	}
	body, err := marshal(value)
	if err != nil {
		return a, err
	}
	a.body = body
	h.Set("Content-Type", jsonType(d))
	return a, nil
}

func jsonType(d Dialect) string {
	if d == OAuth {
		return "application/json"
	}
	return "application/json; charset=utf-8"
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

// encodeRefusal turns a refusal into bytes, in the dialect of its route.
func encodeRefusal(h *header, d Dialect, r *refusal.Refusal, details any) answer {
	a := answer{status: r.Status}
	if r.Page != "" {
		h.Set("Content-Type", "text/html")
		a.body = []byte(r.Page)
		return a
	}
	h.Set("Cache-Control", neverCache)
	if d == Bearer && r.Status == http.StatusUnauthorized {
		challenge := `Bearer realm="Users"`
		if r.Code != "" {
			challenge += fmt.Sprintf(`, error=%q, error_description=%q`, r.Code, r.Description)
		}
		h.Set("WWW-Authenticate", challenge)
		h.Header["Content-Type"] = nil // Auth0 sends none, and net/http would guess one
		a.body = []byte("Unauthorized")
		return a
	}
	if r.RetryAfter != "" {
		h.Set("Retry-After", r.RetryAfter)
	}
	if r.Plain {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		a.body = []byte(r.Description)
		return a
	}
	if d == Browser {
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", errorPolicy)
		a.body = errorPage(r)
		return a
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
	a.body = body
	h.Set("Content-Type", jsonType(d))
	return a
}

// setQuota tells the limit's state.
func setQuota(h *header, q *tenant.Quota) {
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

// send writes an answer. This is the only place that does.
func (a answer) send(w http.ResponseWriter) {
	if a.stream == nil {
		if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
			w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		}
		w.WriteHeader(a.status)
		if !a.unsent {
			_, _ = w.Write(a.body) // the client may be gone, which is its affair
		}
		return
	}
	w.WriteHeader(a.status)
	flush := http.NewResponseController(w)
	_ = flush.Flush()
	for {
		e, err := a.stream.Next()
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

package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/mockauth0/mockauth0/internal/refusal"
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
	// Told is a refusal that the value tells in its own way, as a redirect with
	// an error does. The journal and the log note the refusal.
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

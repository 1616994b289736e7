package testkit

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// A transport takes requests straight to a handler, without a network. A
// handler that panics with http.ErrAbortHandler breaks its connection off, as
// it would on one.
type transport struct {
	domain  string
	handler http.Handler
}

// RoundTrip answers a request to the domain; there is nobody else.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != t.domain {
		closeBody(r.Body)
		return nil, fmt.Errorf("testkit: an in-memory tenant at %s has no network to reach %s", t.domain, r.URL.Host)
	}
	ctx, cancel := context.WithCancel(r.Context())
	in := r.Clone(ctx)
	in.RequestURI = r.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:0"
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if r.URL.Scheme == "https" {
		in.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: t.domain}
	}
	w := &response{header: http.Header{}, started: make(chan struct{}), more: make(chan struct{}, 1)}
	go func() {
		defer cancel()
		w.serve(t.handler, in)
	}()
	select {
	case <-w.started:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return w.result(r, cancel)
}

func closeBody(b io.Closer) {
	if b != nil {
		_ = b.Close()
	}
}

// A response is written by a handler and read by a client, at the same time.
type response struct {
	header  http.Header
	started chan struct{} // closed when status and sent are set
	more    chan struct{} // has an element when the reader has something to look at

	mu     sync.Mutex
	status int
	sent   http.Header // what header was when the status was written
	buf    []byte
	err    error // why there is no more: io.EOF, or a broken connection
}

func (w *response) serve(h http.Handler, r *http.Request) {
	end := io.EOF
	defer func() {
		if p := recover(); p != nil {
			if p != any(http.ErrAbortHandler) {
				panic(p)
			}
			end = io.ErrUnexpectedEOF
		}
		closeBody(r.Body)
		w.finish(end)
	}()
	h.ServeHTTP(w, r)
	w.WriteHeader(http.StatusOK)
}

// Header is what the handler changes before it writes.
func (w *response) Header() http.Header { return w.header }

// WriteHeader lets the client have the status and the header.
func (w *response) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.status != 0 {
		return
	}
	w.status, w.sent = status, w.header.Clone()
	close(w.started)
}

// Write never waits for the client.
func (w *response) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = append(w.buf, p...)
	w.wake()
	return len(p), nil
}

// Flush does nothing: what is written is there.
func (w *response) Flush() {}

func (w *response) finish(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	if w.status == 0 {
		close(w.started) // broken off before an answer
	}
	w.wake()
}

func (w *response) wake() {
	select {
	case w.more <- struct{}{}:
	default:
	}
}

func (w *response) result(r *http.Request, cancel context.CancelFunc) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.status == 0 {
		return nil, w.err
	}
	header := w.sent
	for name, values := range header {
		if values == nil {
			delete(header, name) // a header that is suppressed, not one that is empty
		}
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, ContentLength: -1, Body: &body{w, r, cancel}, Request: r,
	}, nil
}

// body is the client's end of a response.
type body struct {
	w      *response
	r      *http.Request
	cancel context.CancelFunc
}

// Read waits until there is something.
func (b *body) Read(p []byte) (int, error) {
	for {
		b.w.mu.Lock()
		n := copy(p, b.w.buf)
		b.w.buf = b.w.buf[n:]
		err := b.w.err
		b.w.mu.Unlock()
		if n > 0 || len(p) == 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
		select {
		case <-b.w.more:
		case <-b.r.Context().Done():
			return 0, b.r.Context().Err()
		}
	}
}

// Close lets go of the response: a handler that is still at it learns so by
// its context, as it would on a network.
func (b *body) Close() error {
	b.cancel()
	return nil
}

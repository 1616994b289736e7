package testkit

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// A transport takes requests straight to a handler, without a network. What
// goes wrong with connections goes wrong here too: a handler that panics with
// http.ErrAbortHandler breaks its connection off, and one that hijacks it may
// write what it likes to it, or reset it. Unlike over a network each request has
// a connection of its own, so that none is sent a second time.
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
	if r.Context().Err() != nil {
		closeBody(r.Body)
		return nil, context.Cause(r.Context())
	}
	ctx, hangUp := context.WithCancel(r.Context())
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
	w := &response{
		client: r, header: http.Header{}, length: -1, gone: ctx.Done(), hangUp: hangUp,
		started: make(chan struct{}), more: make(chan struct{}, 1),
	}
	w.start = sync.OnceFunc(func() { close(w.started) })
	// However the connection ends: what a client no longer sends, no handler waits for.
	context.AfterFunc(ctx, func() { closeBody(in.Body) })
	go w.serve(t.handler, in)
	select {
	case <-w.started:
	case <-ctx.Done():
	}
	res, err := w.result()
	if r.Context().Err() != nil { // what a handler says to one who has given up reaches nobody
		res, err = nil, context.Cause(r.Context())
	}
	if err != nil {
		hangUp()
	}
	return res, err
}

func closeBody(b io.Closer) {
	if b != nil {
		_ = b.Close()
	}
}

// A response is written by a handler and read by a client, at the same time.
type response struct {
	client *http.Request // as the client made it
	header http.Header

	gone    <-chan struct{}    // closed when either side has hung up
	hangUp  context.CancelFunc // closes gone
	started chan struct{}      // closed when there is something for result
	start   func()             // closes started
	more    chan struct{}      // has an element when the reader has something to look at

	mu       sync.Mutex
	hijacked bool
	status   int
	sent     http.Header // what header was when the status was written
	length   int64       // of the body, as sent says it, or -1
	written  int64
	buf      []byte
	err      error // why there is no more: io.EOF, or a broken connection
}

// serve lets the handler answer. A connection that it has hijacked ends when
// that is closed.
func (w *response) serve(h http.Handler, r *http.Request) {
	defer func() {
		p := recover()
		if p != nil && p != any(http.ErrAbortHandler) {
			panic(p)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		switch {
		case w.hijacked:
			return
		case p != nil && w.status != 0:
			w.end(io.ErrUnexpectedEOF)
		default:
			w.end(io.EOF)
		}
		w.hangUp()
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
	w.writeHeader(status)
}

func (w *response) writeHeader(status int) {
	if w.status != 0 || w.hijacked {
		return
	}
	w.status, w.sent = status, w.header.Clone()
	if w.bodiless() && w.client.Method != http.MethodHead {
		w.length = 0
	} else if n, err := strconv.ParseUint(w.sent.Get("Content-Length"), 10, 63); err == nil {
		w.length = int64(n)
	}
	w.start()
}

// Write never waits for the client.
func (w *response) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hijacked {
		return 0, http.ErrHijacked
	}
	w.writeHeader(http.StatusOK)
	if w.bodiless() {
		return len(p), nil
	}
	return w.write(p), nil
}

func (w *response) write(p []byte) int {
	w.buf = append(w.buf, p...)
	w.written += int64(len(p))
	w.wake()
	return len(p)
}

// Flush does nothing: what is written is there.
func (w *response) Flush() {}

// Hijack gives the connection to the handler.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hijacked {
		return nil, nil, http.ErrHijacked
	}
	w.hijacked = true
	w.start()
	c := &conn{w: w}
	return c, bufio.NewReadWriter(bufio.NewReader(c), bufio.NewWriter(c)), nil
}

// end is the end of what the client can read, and why.
func (w *response) end(err error) {
	if errors.Is(err, io.EOF) && w.written < w.length && !w.bodiless() {
		err = io.ErrUnexpectedEOF
	}
	if w.err == nil {
		w.err = err
	}
	w.start()
	w.wake()
}

func (w *response) wake() {
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// bodiless tells whether the response ends with its header.
func (w *response) bodiless() bool {
	return w.client.Method == http.MethodHead || w.status == http.StatusNoContent || w.status == http.StatusNotModified
}

// result is the response as the client gets it.
func (w *response) result() (*http.Response, error) {
	w.mu.Lock()
	status := w.status
	w.mu.Unlock()
	if status == 0 {
		return w.parse()
	}
	header := w.sent
	for name, values := range header {
		if values == nil {
			delete(header, name) // a header that is suppressed, not one that is empty
		}
	}
	res := &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, ContentLength: w.length, Body: &body{w, w.hangUp}, Request: w.client,
	}
	if w.bodiless() {
		res.Body = http.NoBody
	}
	return res, nil
}

// parse reads the response off what the handler writes to the connection.
func (w *response) parse() (*http.Response, error) {
	all := bufio.NewReader(w)
	if _, err := all.Peek(1); err != nil {
		return nil, err // no answer at all, rather than a part of one
	}
	res, err := http.ReadResponse(all, w.client)
	if err != nil {
		return nil, err
	}
	res.Body = &body{res.Body, w.hangUp}
	return res, nil
}

// Read is the client's: it waits until there is something.
func (w *response) Read(p []byte) (int, error) {
	for {
		w.mu.Lock()
		n := copy(p, w.buf)
		w.buf = w.buf[n:]
		err := w.err
		w.mu.Unlock()
		if n > 0 || len(p) == 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
		select {
		case <-w.more:
		case <-w.client.Context().Done():
			return 0, context.Cause(w.client.Context())
		}
	}
}

// body is the client's end of a response.
type body struct {
	io.Reader
	hangUp func()
}

// Close lets go of the response: a handler that is still at it learns so by
// its context, as it would on a network.
func (b *body) Close() error {
	b.hangUp()
	return nil
}

// A conn is the server's end of a connection, after Hijack.
type conn struct {
	w      *response
	reset  bool
	closed bool
}

// Read waits until the client has hung up: it has sent all it has to send.
func (c *conn) Read([]byte) (int, error) {
	<-c.w.gone
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.closed {
		return 0, net.ErrClosed
	}
	return 0, io.EOF
}

// Write never waits for the client.
func (c *conn) Write(p []byte) (int, error) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.closed {
		return 0, net.ErrClosed
	}
	select {
	case <-c.w.gone:
		return 0, io.ErrClosedPipe
	default:
		return c.w.write(p), nil
	}
}

// CloseWrite is the end of what the client reads.
func (c *conn) CloseWrite() error {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.w.end(io.EOF)
	return nil
}

// Close ends the connection.
func (c *conn) Close() error {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	c.closed = true
	end := io.EOF
	if c.reset {
		end = &net.OpError{Op: "read", Net: "memory", Addr: c.LocalAddr(), Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	c.w.end(end)
	c.w.hangUp()
	return nil
}

// SetLinger makes Close a reset if seconds is 0, as that of a net.TCPConn does.
func (c *conn) SetLinger(seconds int) error {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.reset = seconds == 0
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return address(c.w.client.URL.Host) }
func (c *conn) RemoteAddr() net.Addr { return address("client") }

// The deadlines of a connection cannot be set: end it instead.
func (c *conn) SetDeadline(time.Time) error      { return errors.ErrUnsupported }
func (c *conn) SetReadDeadline(time.Time) error  { return errors.ErrUnsupported }
func (c *conn) SetWriteDeadline(time.Time) error { return errors.ErrUnsupported }

// An address is one in memory.
type address string

func (a address) Network() string { return "memory" }
func (a address) String() string  { return string(a) }

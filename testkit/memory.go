package testkit

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// pipes is the listener of a tenant in memory. Each connection is a net.Pipe.
type pipes struct {
	domain   string
	accepted chan net.Conn
	closed   chan struct{}
	close    func() // closes closed, once
	used     atomic.Bool
}

func newPipes(domain string) *pipes {
	p := &pipes{domain: domain, accepted: make(chan net.Conn), closed: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	return p
}

// Accept waits for a connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (p *pipes) Close() error {
	p.close()
	return nil
}

// Addr is the tenant's domain.
func (p *pipes) Addr() net.Addr { return address(p.domain) }

// client makes the only client that reaches the tenant. Each request has a
// connection of its own: a kept one would be a goroutine that outlives the
// request, and net/http sends a request again if a kept connection breaks.
func (p *pipes) client() *http.Client {
	dial := func(overTLS bool) func(context.Context, string, string) (net.Conn, error) {
		return func(ctx context.Context, _, to string) (net.Conn, error) { return p.dial(ctx, to, overTLS) }
	}
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       dial(false),
		DialTLSContext:    dial(true), // no handshake: the server is told, see markTLS
	}}
}

func (p *pipes) dial(ctx context.Context, to string, overTLS bool) (net.Conn, error) {
	if at := strings.TrimSuffix(strings.TrimSuffix(to, ":80"), ":443"); at != p.domain && !strings.HasSuffix(at, "."+p.domain) {
		return nil, fmt.Errorf("testkit: the tenant at %s is in memory and its client has no network, so it cannot reach %s", p.domain, to)
	}
	p.used.Store(true)
	ours, theirs := net.Pipe()
	client := &clientConn{Conn: ours}
	select {
	case p.accepted <- &serverConn{theirs, client, overTLS}:
		return client, nil
	case <-p.closed:
		return nil, fmt.Errorf("testkit: the tenant at %s has ended with its test", p.domain)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// A serverConn is the tenant's end of a pipe. It can do what faults need and a
// pipe alone cannot: end only what it sends, or reset the connection.
type serverConn struct {
	net.Conn
	client  *clientConn
	overTLS bool
}

// CloseWrite lets the client read the end. What was written before has arrived,
// since a pipe keeps nothing back.
func (c *serverConn) CloseWrite() error {
	c.client.ended.Store(true)
	return c.client.SetReadDeadline(time.Unix(1, 0)) // wakes the client's Read
}

// SetLinger makes Close a reset if seconds is 0, as that of a net.TCPConn does.
func (c *serverConn) SetLinger(seconds int) error {
	c.client.reset.Store(seconds == 0)
	return nil
}

// RemoteAddr is an address as a client on this machine has it.
func (c *serverConn) RemoteAddr() net.Addr { return address("127.0.0.1:0") }

// A clientConn is the client's end of a pipe.
type clientConn struct {
	net.Conn
	ended, reset atomic.Bool // the tenant has done that
}

// Read reads what the tenant sends.
func (c *clientConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) && c.ended.Load() {
		err = io.EOF
	}
	return n, c.orReset("read", err)
}

// Write writes to the tenant.
func (c *clientConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	return n, c.orReset("write", err)
}

// orReset is what a TCP connection says in place of err after a reset.
func (c *clientConn) orReset(op string, err error) error {
	if err == nil || !c.reset.Load() {
		return err
	}
	return &net.OpError{Op: op, Net: "memory", Addr: c.RemoteAddr(), Err: os.NewSyscallError(op, syscall.ECONNRESET)}
}

// An address is one in memory.
type address string

func (a address) Network() string { return "memory" }
func (a address) String() string  { return string(a) }

// overTLSKey is the key under which a connection's context has its TLS state.
type overTLSKey struct{}

// noteTLS notes in the context of a connection in memory that it stands for one
// over TLS.
func noteTLS(ctx context.Context, c net.Conn) context.Context {
	if memory, ok := c.(*serverConn); ok && memory.overTLS {
		return context.WithValue(ctx, overTLSKey{}, &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true})
	}
	return ctx
}

// markTLS makes a request over such a connection look like one over https.
func markTLS(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if state, ok := r.Context().Value(overTLSKey{}).(*tls.ConnectionState); ok {
			r.TLS = state
		}
		h.ServeHTTP(w, r)
	})
}

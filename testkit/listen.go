package testkit

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mockauth0/mockauth0/server/localtls"
)

// authority signs the certificates of all tenants of the process.
var authority = sync.OnceValue(func() *localtls.CA {
	ca, err := localtls.NewInMemory()
	if err != nil {
		panic("testkit: " + err.Error()) // nothing that can fail but the system's randomness
	}
	return ca
})

func authorityPEM() []byte { return authority().PEM() }

// overTLS is how all tenants speak https. The authority is made at the first
// handshake, if there is one.
var overTLS = &tls.Config{
	NextProtos:         []string{"h2", "http/1.1"},
	GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return authority().TLSConfig(), nil },
}

// A door is where the connections of one tenant come in.
type door struct {
	*net.TCPListener
	over atomic.Bool // the test is
}

// openDoor listens on a free port. Multipath TCP, Go's default, would double
// what that costs, and no connection on loopback dies without a word.
func openDoor() (*door, error) {
	config := net.ListenConfig{KeepAlive: -1}
	config.SetMultipathTCP(false)
	ln, err := config.Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &door{TCPListener: ln.(*net.TCPListener)}, nil
}

// Accept waits for a connection.
func (d *door) Accept() (net.Conn, error) {
	c, err := d.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return &socket{c, d}, nil
}

// A socket is the tenant's end of a connection.
type socket struct {
	*net.TCPConn
	door *door
}

// Close resets the connection once the test is over: after the usual goodbye
// the system keeps its two ports for a minute, and thousands of those make each
// new listener slow. While the test runs an answer may be on its way, so that
// what ends before, other than by Client, ends as on any server.
func (s *socket) Close() error {
	if s.door.over.Load() {
		_ = s.SetLinger(0)
	}
	return s.TCPConn.Close()
}

// listen serves until t ends.
func (a *Auth0) listen(t testing.TB, d *door) {
	t.Helper()
	base, cancel := context.WithCancel(context.Background())
	srv := &http.Server{
		Handler:           a.server,
		ReadHeaderTimeout: time.Minute,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          localtls.ErrorLog(func() { a.distrusted.Add(1) }),
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = localtls.Serve(srv, overTLS, d) // it ends with http.ErrServerClosed
	}()
	t.Cleanup(func() {
		d.over.Store(true)
		cancel()
		_ = srv.Close()
		<-served
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.client != nil {
			a.client.CloseIdleConnections()
		}
	})
}

// dial makes the client of a tenant that listens. The zero Transport's proxy is
// none.
func (a *Auth0) dial() *http.Client {
	return &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute, TLSClientConfig: a.TLSConfig(),
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			d := net.Dialer{KeepAlive: -1}
			c, err := d.DialContext(ctx, network, address)
			// A tenant takes a reset as well as a goodbye; see socket.
			if tcp, ok := c.(*net.TCPConn); ok && address == a.domain {
				_ = tcp.SetLinger(0)
			}
			return c, err
		},
	}}
}

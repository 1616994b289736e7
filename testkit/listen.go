package testkit

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

// A port is the listener of a tenant on a free port of the loopback address.
type port struct {
	*net.TCPListener
	closing atomic.Bool // the tenant is being closed
}

// openPort listens. Multipath TCP, which is Go's default, would double what that
// costs. Keep-alive probes are off: no connection on loopback dies unnoticed.
func openPort() (*port, error) {
	config := net.ListenConfig{KeepAlive: -1}
	config.SetMultipathTCP(false)
	ln, err := localtls.ListenLoopback(config)
	if err != nil {
		return nil, err
	}
	return &port{TCPListener: ln.(*net.TCPListener)}, nil
}

// Accept waits for a connection.
func (p *port) Accept() (net.Conn, error) {
	c, err := p.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return &socket{c, p}, nil
}

// A socket is the tenant's end of a connection.
type socket struct {
	*net.TCPConn
	port *port
}

// Close resets the connection if the tenant is being closed. After an ordinary
// close the system keeps the pair of ports for a minute, and thousands of such
// pairs make each new listener slow. While the tenant serves, an answer may
// still be on its way, so that a connection then closes as on any server.
func (s *socket) Close() error {
	if s.port.closing.Load() {
		_ = s.SetLinger(0)
	}
	return s.TCPConn.Close()
}

// client makes a client that trusts the tenant's certificates. It uses no
// proxy, as a Transport does that names none.
func (p *port) client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute, TLSClientConfig: trustAuthority(),
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			d := net.Dialer{KeepAlive: -1}
			if p.isTenant(address) {
				address = p.Addr().String()
			}
			c, err := d.DialContext(ctx, network, address)
			// To the tenant a reset is as good as an ordinary close; see socket.
			if tcp, ok := c.(*net.TCPConn); ok && address == p.Addr().String() {
				_ = tcp.SetLinger(0)
			}
			return c, err
		},
	}}
}

// isTenant tells whether an address is that of a tenant beside the first one, whose name
// the system may not know.
func (p *port) isTenant(address string) bool {
	host, number, err := net.SplitHostPort(address)
	return err == nil && number == strconv.Itoa(p.TCPListener.Addr().(*net.TCPAddr).Port) && strings.HasSuffix(strings.ToLower(host), ".localhost")
}

func trustAuthority() *tls.Config { return &tls.Config{RootCAs: authority().CertPool()} }

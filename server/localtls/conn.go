package localtls

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// A Conn is a connection of which the first byte was read, to see whether it speaks
// TLS. Read returns that byte again. [net/http.Server] gets a Conn for plain http,
// and a [crypto/tls.Conn] above it for https. One goroutine at a time may call Read,
// as usual.
type Conn struct {
	net.Conn
	first [1]byte
	held  bool // Read has not returned first yet
}

// readFirst reads the first byte. It is false if none came in time.
func (c *Conn) readFirst(within time.Duration) bool {
	if c.Conn.SetReadDeadline(realNow().Add(within)) != nil {
		return false
	}
	if n, err := c.Conn.Read(c.first[:]); n == 0 || err != nil {
		return false
	}
	c.held = true
	return c.Conn.SetReadDeadline(time.Time{}) == nil
}

// Read returns the first byte, and after that what follows.
func (c *Conn) Read(p []byte) (int, error) {
	if c.held && len(p) > 0 {
		p[0], c.held = c.first[0], false
		return 1, nil
	}
	return c.Conn.Read(p)
}

// NetConn returns the connection below, usually a [*net.TCPConn]. To read from it can
// miss the first byte.
func (c *Conn) NetConn() net.Conn { return c.Conn }

// CloseWrite tells the other side that no more data comes. It fails with
// [errors.ErrUnsupported] if the connection below cannot do that.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// SyscallConn gives access to the socket. It fails with [errors.ErrUnsupported] if
// the connection below has none.
func (c *Conn) SyscallConn() (syscall.RawConn, error) {
	if raw, ok := c.Conn.(syscall.Conn); ok {
		return raw.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// SetLinger sets what Close does with data that was not sent yet, as
// [net.TCPConn.SetLinger] does. With 0 seconds Close resets the connection. It fails
// with [errors.ErrUnsupported] if the connection below cannot do that.
func (c *Conn) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		return tcp.SetLinger(seconds)
	}
	return errors.ErrUnsupported
}

// TCPConn returns the TCP connection below c. There may be any number of layers of
// TLS and [Conn] above it.
func TCPConn(c net.Conn) (*net.TCPConn, bool) {
	for {
		if tcp, ok := c.(*net.TCPConn); ok {
			return tcp, true
		}
		upper, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return nil, false
		}
		c = upper.NetConn()
	}
}

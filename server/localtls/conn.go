package localtls

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// A Conn is a connection whose first byte was read to see what it speaks, and
// is given back by Read. [net/http.Server] gets it as it is for plain http,
// and below a [crypto/tls.Conn] for https. Read may be called by one goroutine
// at a time, as usual.
type Conn struct {
	net.Conn
	first [1]byte
	held  bool // first was not read yet
}

// readFirst reads the byte that tells. It is false if none came in time.
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

// Read returns the first byte, and then what follows it.
func (c *Conn) Read(p []byte) (int, error) {
	if c.held && len(p) > 0 {
		p[0], c.held = c.first[0], false
		return 1, nil
	}
	return c.Conn.Read(p)
}

// NetConn is the connection below, usually a [*net.TCPConn]. Reading from it
// may miss the first byte.
func (c *Conn) NetConn() net.Conn { return c.Conn }

// CloseWrite tells the other side that nothing more will be sent. It fails
// with [errors.ErrUnsupported] if the connection below cannot.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// SyscallConn gives access to the socket. It fails with
// [errors.ErrUnsupported] if the connection below has none.
func (c *Conn) SyscallConn() (syscall.RawConn, error) {
	if raw, ok := c.Conn.(syscall.Conn); ok {
		return raw.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// SetLinger sets what Close does with data that was not sent yet, as
// [net.TCPConn.SetLinger] does: 0 seconds makes Close reset the connection. It
// fails with [errors.ErrUnsupported] if the connection below cannot.
func (c *Conn) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		return tcp.SetLinger(seconds)
	}
	return errors.ErrUnsupported
}

// TCPConn is the TCP connection below c, however many layers of TLS and [Conn]
// lie above it.
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

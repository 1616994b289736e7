package command

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// unheard are the connections of an HTTP server on which no whole request has
// come yet. http.Server.Shutdown would wait five seconds for each of them.
type unheard struct {
	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
}

// watch makes the server tell about its connections.
func (u *unheard) watch(s *http.Server) {
	u.conns = map[net.Conn]bool{}
	s.ConnState = func(c net.Conn, state http.ConnState) {
		u.mu.Lock()
		defer u.mu.Unlock()
		switch {
		case state != http.StateNew:
			delete(u.conns, c)
		case u.closed:
			_ = c.Close()
		default:
			u.conns[c] = true
		}
	}
}

// closeAll closes them all, and those that still come.
func (u *unheard) closeAll() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for c := range u.conns {
		_ = c.Close()
	}
}

// grace is how long a connection that is open already may take to send a request
// when a server ends.
const grace = 200 * time.Millisecond

// shutDown ends a server. Requests that have come are answered, as long as ctx
// lasts.
func (u *unheard) shutDown(ctx context.Context, s *http.Server) {
	timer := time.AfterFunc(grace, u.closeAll)
	defer timer.Stop()
	if s.Shutdown(ctx) != nil {
		_ = s.Close()
	}
}

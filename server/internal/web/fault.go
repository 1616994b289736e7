package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/server/internal/readers"
)

// A dribbled answer comes in so many pieces, over that time.
const (
	dribblePieces = 20
	dribbleTime   = 2 * time.Second
)

// partingTime is how long a client may go on sending after its connection was
// closed. If bytes arrive later, the system sends a reset, which is another fault
// than the one that was asked for.
const partingTime = 500 * time.Millisecond

// garbage is what no HTTP client can read: not even the first line has a
// protocol and a status.
const garbage = "\x16\x03mockauth0:garbage\r\n\r\n"

// sendBroken writes an answer, or none, over a connection that fails. Where a
// connection cannot be taken over (HTTP/2, a recorder) the handler breaks off,
// which over HTTP/2 resets the stream.
func (res response) sendBroken(w http.ResponseWriter, ctx context.Context, fault string) {
	switch fault {
	case "truncate":
		res.truncate(w, ctx)
		return
	case "dribble":
		res.dribble(w, ctx)
		return
	}
	// Hang takes over the connection, too: only a reader of the connection notices
	// that the client has gone.
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		if fault == "hang" {
			<-ctx.Done()
		}
		panic(http.ErrAbortHandler)
	}
	readers.Limit(conn)
	defer func() { _ = lowest(conn).Close() }() // a TLS connection would say goodbye
	switch fault {
	case "reset":
		noLinger(conn)
	case "empty":
		part(conn, ctx)
	case "garbage":
		_, _ = conn.Write([]byte(garbage))
		part(conn, ctx)
	case "hang":
		waitForEnd(conn, ctx)
	}
}

// lowest is the connection below all layers.
func lowest(conn net.Conn) net.Conn {
	for {
		upper, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return conn
		}
		conn = upper.NetConn()
	}
}

// noLinger makes the connection's Close a reset.
func noLinger(conn net.Conn) {
	if tcp, ok := lowest(conn).(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
}

// part ends a connection in good order, TLS with its own goodbye, so that the
// client sees the end and no reset.
func part(conn net.Conn, ctx context.Context) {
	for _, c := range []net.Conn{conn, lowest(conn)} {
		if half, ok := c.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}
	ctx, cancel := context.WithTimeout(ctx, partingTime)
	defer cancel()
	waitForEnd(conn, ctx)
}

// waitForEnd returns when the client has closed the connection, or ctx ends.
func waitForEnd(conn net.Conn, ctx context.Context) {
	bottom := lowest(conn)
	defer context.AfterFunc(ctx, func() { _ = bottom.Close() })()
	_, _ = io.Copy(io.Discard, bottom)
}

// bodiless tells whether the answer ends with its head.
func (res response) bodiless() bool {
	return res.headOnly || len(res.body) == 0 || res.status == http.StatusNoContent || res.status == http.StatusNotModified
}

// head writes status and header of an answer whose body has its full length.
func (res response) head(w http.ResponseWriter) {
	w.Header().Set("Content-Length", strconv.Itoa(len(res.body)))
	w.WriteHeader(res.status)
}

// truncate writes the first half of the body, or of the head if that is all.
func (res response) truncate(w http.ResponseWriter, ctx context.Context) {
	if !res.bodiless() {
		res.head(w)
		_, _ = w.Write(res.body[:len(res.body)/2])
		_ = http.NewResponseController(w).Flush()
		if ctx.Value(http.ServerContextKey) != nil {
			return // net/http ends the connection of an answer that is too short, or the stream
		}
		panic(http.ErrAbortHandler)
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	readers.Limit(conn)
	defer func() { _ = lowest(conn).Close() }()
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", res.status, http.StatusText(res.status))
	_ = w.Header().Write(&head)
	_, _ = conn.Write(head.Bytes()[:head.Len()/2])
	part(conn, ctx)
}

// dribble writes the head, and then the whole body in small pieces. An answer
// that is a head alone comes when the time is over.
func (res response) dribble(w http.ResponseWriter, ctx context.Context) {
	tick := time.NewTicker(dribbleTime / dribblePieces)
	defer tick.Stop()
	flush := http.NewResponseController(w)
	whole := res.bodiless()
	if !whole {
		res.head(w)
		_ = flush.Flush()
	}
	for i := range dribblePieces {
		select {
		case <-tick.C:
		case <-ctx.Done():
			panic(http.ErrAbortHandler)
		}
		if whole {
			continue
		}
		from, to := len(res.body)*i/dribblePieces, len(res.body)*(i+1)/dribblePieces
		if _, err := w.Write(res.body[from:to]); err != nil || flush.Flush() != nil {
			return
		}
	}
	if whole {
		res.send(w)
	}
}

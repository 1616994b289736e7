package web

import (
	"context"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

// A dribbled answer comes in so many pieces, over that time.
const (
	dribblePieces = 20
	dribbleTime   = 2 * time.Second
)

// garbage is what no HTTP client can read.
const garbage = "\x16\x03mockauth0: this is no HTTP\r\n\r\n"

// sendBroken writes an answer, or none, over a connection that fails. Where a
// connection cannot be taken over (HTTP/2, a recorder) the handler breaks off,
// which clients see as one that was lost.
func (a answer) sendBroken(w http.ResponseWriter, ctx context.Context, fault string) {
	switch fault {
	case "reset":
		takeOver(w, func(conn net.Conn) { noLinger(conn) })
	case "empty":
		takeOver(w, func(net.Conn) {})
	case "garbage":
		takeOver(w, func(conn net.Conn) { _, _ = conn.Write([]byte(garbage)) })
	case "hang":
		<-ctx.Done()
	case "truncate":
		a.sendPart(w, len(a.body)/2)
	case "dribble":
		a.dribble(w, ctx)
		return
	}
	panic(http.ErrAbortHandler)
}

// takeOver does something to the connection below an answer, and closes it.
func takeOver(w http.ResponseWriter, do func(net.Conn)) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	do(conn)
	_ = lowest(conn).Close() // a TLS connection would say goodbye
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

// head writes status and headers of an answer whose body has its full length.
func (a answer) head(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
}

// sendPart writes the first n bytes of the body.
func (a answer) sendPart(w http.ResponseWriter, n int) {
	a.head(w)
	_, _ = w.Write(a.body[:n])
	_ = http.NewResponseController(w).Flush()
}

// dribble writes the whole body in small pieces.
func (a answer) dribble(w http.ResponseWriter, ctx context.Context) {
	a.head(w)
	flush := http.NewResponseController(w)
	tick := time.NewTicker(dribbleTime / dribblePieces)
	defer tick.Stop()
	for i := range dribblePieces {
		from, to := len(a.body)*i/dribblePieces, len(a.body)*(i+1)/dribblePieces
		if _, err := w.Write(a.body[from:to]); err != nil || flush.Flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

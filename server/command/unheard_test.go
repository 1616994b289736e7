package command

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A pipeListener accepts connections in memory.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// A connection that says nothing, or half of a request, does not hold up the end
// of a server. A call that is being answered does. The time is that of a bubble.
func TestSilentConnectionsEndWithTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ln := &pipeListener{make(chan net.Conn), make(chan struct{})}
		answering := make(chan struct{})
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(answering)
			time.Sleep(2 * time.Second)
			_, _ = io.WriteString(w, "answered")
		})}
		var u unheard
		u.watch(s)
		served := make(chan error, 1)
		go func() { served <- s.Serve(ln) }()
		dial := func(says string) net.Conn {
			client, server := net.Pipe()
			ln.conns <- server
			if says != "" {
				_, _ = io.WriteString(client, says)
			}
			return client
		}
		silent, half := dial(""), dial("GET / HTTP/1.1\r\nHost:")
		synctest.Wait()

		begin := time.Now()
		u.shutDown(context.Background(), s)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("the end takes %s", took)
		}
		for _, c := range []net.Conn{silent, half} {
			if _, err := io.ReadAll(c); err != nil {
				t.Error(err)
			}
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}

		ln = &pipeListener{make(chan net.Conn), make(chan struct{})}
		s = &http.Server{Handler: s.Handler}
		u = unheard{}
		u.watch(s)
		go func() { served <- s.Serve(ln) }()
		busy := dial("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		<-answering
		ended := make(chan struct{})
		go func() { u.shutDown(context.Background(), s); close(ended) }()
		if answer, err := io.ReadAll(busy); err != nil || len(answer) < 8 || string(answer[len(answer)-8:]) != "answered" {
			t.Errorf("%q, %v", answer, err)
		}
		<-ended
		<-served
	})
}

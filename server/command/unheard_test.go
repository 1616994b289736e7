package command

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
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

// A pipedServer answers in memory, after two seconds.
type pipedServer struct {
	*http.Server
	unheard
	listener  *pipeListener
	answering chan struct{}
	served    chan error
}

func newPipedServer() *pipedServer {
	p := &pipedServer{
		listener: &pipeListener{make(chan net.Conn), make(chan struct{})}, answering: make(chan struct{}), served: make(chan error, 1),
	}
	p.Server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(p.answering)
		time.Sleep(2 * time.Second)
		_, _ = io.WriteString(w, "answered")
	})}
	p.watch(p.Server)
	go func() { p.served <- p.Serve(p.listener) }()
	return p
}

func (p *pipedServer) dial(says string) net.Conn {
	client, server := net.Pipe()
	p.listener.conns <- server
	if says != "" {
		_, _ = io.WriteString(client, says)
	}
	return client
}

// A connection that says nothing, or half of a request, does not hold up the end
// of a server. The time is that of a bubble.
func TestSilentConnectionsEndWithTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipedServer()
		silent, half := p.dial(""), p.dial("GET / HTTP/1.1\r\nHost:")
		synctest.Wait()
		begin := time.Now()
		p.shutDown(context.Background(), p.Server)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("the end takes %s", took)
		}
		for _, c := range []net.Conn{silent, half} {
			if _, err := io.ReadAll(c); err != nil {
				t.Error(err)
			}
		}
		if err := <-p.served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

// A call that is being answered holds it up.
func TestCallsAreAnsweredAtTheEndOfTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPipedServer()
		busy := p.dial("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		<-p.answering
		ended := make(chan struct{})
		go func() { p.shutDown(context.Background(), p.Server); close(ended) }()
		if answer, err := io.ReadAll(busy); err != nil || !strings.HasSuffix(string(answer), "answered") {
			t.Errorf("%q, %v", answer, err)
		}
		<-ended
		<-p.served
	})
}

package servertest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Pipes is a listener in memory. A connection holds nothing back: what one end writes
// waits until the other end reads. It works in a bubble of testing/synctest.
type Pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewPipes makes a listener.
func NewPipes() *Pipes { return &Pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

// Dial makes a connection and returns the client's end.
func (p *Pipes) Dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// Accept waits for a connection.
func (p *Pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (p *Pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is an address of no meaning.
func (p *Pipes) Addr() net.Addr { return &net.TCPAddr{} }

// ServePipes answers over connections in memory until the test ends.
func ServePipes(t testing.TB, h http.Handler) *Pipes {
	t.Helper()
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	p, s, ended := NewPipes(), &http.Server{
		Handler: h, Protocols: &protocols, HTTP2: &http.HTTP2Config{WriteByteTimeout: 30 * time.Second},
	}, make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Serve(p) // it ends with Close
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	return p
}

// Unread asks for something over a connection of its own, and reads nothing.
func (p *Pipes) Unread(t testing.TB, path string) net.Conn {
	t.Helper()
	conn := p.Dial()
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic eDp5\r\n\r\n", path); err != nil {
		t.Fatal(err)
	}
	return conn
}

// Ask asks for something over a connection of its own, and reads the head of the answer.
func (p *Pipes) Ask(t testing.TB, path string) *http.Response {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(p.Unread(t, path)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// Client makes a client whose connections lead here.
func (p *Pipes) Client(http2 bool) *http.Client {
	var protocols http.Protocols
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	return &http.Client{Transport: &http.Transport{
		Protocols:         &protocols,
		DisableKeepAlives: !http2,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return p.Dial(), nil },
	}}
}

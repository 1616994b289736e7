package localtls

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// memory is a listener without a network, so that a test can turn its time.
type memory struct {
	conns  chan net.Conn
	errs   chan error
	closed chan struct{}
	once   sync.Once
}

func newMemory() *memory {
	return &memory{conns: make(chan net.Conn), errs: make(chan error), closed: make(chan struct{})}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.conns:
		return conn, nil
	case err := <-m.errs:
		return nil, err
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

// dial is a new connection to the listener, seen from the client.
func (m *memory) dial() net.Conn {
	client, server := net.Pipe()
	m.conns <- server
	return client
}

// isClosed tells whether the other side has closed a connection.
func isClosed(c net.Conn) bool {
	c.SetReadDeadline(time.Now().Add(time.Nanosecond))
	_, err := c.Read(make([]byte, 1))
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

func TestFirstByteDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := newMemory()
		l := Listen(&tls.Config{}, below)
		defer l.Close()
		for first := range 256 {
			client := below.dial()
			go client.Write([]byte{byte(first), 'x', 'y'})
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			if _, isTLS := conn.(*tls.Conn); isTLS != (first == 0x16) {
				t.Errorf("first byte %#x: TLS is %v", first, isTLS)
			} else if !isTLS {
				if n, err := conn.Read(nil); n != 0 || err != nil {
					t.Errorf("an empty Read returned %d, %v", n, err)
				}
				got := make([]byte, 3)
				if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, []byte{byte(first), 'x', 'y'}) {
					t.Errorf("first byte %#x: read %q, %v", first, got, err)
				}
			}
			client.Close()
			conn.Close()
		}
	})
}

func TestFirstByteMustComeInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := newMemory()
		l := ListenConfig{FirstByte: time.Minute}.Listen(below)
		defer l.Close()
		silent, late := below.dial(), below.dial()
		<-time.After(59 * time.Second) // of this test's own time
		if isClosed(silent) {
			t.Error("closed before its time")
		}
		go late.Write([]byte("G"))
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(2 * time.Second)
		if !isClosed(silent) {
			t.Error("a silent connection is still open")
		}
		// The deadline was for the first byte alone.
		go late.Write([]byte("E"))
		if got := make([]byte, 2); true {
			if _, err := io.ReadFull(conn, got); err != nil || string(got) != "GE" {
				t.Errorf("read %q, %v", got, err)
			}
		}
		conn.Close()
	})
}

func TestLongestSilentIsTurnedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := newMemory()
		l := ListenConfig{MaxWaiting: 3}.Listen(below)
		defer l.Close()
		clients := []net.Conn{below.dial(), below.dial(), below.dial()}
		synctest.Wait()
		clients = append(clients, below.dial())
		synctest.Wait()
		for i, c := range clients {
			if got, want := isClosed(c), i == 0; got != want {
				t.Errorf("connection %d is closed: %v, want %v", i, got, want)
			}
		}
		// Those that spoke wait for Accept and are not turned out; the next one waits outside.
		for _, c := range clients[1:] {
			go c.Write([]byte("G"))
		}
		synctest.Wait()
		last := below.dial()
		go last.Write([]byte("L"))
		for range 4 {
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
		}
	})
}

func TestCloseLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := newMemory(), newMemory()
		l := ListenConfig{MaxWaiting: 2}.Listen(one, two)
		silent, ready := one.dial(), two.dial()
		go ready.Write([]byte("G"))
		synctest.Wait()
		accepted := make(chan error)
		go func() {
			_, err := l.Accept() // takes the ready one
			accepted <- err
		}()
		if err := <-accepted; err != nil {
			t.Error(err)
		}
		waiting := two.dial()
		go waiting.Write([]byte("G"))
		go func() { one.conns <- waiting }() // one too many, while the house is full
		synctest.Wait()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept after Close: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("the second Close: %v", err)
		}
		if !isClosed(silent) || !isClosed(waiting) {
			t.Error("a connection was left open")
		}
		ready.Close()
		// The bubble ends only when all its goroutines have.
	})
}

type pause struct{ error }

func (pause) Temporary() bool { return true }

func TestErrorsOfAccept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := newMemory(), newMemory()
		l := Listen(nil, one, two)
		full := pause{errors.New("too many files")}
		one.errs <- full
		if _, err := l.Accept(); err != error(full) {
			t.Errorf("Accept returned %v, want the error of the listener", err)
		}
		client := one.dial() // it goes on
		go client.Write([]byte("G"))
		if conn, err := l.Accept(); err != nil {
			t.Error(err)
		} else {
			conn.Close()
		}
		broken := errors.New("broken")
		two.errs <- broken
		for range 2 {
			if _, err := l.Accept(); err != broken {
				t.Errorf("Accept returned %v, want broken", err)
			}
		}
		if _, err := one.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Error("the other listener is still open")
		}
		l.Close()

		// Close does not wait for somebody to take an error.
		three := newMemory()
		l = Listen(nil, three)
		three.errs <- full
		synctest.Wait()
		l.Close()
	})
}

func TestAddrs(t *testing.T) {
	listeners, err := ListenAll("--addr", []string{"127.0.0.1:0", "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(nil, listeners...)
	defer l.Close()
	if got := l.Addrs(); len(got) != 2 || got[0] != listeners[0].Addr() || l.Addr() != got[0] {
		t.Errorf("Addrs are %v", got)
	}
}

func TestConnPassesOn(t *testing.T) {
	listeners, err := ListenAll("--addr", []string{"127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(nil, listeners...)
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	client.Write([]byte("x"))
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn := accepted.(*Conn)
	defer conn.Close()
	if tcp, ok := TCPConn(conn); !ok || tcp != conn.NetConn() {
		t.Error("the TCP connection is not found")
	}
	if raw, err := conn.SyscallConn(); raw == nil || err != nil {
		t.Errorf("SyscallConn: %v", err)
	}
	if err := conn.SetLinger(5); err != nil {
		t.Errorf("SetLinger: %v", err)
	}
	if err := conn.CloseWrite(); err != nil {
		t.Errorf("CloseWrite: %v", err)
	}
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("after CloseWrite the client reads %v", err)
	}

	pipe, other := net.Pipe()
	defer pipe.Close()
	defer other.Close()
	bare := &Conn{Conn: pipe}
	_, rawErr := bare.SyscallConn()
	for name, err := range map[string]error{"CloseWrite": bare.CloseWrite(), "SetLinger": bare.SetLinger(0), "SyscallConn": rawErr} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s of a pipe: %v", name, err)
		}
	}
	if _, ok := TCPConn(bare); ok {
		t.Error("a TCP connection was found below a pipe")
	}
}

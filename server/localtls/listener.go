package localtls

import (
	"container/list"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

const (
	defaultFirstByte  = 30 * time.Second
	defaultMaxWaiting = 1024
	tlsHandshake      = 0x16 // the first byte of a TLS connection, and of no HTTP request
)

// ListenConfig says how a [Listener] treats connections. The zero value of
// every field but TLS is a good default.
type ListenConfig struct {
	// TLS is the server's side of the connections that speak TLS, usually
	// [CA.TLSConfig].
	TLS *tls.Config
	// FirstByte is how long a connection may stay silent before it is closed.
	// 0 means 30 seconds.
	FirstByte time.Duration
	// MaxWaiting is how many connections may wait to be told apart and
	// accepted. One more, and the one that has been silent longest is closed.
	// 0 means 1024.
	MaxWaiting int
}

// A Listener accepts connections that speak TLS and such that do not, on the
// same port.
type Listener struct {
	config ListenConfig
	below  []net.Listener
	ready  chan net.Conn
	failed chan error    // errors after which accepting goes on
	done   chan struct{} // closed when the listener is
	places chan struct{} // one for each connection that waits
	door   sync.Mutex    // held while a place is taken, or made
	wg     sync.WaitGroup

	mu     sync.Mutex
	silent list.List // of net.Conn, the oldest first
	closed bool
	err    error // what Accept returns once done is closed
}

// Listen merges listeners into one that speaks TLS and plain HTTP on each of
// them. It is the zero [ListenConfig] with that TLS configuration.
func Listen(config *tls.Config, listeners ...net.Listener) *Listener {
	return ListenConfig{TLS: config}.Listen(listeners...)
}

// Listen merges listeners into one. They belong to it from now on: it closes
// them when it is closed itself, and when one of them fails for good.
func (c ListenConfig) Listen(listeners ...net.Listener) *Listener {
	if c.FirstByte <= 0 {
		c.FirstByte = defaultFirstByte
	}
	if c.MaxWaiting <= 0 {
		c.MaxWaiting = defaultMaxWaiting
	}
	l := &Listener{
		config: c,
		below:  listeners,
		ready:  make(chan net.Conn),
		failed: make(chan error),
		done:   make(chan struct{}),
		places: make(chan struct{}, c.MaxWaiting),
	}
	for _, below := range listeners {
		l.wg.Go(func() { l.acceptFrom(below) })
	}
	return l
}

// Accept waits for a connection that has sent its first byte. It returns a
// [*tls.Conn] with the handshake still to be done, or a [*Conn]. After Close
// the error is [net.ErrClosed].
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.ready:
		return conn, nil
	case err := <-l.failed:
		return nil, err
	case <-l.done:
		l.mu.Lock()
		defer l.mu.Unlock()
		return nil, l.err
	}
}

// Addr is the address of the first of the merged listeners.
func (l *Listener) Addr() net.Addr { return l.below[0].Addr() }

// Addrs are the addresses of all the merged listeners, in their order.
func (l *Listener) Addrs() []net.Addr {
	addrs := make([]net.Addr, len(l.below))
	for i, below := range l.below {
		addrs[i] = below.Addr()
	}
	return addrs
}

// Close closes the merged listeners and the connections that wait, and returns
// when no goroutine of this listener is left. Connections that Accept returned
// are not touched. A second call does nothing.
func (l *Listener) Close() error {
	err := l.shut(net.ErrClosed)
	l.wg.Wait()
	return err
}

// shut is Close without the waiting. From now on Accept returns reason.
func (l *Listener) shut(reason error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed, l.err = true, reason
	close(l.done)
	var errs []error
	for _, below := range l.below {
		errs = append(errs, below.Close())
	}
	for e := l.silent.Front(); e != nil; e = e.Next() {
		e.Value.(net.Conn).Close()
	}
	return errors.Join(errs...)
}

// acceptFrom takes connections from one listener until it fails for good.
func (l *Listener) acceptFrom(below net.Listener) {
	for {
		conn, err := below.Accept()
		if err != nil {
			if !isTemporary(err) {
				_ = l.shut(err) // Accept tells err
				return
			}
			// It is for the caller of Accept to decide how long to pause.
			select {
			case l.failed <- err:
				continue
			case <-l.done:
				return
			}
		}
		if !l.takePlace() {
			conn.Close()
			return
		}
		// Before its goroutine starts: of the connections that hold a place, each
		// that could stay silent must be known as such, or a full house would find nobody to turn out.
		silent, ok := l.addSilent(conn)
		if !ok {
			conn.Close()
			return
		}
		l.wg.Go(func() {
			defer func() { <-l.places }()
			l.tellApart(conn, silent)
		})
	}
}

// isTemporary is what net/http asks of an error from Accept.
func isTemporary(err error) bool {
	temporary, ok := err.(interface{ Temporary() bool })
	return ok && temporary.Temporary()
}

// takePlace waits until there is room for one more connection, and makes room
// by closing the one that has been silent longest. It is false after Close.
func (l *Listener) takePlace() bool {
	// One at a time, so that a place that was made goes to who made it.
	l.door.Lock()
	defer l.door.Unlock()
	select {
	case l.places <- struct{}{}:
		return true
	default:
	}
	l.mu.Lock()
	if oldest := l.silent.Front(); oldest != nil {
		oldest.Value.(net.Conn).Close()
		l.silent.Remove(oldest)
	}
	l.mu.Unlock()
	select {
	case l.places <- struct{}{}:
		return true
	case <-l.done:
		return false
	}
}

// addSilent notes that nothing came from a connection yet. It is false after
// Close, which has closed those noted before.
func (l *Listener) addSilent(conn net.Conn) (*list.Element, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, false
	}
	return l.silent.PushBack(conn), true
}

func (l *Listener) removeSilent(e *list.Element) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent.Remove(e)
}

// tellApart waits for the first byte of a connection and hands it to Accept.
func (l *Listener) tellApart(below net.Conn, silent *list.Element) {
	conn := &Conn{Conn: below}
	ok := conn.readFirst(l.config.FirstByte)
	l.removeSilent(silent)
	if !ok {
		below.Close()
		return
	}
	var accepted net.Conn = conn
	if conn.first[0] == tlsHandshake {
		accepted = tls.Server(conn, l.config.TLS)
	}
	select {
	case l.ready <- accepted:
	case <-l.done:
		below.Close()
	}
}

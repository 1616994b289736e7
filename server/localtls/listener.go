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
	tlsHandshake      = 0x16 // a TLS connection begins with this byte, and no HTTP request does
)

// A ListenConfig configures a [Listener]. All fields except TLS may be zero.
type ListenConfig struct {
	// TLS is the configuration for connections that speak TLS, usually
	// [CA.TLSConfig].
	TLS *tls.Config
	// FirstByte is how long a connection may send nothing before it is closed. 0
	// means 30 seconds.
	FirstByte time.Duration
	// MaxWaiting is how many connections may wait for their first byte or for
	// Accept. If there is one more, the one that has been silent longest is
	// closed. 0 means 1024.
	MaxWaiting int
}

// A Listener accepts connections with TLS and without on the same port.
type Listener struct {
	config ListenConfig
	below  []net.Listener
	ready  chan net.Conn
	failed chan error    // errors after which it goes on accepting
	done   chan struct{} // closed by Close
	places chan struct{} // holds one for each connection that waits
	taking sync.Mutex    // held while a connection takes a place
	wg     sync.WaitGroup

	mu     sync.Mutex
	silent list.List // connections that have sent nothing, the oldest first
	closed bool
	err    error // what Accept returns once done is closed
}

// Listen is [ListenConfig.Listen] with the defaults.
func Listen(config *tls.Config, listeners ...net.Listener) *Listener {
	return ListenConfig{TLS: config}.Listen(listeners...)
}

// Listen merges listeners into one that speaks TLS and plain HTTP on each of them. It
// closes them when it is closed, and when one of them fails for good.
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

// Accept waits for a connection that has sent its first byte. It returns a [*Conn], or
// a [*tls.Conn] before its handshake. After Close the error is [net.ErrClosed].
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

// Addr returns the address of the first of the merged listeners.
func (l *Listener) Addr() net.Addr { return l.below[0].Addr() }

// Addrs returns the addresses of all merged listeners, in their order.
func (l *Listener) Addrs() []net.Addr {
	addrs := make([]net.Addr, len(l.below))
	for i, below := range l.below {
		addrs[i] = below.Addr()
	}
	return addrs
}

// Close closes the merged listeners and the connections that wait. It returns when all
// goroutines of this listener have ended. It does not close connections that Accept
// has returned. A second call does nothing.
func (l *Listener) Close() error {
	err := l.shut(net.ErrClosed)
	l.wg.Wait()
	return err
}

// shut is Close without waiting. Accept returns reason from now on.
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
				_ = l.shut(err) // Accept returns err
				return
			}
			// The caller of Accept decides how long to pause.
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
		// Each connection with a place must be in the list of silent ones before its
		// goroutine starts. Otherwise takePlace may find nothing to close.
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

// isTemporary tells whether net/http would go on after an error of Accept.
func isTemporary(err error) bool {
	temporary, ok := err.(interface{ Temporary() bool })
	return ok && temporary.Temporary()
}

// takePlace takes a place for one more connection. If there is none, it closes the
// connection that has been silent longest and waits for its place. It is false after
// Close.
func (l *Listener) takePlace() bool {
	// One call at a time, so that no other call takes the place.
	l.taking.Lock()
	defer l.taking.Unlock()
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

// addSilent adds a connection to the list of silent ones. It is false after Close,
// which closes all connections in the list.
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

// tellApart waits for the first byte of a connection and passes the connection to
// Accept.
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

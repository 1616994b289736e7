package command

import (
	"errors"
	"log/slog"
	"net"
	"sync/atomic"
	"time"
)

const (
	// acceptAgain is the pause after a connection could not be accepted.
	acceptAgain = 20 * time.Millisecond
	// tellAgain is how long the log does not repeat that.
	tellAgain = time.Minute
)

// A shortage tells the log that there are no files for connections.
type shortage struct {
	log  *slog.Logger
	told atomic.Bool
}

// over are the listeners, each of which goes on if a connection cannot be
// accepted. net/http would do so, too, but silently, and with a pause of up to a
// second.
func (s *shortage) over(listeners []net.Listener) []net.Listener {
	all := make([]net.Listener, len(listeners))
	for i, ln := range listeners {
		all[i] = &patientListener{ln, s}
	}
	return all
}

func (s *shortage) tell(err error) {
	if !s.told.CompareAndSwap(false, true) {
		return
	}
	var system *net.OpError
	if errors.As(err, &system) {
		err = system.Err
	}
	s.log.Warn("no connection can be accepted", "error", plain(err).Error(),
		"hint", "close connections, or allow the program more open files (ulimit -n); those that wait are accepted then")
	time.AfterFunc(tellAgain, func() { s.told.Store(false) })
}

type patientListener struct {
	net.Listener
	shortage *shortage
}

// Accept waits for the next connection. An error is for good.
func (l *patientListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		passing, ok := err.(interface{ Temporary() bool })
		if !ok || !passing.Temporary() {
			return conn, err
		}
		l.shortage.tell(err)
		<-time.After(acceptAgain)
	}
}

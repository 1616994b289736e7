package command

import (
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A starved listener has no files for connections until it is fed.
type starved struct {
	net.Listener
	fed chan net.Conn
}

func (s *starved) Accept() (net.Conn, error) {
	select {
	case conn := <-s.fed:
		if conn == nil {
			return nil, net.ErrClosed
		}
		return conn, nil
	default:
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
}

// A shortage of files is in the log once in a while, and a connection is accepted
// as soon as there is a file for it. The time is synctest's.
func TestAcceptGoesOnAfterAShortage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log buffer
		one, other := make(chan net.Conn, 1), make(chan net.Conn, 1)
		files := &shortage{log: slog.New(handlers["text"](&log))}
		accepted := make(chan error)
		for _, ln := range files.over([]net.Listener{&starved{fed: one}, &starved{fed: other}}) {
			go func() { _, err := ln.Accept(); accepted <- err }()
		}
		time.Sleep(3*tellAgain + tellAgain/2)
		synctest.Wait()
		want := "no connection can be accepted\n  error: " + syscall.EMFILE.Error() + "\n"
		if got := log.String(); strings.Count(got, want) != 4 || strings.Count(got, "\n") != 4*3 {
			t.Errorf("the log is %q", got)
		}
		began := time.Now()
		client, server := net.Pipe()
		one <- server
		if err := <-accepted; err != nil || time.Since(began) > acceptAgain {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		client.Close()
		server.Close()
		close(other)
		if err := <-accepted; err != net.ErrClosed {
			t.Errorf("a listener that is closed returns %v", err)
		}
	})
}

package command

import (
	"context"
	"fmt"
	"os"
	"syscall"
)

// A launched is what launch returns.
type launched struct {
	instance *instance
	err      error
}

// launchUnlessStopped is launch, but a signal ends it: a file may be a pipe to
// which nobody writes. It returns that signal. What launch makes after it is
// closed again.
func launchUnlessStopped(in *input, addrs []string, signals <-chan os.Signal) (*instance, os.Signal, error) {
	started, stopped := make(chan launched), make(chan struct{})
	go func() {
		i, err := launch(in, addrs)
		select {
		case started <- launched{i, err}:
		case <-stopped:
			if err == nil {
				i.abandon()
			}
		}
	}()
	select {
	case s := <-started:
		return s.instance, nil, s.err
	case signal := <-signals:
		close(stopped)
		fmt.Fprintf(in.Stderr, "mockauth0: stopped by a signal (%s) before it was ready\n", signal)
		return nil, signal, nil
	}
}

// abandon closes an instance at once, and saves nothing.
func (i *instance) abandon() {
	i.stop()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	i.ports.close(ended)
	_ = i.http.Close()
	<-i.served
}

// statusOfSignal is the exit status that a shell shows for a command that a
// signal ended.
func statusOfSignal(s os.Signal) exitError {
	if number, ok := s.(syscall.Signal); ok {
		return exitError(128 + int(number))
	}
	return exitError(1)
}

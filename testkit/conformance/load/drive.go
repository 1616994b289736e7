package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A load is what is asked of a server.
type load struct {
	server *server
	flow   flow
	conns  int
	// It ends after this long, or after so many iterations.
	length time.Duration
	count  int
	// tokens verifies those of each connection's last response, if given.
	tokens *verifier
}

// A sample is what was seen of a load.
type sample struct {
	rate     float64       // iterations per second
	p50, p99 time.Duration // of an iteration
	cpu      time.Duration // of the server, for an iteration
	foreign  float64       // what others took of the CPU, in percent
}

const (
	// noisy is how much of the CPU others may take, in percent.
	noisy = 8
	// tries is how often a load is measured to get below that.
	tries = 3
)

// numbers gives each iteration of all loads a number of its own.
var numbers atomic.Int64

// measure drives the load. If others are too loud it does so again; what it
// returns is the quietest.
func measure(ctx context.Context, l load) (best sample, err error) {
	for try := range tries {
		s, err := drive(ctx, l)
		if err != nil {
			return sample{}, err
		}
		if try == 0 || s.foreign < best.foreign {
			best = s
		}
		if best.foreign <= noisy {
			break
		}
	}
	return best, nil
}

func drive(ctx context.Context, l load) (sample, error) {
	workers := make([]*worker, l.conns)
	for who := range workers {
		c, err := dial(l.server.host)
		if err != nil {
			return sample{}, err
		}
		defer c.Close()
		if err := c.SetDeadline(time.Now().Add(l.length + 10*time.Minute)); err != nil {
			return sample{}, err
		}
		workers[who] = &worker{conn: c, who: who}
	}
	machineBefore, err := machine()
	if err != nil {
		return sample{}, err
	}
	serverBefore, err := l.server.cpu()
	if err != nil {
		return sample{}, err
	}

	verifying := ctx
	if l.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.length)
		defer cancel()
	}
	var left atomic.Int64
	left.Store(int64(l.count))
	more := func() bool { return ctx.Err() == nil && (l.count == 0 || left.Add(-1) >= 0) }
	var all sync.WaitGroup
	began := time.Now()
	for _, w := range workers {
		all.Go(func() { w.work(l.flow, more) })
	}
	all.Wait()
	took := time.Since(began)

	serverAfter, err := l.server.cpu()
	if err != nil {
		return sample{}, err
	}
	machineAfter, err := machine()
	if err != nil {
		return sample{}, err
	}
	var durations []time.Duration
	for _, w := range workers {
		if w.err == nil && l.tokens != nil && len(w.took) > 0 {
			_, w.err = l.tokens.tokens(verifying, w.conn.body)
		}
		err = errors.Join(err, w.err)
		durations = append(durations, w.took...)
	}
	if err != nil || len(durations) == 0 {
		return sample{}, fmt.Errorf("%d iterations went well, then: %w", len(durations), errors.Join(err, ctx.Err()))
	}
	slices.Sort(durations)
	return sample{
		rate:    float64(len(durations)) / took.Seconds(),
		p50:     durations[len(durations)/2],
		p99:     durations[len(durations)*99/100],
		cpu:     (serverAfter - serverBefore) / time.Duration(len(durations)),
		foreign: machineAfter.foreign(machineBefore, serverAfter-serverBefore),
	}, nil
}

// A worker repeats a flow over a connection.
type worker struct {
	conn *conn
	who  int
	took []time.Duration
	err  error
}

func (w *worker) work(f flow, more func() bool) {
	for more() {
		began := time.Now()
		if w.err = f(w.conn, w.who, int(numbers.Add(1))); w.err != nil {
			return
		}
		w.took = append(w.took, time.Since(began))
	}
}

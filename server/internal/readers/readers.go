// Package readers bounds what a server holds for clients that read slowly, or not at
// all. A client has a limited time to read each piece of a response. A large response
// needs a place, and there are only so many of them.
package readers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Large is the size from which on a list is encoded item by item.
const Large = 256 << 10

const (
	// patience is how long a client may take to read one piece.
	patience = 30 * time.Second
	// piece is how many bytes are written at a time. A response that is not larger
	// needs no place: a connection takes as much memory.
	piece = 64 << 10
	// places is how many large responses may be encoded and written at a time.
	places = 64
	// grace is how long a client may read one response while others wait for a place.
	grace = 2 * time.Second
)

// Readers are the clients that read from a server. The zero value works. All methods
// are safe for use by many goroutines.
type Readers struct {
	// Log gets a line for each client that is dropped. nil means no log.
	Log *slog.Logger

	mu      sync.Mutex // guards all below, and those fields of Writer that say so
	holding []*Writer  // those with a place, the oldest first
	freed   chan struct{}
	dropped int
}

// Dropped returns how many clients were dropped because they read too slowly.
func (r *Readers) Dropped() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// Handler makes a handler write to these readers.
func (r *Readers) Handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		out := r.Writer(w, req)
		defer out.Release()
		h.ServeHTTP(out, req)
	})
}

// hold waits for a place. It fails if the client goes away before.
func (r *Readers) hold(w *Writer) error {
	for {
		freed, soon, slow := r.tryHold(w)
		if slow != nil {
			r.log(slow)
		}
		if freed == nil {
			return nil
		}
		if err := wait(w.request.Context(), freed, soon); err != nil {
			return err
		}
	}
}

// tryHold gives w a place, and then freed is nil. If there is no place, freed is
// closed when there may be one, and soon is when to try again at the latest. slow is
// the client that was dropped to make room, if one was.
func (r *Readers) tryHold(w *Writer) (freed chan struct{}, soon time.Duration, slow *Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w.holds {
		return nil, 0, nil
	}
	if len(r.holding) < places {
		w.holds, w.spent = true, 0
		r.holding = append(r.holding, w)
		return nil, 0, nil
	}
	if r.freed == nil {
		r.freed = make(chan struct{})
	}
	at := now()
	var slowest *Writer
	for _, other := range r.holding {
		if !other.since.IsZero() && !other.slow && (slowest == nil || other.writing(at) > slowest.writing(at)) {
			slowest = other
		}
	}
	if slowest == nil {
		return r.freed, grace, nil
	}
	if left := grace - slowest.writing(at); left > 0 {
		return r.freed, left, nil
	}
	r.dropLocked(slowest)
	_ = slowest.control.SetWriteDeadline(time.Unix(1, 0)) // ends its write
	return r.freed, grace, slowest
}

func (r *Readers) release(w *Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !w.holds {
		return
	}
	w.holds = false
	r.holding = slices.DeleteFunc(r.holding, func(other *Writer) bool { return other == w })
	if r.freed != nil {
		close(r.freed)
		r.freed = nil
	}
}

func (r *Readers) dropLocked(w *Writer) {
	w.slow = true
	r.dropped++
}

func (r *Readers) log(w *Writer) {
	if r.Log != nil {
		r.Log.Warn("A client reads too slowly and is dropped: "+w.request.Method+" "+w.request.URL.Path,
			"hint", "a stream goes on after the last event that came, if it is asked with Last-Event-ID")
	}
}

func wait(ctx context.Context, freed chan struct{}, soon time.Duration) error {
	timer := time.NewTimer(soon)
	defer timer.Stop()
	select {
	case <-freed:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// errSlow is the error of a write to a client that reads too slowly.
var errSlow = errors.New("the client reads too slowly")

// now is real time, as deadlines are. A tenant's clock may stand.
func now() time.Time { return time.Now() }

// Package streams sends what happens in a tenant to webhooks: the entries of its log to
// log streams, events about users to event streams. What happens is noted at once and
// sent later, one call of a webhook after the other, so that nobody waits for a
// receiver. A stream with nothing to send has no goroutine.
package streams

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/clock"
	"github.com/mockauth0/mockauth0/server/internal/tenantlog"
)

const (
	// mostWaiting is how much a stream holds for a receiver that is down. Then the
	// oldest is lost.
	mostWaiting = 10_000
	// mostBytes is how many bytes the events have that wait for one receiver, and those
	// that have failed.
	mostBytes = 64 << 20
	// mostAtOnce is how many log entries one call has. Unverified.
	mostAtOnce = 100
	// callTime is for how long a receiver may take.
	callTime = 10 * time.Second
	// userAgent is what calls of webhooks say who they are. Unverified.
	userAgent = "mockauth0"
)

// Streams are the streams of a tenant. The zero value has none.
type Streams struct {
	// Caller calls webhooks. Nil calls nobody.
	Caller Caller
	// Clock is that of the tenant.
	Clock *clock.Clock
	// ShowUser is a user as an event has it.
	ShowUser func(fixtures.User) any

	mu      sync.Mutex
	log     map[string]*queue[*tenantlog.Entry] // by the id of the stream
	events  map[string]*queue[*Event]
	config  *fixtures.Fixture
	written int64 // counts the events, for their ids
	closed  bool
	ended   context.Context
	end     context.CancelFunc
	working sync.WaitGroup
}

// A NotAllowedError says that the server may not call a host. Nothing waits for it.
type NotAllowedError struct{ Host string }

func (e NotAllowedError) Error() string {
	return e.Host + " is not called: --allow-outbound " + e.Host + " would call it"
}

// A Caller calls a webhook, and returns the status of its answer.
type Caller interface {
	Post(*http.Request) (int, error)
}

// Counts are how much a stream has sent.
type Counts struct {
	ID      string `json:"id"`
	Waiting int    `json:"waiting"`
	Sent    int    `json:"sent"`
	// Lost are those that the receiver did not take, or that were too many to wait.
	Lost int `json:"lost"`
	// Error is why the last call failed; "" if it did not.
	Error string `json:"error,omitempty"`
}

// A queue is what waits for one receiver.
type queue[T any] struct {
	Counts
	waiting []T
	works   bool // a goroutine sends
	tries   int  // how many calls have failed since the last that did not
	failed  []*Delivery

	failedBytes int   // of the events that have failed
	days        []Day // the oldest first
}

// add lets something wait. The oldest is lost if there is too much.
func (q *queue[T]) add(one T) {
	q.waiting = append(q.waiting, one)
	if len(q.waiting) > mostWaiting {
		q.waiting = q.waiting[1:]
		q.Lost++
	}
}

// Configure takes over the streams of a fixture. What waits for a stream that goes on
// is sent to where the stream leads now; that of one that is gone is forgotten.
func (s *Streams) Configure(f *fixtures.Fixture) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config = f
	log, events := make([]string, len(f.LogStreams)), make([]string, len(f.EventStreams))
	for i := range f.LogStreams {
		log[i] = f.LogStreams[i].ID
	}
	for i := range f.EventStreams {
		events[i] = f.EventStreams[i].ID
	}
	s.log, s.events = queues(s.log, log), queues(s.events, events)
}

// queues are those of the streams with these ids: the ones that there are, and new ones.
// The others are emptied.
func queues[T any](before map[string]*queue[T], ids []string) map[string]*queue[T] {
	if len(before)+len(ids) == 0 {
		return nil // as with most tenants
	}
	after := map[string]*queue[T]{}
	for _, id := range ids {
		if after[id] = before[id]; after[id] == nil {
			after[id] = &queue[T]{Counts: Counts{ID: id}}
		}
	}
	for id, q := range before {
		if after[id] == nil {
			q.waiting = nil
		}
	}
	return after
}

// Reset forgets all that waits, and the counts.
func (s *Streams) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log, s.events, s.written = queues(s.log, nil), queues(s.events, nil), 0
}

// Close ends the calls. What waits is not sent any more.
func (s *Streams) Close() {
	s.mu.Lock()
	s.closed = true
	if s.end != nil {
		s.end()
	}
	s.mu.Unlock()
	s.working.Wait()
}

// Counts returns the counts of all streams, those of the log first.
func (s *Streams) Counts() []Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []Counts{}
	if s.config == nil {
		return all
	}
	for _, stream := range s.config.LogStreams {
		if q := s.log[stream.ID]; q != nil {
			q.Waiting = len(q.waiting)
			all = append(all, q.Counts)
		}
	}
	for _, stream := range s.config.EventStreams {
		if q := s.events[stream.ID]; q != nil {
			q.Waiting = len(q.waiting)
			all = append(all, q.Counts)
		}
	}
	return all
}

// Log sends an entry to the log streams that want it. What the call of a webhook has
// caused is sent nowhere: a stream that leads to the mock itself would never end.
func (s *Streams) Log(e *tenantlog.Entry) {
	if e.UserAgent == userAgent {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.config == nil {
		return
	}
	for i := range s.config.LogStreams {
		stream := &s.config.LogStreams[i]
		wanted := len(stream.Filters) == 0 || slices.ContainsFunc(stream.Filters, func(f fixtures.StreamFilter) bool { return f.Name == e.Category() })
		if q := s.log[stream.ID]; q != nil && wanted && stream.Type == fixtures.StreamHTTP && stream.Status == fixtures.StreamActive {
			q.add(e)
			work(s, q, s.sendEntries)
		}
	}
}

// work lets a goroutine send what waits, unless one does already. The function send
// makes one call, with what is first, and says how many of them are done and for how
// long to wait before the next call.
func work[T any](s *Streams, q *queue[T], send func(context.Context, *queue[T]) (done, lost int, wait time.Duration)) {
	if q.works || s.closed || s.Caller == nil {
		return
	}
	if s.ended == nil {
		s.ended, s.end = context.WithCancel(context.Background())
	}
	q.works = true
	ctx := s.ended
	s.working.Go(func() {
		for goesOn(ctx, s, q) {
			done, lost, wait := send(ctx, q)
			s.mu.Lock()
			q.waiting = slices.Delete(q.waiting, 0, min(done+lost, len(q.waiting)))
			q.Sent += done
			q.Lost += lost
			s.mu.Unlock()
			pause(ctx, wait)
		}
	})
}

// goesOn tells whether a goroutine still has something to send.
func goesOn[T any](ctx context.Context, s *Streams, q *queue[T]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	q.works = ctx.Err() == nil && len(q.waiting) > 0
	return q.works
}

// pause waits, in real time, or until the end.
func pause(ctx context.Context, wait time.Duration) {
	if wait == 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// call sends a body to a webhook.
func (s *Streams) call(ctx context.Context, url string, header http.Header, body []byte) (int, error) {
	limited, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = header
	req.Header.Set("User-Agent", userAgent)
	status, err := s.Caller.Post(req)
	if err == nil && status/100 != 2 {
		return status, fmt.Errorf("the receiver answered %d", status)
	}
	return status, err
}
